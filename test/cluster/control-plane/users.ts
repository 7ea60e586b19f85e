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

/** Who the plane's own programs sign in as, and the administrator. */
export interface OwnUsers {
  readonly admin: User;
  readonly controllerManager: User;
  readonly scheduler: User;
}

export const makeOwnUsers = (): OwnUsers => ({
  admin: makeUser('admin', ['system:masters']),
  controllerManager: makeUser('system:kube-controller-manager', []),
  scheduler: makeUser('system:kube-scheduler', []),
});

/** Whom the node authorizer takes for the kubelet of that node. */
export const makeNodeUser = (nodeName: string): User => makeUser(`system:node:${nodeName}`, ['system:nodes']);
