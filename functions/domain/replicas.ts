import { ownsField } from '#domain/field-set.ts';
import type { LiveObject } from '#domain/live-object.ts';
import {
  appliedFields,
  handoverManager,
  managedFieldsOf,
  ownsReplicas,
  replicasKeys,
} from '#domain/managed-fields.ts';
import { identityOf, identityText, type KubernetesObject } from '#domain/manifest.ts';
import { migratedEntries } from '#domain/ownership-migration.ts';
import type { ReplicasDirective } from '#domain/plan.ts';
import { isScalable, type Scaler } from '#domain/scaling.ts';

type Fields = Readonly<Record<string, unknown>>;

/** How one workload's replicas are treated; without a directive they are applied as declared. */
export interface ReplicasDecision {
  readonly directive?: ReplicasDirective;
  readonly notes: readonly string[];
}

/**
 * Decides about replicas (KUBERNETES.md A3–A5): what a scaler scales is left to it, what it doesn't scale yet begins at
 * its minimum, and what we alone owned is handed over, because letting go of it would reset it to one.
 * `live` is undefined when the object would be created.
 */
export function decideReplicas(
  intent: KubernetesObject,
  live: LiveObject | undefined,
  scaler: Scaler | undefined,
): ReplicasDecision {
  const identity = identityOf(intent);
  if (scaler === undefined && !isScalable(identity)) return { notes: [] };
  const subject = identityText(identity);
  const declared = replicasOf(intent);
  if (live === undefined) {
    if (scaler === undefined) return { notes: [] };
    const replicas = Math.max(scaler.minReplicas, declared ?? 1);
    return {
      directive: { kind: 'initial', replicas },
      notes: [
        `${subject}: begins with ${replicas} replicas, ${identityText(scaler.identity)} scales it from there`,
      ],
    };
  }
  if (scaler === undefined && declared !== undefined) {
    return holdsReplicas(live, handoverManager)
      ? { directive: { kind: 'declared' }, notes: [] }
      : { notes: [] };
  }
  const isOurs = ownsField(appliedFields(live), replicasKeys) || isMigratedToUs(live);
  const ends = !isOurs && isScaled(live) && holdsReplicas(live, handoverManager);
  if (scaler === undefined && !isOurs && !ends) return { notes: [] };
  const standing = replicasOf(live) ?? 1;
  const kept =
    scaler === undefined ? 'nobody declares them any more' : `${identityText(scaler.identity)} scales it`;
  return {
    directive: { kind: 'left', replicas: standing, ...handoverField(isOurs, ends) },
    notes: [`${subject}: /spec/replicas stays as it is (${standing}), ${kept}`],
  };
}

function handoverField(begins: boolean, ends: boolean): { readonly handover?: 'begin' | 'end' } {
  if (begins) return { handover: 'begin' };
  return ends ? { handover: 'end' } : {};
}

/** Replicas that an object declares or has. */
export function replicasOf({ spec }: KubernetesObject): number | undefined {
  const { replicas } = (spec ?? {}) as { readonly replicas?: unknown };
  return typeof replicas === 'number' ? replicas : undefined;
}

function holdsReplicas(live: LiveObject, manager: string): boolean {
  return ownsField(appliedFields(live, manager), replicasKeys);
}

function isScaled(live: LiveObject): boolean {
  return managedFieldsOf(live).some((entry) => entry.subresource === 'scale' && ownsReplicas(entry));
}

// Whose fields become ours on the way would take the replicas along when we let go of them (A6).
function isMigratedToUs(live: LiveObject): boolean {
  return ownsField(migratedEntries(live)?.[0]?.fieldsV1, replicasKeys);
}

/** The object as it is sent under a directive. */
export function withReplicas(
  object: KubernetesObject,
  directive: ReplicasDirective | undefined,
): KubernetesObject {
  if (directive === undefined || directive.kind === 'declared') return object;
  const { replicas: _, ...spec } = (object.spec ?? {}) as Fields;
  return { ...object, spec: directive.kind === 'initial' ? { ...spec, replicas: directive.replicas } : spec };
}

/** What a dry run is asked about: replicas that are handed over stay as they stand, which one request can't show. */
export function asHandedOver(
  object: KubernetesObject,
  directive: ReplicasDirective | undefined,
): KubernetesObject {
  if (directive?.kind !== 'left' || directive.handover !== 'begin') return object;
  return { ...object, spec: { ...(object.spec as Fields), replicas: directive.replicas } };
}

/** What the manager of handovers applies: replicas, or nothing, which gives up what it held. */
export function handoverOf(
  { apiVersion, kind, metadata: { name, namespace } }: KubernetesObject,
  replicas: number | undefined,
): KubernetesObject {
  return {
    apiVersion,
    kind,
    metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
    ...(replicas === undefined ? {} : { spec: { replicas } }),
  };
}
