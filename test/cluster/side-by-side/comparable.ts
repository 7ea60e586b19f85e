import type { Answer, Json } from '../api.ts';

const zeroUid = '00000000-0000-0000-0000-000000000000';

/** What of an answer two servers must agree on: not identities and instants, nor what controllers write later. */
export function comparable({ status, headers, text }: Answer): Json {
  const masked = text
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, (uid) =>
      uid === zeroUid ? uid : 'uid',
    )
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, 'time')
    .replace(/"resourceVersion":\s*"\d+"/g, '"resourceVersion": "n"')
    .replace(/in record \(\d+\)/g, 'in record (n)')
    .replace(/current: \d+/g, 'current: n')
    .replace(/\b10\.\d+\.\d+\.\d+/g, 'address');
  const body = masked.trimStart().startsWith('{') ? JSON.parse(masked) : masked;
  const warnings = headers.warning === undefined ? {} : { warning: headers.warning };
  return { status, ...warnings, body: typeof body === 'object' ? declared(body) : body };
}

const revision = 'deployment.kubernetes.io/revision';
const controllers = new Set(['kube-controller-manager']);

/** An object as clients declared it. A status of a request is left as it is. */
function declared(body: Json): Json {
  if (body.kind === 'Status') return body;
  if (Array.isArray(body.items)) return { ...body, items: body.items.map(declared) };
  const { status: _, ...rest } = body;
  const { annotations, managedFields } = rest.metadata ?? {};
  const { [revision]: __, ...declaredAnnotations } = annotations ?? {};
  return {
    ...rest,
    metadata: {
      ...rest.metadata,
      annotations: Object.keys(declaredAnnotations).length === 0 ? undefined : declaredAnnotations,
      managedFields: managedFields?.filter(({ manager }: Json) => !controllers.has(manager)),
    },
  };
}
