import { kindRuleOf } from '#domain/kinds.ts';
import { identityOf, type KubernetesObject } from '#domain/manifest.ts';

/** When an object has its turn in a release, as other tools' hook annotations say it (KUBERNETES.md O4). */
export type HookPhase =
  /** Before the first workload; a Job must complete. */
  | 'before'
  /** After everything is healthy. */
  | 'after'
  /** Never in a release: what is for deletions, rollbacks and failures of those tools. */
  | 'skipped';

const helmHooks: Readonly<Record<string, HookPhase>> = {
  'pre-install': 'before',
  'pre-upgrade': 'before',
  'post-install': 'after',
  'post-upgrade': 'after',
  test: 'after',
  'test-success': 'after',
};

const argoHooks: Readonly<Record<string, HookPhase | undefined>> = {
  PreSync: 'before',
  PostSync: 'after',
  // What Argo applies among all others.
  Sync: undefined,
};

// Phases that are objects of the release like any other.
const ordinary = new Set(['crd-install', 'Sync']);

function phaseOf(text: string | undefined, phases: Readonly<Record<string, HookPhase | undefined>>) {
  const names = (text ?? '').split(',').flatMap((name) => name.trim() || []);
  if (names.length === 0 || names.some((name) => ordinary.has(name))) return undefined;
  const known = names.flatMap((name) => phases[name] ?? []);
  // What is to run both before and after runs before: it must not be left out on the way in.
  return known.includes('before') ? 'before' : (known[0] ?? 'skipped');
}

/** The phase of an object that is a hook; undefined for all others. */
export function hookPhase({ metadata }: KubernetesObject): HookPhase | undefined {
  const annotations = metadata.annotations ?? {};
  return (
    phaseOf(annotations['helm.sh/hook'], helmHooks) ??
    phaseOf(annotations['argocd.argoproj.io/hook'], argoHooks)
  );
}

const beforeWave = 6;
const afterWave = 9;

/** The wave of the table that an object belongs to: its kind's, or its hook's (KUBERNETES.md §3, waves 6 and 9). */
export function tableWave(object: KubernetesObject): number {
  const phase = hookPhase(object);
  const { wave } = kindRuleOf(identityOf(object));
  if (phase === 'after') return afterWave;
  // The accounts and settings of a hook come in their own waves, all of which are earlier.
  if (phase === 'before') return Math.min(wave, beforeWave);
  return wave === 8 && routesToPods(object) ? 5 : wave;
}

/** A load balancer that sends to pods itself gates their readiness only if the Ingress was there before them. */
function routesToPods({ kind, metadata }: KubernetesObject): boolean {
  return kind === 'Ingress' && metadata.annotations?.['alb.ingress.kubernetes.io/target-type'] === 'ip';
}

/** Among hooks of one phase: the lower weight first, each weight done before the next begins. */
export function hookWeight({ metadata }: KubernetesObject): number {
  const annotations = metadata.annotations ?? {};
  const weight = annotations['helm.sh/hook-weight'] ?? annotations['argocd.argoproj.io/sync-wave'];
  return wholeNumber(weight) ?? 0;
}

/** The whole number that a text says; undefined for any other text. */
export function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^[+-]?\d{1,9}$/.test(text.trim()) ? Number(text) : undefined;
}

/** True for an object that is run to its end before what follows it. */
export function isAwaitedHook(object: KubernetesObject): boolean {
  return tableWave(object) === beforeWave;
}

/** True for what may have `generateName`: it is made anew with each release that differs (KUBERNETES.md A14). */
export function isGeneratedName(object: KubernetesObject): boolean {
  return (object.apiVersion === 'batch/v1' && object.kind === 'Job') || hookPhase(object) !== undefined;
}
