import { GetParametersByPathCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { Target } from '../target/target.ts';

/** One parameter of a pipeline. */
export interface Parameter {
  readonly name: string;
  readonly value: string;
  /** Counted by SSM from 1; absent before it was written. */
  readonly version?: number;
}

/** Writes parameters one after the other; a parameter that already says the same is left at its version. */
export async function putParameters(
  { settings }: Target,
  parameters: readonly Parameter[],
  existing: readonly Parameter[],
): Promise<readonly Parameter[]> {
  const client = new SSMClient(settings);
  const written: Parameter[] = [];
  try {
    for (const { name, value } of parameters) {
      const before = existing.find((parameter) => parameter.name === name);
      if (before?.value === value) {
        written.push(before);
        continue;
      }
      const { Version } = await client.send(
        new PutParameterCommand({
          Name: name,
          Value: value,
          Type: 'String',
          Overwrite: true,
          // Advanced parameters hold 8 KB; a standard one costs nothing and is enough up to 4 KB.
          Tier: Buffer.byteLength(value) > 4096 ? 'Advanced' : 'Standard',
        }),
      );
      written.push({ name, value, ...(Version === undefined ? {} : { version: Version }) });
    }
    return written;
  } finally {
    client.destroy();
  }
}

/** All parameters below a path. A page may be empty and still have a next one. */
export async function parametersBelow({ settings }: Target, path: string): Promise<readonly Parameter[]> {
  const client = new SSMClient(settings);
  const found: Parameter[] = [];
  try {
    let token: string | undefined;
    do {
      const page = await client.send(
        new GetParametersByPathCommand({
          Path: path,
          Recursive: true,
          ...(token === undefined ? {} : { NextToken: token }),
        }),
      );
      for (const { Name = '', Value = '', Version } of page.Parameters ?? []) {
        found.push({ name: Name, value: Value, ...(Version === undefined ? {} : { version: Version }) });
      }
      token = page.NextToken;
    } while (token !== undefined);
    return found;
  } finally {
    client.destroy();
  }
}
