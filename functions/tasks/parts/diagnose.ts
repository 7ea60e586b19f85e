import type { Cause } from '#domain/cause.ts';
import { type Diagnosis, diagnosisLogLines, logTail } from '#domain/diagnosis.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import { textRedactor } from '#domain/redaction.ts';
import type { Cluster } from '#ports/cluster.ts';

/** A cause with its log, free of the release's secrets. The log of the run that ended counts first (KUBERNETES.md G2). */
export async function diagnose(
  cluster: Cluster,
  cause: Cause,
  objects: readonly KubernetesObject[],
): Promise<Diagnosis> {
  const redact = textRedactor(objects);
  const { detail, ...facts } = cause;
  const redacted: Cause = detail === undefined ? facts : { ...facts, detail: redact(detail) };
  return { cause: redacted, log: logTail(redact(await readLog(cluster, cause))) };
}

async function readLog(cluster: Cluster, { logFrom }: Cause): Promise<string> {
  if (logFrom === undefined) return '';
  for (const previous of [true, false]) {
    const text = await cluster.log({ ...logFrom, previous, tailLines: diagnosisLogLines });
    if (text !== undefined && text.trim() !== '') return text;
  }
  return '';
}
