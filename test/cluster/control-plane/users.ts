import { randomBytes } from 'node:crypto';

/** A row of the API server's token file. */
export interface User {
  readonly token: string;
  readonly name: string;
  readonly groups: readonly string[];
}

/** A user with a token that nobody can guess. */
export function makeUser(name: string, groups: readonly string[]): User {
  return { token: randomBytes(24).toString('base64url'), name, groups };
}

/** The text of `--token-auth-file`: token, name, uid, groups. */
export function tokenFile(users: readonly User[]): string {
  return users.map(({ token, name, groups }) => `${token},${name},${name},"${groups.join(',')}"\n`).join('');
}
