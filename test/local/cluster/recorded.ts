import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Json } from './api.ts';

const root = resolve(import.meta.dirname, '../../..');
const shared = process.env.TIDEGATE_SHARED ?? join(root, '..', 'shared');
const folder = join(shared, 'k8s-data', 'real-responses', 'v1.36.2');
export const isRecorded = existsSync(folder);
if (!isRecorded) console.log(`skipped: no recorded answers of a real API server in ${folder}`);

/** A recorded answer's text. */
export function recorded(name: string): string {
  return readFileSync(join(folder, `${name}.json`), 'utf8');
}

export function deployment(name: string, spec: Json = {}, container: Json = {}): Json {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'default' },
    spec: {
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          containers: [
            {
              name: 'c',
              image: 'localhost/bb:1',
              imagePullPolicy: 'Never',
              command: ['sleep', '1000'],
              ...container,
            },
          ],
        },
      },
      ...spec,
    },
  };
}

export const env = (value: string) => ({ env: [{ name: 'A', value }] });
export const object = (apiVersion: string, kind: string, name: string, rest: Json): Json => ({
  apiVersion,
  kind,
  metadata: { name, namespace: 'default' },
  ...rest,
});
export const zeroUid = '00000000-0000-0000-0000-000000000000';

/** Identities and instants, which differ each time. */
export function masked(text: string): Json {
  const plain = text
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, (uid) =>
      uid === zeroUid ? uid : 'uid',
    )
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, 'time')
    .replace(/"resourceVersion":\s*"\d+"/g, '"resourceVersion": "n"')
    .replace(/10\.\d+\.\d+\.\d+/g, 'address');
  return plain.trimStart().startsWith('{') ? JSON.parse(plain) : plain;
}
