/** Objects that are applied together, and what must be healthy before the next stage. Objects stand as identity texts. */
export interface Stage {
  /** One after the other; what is in one layer goes in any order. */
  readonly layers: readonly (readonly string[])[];
  /** Of this stage or an earlier one; empty in the last one, after which everything must be healthy. */
  readonly awaits: readonly string[];
}
