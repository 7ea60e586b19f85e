import type { Clock } from '../clock.ts';
import { unsupported } from '../http/protocol/aws-error.ts';
import { accountId, defaultRegion, partition } from '../identity.ts';
import type { Engine, Input, Output } from './engine.ts';
import { validationError } from './errors.ts';

interface Settings {
  deletionProtection: boolean;
  encryption: Record<string, string> | undefined;
  tableClass: string;
  ttlAttribute: string | undefined;
  recovery: { readonly sinceMs: number; readonly days: number } | undefined;
}

export type TableOperation = (input: Input) => Promise<Output>;

/** The table operations that dynalite lacks, or whose settings it drops. */
export function createTableOperations(
  engine: Engine,
  clock: Clock,
): Readonly<Record<string, TableOperation>> {
  const tables = new Map<string, Settings>();
  const nameOf = (input: Input) => String(input.TableName ?? '').replace(/^arn:.*:table\//, '');
  const settingsOf = async (input: Input): Promise<Settings> => {
    await engine.run('DescribeTable', { TableName: nameOf(input) });
    const settings = tables.get(nameOf(input));
    if (!settings) throw validationError(`Table '${nameOf(input)}' was not made by CreateTable`);
    return settings;
  };
  const decorate = (description: unknown): Output => {
    const table = description as Output;
    const settings = tables.get(String(table.TableName));
    if (!settings) return table;
    return {
      ...table,
      DeletionProtectionEnabled: settings.deletionProtection,
      ...(settings.encryption ? { SSEDescription: settings.encryption } : {}),
      ...(settings.tableClass === 'STANDARD'
        ? {}
        : { TableClassSummary: { TableClass: settings.tableClass } }),
    };
  };
  const describe = async (input: Input): Promise<Output> => {
    const { Table } = await engine.run('DescribeTable', { TableName: nameOf(input) });
    return decorate(Table);
  };
  const backups = ({ recovery }: Settings): Output => ({
    ContinuousBackupsDescription: {
      ContinuousBackupsStatus: 'ENABLED',
      PointInTimeRecoveryDescription: recovery
        ? {
            PointInTimeRecoveryStatus: 'ENABLED',
            RecoveryPeriodInDays: recovery.days,
            EarliestRestorableDateTime: recovery.sinceMs / 1000,
            LatestRestorableDateTime: clock.now() / 1000,
          }
        : { PointInTimeRecoveryStatus: 'DISABLED' },
    },
  });

  return {
    async CreateTable(input) {
      const { DeletionProtectionEnabled, SSESpecification, Tags, TableClass, StreamSpecification, ...rest } =
        input;
      refuseStream(StreamSpecification);
      const { TableDescription } = await engine.run('CreateTable', rest);
      const made = { ...(TableDescription as Output) };
      tables.set(nameOf(input), {
        deletionProtection: DeletionProtectionEnabled === true,
        encryption: encryptionOf(SSESpecification),
        tableClass: String(TableClass ?? 'STANDARD'),
        ttlAttribute: undefined,
        recovery: undefined,
      });
      await becameActive(engine, nameOf(input));
      if (Array.isArray(Tags) && Tags.length)
        await engine.run('TagResource', { ResourceArn: made.TableArn, Tags });
      return { TableDescription: { ...decorate(made), TableStatus: 'CREATING' } };
    },
    async DescribeTable(input) {
      return { Table: await describe(input) };
    },
    async UpdateTable(input) {
      const settings = await settingsOf(input);
      const { DeletionProtectionEnabled, SSESpecification, TableClass, StreamSpecification, ...rest } = input;
      refuseStream(StreamSpecification);
      if (DeletionProtectionEnabled !== undefined)
        settings.deletionProtection = DeletionProtectionEnabled === true;
      if (SSESpecification !== undefined) settings.encryption = encryptionOf(SSESpecification);
      if (TableClass !== undefined) settings.tableClass = String(TableClass);
      if (Object.keys(rest).some((name) => name !== 'TableName' && name !== 'AttributeDefinitions')) {
        await engine.run('UpdateTable', { ...rest, TableName: nameOf(input) });
        await becameActive(engine, nameOf(input));
      }
      return { TableDescription: await describe(input) };
    },
    async DeleteTable(input) {
      const settings = await settingsOf(input);
      if (settings.deletionProtection) {
        throw validationError(
          'Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.',
        );
      }
      const answer = await engine.run('DeleteTable', { TableName: nameOf(input) });
      tables.delete(nameOf(input));
      return answer;
    },
    async UpdateTimeToLive(input) {
      const settings = await settingsOf(input);
      const { Enabled, AttributeName } = (input.TimeToLiveSpecification ?? {}) as Input;
      if (typeof Enabled !== 'boolean' || typeof AttributeName !== 'string' || !AttributeName) {
        throw validationError(
          "1 validation error detected: Value null at 'timeToLiveSpecification' failed to satisfy constraint: Member must not be null",
        );
      }
      if (Enabled === (settings.ttlAttribute !== undefined)) {
        throw validationError(`TimeToLive is already ${Enabled ? 'enabled' : 'disabled'}`);
      }
      settings.ttlAttribute = Enabled ? AttributeName : undefined;
      return { TimeToLiveSpecification: { Enabled, AttributeName } };
    },
    async DescribeTimeToLive(input) {
      const { ttlAttribute } = await settingsOf(input);
      const enabled = { TimeToLiveStatus: 'ENABLED', AttributeName: ttlAttribute };
      return {
        TimeToLiveDescription: ttlAttribute === undefined ? { TimeToLiveStatus: 'DISABLED' } : enabled,
      };
    },
    async UpdateContinuousBackups(input) {
      const settings = await settingsOf(input);
      const { PointInTimeRecoveryEnabled, RecoveryPeriodInDays } = (input.PointInTimeRecoverySpecification ??
        {}) as Input;
      settings.recovery = PointInTimeRecoveryEnabled
        ? { sinceMs: settings.recovery?.sinceMs ?? clock.now(), days: Number(RecoveryPeriodInDays ?? 35) }
        : undefined;
      return backups(settings);
    },
    async DescribeContinuousBackups(input) {
      return backups(await settingsOf(input));
    },
  };
}

function refuseStream(specification: unknown): void {
  if ((specification as Input | undefined)?.StreamEnabled === true)
    throw unsupported('dynamodb', 'StreamSpecification');
}

/** AWS-owned keys are not described at all; `Enabled: true` means a KMS key. */
function encryptionOf(specification: unknown): Record<string, string> | undefined {
  const { Enabled, KMSMasterKeyId } = (specification ?? {}) as Input;
  if (Enabled !== true) return undefined;
  const key = String(KMSMasterKeyId ?? 'alias/aws/dynamodb');
  const arn = key.startsWith('arn:')
    ? key
    : `arn:${partition}:kms:${defaultRegion}:${accountId}:key/${key.replace(/^alias\//, '')}`;
  return { Status: 'ENABLED', SSEType: 'KMS', KMSMasterKeyArn: arn };
}

/** dynalite makes a table active one timer later; waiting for it here lets the next call use it. */
async function becameActive(engine: Engine, tableName: string): Promise<void> {
  for (;;) {
    const { Table } = await engine.run('DescribeTable', { TableName: tableName });
    if ((Table as Output).TableStatus === 'ACTIVE') return;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
