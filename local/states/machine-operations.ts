import type { Clock } from '../clock.ts';
import { type Access, checkManagedRules } from './access.ts';
import { refuse } from './api-error.ts';
import { checkDefinition } from './definition/check.ts';
import { parseDefinition, type Substitutions, substitute } from './definition/parse.ts';
import type { Json } from './json.ts';
import { limits } from './limits.ts';
import type { Alias, Machine, NewRevision, Revision, Route } from './machine.ts';
import type { Machines } from './machines.ts';
import { type PageRequest, pageOf } from './page.ts';
import type { TaskRegistry } from './tasks/registry.ts';

export interface CreateRequest {
  readonly name: string;
  /** An object, or JSON or YAML text. */
  readonly definition: string | object;
  readonly roleArn: string;
  readonly type?: string;
  readonly publish?: boolean;
  readonly versionDescription?: string;
  /** Publishes a version and makes an alias of this name for it. Not an API parameter: SAM's AutoPublishAlias. */
  readonly alias?: string;
  /** Values for `${Name}` in the definition. Not an API parameter: CloudFormation's DefinitionSubstitutions. */
  readonly substitutions?: Substitutions;
}

export interface UpdateRequest extends Partial<Omit<CreateRequest, 'name' | 'alias' | 'type'>> {
  readonly stateMachineArn: string;
}

/** Reads, fills and checks a definition; throws `InvalidDefinition`, `AccessDeniedException`. */
export function readRevision(
  request: Omit<CreateRequest, 'name'>,
  tasks: TaskRegistry,
  access: Access,
): NewRevision {
  const { definition, substitutions, roleArn } = request;
  const given = typeof definition === 'string' ? definition : JSON.stringify(definition);
  const definitionText = substitutions ? substitute(given, substitutions) : given;
  if (Buffer.byteLength(definitionText) > limits.definitionBytes) {
    throw refuse.validation(
      'definition',
      `Member must have length less than or equal to ${limits.definitionBytes}`,
    );
  }
  const parsed = parseDefinition(definitionText);
  const checked = checkDefinition(parsed, tasks);
  checkManagedRules(parsed as Json, roleArn, tasks, access);
  return { definitionText, definition: checked, roleArn };
}

