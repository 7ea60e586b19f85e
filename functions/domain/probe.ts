import type { Probe } from '#domain/workload.ts';

/** What a probe asks, for people: `HTTP GET :8080/healthz`, `TCP :5432`, `exec pg_isready`. */
export function probeText({ httpGet, tcpSocket, grpc, exec }: Probe): string {
  if (httpGet !== undefined)
    return `${httpGet.scheme ?? 'HTTP'} GET :${httpGet.port ?? ''}${httpGet.path ?? '/'}`;
  if (tcpSocket !== undefined) return `TCP :${tcpSocket.port ?? ''}`;
  if (grpc !== undefined) return `gRPC :${grpc.port ?? ''}`;
  return `exec ${(exec?.command ?? []).join(' ')}`.trim().slice(0, 120);
}

/** Seconds until a probe that always fails has failed for good, from the container's start. */
export function secondsToFail({
  initialDelaySeconds = 0,
  failureThreshold = 3,
  periodSeconds = 10,
}: Probe): number {
  return initialDelaySeconds + failureThreshold * periodSeconds;
}
