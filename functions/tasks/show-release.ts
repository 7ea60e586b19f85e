import { stoppingLines } from '#domain/advice-text.ts';
import { changeCounts } from '#domain/change-summary.ts';
import { holdText } from '#domain/hold.ts';
import type { Plan } from '#domain/plan.ts';
import type { Promotion } from '#domain/promotion.ts';
import type { DocumentReference } from '#domain/reference.ts';
import type { Release } from '#domain/release.ts';
import { asRepaired } from '#domain/settlement.ts';
import type {
  EnvironmentView,
  PromotionView,
  ReleaseView,
  ShowReleaseInput,
  ShowReleaseResult,
} from '#domain/view.ts';
import type { ApprovalLedger } from '#ports/approval-ledger.ts';
import type { DocumentStore } from '#ports/document-store.ts';
import type { PromotionLedger } from '#ports/promotion-ledger.ts';
import type { ReleaseLedger } from '#ports/release-ledger.ts';
import { requestsOf } from './parts/requests.ts';

export interface ShowReleasePorts {
  readonly releases: ReleaseLedger;
  readonly promotions: PromotionLedger;
  readonly approvals: ApprovalLedger;
  readonly documents: DocumentStore;
}

/** How many releases an application's view shows. */
const shownReleases = 10;

/** How many lines of what will not start a view carries. */
const shownLines = 10;

/** What a view shows of a plan. */
type PlanFacts = Pick<PromotionView, 'changes' | 'willNotStart'>;

/** Shows what the ledger knows of an upload, a release or an application. Reads only. */
export function showRelease(ports: ShowReleasePorts) {
  const { releases } = ports;
  const facts = planFacts(ports.documents);
  const byId = async (application: string, release: number): Promise<ShowReleaseResult> => {
    const found = await releases.release({ application, release });
    return found ? { kind: 'release', view: await releaseView(ports, facts, found) } : { kind: 'unknown' };
  };
  return async (input: ShowReleaseInput): Promise<ShowReleaseResult> => {
    if (input.kind === 'release') return byId(input.application, input.release);
    if (input.kind === 'application') return applicationView(ports, facts, input.application);
    const upload = await releases.upload(input.bundle);
    if (upload === undefined) return { kind: 'unknown' };
    if (upload.kind === 'refused') return { kind: 'refused', failure: upload.failure };
    return byId(upload.application, upload.release);
  };
}

type FactsOf = (plan: DocumentReference) => Promise<PlanFacts>;

/** Sums plans up; a stored version never changes, so following a release reads each plan once. */
function planFacts(documents: DocumentStore): FactsOf {
  const known = new Map<string, PlanFacts>();
  return async (plan) => {
    const name = `${plan.bucket}/${plan.key}#${plan.versionId}`;
    const facts = known.get(name) ?? factsIn(await documents.get<Plan>(plan));
    known.set(name, facts);
    return facts;
  };
}

function factsIn({ changes, advice = [] }: Plan): PlanFacts {
  const willNotStart = stoppingLines(advice).slice(0, shownLines);
  return { changes: changeCounts(changes), ...(willNotStart.length > 0 && { willNotStart }) };
}

async function promotionView(
  ports: ShowReleasePorts,
  factsOf: FactsOf,
  promotion: Promotion,
): Promise<PromotionView> {
  if (promotion.plan === undefined) return { promotion, requests: [] };
  const [requests, facts] = await Promise.all([
    requestsOf(ports.approvals, promotion),
    factsOf(promotion.plan.document),
  ]);
  return { promotion, requests, ...facts };
}

async function releaseView(
  ports: ShowReleasePorts,
  factsOf: FactsOf,
  release: Release,
): Promise<ReleaseView> {
  const promotions = await ports.promotions.promotions(release);
  return {
    release: asRepaired(release, promotions),
    promotions: await Promise.all(promotions.map((promotion) => promotionView(ports, factsOf, promotion))),
  };
}

async function environmentView(
  { promotions }: ShowReleasePorts,
  application: string,
  environment: string,
): Promise<EnvironmentView> {
  const [state, hold] = await Promise.all([
    promotions.targetState(application, environment),
    promotions.hold(application, environment),
  ]);
  return {
    environment,
    ...(state && { release: state.release, promotedAt: state.promotedAt }),
    ...(hold && { held: holdText(hold) }),
  };
}

async function applicationView(
  ports: ShowReleasePorts,
  factsOf: FactsOf,
  application: string,
): Promise<ShowReleaseResult> {
  const newest = await ports.releases.newest(application, shownReleases);
  if (newest.length === 0) return { kind: 'unknown' };
  // In the newest release's order; an environment that the pipeline no longer has comes after them.
  const environments = [...new Set(newest.flatMap((release) => release.environments))];
  return {
    kind: 'application',
    application,
    environments: await Promise.all(environments.map((name) => environmentView(ports, application, name))),
    releases: await Promise.all(newest.map((release) => releaseView(ports, factsOf, release))),
  };
}
