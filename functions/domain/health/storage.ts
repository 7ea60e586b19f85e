import { textAt, valueAt } from '#domain/health/live-fields.ts';
import {
  failed,
  type HealthRule,
  progressing,
  type RuleContext,
  ready,
  readyBut,
} from '#domain/health/rule.ts';
import type { LiveObject } from '#domain/live-object.ts';

const classAnnotation = 'volume.beta.kubernetes.io/storage-class';

/**
 * A PersistentVolumeClaim (KUBERNETES.md §8). One that binds with its first pod is ready for now when no workload of the
 * release mounts it: to wait for it would be to wait for ever (kstatus and Helm do).
 */
export const claimHealth: HealthRule = (live, context) => {
  const phase = textAt(live, 'status', 'phase') ?? 'Pending';
  if (phase === 'Bound') return ready;
  if (phase === 'Lost') return failed(live, 'lost the volume that it was bound to');
  return waitsForConsumer(live, context) && !isMounted(live, context)
    ? readyBut('is bound with the first pod that mounts it')
    : progressing(`is ${phase.toLowerCase()}, no volume is bound to it`, { blockedBy: 'volume provisioner' });
};

function waitsForConsumer(live: LiveObject, { objects }: RuleContext): boolean {
  const name =
    textAt(live, 'spec', 'storageClassName') ?? textAt(live, 'metadata', 'annotations', classAnnotation);
  return objects.some(
    (object) =>
      object.kind === 'StorageClass' &&
      object.metadata.name === name &&
      valueAt(object, 'volumeBindingMode') === 'WaitForFirstConsumer',
  );
}

// A claim's name stands in a pod spec wherever that lies within its kind.
function isMounted(live: LiveObject, { objects }: RuleContext): boolean {
  const reference = JSON.stringify(live.metadata.name);
  return objects.some(
    (object) =>
      object.metadata.namespace === live.metadata.namespace &&
      JSON.stringify(object).includes(`"claimName":${reference}`),
  );
}

/** A PersistentVolume (§8): bound, or there to be bound. */
export const volumeHealth: HealthRule = (live) => {
  const phase = textAt(live, 'status', 'phase') ?? 'Pending';
  if (phase === 'Available' || phase === 'Bound') return ready;
  if (phase === 'Failed') return failed(live, 'could not be reclaimed', textAt(live, 'status', 'message'));
  if (phase === 'Released')
    return progressing('is released by its claim and not yet reclaimed', { blockedBy: 'volume reclaim' });
  return progressing(`is ${phase.toLowerCase()}`);
};
