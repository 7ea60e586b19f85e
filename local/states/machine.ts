import type { Definition } from './definition/asl.ts';

/** One state of a machine's definition and role; versions pin one, executions keep the one they began with. */
export interface Revision {
  readonly revisionId: string;
  readonly definitionText: string;
  readonly definition: Definition;
  readonly roleArn: string;
  readonly updateDate: number;
}

export interface Version {
  readonly number: number;
  readonly arn: string;
  readonly revision: Revision;
  readonly creationDate: number;
  readonly description: string | undefined;
}

export interface Route {
  readonly stateMachineVersionArn: string;
  readonly weight: number;
}

export interface Alias {
  readonly name: string;
  readonly arn: string;
  readonly creationDate: number;
  updateDate: number;
  description: string | undefined;
  routes: readonly Route[];
}

export interface Machine {
  readonly arn: string;
  readonly name: string;
  readonly creationDate: number;
  revision: Revision;
  readonly versions: Map<number, Version>;
  readonly aliases: Map<string, Alias>;
  lastVersion: number;
}

/** What a machine, version or alias ARN means for one start. */
export interface Resolved {
  readonly machine: Machine;
  readonly revision: Revision;
  readonly versionArn?: string;
  readonly aliasArn?: string;
}

export type NewRevision = Pick<Revision, 'definitionText' | 'definition' | 'roleArn'>;
