import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { TidegateError } from '#domain/errors.ts';

/** What of an input stands in each log line, so that one release's lines can be found. */
const logged = ['application', 'release', 'environment', 'attempt', 'kind', 'mode', 'step', 'round'] as const;

function logKeys(event: unknown): Record<string, unknown> {
  if (typeof event !== 'object' || event === null) return {};
  const input = event as Record<string, unknown>;
  return Object.fromEntries(logged.filter((key) => input[key] !== undefined).map((key) => [key, input[key]]));
}

/** The class of an error, as counted: a defect is whatever no task throws on purpose. */
function classOf(error: unknown): string {
  return error instanceof TidegateError ? error.errorClass : 'defect';
}

/** Classes that nobody but an operator can mend: they raise the function's alarm; a user's mistake does not. */
const forOperators: ReadonlySet<string> = new Set(['configuration', 'defect']);

/**
 * Wraps a task as a Lambda handler: structured logs with the task's name and the release it works on, a metric for
 * each error by class, errors passed on with the name that the state machine matches.
 * Events are never logged whole: they carry task tokens and link secrets.
 */
export function taskHandler<Input, Output>(task: string, run: (input: Input) => Promise<Output>) {
  const logger = new Logger({ persistentLogAttributes: { task } });
  const metrics = new Metrics({ defaultDimensions: { task } });
  const count = (name: string) => metrics.addMetric(name, MetricUnit.Count, 1);
  return middy(async (input: Input, _context: Context): Promise<Output> => {
    logger.appendKeys(logKeys(input));
    return await run(input);
  })
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .use(logMetrics(metrics))
    .use({
      after: () => void count('TaskRuns'),
      onError: ({ error }) => {
        const errorClass = classOf(error);
        count('TaskRuns');
        if (forOperators.has(errorClass)) count('OperatorErrors');
        metrics
          .singleMetric()
          .addDimension('errorClass', errorClass)
          .addMetric('TaskErrors', MetricUnit.Count, 1);
        logger.error(error?.message ?? 'failed without an error', {
          errorName: error?.name ?? 'unknown',
          errorClass,
          facts: error instanceof TidegateError ? error.facts : undefined,
          stack: error instanceof TidegateError ? undefined : error?.stack,
        });
      },
    });
}
