import type { Pipeline } from '#domain/pipeline.ts';
import type { PipelinePins } from '#domain/release.ts';

/** A pipeline together with the parameter versions it was read from. */
export interface PinnedPipeline {
  readonly pipeline: Pipeline;
  readonly pins: PipelinePins;
}

/** Pipelines, kept by operators apart from bundles. */
export interface PipelineStore {
  /**
   * The newest pipeline of an application; undefined when the application is unknown.
   * Throws PipelineInvalidError naming the parameter and the fault.
   */
  newest(application: string): Promise<PinnedPipeline | undefined>;
}
