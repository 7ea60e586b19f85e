import { kindRules } from '#domain/kinds.ts';
import type { EnvironmentPolicy, Pipeline } from '#domain/pipeline.ts';
import type { YamlPath } from '#domain/yaml-finding.ts';

/** What a well-formed pipeline still may not say, with the path of the field that says it. */
export interface PipelineProblem {
  readonly path: YamlPath;
  readonly message: string;
}

/**
 * An execution name, `<application>-<release>-<environment>-<attempt>`, is at most 80 characters: this leaves 27 for
 * two numbers and three hyphens.
 */
export const nameCharacters = 50;

const namespacedKinds = new Set(kindRules.filter(({ namespaced }) => namespaced).map(({ kind }) => kind));
// `Kind`, or `Kind.group` where other groups have a kind of that name.
const kindPattern = /^[A-Z][A-Za-z0-9]{0,62}(\.[a-z0-9.-]{1,253})?$/;

interface UnappliedField {
  readonly path: YamlPath;
  /** True when the field's value is what the code does anyway. */
  isApplied(policy: EnvironmentPolicy): boolean;
}

const unappliedFields: readonly UnappliedField[] = [
  { path: ['cluster', 'roleArn'], isApplied: ({ cluster }) => cluster.roleArn === undefined },
  {
    path: ['deploymentConfiguration'],
    isApplied: ({ deploymentConfiguration }) => deploymentConfiguration === 'AllAtOnce',
  },
  { path: ['approval', 'quorum'], isApplied: ({ approval }) => (approval?.quorum ?? 1) === 1 },
  { path: ['approval', 'required'], isApplied: ({ approval }) => approval?.required === undefined },
  { path: ['approval', 'deputies'], isApplied: ({ approval }) => approval?.deputies === undefined },
  {
    path: ['approval', 'reminderSeconds'],
    isApplied: ({ approval }) => approval?.reminderSeconds === undefined,
  },
  {
    path: ['approval', 'forbidSelfApproval'],
    isApplied: ({ approval }) => approval?.forbidSelfApproval !== true,
  },
  { path: ['approval', 'identity'], isApplied: ({ approval }) => (approval?.identity ?? 'mail') === 'mail' },
  { path: ['checks'], isApplied: ({ checks }) => checks === undefined },
  { path: ['analysis'], isApplied: ({ analysis }) => analysis === undefined },
  { path: ['concurrency'], isApplied: ({ concurrency }) => concurrency === 'supersede' },
  { path: ['freezeWindows'], isApplied: ({ freezeWindows }) => freezeWindows === undefined },
];

/** Why fields of an environment are refused that the schema knows: a policy that is silently not applied is the worst bug. */
export function unappliedPolicies(policy: EnvironmentPolicy): PipelineProblem[] {
  const fields = unappliedFields
    .filter(({ isApplied }) => !isApplied(policy))
    .map(({ path }) => ({ path, message: `${valueText(policy, path)} ${notApplied}` }));
  const kinds = policy.clusterScopedKinds.flatMap((kind, index) =>
    kindFault(kind).map((message) => ({ path: ['clusterScopedKinds', index], message })),
  );
  return [...fields, ...kinds];
}

function kindFault(kind: string): readonly string[] {
  if (!kindPattern.test(kind)) return [`"${kind}" is no kind; write \`Kind\` or \`Kind.group\``];
  return namespacedKinds.has(kind) ? [`kind "${kind}" is namespaced and needs no permission; remove it`] : [];
}

const notApplied = 'is not applied by this version; remove it rather than rely on it';

function valueText(root: unknown, path: YamlPath): string {
  const value = path.reduce<unknown>((node, step) => (node as Record<string, unknown>)[step], root);
  return typeof value === 'object' ? 'this policy' : JSON.stringify(value);
}

/** Entries of a list that stand twice, compared as `textOf` says; answers the second one's index and the first one's. */
function* repeated(values: readonly string[]): Generator<readonly [index: number, first: number]> {
  for (const [index, value] of values.entries()) {
    const first = values.indexOf(value);
    if (first < index) yield [index, first];
  }
}

/** What is wrong with one environment's policy, whichever way it was read. */
export function environmentRules(application: string, policy: EnvironmentPolicy): PipelineProblem[] {
  const problems = unappliedPolicies(policy);
  if (application.length + policy.name.length > nameCharacters) {
    const message = `application "${application}" and environment "${policy.name}" are longer than ${nameCharacters} characters together; shorten one`;
    problems.push({ path: ['name'], message });
  }
  const approvers = (policy.approval?.approvers ?? []).map((approver) => approver.toLowerCase());
  for (const [index] of repeated(approvers)) {
    const message = `approver "${policy.approval?.approvers[index]}" is listed twice; remove one`;
    problems.push({ path: ['approval', 'approvers', index], message });
  }
  return problems;
}

/** What is wrong with a well-formed pipeline as a whole. */
export function pipelineRules(pipeline: Pipeline): PipelineProblem[] {
  const unapplied = (['sources', 'build'] as const)
    .filter((field) => pipeline[field] !== undefined)
    .map((field) => ({ path: [field], message: `this policy ${notApplied}` }));
  const names = pipeline.environments.map(({ name }) => name);
  const twice = [...repeated(names)].map(([index, first]) => ({
    path: ['environments', index, 'name'],
    message: `environment "${names[index]}" stands twice (it is \`environments[${first}]\` already); rename one`,
  }));
  const targets = pipeline.environments.map(
    ({ cluster, namespace }) => `${cluster.region ?? ''}/${cluster.name}/${namespace}`,
  );
  const shared = [...repeated(targets)].map(([index, first]) => ({
    path: ['environments', index, 'namespace'],
    message: `environments "${names[first]}" and "${names[index]}" deploy to one namespace of one cluster; each needs its own`,
  }));
  const environments = pipeline.environments.flatMap((policy, index) =>
    environmentRules(pipeline.application, policy).map(({ path, message }) => ({
      path: ['environments', index, ...path],
      message,
    })),
  );
  return [...unapplied, ...twice, ...shared, ...environments];
}
