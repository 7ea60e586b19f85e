import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { refuse } from './api-error.ts';
import { checkName, machineArn, readMachineArn } from './arns.ts';
import { limits } from './limits.ts';
import type { Alias, Machine, NewRevision, Resolved, Route, Version } from './machine.ts';
import type { Random } from './query/functions.ts';

/** The machines with their versions and aliases. */
export class Machines {
  readonly #machines = new Map<string, Machine>();
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #region: string;

  constructor({ clock, random, region }: { clock: Clock; random: Random; region: string }) {
    this.#clock = clock;
    this.#random = random;
    this.#region = region;
  }

  all(): Machine[] {
    return [...this.#machines.values()];
  }

  /** The machine of a plain ARN. Throws `InvalidArn`, `StateMachineDoesNotExist`. */
  get(arn: string): Machine {
    const machine = this.#machines.get(readMachineArn(arn).machineArn);
    if (!machine) throw refuse.machineMissing(arn);
    return machine;
  }

  /** Creates a machine; the same request again answers the same. Throws `InvalidName`, `StateMachineAlreadyExists`. */
  create(name: string, revision: NewRevision): Machine {
    checkName(name);
    const arn = machineArn(this.#region, name);
    const existing = this.#machines.get(arn);
    if (existing) {
      if (existing.revision.definitionText !== revision.definitionText) throw refuse.machineExists(arn);
      return existing;
    }
    const now = this.#clock.now();
    const machine: Machine = {
      arn,
      name,
      creationDate: now,
      revision: { ...revision, revisionId: 'INITIAL', updateDate: now },
      versions: new Map(),
      aliases: new Map(),
      lastVersion: 0,
    };
    this.#machines.set(arn, machine);
    return machine;
  }

  update(machine: Machine, revision: NewRevision): void {
    machine.revision = { ...revision, revisionId: randomUUID(), updateDate: this.#clock.now() };
  }

  /** Publishes the current revision; once published, it answers the same version again. */
  publish(machine: Machine, description?: string): Version {
    const latest = machine.versions.get(machine.lastVersion);
    if (latest?.revision === machine.revision) return latest;
    machine.lastVersion += 1;
    const number = machine.lastVersion;
    const version = {
      number,
      arn: `${machine.arn}:${number}`,
      revision: machine.revision,
      creationDate: this.#clock.now(),
      description,
    };
    machine.versions.set(number, version);
    return version;
  }

  /** Creates an alias, or answers the one that is the same. Throws `InvalidName`, `ConflictException`, `ResourceNotFound`. */
  createAlias(name: string, routes: readonly Route[], description?: string): Alias {
    checkAliasName(name);
    const machine = this.#machineOf(routes);
    const existing = machine.aliases.get(name);
    if (existing) {
      if (JSON.stringify(existing.routes) === JSON.stringify(routes)) return existing;
      throw refuse.conflict(`Alias '${existing.arn}' already exists with another routing configuration`);
    }
    const now = this.#clock.now();
    const alias = {
      name,
      arn: `${machine.arn}:${name}`,
      creationDate: now,
      updateDate: now,
      description,
      routes,
    };
    machine.aliases.set(name, alias);
    return alias;
  }

  updateAlias(arn: string, change: { routes?: readonly Route[]; description?: string }): Alias {
    const alias = this.alias(arn);
    if (change.routes) {
      this.#machineOf(change.routes);
      alias.routes = change.routes;
    }
    if (change.description !== undefined) alias.description = change.description;
    alias.updateDate = this.#clock.now();
    return alias;
  }

  /** Throws `InvalidArn`, `StateMachineDoesNotExist`, `ResourceNotFound`. */
  alias(arn: string): Alias {
    const { qualifier = '' } = readMachineArn(arn);
    const alias = this.get(arn).aliases.get(qualifier);
    if (!alias) throw refuse.resourceMissing(arn);
    return alias;
  }

  /** What to run for an ARN; an alias with two routes draws one. Throws `InvalidArn`, `StateMachineDoesNotExist`. */
  resolve(arn: string): Resolved {
    const machine = this.get(arn);
    const { qualifier } = readMachineArn(arn);
    if (qualifier === undefined) return { machine, revision: machine.revision };
    const alias = machine.aliases.get(qualifier);
    const version = alias ? this.#drawn(machine, alias) : machine.versions.get(Number(qualifier));
    if (!version) throw refuse.machineMissing(arn);
    const resolved = { machine, revision: version.revision, versionArn: version.arn };
    return alias ? { ...resolved, aliasArn: alias.arn } : resolved;
  }

  #drawn(machine: Machine, { routes }: Alias): Version | undefined {
    let drawn = this.#random() * 100;
    const route = routes.find(({ weight }) => {
      drawn -= weight;
      return drawn < 0;
    });
    return machine.versions.get(
      Number(readMachineArn(route?.stateMachineVersionArn ?? machine.arn).qualifier),
    );
  }

  #machineOf(routes: readonly Route[]): Machine {
    const [first] = routes;
    if (!first || routes.length > 2 || routes.reduce((sum, { weight }) => sum + weight, 0) !== 100) {
      throw refuse.validation('routingConfiguration', 'one or two versions whose weights add up to 100');
    }
    for (const { stateMachineVersionArn: arn } of routes) {
      const { machineArn: machine, qualifier } = readMachineArn(arn);
      if (machine !== readMachineArn(first.stateMachineVersionArn).machineArn) {
        throw refuse.validation('routingConfiguration', 'all versions belong to one state machine');
      }
      if (!this.#machines.get(machine)?.versions.has(Number(qualifier))) throw refuse.resourceMissing(arn);
    }
    return this.get(first.stateMachineVersionArn);
  }
}

// CreateStateMachineAlias, parameter `name`: a name of digits alone would read as a version.
function checkAliasName(name: string): void {
  const form = /^(?=.*[a-zA-Z_\-.])[a-zA-Z0-9_\-.]+$/;
  if (name.length > limits.nameCharacters || !form.test(name)) throw refuse.invalidName(name);
}
