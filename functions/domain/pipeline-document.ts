import { type Pipeline, pipelineSchema } from '#domain/pipeline.ts';
import { checkPipelineDocument, pipelineRefusal } from '#domain/pipeline-check.ts';
import { pipelineRules } from '#domain/pipeline-rules.ts';
import { readYaml } from '#domain/yaml-document.ts';
import type { YamlDocument } from '#domain/yaml-finding.ts';

function onlyDocument(text: string, source: string): YamlDocument {
  const findings = [...readYaml(source, text)];
  const problems = findings.flatMap((finding) => (finding.kind === 'problem' ? [finding.problem] : []));
  if (problems.length > 0) throw pipelineRefusal(source, problems);
  const documents = findings.flatMap((finding) => (finding.kind === 'document' ? [finding.document] : []));
  const [document, second] = documents;
  if (document === undefined) throw pipelineRefusal(source, [{ where: source, message: 'is empty' }]);
  if (second !== undefined) {
    const message = 'holds more than one document; keep one';
    throw pipelineRefusal(source, [{ where: second.place([]), message }]);
  }
  return document;
}

/**
 * Reads a pipeline as operators write it. Refuses what the schema does not know, and every policy that this version
 * does not apply. Throws PipelineInvalidError with every problem as `<source>:<line>:<column>: …`.
 */
export function parsePipeline(text: string, source: string): Pipeline {
  return checkPipelineDocument(onlyDocument(text, source), source, pipelineSchema, pipelineRules);
}
