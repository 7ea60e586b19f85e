import { createExecutions } from '#adapters/aws/executions.ts';
import { setting } from '#runtime/settings.ts';
import { sfn } from './sfn-client.ts';

export const executions = createExecutions(sfn, {
  releaseStateMachine: setting('releaseStateMachine'),
  promotionStateMachine: setting('promotionStateMachine'),
});
