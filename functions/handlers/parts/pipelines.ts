import { SSMClient } from '@aws-sdk/client-ssm';
import { createPipelineStore } from '#adapters/aws/pipeline-store.ts';
import { setting } from '#runtime/settings.ts';

export const pipelines = createPipelineStore(new SSMClient({}), { prefix: setting('pipelinePrefix') });
