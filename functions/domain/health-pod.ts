import { rootCause } from '#domain/cause.ts';
import type { RolloutEvidence } from '#domain/evidence.ts';
import type { Health, HealthContext } from '#domain/health-verdict.ts';
import { judgeWorkload } from '#domain/health-workload.ts';
import type { LiveObject } from '#domain/live-object.ts';
import { identityOf } from '#domain/manifest.ts';
import { podFindings } from '#domain/pod-findings.ts';
import type { Pod } from '#domain/workload.ts';

/** A bare Pod: nothing makes another one, so that once it has failed the way it ended is the cause (§8). */
export function judgePod(
  own: Health,
  live: LiveObject,
  evidence: RolloutEvidence,
  context: HealthContext,
): Health {
  if (own.verdict !== 'failed') return judgeWorkload(own, live, evidence, context);
  const owner = { identity: identityOf(live), uid: live.metadata.uid };
  const findings = podFindings(owner, [live as Pod], evidence, context);
  const cause = rootCause(findings.map((finding) => finding.cause)) ?? own.cause;
  return { verdict: 'failed', reason: cause.summary, cause };
}
