import { configHashAnnotation, configReferences } from '#domain/config-hash.ts';
import { pointerToken } from '#domain/field-changes.ts';
import { identityOf, identityText, type KubernetesObject } from '#domain/manifest.ts';
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

/** What a plan says of workloads that keep their pods though configuration that they refer to changes (KUBERNETES.md C4). */
export function reloadNotes(
  changes: readonly ObjectChange[],
  intents: readonly KubernetesObject[],
): readonly string[] {
  const byText = new Map(changes.map((change) => [identityText(change.identity), change]));
  return intents.flatMap((intent) => {
    const identity = identityOf(intent);
    const own = byText.get(identityText(identity));
    if (own === undefined || own.action === 'created' || (own.restarts ?? []).length > 0) return [];
    if (own.apply?.replacement !== undefined) return [];
    const changed = configReferences(podSpecOf(intent)).filter(({ kind, name }) => {
      const { namespace } = intent.metadata;
      const text = identityText({ group: '', kind, ...(namespace === undefined ? {} : { namespace }), name });
      const change = byText.get(text);
      return (
        change?.action === 'configured' &&
        change.fields.some(({ path }) => /^\/(data|binaryData)\//.test(path))
      );
    });
    if (changed.length === 0) return [];
    const names = changed.map(({ kind, name }) => `${kind} ${name}`).join(', ');
    const how =
      intent.kind === 'CronJob' || intent.kind === 'Job'
        ? 'its next pods read the change'
        : 'keeps its pods: mounted files follow within about 90 s, environment variables and subPath mounts do not';
    return [`${identityText(identity)}: ${names} changes; ${how}`];
  });
}
