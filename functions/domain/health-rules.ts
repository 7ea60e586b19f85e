import { autoscalerHealth } from '#domain/health/autoscaler.ts';
import { judgeBeforeAll } from '#domain/health/before-all.ts';
import { dataRules } from '#domain/health/catalogue-data.ts';
import { deliveryRules } from '#domain/health/catalogue-delivery.ts';
import { networkRules } from '#domain/health/catalogue-network.ts';
import { platformRules } from '#domain/health/catalogue-platform.ts';
import { securityRules } from '#domain/health/catalogue-security.ts';
import { apiServiceHealth, definitionHealth, namespaceHealth } from '#domain/health/cluster-scoped.ts';
import { customHealth } from '#domain/health/custom.ts';
import { daemonSetHealth } from '#domain/health/daemon-set.ts';
import { deploymentHealth } from '#domain/health/deployment.ts';
import { disruptionBudgetHealth } from '#domain/health/disruption-budget.ts';
import { gatewayHealth } from '#domain/health/gateway.ts';
import { cronJobHealth, jobHealth } from '#domain/health/job.ts';
import { podHealth } from '#domain/health/pod.ts';
import { replicaSetHealth } from '#domain/health/replica-set.ts';
import { rolloutHealth } from '#domain/health/rollout.ts';
import { routeHealth } from '#domain/health/route.ts';
import { type HealthRule, kindKey, type RuleContext, ready, settleSeconds } from '#domain/health/rule.ts';
import { statefulSetHealth } from '#domain/health/stateful-set.ts';
import { ruleFrom } from '#domain/health/status-rule.ts';
import { claimHealth, volumeHealth } from '#domain/health/storage.ts';
import { ingressHealth, serviceHealth, targetGroupBindingHealth } from '#domain/health/traffic.ts';
import type { Health } from '#domain/health-verdict.ts';
import { secondsAfter } from '#domain/instant.ts';
import type { LiveObject } from '#domain/live-object.ts';

/** The health rules of single objects by `group/Kind`; kinds that stand for nothing but themselves have none. */
export const healthRules: ReadonlyMap<string, HealthRule> = new Map<string, HealthRule>([
  ['apps/Deployment', deploymentHealth],
  ['apps/StatefulSet', statefulSetHealth],
  ['apps/DaemonSet', daemonSetHealth],
  ['apps/ReplicaSet', replicaSetHealth],
  ['/ReplicationController', replicaSetHealth],
  ['/Pod', podHealth],
  ['batch/Job', jobHealth],
  ['batch/CronJob', cronJobHealth],
  ['/Service', serviceHealth],
  ['networking.k8s.io/Ingress', ingressHealth],
  ['/PersistentVolumeClaim', claimHealth],
  ['/PersistentVolume', volumeHealth],
  ['autoscaling/HorizontalPodAutoscaler', autoscalerHealth],
  ['policy/PodDisruptionBudget', disruptionBudgetHealth],
  ['/Namespace', namespaceHealth],
  ['apiextensions.k8s.io/CustomResourceDefinition', definitionHealth],
  ['apiregistration.k8s.io/APIService', apiServiceHealth],
  ['gateway.networking.k8s.io/Gateway', gatewayHealth],
  ['gateway.networking.k8s.io/HTTPRoute', routeHealth],
  ['gateway.networking.k8s.io/GRPCRoute', routeHealth],
  ['gateway.networking.k8s.io/TLSRoute', routeHealth],
  ['gateway.networking.k8s.io/TCPRoute', routeHealth],
  ['gateway.networking.k8s.io/UDPRoute', routeHealth],
  ['elbv2.k8s.aws/TargetGroupBinding', targetGroupBindingHealth],
  ['argoproj.io/Rollout', rolloutHealth],
  // The same status as their namesakes of apps/v1.
  ['apps.kruise.io/StatefulSet', statefulSetHealth],
  ['apps.kruise.io/DaemonSet', daemonSetHealth],
]);

// The first row that matches counts, so that a kind's own row stands before its group's.
const catalogue = [
  ...deliveryRules,
  ...securityRules,
  ...platformRules,
  ...dataRules,
  ...networkRules,
].flatMap((row) => row.kinds.map((pattern) => ({ pattern, rule: ruleFrom(row) })));

// Groups that every API server has itself. What they hold and no rule speaks of is ready once applied (§8).
const builtInGroups: ReadonlySet<string> = new Set([
  '',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'apiregistration.k8s.io',
  'apps',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'coordination.k8s.io',
  'discovery.k8s.io',
  'events.k8s.io',
  'flowcontrol.apiserver.k8s.io',
  'internal.apiserver.k8s.io',
  'networking.k8s.io',
  'node.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'resource.k8s.io',
  'scheduling.k8s.io',
  'storage.k8s.io',
  'storagemigration.k8s.io',
]);

const applied: HealthRule = () => ready;

/** The rule by which an object of that `group/Kind` is judged; every kind has one. */
export function healthRuleOf(key: string): HealthRule {
  const own = healthRules.get(key);
  if (own !== undefined) return own;
  const [group = '', kind = ''] = key.split('/');
  if (builtInGroups.has(group)) return applied;
  return catalogue.find(({ pattern }) => matches(pattern, group, kind))?.rule ?? customHealth;
}

function matches(pattern: string, group: string, kind: string): boolean {
  const [wantedGroup = '', wantedKind = ''] = pattern.split('/');
  const isGroup = wantedGroup.startsWith('*') ? group.endsWith(wantedGroup.slice(1)) : group === wantedGroup;
  return isGroup && (wantedKind === '*' || wantedKind === kind);
}

/** The health of one object by nothing but itself (KUBERNETES.md §8, H0, H1). Throws on no object, however partial. */
export function judgeObject(live: LiveObject, context: RuleContext): Health {
  const health = judgeBeforeAll(live, context) ?? healthRuleOf(kindKey(live))(live, context);
  // A condition may count once its controller had its time to look (H1), though nothing in the cluster changes then.
  const settledAt = secondsAfter(context.appliedAt, settleSeconds);
  const mayChange = health.verdict === 'progressing' && health.recheckAt === undefined;
  return mayChange && context.now < settledAt ? { ...health, recheckAt: settledAt } : health;
}
