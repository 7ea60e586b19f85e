import type { Pipeline } from '#domain/pipeline.ts';

/** Pipelines as they were when releases came in, by their content: never changed, never deleted. */
export interface PipelineArchive {
  /**
   * Keeps a pipeline and answers its digest; one that is kept already, or by many at once, stays one.
   * Throws PipelineInvalidError when it is too large to be kept.
   */
  keep(pipeline: Pipeline): Promise<string>;
  /** The pipeline of that application and digest. Throws ConfigurationError when it is not there. */
  kept(application: string, digest: string): Promise<Pipeline>;
}
