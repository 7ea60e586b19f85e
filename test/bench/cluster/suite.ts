import type { OtherTools } from '../../cluster/kubectl-layer.ts';
import type { BenchPlane } from './bench-plane.ts';

/** What a suite works with. */
export interface SuiteContext {
  readonly bench: BenchPlane;
  readonly tools: OtherTools;
  /** What each of the other tools keeps between its runs. */
  readonly homes: Readonly<Record<keyof OtherTools, string>>;
  /** Parts of the suite that are asked for; all where empty. */
  readonly wanted: readonly string[];
}

/** Measures; what it answers prints the numbers and says whether the bars hold. */
export type Suite = (context: SuiteContext) => Promise<() => boolean>;

/** Any name makes busybox on the plane's nodes. */
export const image = 'bench/busybox:1';

/** Does work in a namespace that is made for it and deleted after it. */
export async function inNamespace<Value>(
  bench: BenchPlane,
  name: string,
  work: (namespace: string) => Promise<Value>,
): Promise<Value> {
  await bench.makeNamespaces([name]);
  try {
    return await work(name);
  } finally {
    await bench.dropNamespace(name);
  }
}
