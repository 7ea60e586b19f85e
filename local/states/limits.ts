/** Step Functions' quotas for Standard workflows (developer guide, "Service quotas"). */
export const limits = {
  payloadBytes: 256 * 1024,
  variableBytes: 256 * 1024,
  variablesBytes: 10 * 1024 * 1024,
  historyEvents: 25_000,
  executionSeconds: 365 * 24 * 3600,
  nameCharacters: 80,
  taskTokenCharacters: 2048,
  errorCharacters: 256,
  causeCharacters: 32_768,
  waitSeconds: 99_999_999,
  inlineMapConcurrency: 40,
  definitionBytes: 1024 * 1024,
} as const;
