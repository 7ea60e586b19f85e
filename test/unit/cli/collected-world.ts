import type { TextSink, World } from '../../../cli/world.ts';

/** A sink that keeps what is written. */
export class Collector implements TextSink {
  text = '';
  readonly isTTY: boolean;
  readonly columns = 80;
  constructor(isTTY = false) {
    this.isTTY = isTTY;
  }
  write(text: string): void {
    this.text += text;
  }
}

/** A world whose output is kept, without terminal, environment or interruption. */
export function collectedWorld(cwd: string, env: World['env'] = {}) {
  const interruption = new AbortController();
  const stdout = new Collector();
  const stderr = new Collector();
  const world: World = { cwd, env, stdout, stderr, interruption: interruption.signal };
  return { world, stdout, stderr, interruption };
}
