import { type Clock, systemClock } from '../../../local/clock.ts';
import { createEksTokenVerifier } from '../../../local/eks/token-verifier.ts';
import { createSts } from '../../../local/sts/create-sts.ts';
import type { IssuedKeys } from '../../../local/sts/keys.ts';
import { createAccessEntries } from './access-entries.ts';
import { startTokenWebhook } from './token-webhook.ts';

/** The way in with EKS's tokens. */
export interface EksAccess {
  readonly clusterName: string;
  readonly region: string;
  /** Where the API server sends its TokenReviews. */
  readonly webhookUrl: string;
  /** Why tokens were refused, oldest first. */
  readonly refusals: readonly string[];
  /** Gives a role an access entry with these groups, and answers the keys of a session of it, good for 12 hours. */
  grant(roleArn: string, kubernetesGroups: readonly string[]): IssuedKeys;
  /** Keys of a session of a role, whether it has an entry or not. */
  keysOf(roleArn: string): IssuedKeys;
  stop(): Promise<void>;
}

const keysSeconds = 12 * 3600;

/** Starts a verifier of EKS tokens in front of an STS of its own. `clock` is what tokens grow old by. */
export async function startEksAccess(clusterName: string, clock: Clock = systemClock): Promise<EksAccess> {
  const sts = createSts({ clock });
  const entries = createAccessEntries();
  const refusals: string[] = [];
  const verifier = createEksTokenVerifier(clusterName, sts);
  const onRefusal = (reason: string) => void refusals.push(reason);
  const webhook = await startTokenWebhook({ verifier, entries, onRefusal });
  const keysOf = (roleArn: string) => sts.issueKeys(roleArn, 'tidegate', keysSeconds);
  return {
    clusterName,
    region: 'us-east-1',
    webhookUrl: webhook.url,
    refusals,
    keysOf,
    grant(roleArn, kubernetesGroups) {
      entries.put(roleArn, kubernetesGroups);
      return keysOf(roleArn);
    },
    stop: () => webhook.close(),
  };
}
