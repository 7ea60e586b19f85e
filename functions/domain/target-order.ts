import type { Attempt, Promotion } from '#domain/promotion.ts';

/**
 * The release on a target that forbids this promotion, if there is one (DESIGN N4): a target takes no older release over
 * a newer one, but by a rollback that a person asked for. A repair goes over nothing but what it was decided against.
 */
export function supersededOnTarget(
  { kind, release, repair }: Pick<Promotion, 'kind' | 'release' | 'repair'>,
  onTarget: Attempt | undefined,
): number | undefined {
  if (onTarget === undefined) return undefined;
  const isForbidden =
    kind === 'promotion'
      ? onTarget.release > release
      : repair !== undefined && !isSame(repair.backTo, onTarget);
  return isForbidden ? onTarget.release : undefined;
}

const isSame = (one: Attempt, other: Attempt): boolean =>
  one.release === other.release && one.attempt === other.attempt;
