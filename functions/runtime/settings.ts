import { ConfigurationError } from '#domain/errors.ts';

/** The settings that functions read, by the environment variable that template.yaml sets. */
const variables = {
  ledgerTable: 'LEDGER_TABLE',
  documentBucket: 'DOCUMENT_BUCKET',
  pipelinePrefix: 'PIPELINE_PREFIX',
  releaseStateMachine: 'RELEASE_STATE_MACHINE',
  promotionStateMachine: 'PROMOTION_STATE_MACHINE',
  approvalsTopic: 'APPROVALS_TOPIC',
  approvalUrl: 'APPROVAL_URL',
  region: 'AWS_REGION',
} as const;

export type SettingName = keyof typeof variables;

/**
 * Reads one setting of this function from its environment. The only place in functions/ that reads the environment
 * (but for the SDKs, which read their own variables).
 * Throws ConfigurationError naming the variable when it is missing.
 */
export function setting(name: SettingName, environment: NodeJS.ProcessEnv = process.env): string {
  const value = environment[variables[name]];
  if (value === undefined || value === '') {
    throw new ConfigurationError(
      `setting '${name}': the environment variable ${variables[name]} is not set`,
      {
        variable: variables[name],
      },
    );
  }
  return value;
}
