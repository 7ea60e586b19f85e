import type { KubernetesObject } from '#domain/manifest.ts';

/** What a tool must say of a scenario in the end (KUBERNETES.md §15). */
export type Truth = 'ready' | 'failed' | 'failed-at-deadline' | 'blocked' | 'ready-with-warning';

export interface Scenario {
  readonly name: string;
  readonly truth: Truth;
  /** What a cause that helps must mention; absent where nothing is wrong. */
  readonly cause?: RegExp;
  /** The rule that tells, and the seconds after the apply by which it must have (KUBERNETES.md §9, seen on 1.36.2). */
  readonly rule?: string;
  readonly withinSeconds: number;
  /** Without namespaces. `image` is a busybox that the nodes have. */
  objects(image: string): readonly KubernetesObject[];
}

type Fields = Readonly<Record<string, unknown>>;

const serves = ['sh', '-c', 'mkdir -p /www; echo ok > /www/index.html; exec httpd -f -p 8080 -h /www'];
const readiness = { readinessProbe: { httpGet: { path: '/', port: 8080 }, periodSeconds: 1 } };

function container(image: string, command: readonly string[], more: Fields = {}): Fields {
  return { name: 'main', image, imagePullPolicy: 'IfNotPresent', command, ...more };
}

function podTemplate(app: string, main: Fields, more: Fields = {}): Fields {
  return {
    metadata: { labels: { app } },
    spec: { terminationGracePeriodSeconds: 1, containers: [main], ...more },
  };
}

function workload(kind: string, app: string, template: Fields, more: Fields = {}): KubernetesObject {
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name: app },
    spec: { selector: { matchLabels: { app } }, template, ...more },
  } as KubernetesObject;
}

const deployment = (main: Fields, pod: Fields = {}) =>
  workload('Deployment', 'app', podTemplate('app', main, pod), { replicas: 2 });
const healthy = (image: string, pod: Fields = {}) => deployment(container(image, serves, readiness), pod);
const running =
  (command: string, more: Fields = {}) =>
  (image: string) => [deployment(container(image, ['sh', '-c', command], more))];

function service(selector: Fields, more: Fields = {}): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'app' },
    spec: { selector, ports: [{ port: 80, targetPort: 8080 }], ...more },
  } as KubernetesObject;
}

const quota: KubernetesObject = {
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'q' },
  spec: { hard: { pods: '1' } },
};

const autoscaler: KubernetesObject = {
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'app' },
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'app' },
    minReplicas: 2,
    maxReplicas: 4,
    metrics: [
      {
        type: 'Resource',
        resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
      },
    ],
  },
};

const ingress: KubernetesObject = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'app' },
  spec: {
    ingressClassName: 'nobody',
    rules: [
      {
        host: 'app.example.com',
        http: {
          paths: [
            { path: '/', pathType: 'Prefix', backend: { service: { name: 'app', port: { number: 80 } } } },
          ],
        },
      },
    ],
  },
};

const job = (image: string): KubernetesObject => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'migrate' },
  spec: {
    backoffLimit: 1,
    template: {
      spec: {
        restartPolicy: 'Never',
        terminationGracePeriodSeconds: 1,
        containers: [container(image, ['sh', '-c', 'echo migrating; echo syntax error >&2; exit 2'])],
      },
    },
  },
});

const missingSecret = { name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'missing', key: 'password' } } };

