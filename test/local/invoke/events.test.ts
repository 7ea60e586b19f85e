import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../../cli/run.ts';
import { type LaptopCloud, startLaptopCloud } from '../../../local/cloud.ts';
import { functionNames, kebab } from '../../template/shipped.ts';

let folder: string;
let cloud: LaptopCloud;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'invoke-'));
  cloud = await startLaptopCloud({
    templateFile: 'template.yaml',
    stackName: 'tidegate',
    stateFolder: folder,
  });
});
afterAll(async () => {
  await cloud.stop();
  rmSync(folder, { recursive: true });
});

/** One `tidegate` command line against that cloud: its exit code and what it printed. */
async function tidegate(...args: string[]) {
  const printed: string[] = [];
  const stream = () => new Writable({ write: (chunk, _, done) => done(void printed.push(String(chunk))) });
  const world = {
    env: {},
    cwd: process.cwd(),
    stdout: stream(),
    stderr: stream(),
    interruption: new AbortController().signal,
  };
  const exitCode = await run([...args, '--state', folder], world as unknown as Parameters<typeof run>[1]);
  return { exitCode, printed: printed.join('') };
}

/** What each function answers to its event on a cloud seeded from `examples/`; the rest answer nothing. */
const answers: Readonly<Record<string, object>> = {
  StartRelease: { kind: 'started', application: 'hello', release: 1 },
  ValidateBundle: { objects: expect.any(Number) },
  VerifyImages: { contents: { staging: {}, production: {} } },
  OpenPromotion: { environment: 'staging', kind: 'promotion' },
  RecordOutcome: { outcome: expect.any(String) },
  PlanPromotion: { outcome: 'unchanged', plan: { changes: 0 } },
  CloseApproval: { decision: expect.any(String) },
  DecideApproval: { statusCode: 303 },
  ShowApproval: { statusCode: 200 },
  ConfirmPlan: { confirmed: true },
  Advance: { step: 0 },
  Observe: { next: expect.any(String) },
  VerifyRollout: { inventory: { key: expect.stringContaining('inventories/') } },
  PlanRollback: { possible: false },
  RecordPromotion: { outcome: 'withdrawn' },
  ReleaseTarget: { released: true },
  SettleRelease: { kind: expect.any(String) },
  ShowRelease: { kind: 'release' },
  StartPromotion: { environment: 'staging', release: 1 },
  ReleaseHold: { released: false },
};

/** In an order in which no event spoils what a later one needs: decisions and endings come last. */
const last = ['CloseApproval', 'DecideApproval', 'RecordOutcome', 'SettleRelease'];
const ordered = [
  ...functionNames.filter((name) => !last.includes(name)),
  'DecideApproval',
  'CloseApproval',
  'RecordOutcome',
  'SettleRelease',
];

describe('tidegate local invoke <Function> -e events/<function>.json', () => {
  it.each(ordered)('%s answers its event', { timeout: 60_000 }, async (name) => {
    const { exitCode, printed } = await tidegate(
      'local',
      'invoke',
      name,
      '-e',
      `events/${kebab(name)}.json`,
      '--json',
    );
    expect(printed).not.toContain('errorMessage');
    expect(exitCode).toBe(0);
    const { payload } = JSON.parse(printed.slice(printed.indexOf('{'))) as { payload: string };
    const expected = answers[name];
    if (expected !== undefined) expect(JSON.parse(payload)).toMatchObject(expected);
  });

  it('says so, with exit code 1, when a function throws', { timeout: 60_000 }, async () => {
    const { exitCode, printed } = await tidegate(
      'local',
      'invoke',
      'PlanPromotion',
      '-e',
      'events/start-release.json',
    );
    expect({ exitCode, printed }).toMatchObject({
      exitCode: 1,
      printed: expect.stringContaining('errorMessage'),
    });
  });

  it('names a function that the template does not have', async () => {
    const { exitCode, printed } = await tidegate(
      'local',
      'invoke',
      'StartReleas',
      '-e',
      'events/start-release.json',
    );
    expect(exitCode).not.toBe(0);
    expect(printed).toContain('StartReleas');
  });
});
