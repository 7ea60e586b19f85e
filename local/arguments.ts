import { parseArgs } from 'node:util';
import type { LaptopCloudOptions } from './cloud.ts';

export type Arguments =
  | { readonly kind: 'read'; readonly options: LaptopCloudOptions; readonly json: boolean }
  | { readonly kind: 'refused'; readonly message: string };

const usage = `Usage: node local/main.ts --template FILE --stack-name NAME --state FOLDER
  [--cache FOLDER] [--port N] [--region REGION] [--parameter NAME=VALUE]... [--cluster-name NAME]...
  [--kube-context CONTEXT | --no-cluster] [--no-schedules] [--prewarm LOGICAL_ID]... [--json]`;

const settings = {
  template: { type: 'string' },
  'stack-name': { type: 'string' },
  state: { type: 'string' },
  cache: { type: 'string' },
  port: { type: 'string' },
  region: { type: 'string' },
  parameter: { type: 'string', multiple: true },
  'cluster-name': { type: 'string', multiple: true },
  'kube-context': { type: 'string' },
  'no-cluster': { type: 'boolean' },
  'no-schedules': { type: 'boolean' },
  prewarm: { type: 'string', multiple: true },
  json: { type: 'boolean' },
} as const;

/** Reads the command line of `local/main.ts`. */
export function readArguments(argv: readonly string[]): Arguments {
  try {
    const { values } = parseArgs({ args: [...argv], options: settings, strict: true });
    const { template, state, port = '0', region, parameter = [], 'kube-context': context } = values;
    const stackName = values['stack-name'];
    if (!template || !stackName || !state) return refuse('--template, --stack-name and --state are needed');
    if (!/^\d+$/.test(port) || Number(port) > 65_535) return refuse(`--port "${port}" is no port`);
    if (context !== undefined && values['no-cluster'])
      return refuse('--kube-context and --no-cluster exclude each other');
    const malformed = parameter.find((item) => !/^[A-Za-z0-9]+=/.test(item));
    if (malformed !== undefined) return refuse(`--parameter "${malformed}" is not NAME=VALUE`);
    return {
      kind: 'read',
      json: values.json ?? false,
      options: {
        templateFile: template,
        stackName,
        stateFolder: state,
        port: Number(port),
        ...(values.cache === undefined ? {} : { cacheFolder: values.cache }),
        ...(region === undefined ? {} : { region }),
        parameters: Object.fromEntries(parameter.map((item) => item.split(/=(.*)/s).slice(0, 2))),
        cluster:
          context !== undefined
            ? { kind: 'kube-context', context }
            : { kind: values['no-cluster'] ? 'none' : 'laptop' },
        clusterNames: values['cluster-name'] ?? ['laptop'],
        runsSchedules: !values['no-schedules'],
        prewarm: values.prewarm ?? [],
      },
    };
  } catch (error) {
    return refuse((error as Error).message);
  }
}

const refuse = (problem: string): Arguments => ({ kind: 'refused', message: `${problem}\n${usage}` });
