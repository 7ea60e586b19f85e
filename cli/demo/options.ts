import { UsageError } from '../cli-error.ts';
import type { World } from '../world.ts';

/** What the demo shows. */
export type Scenario = 'promote' | 'reject' | 'broken';

/** What the demo shows, and who decides: a person in a browser, or the demo as a browser would. */
export interface DemoOptions {
  readonly scenario: Scenario;
  readonly decider: 'person' | 'demo';
  /** Why the demo decides, to be said. */
  readonly because?: string;
  readonly wantsHelp: boolean;
}

export const demoHelp = `Usage: npm run demo [-- --yes | --reject | --broken]

Releases examples/hello through a laptop cloud and a laptop cluster: v1, then v2.

  (nothing)   you decide on v2 in your browser
  --yes       the demo plays the approver and approves
  --reject    the demo plays the approver and rejects v2: production stays on v1
  --broken    the demo approves v2 and v3, which crashes in production: it is rolled back to v2

Without a terminal, and where CI is set, the demo plays the approver.
Exit code 0: the cluster itself confirmed that it ended as it should.`;

const scenarios: Readonly<Record<string, Scenario>> = {
  '--yes': 'promote',
  '--reject': 'reject',
  '--broken': 'broken',
};

/** Reads the demo's arguments. Throws UsageError for what it does not know. */
export function demoOptions(args: readonly string[], env: World['env'], isTerminal: boolean): DemoOptions {
  const flags = args.filter((arg) => arg !== '--no-color');
  if (flags.some((arg) => arg === '--help' || arg === '-h')) {
    return { scenario: 'promote', decider: 'demo', wantsHelp: true };
  }
  const unknown = flags.find((arg) => scenarios[arg] === undefined);
  if (unknown !== undefined) throw new UsageError(`the demo does not know "${unknown}"\n${demoHelp}`);
  const [flag, second] = flags;
  if (second !== undefined) throw new UsageError(`"${flag}" and "${second}" exclude each other`);
  if (flag !== undefined) {
    return { scenario: scenarios[flag] ?? 'promote', decider: 'demo', because: flag, wantsHelp: false };
  }
  const isContinuousIntegration = env.CI !== undefined && env.CI !== '' && env.CI !== 'false';
  if (isContinuousIntegration)
    return { scenario: 'promote', decider: 'demo', because: 'CI is set', wantsHelp: false };
  if (!isTerminal) {
    return { scenario: 'promote', decider: 'demo', because: 'there is no terminal', wantsHelp: false };
  }
  return { scenario: 'promote', decider: 'person', wantsHelp: false };
}
