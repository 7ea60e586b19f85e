import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const shared = process.env.TIDEGATE_SHARED ?? fileURLToPath(new URL('../../../../shared', import.meta.url));
const folder = `${shared}/k8s-data/real-responses/v1.36.2`;

/** Why answers of a real API server can't be read here; empty when they can. */
export const missingResponses = existsSync(folder) ? '' : `${folder} is not there`;
if (missingResponses !== '') console.log(`tests with real responses are skipped: ${missingResponses}`);

/** An answer of a real 1.36 API server, by the beginning of its file's name. */
export function realResponse<Body>(name: string): Body {
  return JSON.parse(readFileSync(`${folder}/${name}.json`, 'utf8')) as Body;
}
