import { SFNClient } from '@aws-sdk/client-sfn';
import { createExecutions } from '#adapters/aws/executions.ts';
import { setting } from '#runtime/settings.ts';

export const executions = createExecutions(new SFNClient({}), {
  releaseStateMachine: setting('releaseStateMachine'),
  promotionStateMachine: setting('promotionStateMachine'),
});
