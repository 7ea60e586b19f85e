import type { State } from './asl.ts';

/** The fields each state type takes under JSONata (States Language, "State Types"). */
export const stateFields: Readonly<
  Record<State['Type'], { required: readonly string[]; optional: readonly string[] }>
> = {
  Task: {
    required: ['Resource'],
    optional: [
      'Arguments',
      'TimeoutSeconds',
      'HeartbeatSeconds',
      'Retry',
      'Catch',
      'Assign',
      'Output',
      'Next',
      'End',
    ],
  },
  Pass: { required: [], optional: ['Assign', 'Output', 'Next', 'End'] },
  Wait: { required: [], optional: ['Seconds', 'Timestamp', 'Assign', 'Output', 'Next', 'End'] },
  Choice: { required: ['Choices'], optional: ['Default', 'Assign', 'Output'] },
  Parallel: {
    required: ['Branches'],
    optional: ['Arguments', 'Retry', 'Catch', 'Assign', 'Output', 'Next', 'End'],
  },
  Map: {
    required: ['ItemProcessor'],
    optional: [
      'Items',
      'ItemSelector',
      'MaxConcurrency',
      'Retry',
      'Catch',
      'Assign',
      'Output',
      'Next',
      'End',
    ],
  },
  Succeed: { required: [], optional: ['Output'] },
  Fail: { required: [], optional: ['Error', 'Cause'] },
};

export const everyStateField: readonly string[] = ['Type', 'Comment', 'QueryLanguage'];

export const blockFields: readonly string[] = ['StartAt', 'States', 'Comment'];
export const machineFields: readonly string[] = [
  ...blockFields,
  'QueryLanguage',
  'TimeoutSeconds',
  'Version',
];
export const processorFields: readonly string[] = [...blockFields, 'ProcessorConfig'];

/** Fields of the query language that is not served. */
export const jsonPathFields: ReadonlySet<string> = new Set([
  'InputPath',
  'OutputPath',
  'ResultPath',
  'Parameters',
  'ResultSelector',
  'Result',
  'ItemsPath',
  'Iterator',
  'SecondsPath',
  'TimestampPath',
  'TimeoutSecondsPath',
  'HeartbeatSecondsPath',
  'MaxConcurrencyPath',
  'ErrorPath',
  'CausePath',
  'Variable',
]);

/** Fields of Step Functions that the laptop cloud does not act upon, and therefore refuses. */
export const unservedFields: ReadonlySet<string> = new Set([
  'Credentials',
  'ItemReader',
  'ItemBatcher',
  'ResultWriter',
  'Label',
  'ToleratedFailureCount',
  'ToleratedFailurePercentage',
]);
