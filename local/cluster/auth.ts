import { randomBytes, timingSafeEqual } from 'node:crypto';
import { unauthorized } from './errors.ts';

/** Who a request comes from. */
export interface User {
  readonly username: string;
  readonly groups: readonly string[];
}

/** Knows the user behind a bearer token; undefined when there is none. */
export type Authenticator = (token: string) => User | undefined | Promise<User | undefined>;

const admin: User = { username: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] };

export function makeAdminToken(): string {
  return randomBytes(24).toString('base64url');
}

/**
 * The user of a request by its `Authorization` header. Every user may do everything: this cluster authenticates, it
 * does not authorize.
 * @throws ApiError 401
 */
export async function authenticate(
  header: string | undefined,
  adminToken: string,
  authenticator: Authenticator,
): Promise<User> {
  const [, token] = /^Bearer\s+(\S+)$/i.exec(header ?? '') ?? [];
  if (token === undefined) throw unauthorized();
  if (isSame(token, adminToken)) return admin;
  const user = await authenticator(token);
  if (user === undefined) throw unauthorized();
  return user;
}

function isSame(left: string, right: string): boolean {
  const [one, other] = [Buffer.from(left), Buffer.from(right)];
  return one.length === other.length && timingSafeEqual(one, other);
}
