import { conditionsOf, conditionText, type LiveCondition, standsSince } from '#domain/health/conditions.ts';
import { textAt } from '#domain/health/live-fields.ts';
import { failed, failedAfter, type HealthRule, progressing, ready, readyBut } from '#domain/health/rule.ts';

/** A Namespace (KUBERNETES.md §8): active. */
export const namespaceHealth: HealthRule = (live) => {
  const phase = textAt(live, 'status', 'phase');
  if (phase === 'Active') return ready;
  return phase === 'Terminating' ? failed(live, 'is terminating') : progressing('is not active yet');
};

/**
 * A CustomResourceDefinition (§8): its names are its own and its resource is served. Helm takes refused names as ready.
 * A schema that isn't structural is served as well, with less: a warning.
 */
export const definitionHealth: HealthRule = (live) => {
  const conditions = conditionsOf(live.status);
  const find = (type: string): LiveCondition | undefined => conditions.find((each) => each.type === type);
  const names = find('NamesAccepted');
  const established = find('Established');
  if (find('Terminating')?.status === 'True') return { verdict: 'deleting', reason: 'is being deleted' };
  if (names?.status === 'False') return failed(live, conditionText(names));
  if (established?.status === 'False' && established.reason !== 'Installing')
    return failed(live, conditionText(established));
  if (established?.status !== 'True') return progressing('is not established yet');
  if (names?.status !== 'True') return progressing('its names are not accepted yet');
  const nonStructural = find('NonStructuralSchema');
  return nonStructural?.status === 'True' ? readyBut(conditionText(nonStructural)) : ready;
};

const unavailableSeconds = 90;
// The service behind it is not there yet: that is its workload's matter, with limits of its own.
const backendMissing: ReadonlySet<string> = new Set([
  'ServiceNotFound',
  'ServicePortError',
  'EndpointsNotFound',
  'EndpointsMissing',
  'MissingEndpoints',
]);

/** An APIService (§8): available; a backend that is there and doesn't answer has 90 s. */
export const apiServiceHealth: HealthRule = (live, context) => {
  const available = conditionsOf(live.status).find(({ type }) => type === 'Available');
  if (available?.status === 'True') return ready;
  if (available === undefined) return progressing('its server was not asked yet');
  const text = conditionText(available);
  if (backendMissing.has(available.reason)) return progressing(text, { blockedBy: 'service behind it' });
  return failedAfter(unavailableSeconds, standsSince(available, context), context, failed(live, text));
};
