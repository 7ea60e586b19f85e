import {
  conditionsOf,
  conditionText,
  isCurrent,
  type LiveCondition,
  standsSince,
} from '#domain/health/conditions.ts';
import { type JsonRecord, numberAt, recordAt, recordsAt, textAt } from '#domain/health/live-fields.ts';
import {
  failed,
  failedAfter,
  type HealthRule,
  progressing,
  type RuleContext,
  ready,
  readyBut,
} from '#domain/health/rule.ts';
import type { Health } from '#domain/health-verdict.ts';
import type { LiveObject } from '#domain/live-object.ts';

const controller = 'gateway controller';
// Gateway and backend may be applied a moment after the route.
const refusalSeconds = 30;

// What only another manifest mends, by the Gateway API's own lists of reasons.
const refusals: ReadonlySet<string> = new Set([
  'NotAllowedByListeners',
  'NoMatchingParent',
  'NoMatchingListenerHostname',
  'UnsupportedValue',
  'IncompatibleFilters',
  'BackendNotFound',
  'RefNotPermitted',
  'InvalidKind',
  'UnsupportedProtocol',
]);

/** An HTTPRoute, GRPCRoute or another route of the Gateway API (KUBERNETES.md §8): taken by every parent that it names. */
export const routeHealth: HealthRule = (live, context) => {
  const references = recordsAt(live, 'spec', 'parentRefs');
  if (references.length === 0) return readyBut('names no parent: nothing routes by it');
  const verdicts = references.map((reference) => judgeParent(live, reference, context));
  return (
    verdicts.find(({ verdict }) => verdict === 'failed') ??
    verdicts.find(({ verdict }) => verdict !== 'ready') ??
    ready
  );
};

// More than one controller may answer for a parent: it's enough that one has taken the route.
function judgeParent(live: LiveObject, reference: JsonRecord, context: RuleContext): Health {
  const answers = recordsAt(live, 'status', 'parents')
    .filter((parent) => isSameParent(live, reference, recordAt(parent, 'parentRef')))
    .map((parent) => judgeAnswer(live, parent, context));
  const name = textAt(reference, 'name') ?? '';
  const none = progressing(`'${name}' has not answered yet`, { blockedBy: controller });
  return answers.find(({ verdict }) => verdict === 'ready') ?? answers[0] ?? none;
}

function isSameParent(live: LiveObject, wanted: JsonRecord, answered: JsonRecord): boolean {
  const namespace = live.metadata.namespace ?? '';
  return (
    textAt(wanted, 'name') === textAt(answered, 'name') &&
    (textAt(wanted, 'namespace') ?? namespace) === (textAt(answered, 'namespace') ?? namespace) &&
    (textAt(wanted, 'kind') ?? 'Gateway') === (textAt(answered, 'kind') ?? 'Gateway') &&
    textAt(wanted, 'sectionName') === textAt(answered, 'sectionName') &&
    numberAt(wanted, 'port') === numberAt(answered, 'port')
  );
}

function judgeAnswer(live: LiveObject, parent: JsonRecord, context: RuleContext): Health {
  const conditions = conditionsOf(parent).filter((each) => isCurrent(each, live, context));
  const required = ['Accepted', 'ResolvedRefs'].map((type) => ({
    type,
    condition: conditions.find((each) => each.type === type),
  }));
  const refused = required.find(({ condition }) => condition !== undefined && isRefusal(condition));
  if (refused?.condition !== undefined) return refusal(live, refused.condition, context);
  const open = required.find(({ condition }) => condition?.status !== 'True');
  if (open === undefined) return ready;
  const text = open.condition === undefined ? `${open.type} is not said yet` : conditionText(open.condition);
  return progressing(text, { blockedBy: controller });
}

function isRefusal({ status, reason }: LiveCondition): boolean {
  return status === 'False' && refusals.has(reason);
}

function refusal(live: LiveObject, condition: LiveCondition, context: RuleContext): Health {
  const verdict = failed(live, conditionText(condition));
  return failedAfter(refusalSeconds, standsSince(condition, context), context, verdict);
}
