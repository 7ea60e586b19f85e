import type {
  AdviceKind,
  MissingReferenceAdvice,
  PlanAdvice,
  QuotaAdvice,
  ReferenceHint,
} from '#domain/advice.ts';
import { willNotStart } from '#domain/advice.ts';
import { identityText, type ObjectIdentity } from '#domain/manifest.ts';
import { amountText } from '#domain/quantity.ts';

/** Advice under one heading, a line each. */
export interface AdviceSection {
  readonly title: string;
  readonly lines: readonly string[];
}

type Of<Kind extends AdviceKind> = Extract<PlanAdvice, { readonly kind: Kind }>;

const names = (identities: readonly ObjectIdentity[]): string => identities.map(identityText).join(', ');

const needsText: Readonly<Record<MissingReferenceAdvice['needs'], string>> = {
  pods: 'its pods will not start',
  images: 'its images may not be pulled',
  other: 'it will have no effect',
};

function hintText(hint: ReferenceHint | undefined): string {
  switch (hint?.kind) {
    case undefined:
      return '';
    case 'pruned':
      return '; this release deletes it';
    case 'other-namespace':
      return `; the release has one of that name in namespace '${hint.namespace}'`;
    case 'other-case':
      return `; there is '${hint.name}'`;
    case 'similar':
      return `; did you mean '${hint.name}'?`;
  }
}

function missingText({ identity, missing, keys, needs, hint }: MissingReferenceAdvice): string {
  const subject = identityText(identity);
  const what =
    keys === undefined
      ? hint?.kind === 'pruned'
        ? identityText(missing)
        : `${identityText(missing)}, which is neither in the release nor in the cluster`
      : `${keys.length === 1 ? 'key' : 'keys'} ${keys.map((key) => `'${key}'`).join(', ')} of ${identityText(missing)}, which it does not have`;
  return `${subject}: names ${what}${hintText(hint)}; ${needsText[needs]}`;
}

/** `1.5 Gi`, `0.5 cpu`, `3`. */
function amount(resource: string, value: number): string {
  const name = resource.replace(/^(requests|limits)\./, '');
  if (name === 'cpu') return `${Math.round(value * 1000) / 1000}`;
  return /memory|storage|hugepages/.test(name)
    ? amountText({ [name]: value }).replace(` ${name}`, '')
    : `${value}`;
}

const verdicts: Readonly<Record<QuotaAdvice['verdict'], string>> = {
  exceeded: 'not all of it will start',
  'no-room-to-surge': 'it replaces a pod only after a new one is there, and there is no room for that one',
  waits: 'pods are replaced only as fast as old ones end',
};

function quotaText({ identity, resource, verdict, objects, ...amounts }: QuotaAdvice): string {
  const { hard, used, frees, needs, surge } = amounts;
  const text = (value: number) => amount(resource, value);
  const more = surge === 0 ? '' : ` and ${text(surge)} more while pods are replaced`;
  return `${identityText(identity)}: ${resource}: ${names(objects)} needs ${text(needs)}${more}; the quota is ${text(hard)}, ${text(used)} is used, and ${text(frees)} of it is given back; ${verdicts[verdict]}`;
}

const reloadTexts: Readonly<Record<Of<'reloads'>['how'], string>> = {
  files: 'its mounted files follow within about 90 s, without a restart',
  'files-only':
    'its mounted files follow within about 90 s, environment variables and subPath mounts only with a restart',
  never: 'its pods read it from environment variables or subPath mounts, and see it only after a restart',
  'next-pods': 'its next pods read the change',
};

function notCheckedText({ check, objects, reason }: Of<'not-checked'>): string {
  const { kind, namespace, names } = objects;
  const where = namespace === undefined ? '' : ` in namespace '${namespace}'`;
  if (reason === 'scoped-quota')
    return `ResourceQuota${where} ${names.join(', ')}: not checked, it counts some pods only`;
  const which = names.length === 0 ? '' : ` ${names.join(', ')}`;
  const what =
    check === 'quota' ? 'the head-room of the quota is not known' : 'whether it is there is not known';
  return `${kind}${which}${where}: not checked, the role may not read it; ${what}`;
}