/** The twenty: fifteen that can't work, three that something outside blocks, two that are ready. */
export const scenarios: readonly Scenario[] = [
  { name: 'ok', truth: 'ready', withinSeconds: 12, objects: (image) => [healthy(image)] },
  {
    name: 'crash-loop',
    truth: 'failed',
    cause: /exit(ed|s)? .*3|code 3/,
    rule: 'E2',
    withinSeconds: 5,
    objects: running('echo starting; sleep 1; echo "FATAL: cannot connect to db" >&2; exit 3'),
  },
  {
    name: 'exits-zero-crash-loop',
    truth: 'failed',
    cause: /code 0|Completed/,
    rule: 'E2b',
    withinSeconds: 5,
    objects: running('echo done'),
  },
  {
    name: 'image-pull-backoff',
    truth: 'failed',
    cause: /nope/,
    rule: 'E1a',
    withinSeconds: 16,
    objects: () => [deployment(container('shop/nope-missing:9', serves))],
  },
  {
    name: 'missing-secret-env',
    truth: 'failed',
    cause: /missing/,
    rule: 'E4',
    withinSeconds: 12,
    objects: (image) => [deployment(container(image, serves, { env: [missingSecret] }))],
  },
  {
    name: 'missing-secret-volume',
    truth: 'failed',
    cause: /missing/,
    rule: 'E5',
    withinSeconds: 12,
    objects: (image) => [
      deployment(container(image, serves, { volumeMounts: [{ name: 'secret', mountPath: '/secret' }] }), {
        volumes: [{ name: 'secret', secret: { secretName: 'missing' } }],
      }),
    ],
  },
  {
    name: 'unschedulable-selector',
    truth: 'blocked',
    cause: /node/,
    rule: 'E7',
    withinSeconds: 32,
    objects: (image) => [healthy(image, { nodeSelector: { nope: '1' } })],
  },
  {
    name: 'oom-killed',
    truth: 'failed',
    cause: /OOM|memory/,
    rule: 'E2c',
    withinSeconds: 6,
    objects: running('x=a; while true; do x=$x$x; done', {
      resources: { limits: { memory: '8Mi' }, requests: { memory: '8Mi' } },
    }),
  },
  {
    name: 'readiness-fails',
    truth: 'failed-at-deadline',
    cause: /404|Readiness/i,
    rule: 'E9',
    withinSeconds: 42,
    objects: (image) => [
      deployment(
        container(image, serves, {
          readinessProbe: { httpGet: { path: '/nope', port: 8080 }, periodSeconds: 1 },
        }),
      ),
    ],
  },
  {
    name: 'liveness-fails',
    truth: 'failed',
    cause: /[Ll]iveness/,
    rule: 'E10',
    withinSeconds: 16,
    objects: (image) => [
      deployment(
        container(image, serves, {
          livenessProbe: { httpGet: { path: '/nope', port: 8080 }, periodSeconds: 1, failureThreshold: 3 },
        }),
      ),
    ],
  },
  {
    name: 'init-crash',
    truth: 'failed',
    cause: /migrate/,
    rule: 'E11',
    withinSeconds: 6,
    objects: (image) => [
      healthy(image, {
        initContainers: [
          {
            ...container(image, ['sh', '-c', 'echo migrating; echo relation exists >&2; exit 1']),
            name: 'migrate',
          },
        ],
      }),
    ],
  },
  {
    name: 'quota-exceeded',
    truth: 'failed',
    cause: /quota/,
    rule: 'E6',
    withinSeconds: 62,
    objects: (image) => [quota, healthy(image)],
  },
  {
    name: 'invalid-image-name',
    truth: 'failed',
    cause: /[Ii]nvalid/,
    rule: 'E1b',
    withinSeconds: 4,
    objects: () => [deployment(container('UPPER/Case:1', serves))],
  },
  {
    name: 'svc-selector-typo',
    truth: 'failed',
    cause: /matches no/,
    rule: 'H',
    withinSeconds: 12,
    objects: (image) => [service({ app: 'ap' }), healthy(image)],
  },
  {
    name: 'svc-loadbalancer-pending',
    truth: 'blocked',
    cause: /load.balancer/,
    rule: 'H',
    withinSeconds: 12,
    objects: (image) => [service({ app: 'app' }, { type: 'LoadBalancer' }), healthy(image)],
  },
  {
    name: 'ingress-no-controller',
    truth: 'blocked',
    cause: /ingress/i,
    rule: 'H',
    withinSeconds: 12,
    objects: (image) => [ingress, service({ app: 'app' }), healthy(image)],
  },
  {
    name: 'hpa-no-metrics',
    truth: 'ready-with-warning',
    cause: /metric/i,
    rule: 'H',
    withinSeconds: 30,
    objects: (image) => [
      autoscaler,
      deployment(container(image, serves, { ...readiness, resources: { requests: { cpu: '10m' } } })),
    ],
  },
  {
    name: 'ds-crash',
    truth: 'failed',
    cause: /code 7|exit.* 7/,
    rule: 'E2',
    withinSeconds: 5,
    objects: (image) => [
      workload('DaemonSet', 'agent', podTemplate('agent', container(image, ['sh', '-c', 'exit 7']))),
    ],
  },
  {
    name: 'sts-crash',
    truth: 'failed',
    cause: /code 7|exit.* 7/,
    rule: 'E2',
    withinSeconds: 5,
    objects: (image) => [
      workload('StatefulSet', 'db', podTemplate('db', container(image, ['sh', '-c', 'exit 7'])), {
        replicas: 2,
        serviceName: 'db',
      }),
    ],
  },
  {
    name: 'job-fail',
    truth: 'failed',
    cause: /code 2|exit.* 2|BackoffLimit/,
    rule: 'E13',
    withinSeconds: 16,
    objects: (image) => [job(image)],
  },
];
