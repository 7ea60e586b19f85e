import type { Clock } from '../../clock.ts';
import { type Behavior, behaviorOf } from '../images/behavior.ts';
import type { LogBook } from '../logs.ts';
import type { Json } from '../object.ts';
import type { Image, ProcessContext } from './types.ts';

const startsAfterMs = 50;
const crashesAfterMs = 200;
const defaultDelaySeconds = 5;

/** The program that stands for any image: see README.md for what it does by behavior. */
export class Program implements Image {
  readonly defaultCommand = ['server'];
  private readonly image: string;
  private readonly logs: LogBook;
  private readonly clock: Clock;
  private isStarted = false;
  private isReady = false;

  constructor(image: string, logs: LogBook, clock: Clock) {
    this.image = image;
    this.logs = logs;
    this.clock = clock;
  }

  async exec(context: ProcessContext): Promise<number> {
    // The first process is the container's own; later ones are commands of probes.
    if (this.isStarted) {
      if (!this.isReady) context.writeStderr('not ready\n');
      return this.isReady ? 0 : 1;
    }
    this.isStarted = true;
    const { name, restartCount } = context.container;
    try {
      return await this.main(context, this.behavior(context));
    } finally {
      this.isReady = false;
      this.logs.end(context.pod.uid, name, restartCount);
    }
  }

  /** Stops with success when it is asked to, as a server that handles its signal; a hung one does not hear it. */
  signalHandler(context: ProcessContext, signal: 'SIGTERM' | 'SIGKILL'): void {
    if (signal === 'SIGKILL' || this.behavior(context) === 'hang') return;
    try {
      context.exit(0);
    } catch {
      // Exiting unwinds by an exception, which is meant for a program's own stack.
    }
  }

  private behavior(context: ProcessContext): Behavior {
    return behaviorOf(this.image, context.env.get('LAPTOP_BEHAVIOR'));
  }

  private async main(context: ProcessContext, behavior: Behavior): Promise<number> {
    const say = (text: string) => this.say(context, text);
    say(`starting ${this.image}`);
    switch (behavior) {
      case 'crash':
        await context.sleep(crashesAfterMs);
        say('Error: cannot read configuration: connection refused');
        say('    at loadConfiguration (/app/server.js:12:11)');
        say('    at main (/app/server.js:40:3)');
        return 1;
      case 'exit':
        await context.sleep(crashesAfterMs);
        say('nothing to do, exiting');
        return 0;
      case 'hang':
        say('waiting for a lock');
        return context.waitUntilKilled();
      case 'slow':
        await context.sleep(Number(context.env.get('LAPTOP_DELAY_SECONDS') ?? defaultDelaySeconds) * 1000);
        return this.serve(context, true);
      case 'unready':
        return this.serve(context, false);
      default:
        await context.sleep(startsAfterMs);
        return this.serve(context, true);
    }
  }

  private async serve(context: ProcessContext, isReady: boolean): Promise<number> {
    const ports = portsOf(context.container.apiContainer);
    const answer = isReady ? { status: 200, body: 'ok\n' } : { status: 503, body: 'not ready\n' };
    for (const port of ports) context.listenHttp(port, async () => answer);
    this.isReady = isReady;
    this.say(context, ports.length > 0 ? `listening on port ${ports.join(', ')}` : 'running');
    return context.waitUntilKilled();
  }

  private say(context: ProcessContext, text: string): void {
    const { name, restartCount } = context.container;
    this.logs.write(context.pod.uid, name, restartCount, text, this.clock.now());
  }
}

/** Declared ports, and those that probes ask at. */
function portsOf(container: Json): number[] {
  const declared: Json[] = container?.ports ?? [];
  const ports = declared.filter((it) => (it.protocol ?? 'TCP') === 'TCP').map((it) => it.containerPort);
  for (const probe of [container?.livenessProbe, container?.readinessProbe, container?.startupProbe]) {
    const port = probe?.httpGet?.port ?? probe?.tcpSocket?.port;
    if (typeof port === 'number') ports.push(port);
  }
  return [...new Set<number>(ports)];
}
