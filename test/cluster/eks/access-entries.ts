import type { CallerIdentity } from '../../../local/sts/keys.ts';

/** The group that docs/install.md binds to the deployer's Role. */
export const deployersGroup = 'tidegate:deployers';

/** A user as a TokenReview names it. */
export interface ReviewedUser {
  readonly username: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

/** Which IAM principals may come in, and as whom: EKS's access entries of type STANDARD (KUBERNETES.md K3). */
export interface AccessEntries {
  /** Gives a role an entry, or another one. */
  put(principalArn: string, kubernetesGroups: readonly string[]): void;
  /** Undefined when the caller has no entry: the cluster answers 401. */
  userOf(caller: CallerIdentity): ReviewedUser | undefined;
}

export function createAccessEntries(): AccessEntries {
  const groupsOf = new Map<string, readonly string[]>();
  return {
    put(principalArn, kubernetesGroups) {
      groupsOf.set(withoutPath(principalArn), kubernetesGroups);
    },
    userOf({ arn, accountId, userId }) {
      const [, name, session = ''] = /:assumed-role\/([^/]+)\/(.+)$/.exec(arn) ?? [];
      const principal = name === undefined ? arn : `arn:aws:iam::${accountId}:role/${name}`;
      const groups = groupsOf.get(principal);
      if (groups === undefined) return undefined;
      const extra = { arn: [arn], canonicalArn: [principal], principalId: [userId], sessionName: [session] };
      return { username: arn, uid: `aws-iam-authenticator:${accountId}:${userId}`, groups, extra };
    },
  };
}

// An entry names a role with its path; the ARN of its session has none.
const withoutPath = (arn: string): string => arn.replace(/:role\/.*\//, ':role/');
