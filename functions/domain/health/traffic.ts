import { observedGenerationOf } from '#domain/health/conditions.ts';
import { numberAt, recordsAt, textAt } from '#domain/health/live-fields.ts';
import { type HealthRule, progressing, type RuleContext, ready } from '#domain/health/rule.ts';
import { instant, secondsAfter } from '#domain/instant.ts';
import { type LiveObject, momentOf } from '#domain/live-object.ts';

/**
 * What a Service alone shows (KUBERNETES.md §8): whether the load balancer that it asks for exists. Its endpoints are
 * judged with the rest of the release (kstatus looks at the cluster IP, which a Service of any kind has at once).
 */
export const serviceHealth: HealthRule = (live) =>
  textAt(live, 'spec', 'type') !== 'LoadBalancer' || hasAddress(live)
    ? ready
    : progressing('has no load balancer yet', { blockedBy: 'load-balancer controller' });

const noControllerSeconds = 60;

/** What an Ingress alone shows (§8): an address. After a minute without one its class is named (kstatus: ready at once). */
export const ingressHealth: HealthRule = (live, context) => {
  if (hasAddress(live)) return ready;
  const suspectAt = secondsAfter(beganAt(live, context), noControllerSeconds);
  const isSuspect = context.now >= suspectAt;
  const suspicion = `: is there a controller for ${classOf(live)}?`;
  return progressing(`has no address yet${isSuspect ? suspicion : ''}`, {
    blockedBy: 'ingress controller',
    ...(isSuspect ? {} : { recheckAt: suspectAt }),
  });
};

/** What a TargetGroupBinding alone shows (§8): its controller has seen it. Its targets' health is the load balancer's. */
export const targetGroupBindingHealth: HealthRule = (live) =>
  observedGenerationOf(live) === undefined && numberAt(live, 'metadata', 'generation') !== undefined
    ? progressing('not yet observed by its controller', { blockedBy: 'load-balancer controller' })
    : ready;

function hasAddress(live: LiveObject): boolean {
  return recordsAt(live, 'status', 'loadBalancer', 'ingress').length > 0;
}

function beganAt(live: LiveObject, { appliedAt }: RuleContext) {
  const createdAt = momentOf(textAt(live, 'metadata', 'creationTimestamp')) ?? 0;
  return instant(Math.max(createdAt, appliedAt));
}

function classOf(live: LiveObject): string {
  const name =
    textAt(live, 'spec', 'ingressClassName') ??
    textAt(live, 'metadata', 'annotations', 'kubernetes.io/ingress.class');
  return name === undefined ? 'the default ingress class' : `ingress class '${name}'`;
}
