import type * as z from 'zod';
import { PipelineInvalidError } from '#domain/errors.ts';
import { type Pipeline, pipelineSchema } from '#domain/pipeline.ts';
import { type PipelineProblem, pipelineRules } from '#domain/pipeline-rules.ts';
import { readYaml } from '#domain/yaml-document.ts';
import type { YamlDocument } from '#domain/yaml-finding.ts';
import { type Problem, problemsText } from '#domain/yaml-problem.ts';
import { checkDocument, pathText } from '#domain/yaml-schema.ts';

function refuse(source: string, problems: readonly Problem[]): PipelineInvalidError {
  return new PipelineInvalidError(problemsText(`pipeline ${JSON.stringify(source)}`, problems), {
    source,
    problems: problems.length,
  });
}

function onlyDocument(text: string, source: string): YamlDocument {
  const findings = [...readYaml(source, text)];
  const problems = findings.flatMap((finding) => (finding.kind === 'problem' ? [finding.problem] : []));
  if (problems.length > 0) throw refuse(source, problems);
  const documents = findings.flatMap((finding) => (finding.kind === 'document' ? [finding.document] : []));
  const [document, second] = documents;
  if (document === undefined) throw refuse(source, [{ where: source, message: 'is empty' }]);
  if (second !== undefined) {
    throw refuse(source, [{ where: second.place([]), message: 'holds more than one document; keep one' }]);
  }
  return document;
}

/**
 * Reads one YAML or JSON document of a pipeline by its schema and rules. `source` names it in messages: a file's or
 * a parameter's name. Throws PipelineInvalidError with every problem and its place.
 */
export function parsePipelineDocument<Schema extends z.ZodType>(
  text: string,
  source: string,
  schema: Schema,
  rules: (value: z.infer<Schema>) => readonly PipelineProblem[],
): z.infer<Schema> {
  const document = onlyDocument(text, source);
  const checked = checkDocument(schema, document);
  if ('problems' in checked) throw refuse(source, checked.problems);
  const problems = rules(checked.value).map(({ path, message }) => ({
    where: document.place(path),
    message: `\`${pathText(path)}\`: ${message}`,
  }));
  if (problems.length > 0) throw refuse(source, problems);
  return checked.value;
}

/**
 * Reads a pipeline as operators write it. Refuses what the schema does not know, and every policy that this version
 * does not apply. Throws PipelineInvalidError with every problem as `<source>:<line>:<column>: …`.
 */
export function parsePipeline(text: string, source: string): Pipeline {
  return parsePipelineDocument(text, source, pipelineSchema, pipelineRules);
}