const texts: { readonly [Kind in AdviceKind]: (advice: Of<Kind>) => string } = {
  'missing-reference': missingText,
  quota: quotaText,
  'quota-unspecified': ({ identity, quota, lacks }) =>
    `${identityText(identity)}: does not say ${lacks.join(', ')}, which ${identityText(quota)} counts; its pods are refused`,
  'pod-security': ({ identity, level, violations }) =>
    `${identityText(identity)}: its pods violate PodSecurity "${level}" and may be refused: ${violations}`,
  restarts: ({ identity, reasons, when }) =>
    `${identityText(identity)}: ${reasons.join(', ')}${when === 'by-hand' ? '; not before its pods are deleted by hand, or it is resumed' : ''}`,
  reloads: ({ identity, configuration, how }) =>
    `${identityText(identity)}: ${names(configuration)} changes; ${reloadTexts[how]}`,
  replaces: ({ identity, how, because }) =>
    `${identityText(identity)}: is deleted and created anew${how === 'recreate' ? '' : '; its pods stay'}: ${because.join('; ')}`,
  prunes: ({ objects, kept }) =>
    `${objects} deleted${kept.length === 0 ? '' : `; ${names(kept)} stays though no release names it any more`}`,
  unverified: ({ identity, reason, fitsSchema }) =>
    `${identityText(identity)}: ${reason}; ${fitsSchema ? 'it fits its schema' : 'there is no schema to check it against'}`,
  'api-removed': ({ identity, apiVersion, removedIn, cluster, instead }) =>
    `${identityText(identity)}: '${apiVersion}' is not served from Kubernetes ${removedIn} on${cluster === undefined ? '' : ` (this cluster is ${cluster})`}${instead === undefined ? '' : `; use '${instead}'`}`,
  'revision-history': ({ identity }) =>
    `${identityText(identity)}: revisionHistoryLimit is 0: a rollback has no earlier pods to go back to; keep 2 or more`,
  'unpinned-image': ({ identity, images }) =>
    `${identityText(identity)}: ${images.join(', ')} names no digest: what is pulled may be another one than today`,
  warning: ({ identity, text }) => `${identityText(identity)}: ${text}`,
  'not-checked': notCheckedText,
};

/** One line for people. */
export function adviceText<Kind extends AdviceKind>(advice: Of<Kind> & { readonly kind: Kind }): string {
  return texts[advice.kind](advice);
}

/** The heading of what stops a rollout. */
export const stoppingTitle = 'Will not start';

const titles: Readonly<Record<AdviceKind, string>> = {
  'missing-reference': 'Look at',
  quota: 'Look at',
  'quota-unspecified': 'Look at',
  'pod-security': 'Look at',
  replaces: 'Replaced',
  restarts: 'Pods that restart',
  reloads: 'Configuration that changes without a restart',
  prunes: 'Deleted',
  'api-removed': 'Look at',
  unverified: 'Not verified by a dry run',
  'revision-history': 'Look at',
  'unpinned-image': 'Look at',
  warning: 'Warnings of the cluster',
  'not-checked': 'Not checked',
};

/** Advice by headings, in the order of the advice: what will not start stands first. */
export function adviceSections(advice: readonly PlanAdvice[]): readonly AdviceSection[] {
  const sections = Map.groupBy(advice, (each) => (willNotStart(each) ? stoppingTitle : titles[each.kind]));
  return [...sections].map(([title, listed]) => ({ title, lines: listed.map(adviceText) }));
}

/** `Pods that restart: 2, Look at: 1`, of all but what will not start. */
export function adviceCounts(advice: readonly PlanAdvice[]): string {
  const others = adviceSections(advice).filter(({ title }) => title !== stoppingTitle);
  return others.map(({ title, lines }) => `${title}: ${lines.length}`).join(', ');
}

/** What will not start, a line each. */
export function stoppingLines(advice: readonly PlanAdvice[]): readonly string[] {
  return advice.filter(willNotStart).map(adviceText);
}