/** The API's operations on machines, versions and aliases; times are in milliseconds. */
export function machineOperations({
  machines,
  tasks,
  clock,
  access,
}: {
  machines: Machines;
  tasks: TaskRegistry;
  access: Access;
  clock: Clock;
}) {
  return {
    createStateMachine(request: CreateRequest) {
      const { type = 'STANDARD', publish = false, versionDescription, alias } = request;
      if (type !== 'STANDARD')
        throw refuse.validation('type', "'STANDARD', the only type that the laptop cloud serves");
      const machine = machines.create(request.name, readRevision(request, tasks, access));
      const version =
        publish || alias !== undefined ? machines.publish(machine, versionDescription) : undefined;
      const routes = version && [{ stateMachineVersionArn: version.arn, weight: 100 }];
      return {
        stateMachineArn: machine.arn,
        creationDate: machine.creationDate,
        ...(version ? { stateMachineVersionArn: version.arn } : {}),
        ...(routes && alias !== undefined
          ? { stateMachineAliasArn: machines.createAlias(alias, routes).arn }
          : {}),
      };
    },

    updateStateMachine(request: UpdateRequest) {
      const machine = machines.get(request.stateMachineArn);
      const { definitionText, roleArn } = machine.revision;
      if (request.definition !== undefined || request.roleArn !== undefined) {
        machines.update(
          machine,
          readRevision({ definition: definitionText, roleArn, ...request }, tasks, access),
        );
      }
      const version = request.publish ? machines.publish(machine, request.versionDescription) : undefined;
      return {
        updateDate: clock.now(),
        revisionId: machine.revision.revisionId,
        ...(version ? { stateMachineVersionArn: version.arn } : {}),
      };
    },

    describeStateMachine({ stateMachineArn }: { stateMachineArn: string }) {
      const { machine, revision, versionArn } = machines.resolve(stateMachineArn);
      return describeMachine(machine, revision, versionArn);
    },

    listStateMachines(request: PageRequest) {
      const all = machines.all();
      const { items, ...page } = pageOf(all, (machine) => all.indexOf(machine), request);
      const stateMachines = items.map(({ arn, name, creationDate }) => ({
        stateMachineArn: arn,
        name,
        type: 'STANDARD',
        creationDate,
      }));
      return { stateMachines, ...page };
    },

    publishStateMachineVersion(request: {
      stateMachineArn: string;
      revisionId?: string;
      description?: string;
    }) {
      const machine = machines.get(request.stateMachineArn);
      const { revisionId } = machine.revision;
      if (request.revisionId !== undefined && request.revisionId !== revisionId) {
        throw refuse.conflict(`Revision '${request.revisionId}' is not the current revision '${revisionId}'`);
      }
      const { arn, creationDate } = machines.publish(machine, request.description);
      return { stateMachineVersionArn: arn, creationDate };
    },

    listStateMachineVersions({ stateMachineArn, ...request }: PageRequest & { stateMachineArn: string }) {
      const newestFirst = [...machines.get(stateMachineArn).versions.values()].reverse();
      const { items, ...page } = pageOf(newestFirst, ({ number }) => -number, request);
      const stateMachineVersions = items.map(({ arn, creationDate }) => ({
        stateMachineVersionArn: arn,
        creationDate,
      }));
      return { stateMachineVersions, ...page };
    },

    createStateMachineAlias(request: {
      name: string;
      description?: string;
      routingConfiguration: readonly Route[];
    }) {
      const { name, description, routingConfiguration } = request;
      const { arn, creationDate } = machines.createAlias(name, routingConfiguration, description);
      return { stateMachineAliasArn: arn, creationDate };
    },

    updateStateMachineAlias(request: {
      stateMachineAliasArn: string;
      description?: string;
      routingConfiguration?: readonly Route[];
    }) {
      const { stateMachineAliasArn, description, routingConfiguration: routes } = request;
      const change = { ...(routes ? { routes } : {}), ...(description === undefined ? {} : { description }) };
      return { updateDate: machines.updateAlias(stateMachineAliasArn, change).updateDate };
    },

    describeStateMachineAlias({ stateMachineAliasArn }: { stateMachineAliasArn: string }) {
      const { arn, name, description, routes, creationDate, updateDate }: Alias =
        machines.alias(stateMachineAliasArn);
      return {
        stateMachineAliasArn: arn,
        name,
        ...(description === undefined ? {} : { description }),
        routingConfiguration: routes,
        creationDate,
        updateDate,
      };
    },

    listStateMachineAliases({ stateMachineArn, ...request }: PageRequest & { stateMachineArn: string }) {
      const all = [...machines.get(stateMachineArn).aliases.values()];
      const { items, ...page } = pageOf(all, (alias) => all.indexOf(alias), request);
      const stateMachineAliases = items.map(({ arn, creationDate }) => ({
        stateMachineAliasArn: arn,
        creationDate,
      }));
      return { stateMachineAliases, ...page };
    },
  };
}

function describeMachine(machine: Machine, revision: Revision, versionArn: string | undefined) {
  return {
    stateMachineArn: versionArn ?? machine.arn,
    name: machine.name,
    status: 'ACTIVE',
    definition: revision.definitionText,
    roleArn: revision.roleArn,
    type: 'STANDARD',
    creationDate: machine.creationDate,
    loggingConfiguration: { level: 'OFF', includeExecutionData: false },
    tracingConfiguration: { enabled: false },
    ...(revision.revisionId === 'INITIAL' ? {} : { revisionId: revision.revisionId }),
  };
}
