import { refuse } from '../api-error.ts';
import { isObject, type JsonObject } from '../json.ts';
import type { TaskRegistry } from '../tasks/registry.ts';
import type { Block, Definition, State } from './asl.ts';
import { checkAssignments, type OuterNames } from './check-assign.ts';
import { checkGraph } from './check-graph.ts';
import { checkRecovery } from './check-recovery.ts';
import { checkStateFields } from './check-state.ts';
import { checkTask } from './check-task.ts';
import { checkTemplate } from './check-template.ts';
import { blockFields, jsonPathFields, machineFields, processorFields, unservedFields } from './fields.ts';
import { Problems } from './problems.ts';

const special = { jsonPath: jsonPathFields, unserved: unservedFields };

/** Returns the definition once it holds all rules; throws `InvalidDefinition` with every problem found. */
export function checkDefinition(definition: JsonObject, tasks: TaskRegistry): Definition {
  const problems = new Problems();
  if (definition.QueryLanguage !== 'JSONata') {
    const given = definition.QueryLanguage ?? 'JSONPath, the default';
    problems.schema(
      `QueryLanguage '${given}' is not served by the laptop cloud, only 'JSONata'`,
      '/QueryLanguage',
    );
    throw refuse.invalidDefinition(problems.found);
  }
  const { TimeoutSeconds } = definition;
  if (TimeoutSeconds !== undefined && !(Number.isInteger(TimeoutSeconds) && Number(TimeoutSeconds) > 0)) {
    problems.schema(`TimeoutSeconds '${TimeoutSeconds}' is not a positive integer`, '/TimeoutSeconds');
  }
  const check = new BlockCheck(tasks, problems);
  check.block(definition, '', machineFields, []);
  if (problems.found.length > 0) throw refuse.invalidDefinition(problems.found);
  return definition as unknown as Definition;
}

class BlockCheck {
  readonly #tasks: TaskRegistry;
  readonly #problems: Problems;
  readonly #names = new Set<string>();

  constructor(tasks: TaskRegistry, problems: Problems) {
    this.#tasks = tasks;
    this.#problems = problems;
  }

  block(block: JsonObject, path: string, fields: readonly string[], outer: OuterNames): void {
    this.#problems.unknownFields(block, fields, path, special);
    if (!isObject(block.States) || typeof block.StartAt !== 'string') {
      this.#problems.schema("The fields 'StartAt' and 'States' are required", path);
      return;
    }
    const before = this.#problems.found.length;
    for (const [name, state] of Object.entries(block.States))
      this.#state(name, state, `${path}/States/${name}`);
    // The graph and the variables of states that are wrong in themselves would only repeat that.
    if (this.#problems.found.length > before) return;
    const sound = block as unknown as Block;
    checkGraph(sound, path, this.#problems);
    const inner = checkAssignments(sound, path, outer, this.#problems);
    for (const [name, state] of Object.entries(sound.States))
      this.#below(state, `${path}/States/${name}`, inner);
  }

  #state(name: string, state: unknown, path: string): void {
    if (name.length > 80) this.#problems.schema(`The state name '${name}' has more than 80 characters`, path);
    if (this.#names.has(name))
      this.#problems.add('DUPLICATE_STATE_NAME', `Duplicate state name: ${name}`, path);
    this.#names.add(name);
    if (!checkStateFields(state, path, this.#problems)) return;
    checkTemplate(state, path, this.#problems);
    checkRecovery(state, path, this.#problems);
    if (state.Type === 'Task') checkTask(state, path, this.#tasks, this.#problems);
  }

  #below(state: State, path: string, outer: OuterNames): void {
    if (state.Type === 'Parallel') {
      for (const [index, branch] of state.Branches.entries()) {
        this.block(branch as unknown as JsonObject, `${path}/Branches[${index}]`, blockFields, outer);
      }
    }
    if (state.Type === 'Map') {
      const processor = state.ItemProcessor as unknown as JsonObject;
      this.block(processor, `${path}/ItemProcessor`, processorFields, outer);
    }
  }
}
