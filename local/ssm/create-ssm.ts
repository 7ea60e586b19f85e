import { type Clock, systemClock } from '../clock.ts';
import { AwsError, unsupported } from '../http/protocol/aws-error.ts';
import { type JsonObject, type JsonOperation, serveJson } from '../http/protocol/json-protocol.ts';
import type { AwsService } from '../http/service.ts';
import { accountId, defaultRegion, partition } from '../identity.ts';
import { pageOf } from './pages.ts';
import { keptVersions, newestVersion, type Parameter, type ParameterVersion } from './parameter.ts';
import { readNewVersion } from './put-parameter.ts';
import { sealer } from './secrets.ts';

export interface SsmOptions {
  readonly clock?: Clock;
}

const arnOf = (name: string): string =>
  `arn:${partition}:ssm:${defaultRegion}:${accountId}:parameter${name.startsWith('/') ? '' : '/'}${name}`;
const nameFromArn = (name: string): string => name.replace(/^arn:[^/]*:parameter(?=\/)/, '');

/** Parameter Store in memory. */
export function createSsm({ clock = systemClock }: SsmOptions = {}): AwsService {
  const parameters = new Map<string, Parameter>();
  const seal = sealer();

  const find = (name: string): Parameter => {
    const parameter = parameters.get(name) ?? parameters.get(name.replace(/^\//, ''));
    if (!parameter) throw new AwsError('ParameterNotFound', '', {});
    return parameter;
  };
  const sorted = () => [...parameters.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const describe = (name: string, version: ParameterVersion) => ({
    Name: name,
    Type: version.type,
    LastModifiedDate: version.lastModifiedMs / 1000,
    Version: version.version,
    Tier: version.tier,
    DataType: version.dataType,
    Description: version.description,
    AllowedPattern: version.allowedPattern,
    KeyId: version.keyId,
    LastModifiedUser: `arn:${partition}:iam::${accountId}:root`,
    Policies: [],
  });
  const shownValue = (version: ParameterVersion, isDecrypted: boolean): string =>
    version.type === 'SecureString' && !isDecrypted ? seal(version.value) : version.value;
  const answer = (name: string, version: ParameterVersion, isDecrypted: boolean, selector?: string) => ({
    Name: name,
    Type: version.type,
    Value: shownValue(version, isDecrypted),
    Version: version.version,
    LastModifiedDate: version.lastModifiedMs / 1000,
    ARN: arnOf(name),
    DataType: version.dataType,
    ...(selector === undefined ? {} : { Selector: `:${selector}` }),
  });
  /** `name`, `name:3` or an ARN. Labels are refused: nothing here can set one. */
  const select = (selector: string, isDecrypted: boolean) => {
    const [name = '', wanted] = nameFromArn(selector).split(':');
    const parameter = find(name);
    if (wanted === undefined) return answer(parameter.name, newestVersion(parameter), isDecrypted);
    const version = parameter.versions.find((other) => String(other.version) === wanted);
    if (!version) {
      throw new AwsError(
        'ParameterVersionNotFound',
        `Systems Manager could not find version ${wanted} of ${parameter.name}.`,
      );
    }
    return answer(parameter.name, version, isDecrypted, wanted);
  };

  const operations: Record<string, JsonOperation> = {
    PutParameter(input) {
      if (input.Policies !== undefined) throw unsupported('ssm', 'PutParameter with Policies');
      const name = String(input.Name ?? '');
      const existing = parameters.get(name);
      const version = readNewVersion(input, existing, clock.now());
      if (existing)
        existing.versions = [...existing.versions, version].slice(
          -keptVersions,
        ) as unknown as Parameter['versions'];
      else parameters.set(name, { name, versions: [version] });
      return { Version: version.version, Tier: version.tier };
    },
    GetParameter: (input) => ({ Parameter: select(required(input, 'Name'), input.WithDecryption === true) }),
    GetParameters(input) {
      const names = requiredList(input, 'Names');
      const found: object[] = [];
      const invalid: string[] = [];
      for (const name of new Set(names)) {
        try {
          found.push(select(name, input.WithDecryption === true));
        } catch (error) {
          if (!(error instanceof AwsError)) throw error;
          invalid.push(name);
        }
      }
      return { Parameters: found, InvalidParameters: invalid };
    },
    GetParametersByPath(input) {
      const path = required(input, 'Path');
      if (!path.startsWith('/')) {
        throw new AwsError('ValidationException', `The parameter path '${path}' must begin with '/'.`);
      }
      const below = path.endsWith('/') ? path : `${path}/`;
      const wanted = sorted().filter(
        ({ name }) =>
          name.startsWith(below) && (input.Recursive === true || !name.slice(below.length).includes('/')),
      );
      const filters = (input.ParameterFilters ?? []) as readonly JsonObject[];
      // Filters are applied to a page after it was cut, as AWS does: a page may be empty and still have a token.
      const { items, NextToken } = pageOf(wanted, input, 10);
      const matching = items.filter((parameter) =>
        filters.every((filter) => matchesFilter(parameter, filter)),
      );
      return {
        Parameters: matching.map((parameter) =>
          answer(parameter.name, newestVersion(parameter), input.WithDecryption === true),
        ),
        NextToken,
      };
    },
    DeleteParameter(input) {
      parameters.delete(find(nameFromArn(required(input, 'Name'))).name);
      return {};
    },
    DeleteParameters(input) {
      const names = requiredList(input, 'Names');
      const deleted = names.filter((name) => parameters.delete(name));
      return {
        DeletedParameters: deleted,
        InvalidParameters: names.filter((name) => !deleted.includes(name)),
      };
    },
    GetParameterHistory(input) {
      const parameter = find(nameFromArn(required(input, 'Name')));
      const { items, NextToken } = pageOf(parameter.versions, input, 50);
      return {
        Parameters: items.map((version) => ({
          ...describe(parameter.name, version),
          Value: shownValue(version, input.WithDecryption === true),
          Labels: [],
        })),
        NextToken,
      };
    },
    DescribeParameters(input) {
      if (input.Filters !== undefined)
        throw unsupported('ssm', 'DescribeParameters with Filters (use ParameterFilters)');
      const filters = (input.ParameterFilters ?? []) as readonly JsonObject[];
      const wanted = sorted().filter((parameter) =>
        filters.every((filter) => matchesFilter(parameter, filter)),
      );
      const { items, NextToken } = pageOf(wanted, input, 50);
      return {
        Parameters: items.map((parameter) => ({
          ...describe(parameter.name, newestVersion(parameter)),
          ARN: arnOf(parameter.name),
        })),
        NextToken,
      };
    },
  };
  return {
    signingName: 'ssm',
    handle: (request) => serveJson({ service: 'ssm', version: '1.1', operations }, request),
  };
}

/** What a filter of that key compares, and how. */
const filterSubjects: Readonly<Record<string, (parameter: Parameter) => string>> = {
  Name: ({ name }) => name,
  Type: (parameter) => newestVersion(parameter).type,
  Tier: (parameter) => newestVersion(parameter).tier,
  KeyId: (parameter) => newestVersion(parameter).keyId ?? '',
  DataType: (parameter) => newestVersion(parameter).dataType,
};
const filterOptions: Readonly<Record<string, (subject: string, value: string) => boolean>> = {
  Equals: (subject, value) => subject === value,
  BeginsWith: (subject, value) => subject.startsWith(value),
  Contains: (subject, value) => subject.includes(value),
};

function matchesFilter(parameter: Parameter, filter: JsonObject): boolean {
  const values = (filter.Values ?? []) as readonly string[];
  if (filter.Key === 'Path') {
    const isRecursive = filter.Option === 'Recursive';
    return values.some((path) => {
      const below = path.endsWith('/') ? path : `${path}/`;
      return (
        parameter.name.startsWith(below) && (isRecursive || !parameter.name.slice(below.length).includes('/'))
      );
    });
  }
  const subject = filterSubjects[String(filter.Key)];
  if (!subject) throw new AwsError('InvalidFilterKey', `Filter key '${filter.Key}' is not supported.`);
  const matches = filterOptions[String(filter.Option ?? 'Equals')];
  if (!matches)
    throw new AwsError('InvalidFilterOption', `Filter option '${filter.Option}' is not supported.`);
  return values.some((value) => matches(subject(parameter), value));
}

function required(input: JsonObject, name: string): string {
  const value = input[name];
  if (typeof value === 'string' && value) return value;
  throw new AwsError(
    'ValidationException',
    `1 validation error detected: Value null at '${name.charAt(0).toLowerCase()}${name.slice(1)}' failed to satisfy constraint: Member must not be null`,
  );
}

function requiredList(input: JsonObject, name: string): readonly string[] {
  const values = input[name];
  if (Array.isArray(values) && values.length >= 1 && values.length <= 10) return values as string[];
  throw new AwsError(
    'ValidationException',
    `1 validation error detected: Value at '${name.charAt(0).toLowerCase()}${name.slice(1)}' failed to satisfy constraint: Member must have length between 1 and 10`,
  );
}
