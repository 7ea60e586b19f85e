import { createTaskTokens } from '#adapters/aws/task-tokens.ts';
import { sfn } from './sfn-client.ts';

export const tokens = createTaskTokens(sfn);
