import type { Cause } from '#domain/cause.ts';

/** The command that shows more of a cause (KUBERNETES.md G6): the log, else the pod, else the object itself. */
export function moreCommand({ object, logFrom, pod }: Cause): string {
  if (logFrom !== undefined) {
    const { namespace, pod: name, container, previous, isRestarted } = logFrom;
    const ended = previous || isRestarted ? ' --previous' : '';
    return `kubectl -n ${namespace} logs ${name} -c ${container}${ended}`;
  }
  if (pod !== undefined) return `kubectl -n ${pod.namespace} describe pod ${pod.name}`;
  const resource = `${object.kind}${object.group === '' ? '' : `.${object.group}`}`.toLowerCase();
  const place = object.namespace === undefined ? '' : ` -n ${object.namespace}`;
  return `kubectl${place} describe ${resource} ${object.name}`;
}
