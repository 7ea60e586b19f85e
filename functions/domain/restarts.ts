import type { PlanAdvice } from '#domain/advice.ts';
import { configHashAnnotation, configReferences } from '#domain/config-hash.ts';
import { pointerToken } from '#domain/field-changes.ts';
import { identityOf, identityText, type KubernetesObject, type ObjectIdentity } from '#domain/manifest.ts';
import type { FieldChange, ObjectChange } from '#domain/plan.ts';
import { podSpecOf } from '#domain/pod-references.ts';
import { podTemplatePath } from '#domain/pod-template.ts';

const rolled: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);

/** Why the pods of a workload would be replaced: `configuration`, `image of container main`…; empty when they stay. */
export function restartReasons(intent: KubernetesObject, fields: readonly FieldChange[]): readonly string[] {
  if (!rolled.has(intent.kind)) return [];
  const path = podTemplatePath(identityOf(intent));
  const prefix = path === undefined ? undefined : `/${path.join('/')}`;
  const changed = fields.filter(({ path: field }) => prefix !== undefined && field.startsWith(`${prefix}/`));
  return [...new Set(changed.map((field) => reasonOf(field.path.slice(prefix?.length ?? 0), intent)))].sort();
}

const configHashPath = `/metadata/annotations/${pointerToken(configHashAnnotation)}`;

function reasonOf(path: string, intent: KubernetesObject): string {
  if (path === configHashPath) {
    const names = configReferences(podSpecOf(intent)).map(({ kind, name }) => `${kind} ${name}`);
    return `configuration (${names.join(', ') || 'its service account'})`;
  }
  return /\/(?:init)?containers\/\d+\/image$/i.test(path) ? 'image' : 'pod template';
}

/**
 * Workloads that keep their pods though configuration that they refer to changes (KUBERNETES.md C4): what is mounted as a
 * whole volume follows within the kubelet's sync, environment variables and subPath mounts never do.
 */
export function reloadAdvice(
  changes: readonly ObjectChange[],
  intents: readonly KubernetesObject[],
): readonly PlanAdvice[] {
  const byText = new Map(changes.map((change) => [identityText(change.identity), change]));
  return intents.flatMap((intent): readonly PlanAdvice[] => {
    const identity = identityOf(intent);
    const own = byText.get(identityText(identity));
    if (own === undefined || own.action === 'created' || (own.restarts ?? []).length > 0) return [];
    if (own.apply?.replacement !== undefined) return [];
    const { namespace } = intent.metadata;
    const place = namespace === undefined ? {} : { namespace };
    const configuration = configReferences(podSpecOf(intent))
      .map(({ kind, name }): ObjectIdentity => ({ group: '', kind, ...place, name }))
      .filter((reference) => changesData(byText.get(identityText(reference))));
    if (configuration.length === 0) return [];
    const endsByItself = intent.kind === 'CronJob' || intent.kind === 'Job';
    const how = endsByItself ? 'next-pods' : howItReloads(podSpecOf(intent), configuration);
    return [{ kind: 'reloads', identity, configuration, how }];
  });
}

function changesData(change: ObjectChange | undefined): boolean {
  return (
    change?.action === 'configured' && change.fields.some(({ path }) => /^\/(data|binaryData)\//.test(path))
  );
}

type Fields = Readonly<Record<string, unknown>>;
const list = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value : []);

/** Each container by the part of it that takes configuration: its environment, or the files that it mounts. */
function howItReloads(
  podSpec: Fields | undefined,
  configuration: readonly ObjectIdentity[],
): 'files' | 'files-only' | 'never' {
  const isOf = (part: unknown) =>
    configReferences(part).some((found) =>
      configuration.some(({ kind, name }) => kind === found.kind && name === found.name),
    );
  const volumes = new Set(
    list(podSpec?.volumes)
      .filter(isOf)
      .map(({ name }) => name),
  );
  const containers = [...list(podSpec?.containers), ...list(podSpec?.initContainers)];
  const mounts = containers
    .flatMap(({ volumeMounts }) => list(volumeMounts))
    .filter(({ name }) => volumes.has(name));
  const isPart = ({ subPath, subPathExpr }: Fields) => Boolean(subPath) || Boolean(subPathExpr);
  const isFixed = mounts.some(isPart) || containers.some(({ env, envFrom }) => isOf([env, envFrom]));
  if (!mounts.some((mount) => !isPart(mount))) return 'never';
  return isFixed ? 'files-only' : 'files';
}
