import type * as z from 'zod/mini';
import { PipelineInvalidError } from '#domain/errors.ts';
import type { PipelineProblem } from '#domain/pipeline-rules.ts';
import type { YamlDocument } from '#domain/yaml-finding.ts';
import { type Problem, problemsText } from '#domain/yaml-problem.ts';
import { checkDocument, pathText } from '#domain/yaml-schema.ts';

/** The error of a pipeline's document, with all that is wrong with it. `source` names a file or a parameter. */
export function pipelineRefusal(source: string, problems: readonly Problem[]): PipelineInvalidError {
  return new PipelineInvalidError(problemsText(`pipeline ${JSON.stringify(source)}`, problems), {
    source,
    problems: problems.length,
  });
}

/** One document of a pipeline by its schema and rules. Throws PipelineInvalidError with every problem and its place. */
export function checkPipelineDocument<Schema extends z.ZodMiniType>(
  document: YamlDocument,
  source: string,
  schema: Schema,
  rules: (value: z.infer<Schema>) => readonly PipelineProblem[],
): z.infer<Schema> {
  const checked = checkDocument(schema, document);
  if ('problems' in checked) throw pipelineRefusal(source, checked.problems);
  const problems = rules(checked.value).map(({ path, message }) => ({
    where: document.place(path),
    message: `\`${pathText(path)}\`: ${message}`,
  }));
  if (problems.length > 0) throw pipelineRefusal(source, problems);
  return checked.value;
}
