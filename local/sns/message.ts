import { AwsError } from '../http/protocol/aws-error.ts';
import { queryList } from '../http/protocol/query-protocol.ts';
import { invalidParameter } from './errors.ts';
import type { AttributeValues } from './filter-policy.ts';

/** A message as an email subscription gets it. */
export interface SnsMessage {
  readonly subject: string | undefined;
  readonly text: string;
  readonly attributes: ReadonlyMap<string, AttributeValues>;
}

const maximumBytes = 256 * 1024;
const subjectLimit = 100;

/** The message of a Publish, or of one entry of a PublishBatch. Throws InvalidParameter. */
export function readMessage(parameters: URLSearchParams): SnsMessage {
  const message = parameters.get('Message') ?? '';
  if (!message) throw invalidParameter('Empty message');
  const attributes = queryList(parameters, 'MessageAttributes.entry').map(readAttribute);
  const bytes = attributes.reduce((sum, { size }) => sum + size, Buffer.byteLength(message));
  if (bytes > maximumBytes) throw invalidParameter('Message too long');
  return {
    subject: readSubject(parameters.get('Subject')),
    text: bodyFor(message, parameters.get('MessageStructure')),
    attributes: new Map(attributes.map(({ name, values }) => [name, values])),
  };
}

function readSubject(subject: string | null): string | undefined {
  if (subject === null) return undefined;
  const isAllowed = /^[\x21-\x7e][\x20-\x7e]*$/.test(subject) && subject.length < subjectLimit;
  if (!isAllowed) throw invalidParameter('Subject');
  return subject;
}

/** With the structure `json` each protocol may have its own text. */
function bodyFor(message: string, structure: string | null): string {
  if (structure === null) return message;
  if (structure !== 'json') throw invalidParameter('Message Structure - Invalid message structure value');
  let texts: Record<string, unknown>;
  try {
    texts = JSON.parse(message) as Record<string, unknown>;
  } catch {
    throw invalidParameter('Message Structure - JSON message body failed to parse');
  }
  const text = texts?.email ?? texts?.default;
  if (typeof texts?.default !== 'string' || typeof text !== 'string') {
    throw invalidParameter('Message Structure - No default entry in JSON message body');
  }
  return text;
}

function readAttribute(entry: URLSearchParams): { name: string; values: AttributeValues; size: number } {
  const name = entry.get('Name') ?? '';
  const dataType = entry.get('Value.DataType') ?? '';
  const value = entry.get('Value.StringValue') ?? entry.get('Value.BinaryValue') ?? '';
  const [kind] = dataType.split('.');
  const read = dataType === 'String.Array' ? readArray : kinds[kind ?? ''];
  if (!/^[\w.-]{1,256}$/.test(name))
    throw new AwsError('ParameterValueInvalid', `The message attribute name '${name}' is invalid.`);
  if (!read || !value) {
    throw new AwsError(
      'ParameterValueInvalid',
      `The message attribute '${name}' must have a type and a value, not '${dataType}' and '${value}'.`,
    );
  }
  return { name, values: read(name, value), size: Buffer.byteLength(name + dataType + value) };
}

const kinds: Readonly<Record<string, (name: string, value: string) => AttributeValues>> = {
  String: (_, value) => [value],
  Number(name, value) {
    if (!Number.isFinite(Number(value))) {
      throw new AwsError(
        'ParameterValueInvalid',
        `The message attribute '${name}' with type 'Number' must be a number, not '${value}'.`,
      );
    }
    return [Number(value)];
  },
  // Filter policies never see binary values.
  Binary: () => [],
};

function readArray(name: string, value: string): AttributeValues {
  try {
    const values: unknown = JSON.parse(value);
    if (Array.isArray(values)) return values as AttributeValues;
  } catch {
    // answered below, like every other value that is no array
  }
  throw new AwsError(
    'ParameterValueInvalid',
    `The message attribute '${name}' with type 'String.Array' must be a JSON array.`,
  );
}
