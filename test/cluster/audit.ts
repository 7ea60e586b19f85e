import { readFileSync } from 'node:fs';

/** A request as the API server noted it when it was answered. */
export interface AuditedRequest {
  readonly verb: string;
  readonly requestURI: string;
  readonly objectRef?: { readonly resource: string; readonly namespace?: string };
  readonly user: { readonly username: string; readonly groups?: readonly string[] };
  readonly responseStatus: { readonly code: number; readonly message?: string };
}

/** What an API server was asked so far by users of a group. */
export function requestsOfGroup(auditFile: string, group: string): readonly AuditedRequest[] {
  return readFileSync(auditFile, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as AuditedRequest)
    .filter(({ user }) => user.groups?.includes(group) === true);
}
