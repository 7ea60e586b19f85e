import type { FunctionModel } from '../template/application.ts';

export interface FunctionReference {
  readonly name: string;
  /** An alias, a version or `$LATEST`. */
  readonly qualifier?: string;
}

/** Reads a function's name, ARN or partial ARN, each with or without a qualifier. */
export function parseFunctionName(text: string): FunctionReference {
  const parts = text.startsWith('arn:')
    ? text.split(':').slice(6)
    : text.replace(/^\d{12}:function:/, '').split(':');
  const [name = '', qualifier] = parts;
  return qualifier ? { name, qualifier } : { name };
}

/** True when the function has this alias or version: there is `$LATEST`, and where an alias is published, version 1. */
export const hasQualifier = (model: FunctionModel, qualifier: string | undefined): boolean =>
  qualifier === undefined ||
  qualifier === '$LATEST' ||
  (model.alias !== undefined && (qualifier === model.alias || qualifier === '1'));
