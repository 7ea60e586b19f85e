import { canonicalDigest, canonicalJson } from '#domain/canonical-json.ts';
import { ConfigurationError, PipelineInvalidError } from '#domain/errors.ts';
import type { Pipeline } from '#domain/pipeline.ts';

/**
 * A pipeline as JSON. An item of DynamoDB holds 400 KB, keys and names of attributes included. The largest pipeline in
 * Parameter Store, ten environments of 8 KB each, takes a fifth of it.
 */
export const keptPipelineBytes = 399 * 1024;

/** A pipeline as the ledger keeps it for its releases. */
export interface KeptPipeline {
  readonly application: string;
  /** `sha256:<hex>` of the JSON. */
  readonly digest: string;
  /** Canonical. */
  readonly json: string;
}

/** Makes a pipeline ready to be kept. Throws PipelineInvalidError when it is larger than `keptPipelineBytes`. */
export function keptPipeline(pipeline: Pipeline): KeptPipeline {
  const { application } = pipeline;
  const json = canonicalJson(pipeline);
  const bytes = Buffer.byteLength(json);
  if (bytes <= keptPipelineBytes) return { application, digest: canonicalDigest(pipeline), json };
  throw new PipelineInvalidError(
    `pipeline of application "${application}" has ${bytes} bytes, at most ${keptPipelineBytes} are kept with a release; list fewer environments or approvers`,
    { application, bytes },
  );
}

/** The error of a release whose pipeline is no longer where it was kept: nothing but a hand takes it from there. */
export function pipelineGone(application: string, digest: string): ConfigurationError {
  const message = `pipeline "${digest}" of application "${application}" is not in the ledger any more; restore it, or upload the bundle again`;
  return new ConfigurationError(message, { application, digest });
}
