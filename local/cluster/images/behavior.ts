import type { Json } from '../object.ts';

/** What a container does here, in place of its image's program. */
export type Behavior = 'serve' | 'crash' | 'exit' | 'hang' | 'missing' | 'unready' | 'slow';

const words = new Set<string>(['crash', 'exit', 'hang', 'missing', 'unready', 'slow']);

/**
 * How a container behaves: by its variable `LAPTOP_BEHAVIOR`, else by the word that its repository's last segment ends in
 * (`shop/app-crash:1`), else it serves.
 */
export function behaviorOf(image: string, asked: string | undefined): Behavior {
  if (asked !== undefined && words.has(asked)) return asked as Behavior;
  const repository = image.split('@')[0]?.replace(/:[^:/]*$/, '') ?? '';
  const word = /(?:^|[-_./])([a-z]+)$/.exec(repository.split('/').at(-1) ?? '')?.[1] ?? '';
  return words.has(word) ? (word as Behavior) : 'serve';
}

export function behaviorOfContainer(container: Json): Behavior {
  const variable = (container.env ?? []).find((it: Json) => it.name === 'LAPTOP_BEHAVIOR');
  return behaviorOf(String(container.image ?? ''), variable?.value);
}

const lateBehaviors: ReadonlySet<Behavior> = new Set(['unready', 'slow']);

/** Containers that are ready late or never need a probe to say so; those without one get it when their pod is made. */
export function addReadinessProbes(pod: Json): void {
  for (const container of pod.spec?.containers ?? []) {
    if (container.readinessProbe !== undefined || !lateBehaviors.has(behaviorOfContainer(container)))
      continue;
    container.readinessProbe = {
      exec: { command: ['ready'] },
      timeoutSeconds: 1,
      periodSeconds: 1,
      successThreshold: 1,
      failureThreshold: 3,
    };
  }
}
