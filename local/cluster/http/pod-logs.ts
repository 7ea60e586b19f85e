import { type ApiError, badRequest } from '../errors.ts';
import type { LogBook, LogLine } from '../logs.ts';
import type { Json, KubeObject } from '../object.ts';
import type { Exchange } from './exchange.ts';

/** GET on a pod's log: `container`, `previous`, `tailLines`, `timestamps`, `sinceSeconds`, `limitBytes`, `follow`. */
export function podLogs(exchange: Exchange, pod: KubeObject, logs: LogBook): void {
  const { query, response } = exchange;
  const container = chosenContainer(pod, query.get('container'));
  const status = pod.status?.containerStatuses?.find((it: Json) => it.name === container);
  const { uid } = pod.metadata;
  const isPrevious = exchange.isSet('previous');
  if (isPrevious && !(status?.restartCount > 0)) {
    throw badRequest(`previous terminated container "${container}" in pod "${pod.metadata.name}" not found`);
  }
  const current = logs.read(uid, container);
  const log =
    isPrevious && current ? logs.read(uid, container, previousAttempt(current.attempt, status)) : current;
  const waiting = status?.state?.waiting?.reason;
  if (log === undefined) {
    if (waiting !== undefined) throw notStarted(pod, container, waiting);
    exchange.text(200, '');
    return;
  }
  const format = (line: LogLine) =>
    exchange.isSet('timestamps')
      ? `${new Date(line.at).toISOString().replace('Z', '000000Z')} ${line.text}\n`
      : `${line.text}\n`;
  const since = Number(query.get('sinceSeconds') ?? 0);
  const recent =
    since > 0 ? log.lines.filter((line) => line.at >= Date.now() - since * 1000) : [...log.lines];
  const tail = query.get('tailLines');
  const shown = tail === null ? recent : Number(tail) === 0 ? [] : recent.slice(-Number(tail));
  const limit = Number(query.get('limitBytes') ?? 0);
  const text = shown.map(format).join('');
  if (!exchange.isSet('follow')) {
    exchange.text(200, limit > 0 ? text.slice(0, limit) : text);
    return;
  }
  response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' });
  response.flushHeaders();
  response.write(text);
  let last = log.lines.at(-1);
  const stop = logs.onChange(() => {
    const from = last === undefined ? 0 : log.lines.indexOf(last) + 1;
    for (const line of log.lines.slice(from)) response.write(format(line));
    last = log.lines.at(-1);
    if (log.isEnded || logs.read(uid, container, log.attempt) === undefined) response.end();
  });
  response.on('close', stop);
  if (log.isEnded) response.end();
}

/** While a container waits to be restarted, its previous attempt is the newest that there was. */
function previousAttempt(newest: number, status: Json): number {
  return status?.state?.waiting === undefined ? Math.max(0, newest - 1) : newest;
}

function chosenContainer(pod: KubeObject, asked: string | null): string {
  const names: string[] = (pod.spec.containers ?? []).map((it: Json) => it.name);
  if (asked) {
    if (names.includes(asked)) return asked;
    throw badRequest(`container ${asked} is not valid for pod ${pod.metadata.name}`);
  }
  const [only] = names;
  if (names.length === 1 && only !== undefined) return only;
  throw badRequest(
    `a container name must be specified for pod ${pod.metadata.name}, choose one of: [${names.join(' ')}]`,
  );
}

function notStarted(pod: KubeObject, container: string, reason: string): ApiError {
  const waits: Readonly<Record<string, string>> = {
    ErrImagePull: 'trying and failing to pull image',
    ImagePullBackOff: 'trying and failing to pull image',
  };
  const text = waits[reason] ?? `is waiting to start: ${reason}`;
  return badRequest(
    `container "${container}" in pod "${pod.metadata.name}" ${text.startsWith('is') ? text : `is waiting to start: ${text}`}`,
  );
}
