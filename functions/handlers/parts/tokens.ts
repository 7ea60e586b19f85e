import { SFNClient } from '@aws-sdk/client-sfn';
import { createTaskTokens } from '#adapters/aws/task-tokens.ts';

export const tokens = createTaskTokens(new SFNClient({}));
