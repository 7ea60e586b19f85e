import { isNamed } from '#domain/confirmed.ts';
import { servedAddress } from '#domain/kinds.ts';
import { identityText } from '#domain/manifest.ts';
import { judgePrune } from '#domain/prune.ts';
import { isVersioned, referrerOf } from '#domain/versioned-config.ts';
import type { PruneCandidate } from './prune-candidate.ts';
import type { Finding, SurveyContext } from './survey-intent.ts';

/** Finds out whether an object that the release no longer names would be deleted (KUBERNETES.md P2). */
export async function surveyPrune(
  { snapshot, owner, lore, confirm }: SurveyContext,
  { address, uid }: PruneCandidate,
): Promise<Finding> {
  const live = snapshot(servedAddress(address, address.apiVersion));
  const { apiVersion, ...identity } = address;
  const confirmed = isNamed(confirm?.prune, identity);
  const verdict = judgePrune({ identity, confirmed, ...(uid === undefined ? {} : { uid }) }, live, owner);
  if (verdict.kind === 'gone') return { notes: [] };
  if (verdict.kind === 'keep') return { notes: [verdict.note] };
  const found = live?.metadata.uid;
  if (live !== undefined && found !== undefined && isVersioned(live)) {
    const referrer = referrerOf(identity, await lore.revisionsIn(identity.namespace));
    if (referrer !== undefined) {
      const note = `${identityText(identity)}: kept, ${referrer} still refers to it`;
      return { notes: [note], retained: { identity, apiVersion, uid: found } };
    }
  }
  return {
    change: {
      identity,
      apiVersion,
      ...(found === undefined ? {} : { uid: found }),
      action: 'pruned',
      fields: [],
      ...(confirmed && { confirmed }),
    },
    notes: confirmed
      ? [`${identityText(identity)}: deleted although it is protected, as the release confirms`]
      : [],
  };
}
