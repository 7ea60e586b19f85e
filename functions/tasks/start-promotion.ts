import { RequestInvalidError } from '#domain/errors.ts';
import type { Release } from '#domain/release.ts';
import type { StartPromotionInput, StartPromotionResult } from '#domain/view.ts';
import type { Clock } from '#ports/clock.ts';
import type { Executions } from '#ports/executions.ts';
import type { PromotionLedger, TargetState } from '#ports/promotion-ledger.ts';
import type { ReleaseLedger } from '#ports/release-ledger.ts';

export interface StartPromotionPorts {
  readonly releases: ReleaseLedger;
  readonly promotions: PromotionLedger;
  readonly executions: Executions;
  readonly clock: Clock;
}

/** How many releases and good states are looked through, newest first. */
const lookBack = 100;

/** Starts a promotion or a rollback that a person asked for. The same request id is the same promotion. */
export function startPromotion(ports: StartPromotionPorts) {
  return async (input: StartPromotionInput): Promise<StartPromotionResult> => {
    const { promotions, executions, clock } = ports;
    const { application, environment, kind, requestId } = input;
    const newest = await ports.releases.newest(application, lookBack);
    const known = await knownEnvironment(input, newest);
    const state = await promotions.targetState(application, environment);
    const number = await choices[kind](ports, input, known, state);
    const release = await validated(ports, input, number, known);
    const opened = await promotions.open({
      application,
      release: release.release,
      environment,
      kind,
      requestedBy: `request:${requestId}`,
      openedAt: clock.now(),
    });
    const { attempt } = opened;
    const id = { application, release: release.release, environment, attempt };
    const executionArn = await executions.startPromotion({ ...id, kind: opened.kind });
    await promotions.note(id, { executionArn });
    return { ...id, executionArn };
  };
}

const invalid = (
  { application, environment, release }: StartPromotionInput,
  message: string,
): RequestInvalidError =>
  new RequestInvalidError(message, { application, environment, ...(release !== undefined && { release }) });

const list = (values: readonly (string | number)[]): string =>
  values.length === 0 ? 'none' : values.join(', ');

/** The application's releases, newest first, once the environment is known to be one of theirs. */
async function knownEnvironment(
  input: StartPromotionInput,
  newest: readonly Release[],
): Promise<readonly Release[]> {
  const { application, environment } = input;
  if (newest.length === 0)
    throw invalid(input, `Application "${application}" has no release: push a bundle first`);
  const environments = [...new Set(newest.flatMap((release) => release.environments))];
  if (environments.includes(environment)) return newest;
  throw invalid(
    input,
    `Environment "${environment}" is none of "${application}"; it has ${list(environments)}`,
  );
}

const numbersFor = (environment: string, releases: readonly Release[]): readonly number[] =>
  releases.filter(({ contents }) => contents?.[environment] !== undefined).map(({ release }) => release);

type Choice = (
  ports: StartPromotionPorts,
  input: StartPromotionInput,
  newest: readonly Release[],
  state: TargetState | undefined,
) => Promise<number>;

/** Which release is meant, per kind. */
const choices: Readonly<Record<StartPromotionInput['kind'], Choice>> = {
  async promotion(_ports, input, newest, state) {
    const { application, environment } = input;
    const release = input.release ?? numbersFor(environment, newest)[0];
    if (release === undefined) {
      throw invalid(input, `Application "${application}" has no validated release for "${environment}" yet`);
    }
    if (state === undefined || release >= state.release) return release;
    throw invalid(
      input,
      `Release ${release} of "${application}" is older than release ${state.release} in "${environment}": ask for a rollback to return to it`,
    );
  },

  async rollback({ promotions }, input, _newest, state) {
    const { application, environment } = input;
    const nothing = `Environment "${environment}" of "${application}" has nothing to roll back to`;
    if (state === undefined) throw invalid(input, `${nothing}: no release was promoted into it`);
    if (input.release === undefined) {
      const history = await promotions.targetHistory(application, environment, lookBack);
      const earlier = history.find(({ release }) => release < state.release);
      if (earlier !== undefined) return earlier.release;
      throw invalid(input, `${nothing}: release ${state.release} is the first good one there`);
    }
    if (input.release < state.release) return input.release;
    const reason =
      input.release === state.release
        ? 'is there now'
        : `is newer than release ${state.release} there: promote it`;
    throw invalid(
      input,
      `Release ${input.release} of "${application}" is no rollback for "${environment}": it ${reason}`,
    );
  },
};

async function validated(
  { releases }: StartPromotionPorts,
  input: StartPromotionInput,
  number: number,
  newest: readonly Release[],
): Promise<Release> {
  const { application, environment } = input;
  const release = await releases.release({ application, release: number });
  if (release === undefined) {
    const numbers = newest.slice(0, 10).map((known) => known.release);
    throw invalid(
      input,
      `Release ${number} of "${application}" does not exist; the newest are ${list(numbers)}`,
    );
  }
  if (release.contents?.[environment] !== undefined) return release;
  const usable = numbersFor(environment, newest).slice(0, 10);
  throw invalid(
    input,
    `Release ${number} of "${application}" has no validated content for "${environment}"; releases that have: ${list(usable)}`,
  );
}
