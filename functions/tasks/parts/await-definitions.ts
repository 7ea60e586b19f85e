import { ClusterUnavailableError, ManifestRefusedError } from '#domain/errors.ts';
import { addressOf } from '#domain/kinds.ts';
import { type Condition, conditionOf } from '#domain/live-object.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import type { Clock } from '#ports/clock.ts';
import type { Cluster } from '#ports/cluster.ts';
import { inParallel } from './in-parallel.ts';

const servedSeconds = 30;
const pollMilliseconds = 200;

/**
 * Waits until the kinds of CustomResourceDefinitions can be spoken of: names accepted, established, and listed by
 * discovery in every version that is served (KUBERNETES.md §3, wave 1). Throws ManifestRefusedError when the names are
 * taken, and ClusterUnavailableError when it takes longer than half a minute.
 */
export async function awaitDefinitions(
  cluster: Cluster,
  clock: Clock,
  definitions: readonly KubernetesObject[],
): Promise<void> {
  const deadline = clock.now() + servedSeconds * 1000;
  await inParallel(definitions, async (definition) => {
    let waitsFor = await missing(cluster, definition);
    while (waitsFor !== undefined) {
      if (clock.now() >= deadline) throw notServed(definition, waitsFor);
      await clock.sleep(pollMilliseconds);
      waitsFor = await missing(cluster, definition);
    }
  });
}

function notServed({ metadata }: KubernetesObject, waitsFor: string): ClusterUnavailableError {
  return new ClusterUnavailableError(
    `CustomResourceDefinition ${metadata.name}: ${waitsFor} within ${servedSeconds} s`,
    { definition: metadata.name },
  );
}

interface DefinitionSpec {
  readonly group: string;
  readonly names: { readonly kind: string };
  readonly versions?: readonly { readonly name: string; readonly served?: boolean }[];
}

/** What is still missing until the kind is there; undefined when nothing is. */
async function missing(cluster: Cluster, definition: KubernetesObject): Promise<string | undefined> {
  const live = await cluster.read(addressOf(definition));
  const status = live?.status as { readonly conditions?: readonly Condition[] } | undefined;
  const names = conditionOf(status, 'NamesAccepted');
  if (names?.status === 'False') {
    throw new ManifestRefusedError(
      `CustomResourceDefinition ${definition.metadata.name}: its names are not accepted: ${names.message ?? names.reason ?? ''}`,
      { definition: definition.metadata.name },
    );
  }
  if (names?.status !== 'True' || conditionOf(status, 'Established')?.status !== 'True')
    return 'not established';
  const { group, names: own, versions = [] } = definition.spec as DefinitionSpec;
  for (const { name, served } of versions) {
    const isServed =
      served === false || (await cluster.resourceOf(`${group}/${name}`, own.kind)) !== undefined;
    if (!isServed) return `version '${name}' not served`;
  }
  return undefined;
}
