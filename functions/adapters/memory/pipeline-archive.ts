import { keptPipeline, pipelineGone } from '#domain/kept-pipeline.ts';
import type { Pipeline } from '#domain/pipeline.ts';
import type { PipelineArchive } from '#ports/pipeline-archive.ts';

/** The pipelines of releases in this process. */
export function createMemoryPipelineArchive(): PipelineArchive {
  const documents = new Map<string, string>();
  const nameOf = (application: string, digest: string): string => `${application}/${digest}`;
  return {
    async keep(pipeline) {
      const { application, digest, json } = keptPipeline(pipeline);
      documents.set(nameOf(application, digest), json);
      return digest;
    },
    async kept(application, digest) {
      const json = documents.get(nameOf(application, digest));
      if (json === undefined) throw pipelineGone(application, digest);
      return JSON.parse(json) as Pipeline;
    },
  };
}
