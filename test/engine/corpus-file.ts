import { readFileSync } from 'node:fs';
import type { EnvironmentPolicy } from '#domain/pipeline.ts';
import type { Clock } from '#ports/clock.ts';
import type { Cluster } from '#ports/cluster.ts';
import { namespace } from '../unit/tasks/deployment-harness.ts';
import { applyAgain, deployWhatGoes, pruneAll } from './corpus-deployment.ts';
import { corpusObjects, type Refusal } from './corpus-objects.ts';
import { createTraces } from './corpus-traces.ts';

/** What became of one file. */
export interface CorpusLine {
  readonly file: string;
  readonly objects: number;
  readonly created: number;
  readonly refused: readonly Refusal[];
  /** Objects that applying the same again would change, or did change. */
  readonly secondApplyChanges: number;
  readonly pruned: number;
  /** Objects of the file that are still there when everything is pruned. */
  readonly leftOver: number;
}

export interface CorpusSettings {
  /** The tool's own way to the cluster, which no fence guards. */
  readonly cluster: Cluster;
  /** Another way to it, for one run of the engine: what it writes is let through while it holds the fence. */
  connect(): Cluster;
  readonly clock: Clock;
  /** Told what is going on. */
  readonly say: (line: string) => void;
}

/**
 * Takes one file through the engine on a real cluster, by the tasks that deploy: plan, apply stage by stage, plan and
 * apply again, prune. Nothing is observed between the stages: a control plane without nodes runs no pods. Protected kinds
 * are deleted as a release that confirms it would.
 */
export async function runCorpusFile(settings: CorpusSettings, file: string): Promise<CorpusLine> {
  const { cluster, say } = settings;
  const read = await corpusObjects(file, readFileSync(file), cluster, namespace);
  for (const note of read.notes) say(`note: ${note}`);
  const traces = createTraces(settings);
  await traces.makeNamespaces([namespace, ...(read.policy.additionalNamespaces ?? [])], read.objects);
  await traces.remember(read.objects);
  try {
    const run = await deployWhatGoes(settings, read.policy as Partial<EnvironmentPolicy>, read.objects);
    const secondApplyChanges = await applyAgain(settings, run);
    const placed = await traces.placed(run.objects);
    const pruned = await pruneAll(settings, run);
    const deleted = await traces.deleteRest(placed);
    const leftOver = (await traces.left(placed)).length;
    const refused = [...read.refused, ...run.refused];
    const { created } = run;
    return {
      file,
      objects: read.count,
      created,
      refused,
      secondApplyChanges,
      pruned: pruned + deleted,
      leftOver,
    };
  } finally {
    // Whatever went wrong, the next file finds the cluster as this one did.
    await traces.left(await traces.deleteAll(read.objects));
    await traces.removeNamespaces();
  }
}
