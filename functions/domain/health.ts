import type { RolloutEvidence } from '#domain/evidence.ts';
import { judgeDeployment } from '#domain/health-deployment.ts';
import { judgeService } from '#domain/health-service.ts';
import type { Health, HealthContext } from '#domain/health-verdict.ts';
import { identityOf, type KubernetesObject } from '#domain/manifest.ts';

type Judge = (object: KubernetesObject, evidence: RolloutEvidence, context: HealthContext) => Health;

const judges: Readonly<Record<string, Judge>> = {
  'apps/Deployment': judgeDeployment,
  '/Service': judgeService,
};

/** The health of one object of the release. Kinds without a rollout of their own are ready once applied. */
export function judgeHealth(
  object: KubernetesObject,
  evidence: RolloutEvidence,
  context: HealthContext,
): Health {
  const { group, kind } = identityOf(object);
  return judges[`${group}/${kind}`]?.(object, evidence, context) ?? { verdict: 'ready' };
}
