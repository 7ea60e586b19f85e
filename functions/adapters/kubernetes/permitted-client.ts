import type { WritePermit } from '#ports/cluster.ts';
import type { ApiCall, ApiClient } from './api-client.ts';

/** A client whose writes are sent under a permit, once there is one (DESIGN §4). */
export function permittedClient(client: ApiClient): {
  readonly client: ApiClient;
  permitWrites(permit: WritePermit): void;
} {
  let permit: WritePermit | undefined;
  const permitted = (call: ApiCall): ApiCall =>
    permit !== undefined && isWrite(call) ? { ...call, permit } : call;
  return {
    client: { ...client, call: (call, handled) => client.call(permitted(call), handled) },
    permitWrites(given) {
      permit = given;
    },
  };
}

function isWrite({ method, query }: ApiCall): boolean {
  return method !== 'GET' && query?.dryRun === undefined;
}
