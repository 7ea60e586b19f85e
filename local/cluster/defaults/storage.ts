import type { Json } from '../object.ts';

export function defaultClaim(object: Json): void {
  object.spec ??= {};
  object.spec.volumeMode ??= 'Filesystem';
  protect(object, 'kubernetes.io/pvc-protection');
  object.status ??= { phase: 'Pending' };
}

export function defaultVolume(object: Json): void {
  object.spec ??= {};
  object.spec.volumeMode ??= 'Filesystem';
  object.spec.persistentVolumeReclaimPolicy ??= 'Retain';
  if (object.spec.hostPath !== undefined) object.spec.hostPath.type ??= '';
  protect(object, 'kubernetes.io/pv-protection');
  object.status ??= { phase: 'Pending' };
}

/** Objects in use may not vanish; the finalizer is given once, when the object is made. */
function protect(object: Json, finalizer: string): void {
  if (object.status !== undefined) return;
  const finalizers = object.metadata.finalizers ?? [];
  object.metadata.finalizers = finalizers.includes(finalizer) ? finalizers : [...finalizers, finalizer];
}

export function defaultStorageClass(object: Json): void {
  object.reclaimPolicy ??= 'Delete';
  object.volumeBindingMode ??= 'Immediate';
}

export function defaultDriver(object: Json): void {
  object.spec ??= {};
  const { spec } = object;
  spec.attachRequired ??= true;
  spec.podInfoOnMount ??= false;
  spec.storageCapacity ??= false;
  spec.fsGroupPolicy ??= 'ReadWriteOnceWithFSType';
  spec.volumeLifecycleModes ??= ['Persistent'];
  spec.requiresRepublish ??= false;
  spec.seLinuxMount ??= false;
}
