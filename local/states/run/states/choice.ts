import type { ChoiceState } from '../../definition/asl.ts';
import type { Outcome } from '../outcome.ts';
import type { Visit } from '../visit.ts';

export async function performChoice(state: ChoiceState, visit: Visit): Promise<Outcome> {
  for (const [index, rule] of state.Choices.entries()) {
    const field = `Choices[${index}]/Condition`;
    const matched = await visit.evaluate(rule.Condition, field);
    if (typeof matched !== 'boolean') throw visit.wrongType(matched, field, 'boolean');
    // The state's own Assign and Output belong to the Default alone.
    if (matched) return visit.leave(rule, visit.input, {}, `Choices[${index}]/`);
  }
  if (state.Default === undefined) {
    throw visit.failure(
      'States.NoChoiceMatched',
      'Failed to transition out of the state. No rule of Choices matched, and there is no Default.',
    );
  }
  const { next: _, ...left } = await visit.leave(state, visit.input);
  return { ...left, next: state.Default };
}
