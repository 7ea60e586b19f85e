import type { FenceAddress } from '#ports/cluster.ts';

/** Records of an application in a namespace, written only over the version that was read. */
export function createConditionalRecords<Value extends { readonly version?: string }>() {
  const records = new Map<string, Value>();
  let revision = 0;
  const keyOf = ({ namespace, application }: FenceAddress): string => `${namespace}/${application}`;
  return {
    read: (address: FenceAddress): Value | undefined => records.get(keyOf(address)),
    write(address: FenceAddress, value: Value, version: string | undefined): boolean {
      const key = keyOf(address);
      if (records.get(key)?.version !== version) return false;
      revision += 1;
      records.set(key, { ...value, version: String(revision) });
      return true;
    },
  };
}
