import { ConfigurationError } from '#domain/errors.ts';

/** The settings that functions read, by the environment variable that template.yaml or Lambda itself sets. */
const variables = {
  ledgerTable: 'LEDGER_TABLE',
  documentBucket: 'DOCUMENT_BUCKET',
  pipelinePrefix: 'PIPELINE_PREFIX',
  releaseStateMachine: 'RELEASE_STATE_MACHINE',
  promotionStateMachine: 'PROMOTION_STATE_MACHINE',
  approvalsTopic: 'APPROVALS_TOPIC',
  approvalUrl: 'APPROVAL_URL',
  /** Hosts of registries without TLS, by commas; template.yaml sets none: it is for registries on a developer's machine. */
  insecureRegistries: 'INSECURE_REGISTRIES',
  region: 'AWS_REGION',
  accessKeyId: 'AWS_ACCESS_KEY_ID',
  secretAccessKey: 'AWS_SECRET_ACCESS_KEY',
  sessionToken: 'AWS_SESSION_TOKEN',
} as const;

export type SettingName = keyof typeof variables;

/** Reads one setting of this function from its environment, if it is set. */
export function settingIfSet(
  name: SettingName,
  environment: NodeJS.ProcessEnv = process.env,
): string | undefined {
  return environment[variables[name]] || undefined;
}

/**
 * Reads one setting of this function from its environment. This file alone in functions/ reads the environment (but for
 * the SDKs, which read their own variables).
 * Throws ConfigurationError naming the variable when it is missing.
 */
export function setting(name: SettingName, environment: NodeJS.ProcessEnv = process.env): string {
  const value = settingIfSet(name, environment);
  if (value !== undefined) return value;
  const variable = variables[name];
  throw new ConfigurationError(`setting '${name}': the environment variable ${variable} is not set`, {
    variable,
  });
}
