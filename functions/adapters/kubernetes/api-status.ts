import type { Instant } from '#domain/instant.ts';
import { momentOf } from '#domain/live-object.ts';
import type { ApiAnswer } from './connection.ts';

/** A Kubernetes `Status`: what the API server answers when it does not do what it was asked. */
export interface ApiStatus {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  /** What `details.kind` names: for a missing namespace `namespaces`. */
  readonly subject: string | undefined;
  readonly subjectName: string | undefined;
  readonly causes: readonly ApiCause[];
  /** False when the body was no Status at all: then no such resource is served. */
  readonly structured: boolean;
  readonly retryAfterSeconds: number | undefined;
  /** The server's clock, from its `Date` header: a token signed by a wrong clock is refused (KUBERNETES.md K1). */
  readonly serverTime: Instant | undefined;
}

export interface ApiCause {
  readonly reason?: string;
  readonly message?: string;
  readonly field?: string;
}

interface StatusBody {
  readonly kind?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly details?: {
    readonly kind?: string;
    readonly name?: string;
    readonly causes?: readonly ApiCause[];
    readonly retryAfterSeconds?: number;
  };
}

/** Reads an answer that is not a success. */
export function apiStatus({ status, headers, body }: ApiAnswer): ApiStatus {
  const parsed = parse(body);
  const header = Number(headers['retry-after']);
  const retryAfter = Number.isFinite(header) && header >= 0 ? header : parsed?.details?.retryAfterSeconds;
  return {
    code: status,
    reason: parsed?.reason ?? '',
    message: parsed?.message ?? body.slice(0, 300).trim(),
    subject: parsed?.details?.kind,
    subjectName: parsed?.details?.name,
    causes: parsed?.details?.causes ?? [],
    structured: parsed !== undefined,
    retryAfterSeconds: retryAfter,
    serverTime: momentOf(headers.date),
  };
}

function parse(body: string): StatusBody | undefined {
  try {
    const value = JSON.parse(body) as StatusBody | null;
    return value?.kind === 'Status' ? value : undefined;
  } catch {
    return undefined;
  }
}
