export type ParameterType = 'String' | 'StringList' | 'SecureString';
export type ParameterTier = 'Standard' | 'Advanced';

export interface ParameterVersion {
  readonly version: number;
  readonly type: ParameterType;
  readonly value: string;
  readonly tier: ParameterTier;
  readonly dataType: string;
  readonly lastModifiedMs: number;
  readonly description?: string | undefined;
  readonly allowedPattern?: string | undefined;
  readonly keyId?: string | undefined;
}

/** A parameter's versions, oldest first; there is always at least one. */
export interface Parameter {
  readonly name: string;
  versions: readonly [ParameterVersion, ...ParameterVersion[]];
}

/** The newest hundred versions are kept. */
export const keptVersions = 100;

export const newestVersion = ({ versions }: Parameter): ParameterVersion => versions.at(-1) ?? versions[0];

/** Largest value in bytes. */
export const tierLimitBytes: Readonly<Record<ParameterTier, number>> = { Standard: 4096, Advanced: 8192 };
