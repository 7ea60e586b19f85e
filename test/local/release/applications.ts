import { type Pipeline, pipelineSchema } from '#domain/pipeline.ts';
import { zipOf } from '../../unit/domain/bundle/zips.ts';

/** What differs between the environments of these tests; the rest is set short for them. */
export interface EnvironmentChoice {
  readonly name: string;
  readonly approvers?: readonly string[];
  readonly stabilityWindowSeconds?: number;
  readonly clusterScopedKinds?: readonly string[];
}

export const namespaceOf = (application: string, environment: string): string =>
  `${application}-${environment}`;

/** A pipeline on the laptop cluster: each environment has its own namespace, which bundles may bring. */
export function pipelineOf(application: string, environments: readonly EnvironmentChoice[]): Pipeline {
  return pipelineSchema.parse({
    apiVersion: 'tidegate.dev/v1',
    kind: 'Pipeline',
    application,
    environments: environments.map(({ name, approvers, stabilityWindowSeconds = 0, clusterScopedKinds }) => ({
      name,
      cluster: { name: 'laptop' },
      namespace: namespaceOf(application, name),
      stabilityWindowSeconds,
      deadlineSeconds: 60,
      clusterScopedKinds: clusterScopedKinds ?? ['Namespace'],
      ...(approvers === undefined ? {} : { approval: { approvers, expirySeconds: 3600 } }),
    })),
  });
}

export type BundleFiles = Readonly<Record<string, string | Buffer>>;

export const releaseYaml = (application: string): string =>
  `apiVersion: tidegate.dev/v1\nkind: Release\napplication: ${application}\n`;

export const configMap = (name: string, data: Readonly<Record<string, string>> = {}): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data });

export const secret = (name: string, stringData: Readonly<Record<string, string>>): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name }, stringData });

/** An image whose last word tells the laptop cluster how its containers behave. */
export const image = (word: string): string => `registry.example/${word}@sha256:${'a'.repeat(64)}`;

export const deployment = (name: string, imageName: string): string =>
  JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          terminationGracePeriodSeconds: 1,
          containers: [{ name, image: imageName, ports: [{ containerPort: 8080 }] }],
        },
      },
    },
  });

/** The files of a sound bundle: its namespaces and these manifests for every environment. */
export function bundleFiles(
  { application, environments }: Pipeline,
  manifests: Readonly<Record<string, string>>,
): BundleFiles {
  const namespaces = environments.map(({ name, namespace }) => [
    `manifests/${name}/namespace.yaml`,
    JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }),
  ]);
  const common = Object.entries(manifests).map(([name, text]) => [`manifests/${name}.yaml`, text]);
  return { 'tidegate.yaml': releaseYaml(application), ...Object.fromEntries([...namespaces, ...common]) };
}

export const bundleOf = (pipeline: Pipeline, manifests: Readonly<Record<string, string>>): Promise<Buffer> =>
  zipOf(bundleFiles(pipeline, manifests));
