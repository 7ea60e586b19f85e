import { createRequire } from 'node:module';
import { AwsError } from '../http/protocol/aws-error.ts';
import { accountId, defaultRegion } from '../identity.ts';

export type Item = Readonly<Record<string, unknown>>;
export type Input = Readonly<Record<string, unknown>>;
export type Output = Record<string, unknown>;

/** An input that dynalite has checked and whose expressions it has parsed. */
export type Prepared = Input & { readonly TableName: string; readonly __prepared: true };

type Callback<T> = (error: Failure | null, result: T) => void;
interface Failure extends Error {
  readonly statusCode?: number;
  readonly body?: { readonly __type: string; readonly message?: string; readonly Message?: string };
}
interface Table {
  readonly KeySchema: readonly { readonly AttributeName: string }[];
}
interface Store {
  readonly tableDb: { awsAccountId: string; awsRegion: string };
  readonly db: { close(callback: () => void): void };
  getTable(name: string, callback: Callback<Table>): void;
  getItemDb(name: string): { get(key: string, callback: Callback<Item | undefined>): void };
}
type Action = (store: Store, data: Input, callback: Callback<Output>) => void;

/** The parts of dynalite 4.0.0 that are used; its own HTTP layer throws what it did not foresee past every handler. */
interface Dynalite {
  readonly db: {
    create(options: Record<string, number>): Store;
    createKey(item: Item, table: Table): string;
    validateKey(key: Item, table: Table): Failure | null | undefined;
    validateItem(item: Item, table: Table): Failure | null | undefined;
    checkConditional(data: Input, item: Item | undefined): Failure | null | undefined;
    itemSize(item: Item): number;
  };
  readonly validations: {
    checkTypes(data: Input, types: unknown): Input;
    checkValidations(data: Input, types: unknown, custom: unknown, store: Store): void;
  };
  action(name: string): Action;
  validation(name: string): { readonly types: unknown; readonly custom: unknown };
}

function loadDynalite(): Dynalite {
  const require = createRequire(import.meta.url);
  return {
    db: require('dynalite/db'),
    validations: require('dynalite/validations'),
    action: (name) => require(`dynalite/actions/${name}`),
    validation: (name) => require(`dynalite/validations/${name}`),
  };
}

/** dynalite, in memory and in this process, with promises and AWS errors. */
export interface Engine {
  /** Checks an input as the named operation does. Throws ValidationException or SerializationException. */
  prepare(operation: string, input: Input): Prepared;
  perform(operation: string, prepared: Prepared): Promise<Output>;
  /** `prepare` and `perform` in one. */
  run(operation: string, input: Input): Promise<Output>;
  /** The item that an item or key names, with the name of its place. Throws ResourceNotFoundException, or ValidationException for a key that does not fit. */
  locate(
    tableName: string,
    itemOrKey: Item,
    isWholeItem: boolean,
  ): Promise<{ readonly place: string; readonly key: Item; readonly item: Item | undefined }>;
  /** Whether a prepared write's condition holds for the item. */
  holds(prepared: Prepared, item: Item | undefined): boolean;
  sizeBytes(item: Item): number;
  stop(): Promise<void>;
}

/** Starts an empty engine; its tables are ready as soon as they are made. */
export function createEngine(): Engine {
  const dynalite = loadDynalite();
  const { db, validations } = dynalite;
  const store = db.create({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  store.tableDb.awsAccountId = accountId;
  store.tableDb.awsRegion = defaultRegion;
  const fileOf = (operation: string) => operation.charAt(0).toLowerCase() + operation.slice(1);
  const engine: Engine = {
    prepare(operation, input) {
      const { types, custom } = dynalite.validation(fileOf(operation));
      try {
        const data = validations.checkTypes({ ...input }, types);
        validations.checkValidations(data, types, custom, store);
        return data as Prepared;
      } catch (error) {
        throw asAwsError(error);
      }
    },
    perform: (operation, prepared) =>
      promised((callback) => dynalite.action(fileOf(operation))(store, prepared, callback)),
    async run(operation, input) {
      return engine.perform(operation, engine.prepare(operation, input));
    },
    async locate(tableName, itemOrKey, isWholeItem) {
      const table = await promised<Table>((callback) => store.getTable(tableName, callback));
      const invalid = isWholeItem ? db.validateItem(itemOrKey, table) : db.validateKey(itemOrKey, table);
      if (invalid) throw asAwsError(invalid);
      const place = db.createKey(itemOrKey, table);
      const names = table.KeySchema.map(({ AttributeName }) => AttributeName);
      const key = Object.fromEntries(names.map((name) => [name, itemOrKey[name]]));
      const item = await promised<Item | undefined>((callback) =>
        store.getItemDb(tableName).get(place, callback),
      ).catch(absent);
      return { place, key, item };
    },
    holds: (prepared, item) => !db.checkConditional(prepared, item),
    sizeBytes: (item) => db.itemSize(item),
    stop: () => new Promise((resolve) => store.db.close(() => resolve())),
  };
  return engine;
}

function absent(error: unknown): undefined {
  if (error instanceof Error && error.name === 'NotFoundError') return undefined;
  throw error;
}

const promised = <T>(start: (callback: Callback<T>) => void): Promise<T> =>
  new Promise((resolve, reject) => {
    try {
      start((error, result) => (error ? reject(asAwsError(error)) : resolve(result)));
    } catch (error) {
      reject(asAwsError(error));
    }
  });

function asAwsError(error: unknown): unknown {
  const { body, statusCode } = error as Failure;
  if (!body) return error;
  const code = body.__type.split('#').at(-1) ?? '';
  return new AwsError(code, body.message ?? body.Message ?? '', {
    status: statusCode ?? 400,
    members: { __type: body.__type },
  });
}
