import type { Answer, Call, Json, Send } from '../api.ts';

/** Asks a server something; the last answer is what is compared. */
export type Ask = (send: Send) => Promise<Answer>;
/** Requests by what they are about; each works on objects of its own. */
export type Requests = Readonly<Record<string, Ask>>;

/** Where the requests work; it is there on both servers. */
export const namespace = 'side-by-side';
export const core = `/api/v1/namespaces/${namespace}`;
export const apps = `/apis/apps/v1/namespaces/${namespace}`;
export const zeroUid = '00000000-0000-0000-0000-000000000000';

export const object = (apiVersion: string, kind: string, name: string, rest: Json = {}): Json => ({
  apiVersion,
  kind,
  metadata: { name, namespace },
  ...rest,
});
export const configMap = (name: string, data: Json = { a: '1' }): Json =>
  object('v1', 'ConfigMap', name, { data });
/** A Deployment that makes no pods. */
export const deployment = (name: string, spec: Json = {}, container: Json = {}): Json =>
  object('apps/v1', 'Deployment', name, {
    spec: {
      replicas: 0,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: 'main', image: 'shop/web:1', ...container }] },
      },
      ...spec,
    },
  });

type More = Partial<Call>;
export const get =
  (path: string, more: More = {}): Ask =>
  (send) =>
    send({ path, ...more });
export const post =
  (path: string, body: unknown, more: More = {}): Ask =>
  (send) =>
    send({ method: 'POST', path, body, ...more });
export const put =
  (path: string, body: unknown): Ask =>
  (send) =>
    send({ method: 'PUT', path, body });
export const patch =
  (path: string, type: string, body: unknown): Ask =>
  (send) =>
    send({ method: 'PATCH', path, body, contentType: `application/${type}` });
export const apply = (path: string, body: unknown, query = 'fieldManager=orch'): Ask =>
  patch(`${path}?${query}`, 'apply-patch+yaml', body);
export const remove =
  (path: string, body?: unknown): Ask =>
  (send) =>
    send({ method: 'DELETE', path, body });

/** Asks one thing after the other. */
export const inTurn =
  (first: Ask, ...others: readonly Ask[]): Ask =>
  async (send) => {
    let answer = await first(send);
    for (const ask of others) answer = await ask(send);
    return answer;
  };

/** Makes a ConfigMap, and then asks about it. */
export const withConfigMap = (name: string, ...asks: readonly Ask[]): Ask =>
  inTurn(post(`${core}/configmaps`, configMap(name)), ...asks);

/** Makes a ConfigMap, and puts in its place what is made of it, with other metadata. */
export const withReplaced = (name: string, metadata: Json): Ask =>
  withConfigMap(name, async (send) => {
    const path = `${core}/configmaps/${name}`;
    const { body } = await send({ path });
    return put(path, { ...body, metadata: { ...body.metadata, ...metadata } })(send);
  });

/** Makes an object that has a label of its own. */
export const labelled = (name: string, labels: Readonly<Record<string, string>>): Ask =>
  post(`${core}/configmaps`, { ...configMap(name), metadata: { name, labels } });
