/** One statement of an identity policy, its intrinsic functions resolved. */
export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: Selection;
  readonly resources: Selection;
  /** All must hold. */
  readonly conditions: readonly Condition[];
}

/** `Action` or `NotAction`, `Resource` or `NotResource`. */
export interface Selection {
  readonly isInverted: boolean;
  readonly patterns: readonly string[];
}

export interface Condition {
  /** As written: `ForAllValues:StringLike`, `BoolIfExists`. */
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

/** A role that a function or a state machine runs as, with all that its policies say. */
export interface RoleModel {
  readonly arn: string;
  readonly statements: readonly Statement[];
}

export const allow = (actions: readonly string[], resources: readonly string[]): Statement => ({
  effect: 'Allow',
  actions: { isInverted: false, patterns: actions },
  resources: { isInverted: false, patterns: resources },
  conditions: [],
});
