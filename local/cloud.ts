import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RestApi, startRestApi } from './apigateway/rest-api.ts';
import { buildFunctions } from './build/build.ts';
import { defaultCacheFolder } from './cache-folder.ts';
import { type Clock, systemClock } from './clock.ts';
import { type ClusterChoice, startClusters } from './clusters.ts';
import { startFront } from './http/front.ts';
import { accountId, partition } from './identity.ts';
import type { LambdaInvoker } from './lambda/invoker.ts';
import { startServices } from './services.ts';
import { type CloudDescription, takeStateFolder } from './state-folder.ts';
import { Stops } from './stops.ts';
import { createSts } from './sts/create-sts.ts';
import type { Application } from './template/application.ts';
import { readApplication } from './template/read.ts';
import { rewriteStrings } from './template/rewrite.ts';

export interface LaptopCloudOptions {
  readonly templateFile: string;
  readonly stackName: string;
  /** Where everything the cloud keeps lies; one cloud at a time. */
  readonly stateFolder: string;
  /** Where builds are kept between starts, for any number of clouds; `.aws-sam/laptop` beside the template unless given. */
  readonly cacheFolder?: string;
  readonly region?: string;
  /** Values for template parameters, over their defaults. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Variables that every function gets beside those of the template. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The port of all AWS services; 0, the default, for any free one. */
  readonly port?: number;
  readonly cluster?: ClusterChoice;
  /** Names of EKS clusters, all of them the one cluster. */
  readonly clusterNames?: readonly string[];
  readonly clock?: Clock;
  /** Waits before retries of asynchronous invocations; shorter than Lambda's minutes unless given. */
  readonly asyncRetryDelaysMs?: readonly number[];
  /** False leaves rate and cron rules at rest. */
  readonly runsSchedules?: boolean;
  /** Logical ids of functions that get a sandbox ahead of their first invocation. */
  readonly prewarm?: readonly string[];
}

export interface LaptopCloud extends CloudDescription {
  readonly application: Application;
  /** The stack's outputs, by key. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly invoker: LambdaInvoker;
  /** Resolves when every function is built; rejects with FunctionBuildError. Invocations wait for it by themselves. */
  readonly built: Promise<void>;
  stop(): Promise<void>;
}

/** The developer's own access key in the laptop cloud: opens nothing elsewhere, and nothing after this start. */
const newDeveloperKey = () => ({
  accessKeyId: 'AKIALAPTOPCLOUD00000',
  secretAccessKey: randomBytes(30).toString('base64url'),
  arn: `arn:${partition}:iam::${accountId}:user/developer`,
});

/**
 * Starts a SAM application on this machine: its AWS services on one loopback port, each REST API on one of its own, and a
 * Kubernetes cluster. Functions are built meanwhile: the services serve before that ends, and `built` tells when it has.
 * Throws when the template cannot be played or another cloud runs on the state folder; then nothing is left running.
 */
export async function startLaptopCloud(options: LaptopCloudOptions): Promise<LaptopCloud> {
  const stops = new Stops();
  try {
    return await start(options, stops);
  } catch (error) {
    await stops.run();
    throw error;
  }
}

async function start(options: LaptopCloudOptions, stops: Stops): Promise<LaptopCloud> {
  const { clock = systemClock, clusterNames = ['laptop'] } = options;
  const written = withEnvironment(readApplication(options), options.environment);
  const folder = takeStateFolder(options.stateFolder);
  stops.add(async () => folder.release());
  const cacheFolder = options.cacheFolder ?? defaultCacheFolder(options.templateFile);
  const artifacts = buildFunctions(written.functions, cacheFolder);
  // Whoever started the cloud is told by `built`; without this a build that fails first would count as unhandled.
  const built = artifacts.then(() => {});
  built.catch(() => {});

  const developerKey = newDeveloperKey();
  const sts = createSts({ clock, knownKeys: [developerKey] });
  const choice = options.cluster ?? { kind: 'laptop' };
  const [front, clusters, apis] = await Promise.all([
    stops.keep(
      startFront({
        port: options.port ?? 0,
        keyOf: (accessKeyId) => sts.keyOf(accessKeyId),
        now: () => clock.now(),
        onDefect: reportDefect,
      }),
      (started) => started.close(),
    ),
    stops.keep(startClusters({ choice, names: clusterNames, sts, clock }), (started) => started.stop()),
    Promise.all(
      written.apis.map(() => stops.keep(startRestApi({ port: 0, clock }), (started) => started.close())),
    ),
  ]);
  const application = onLoopback(written, front.url, apis);
  const services = await stops.keep(
    startServices({
      application,
      endpoint: front.url,
      stateFolder: folder.path,
      cacheFolder,
      clock,
      sts,
      eksClusters: clusters.eks,
      artifact: async (model) => (await artifacts).get(model.logicalId) ?? '',
      asyncRetryDelaysMs: options.asyncRetryDelaysMs ?? [1000, 2000],
      runsSchedules: options.runsSchedules ?? true,
    }),
    (started) => started.stop(),
  );
  for (const service of services.all) front.add(service);
  for (const [index, api] of application.apis.entries()) apis[index]?.serve(api, services.lambda.invoker);
  const description: CloudDescription = {
    endpoint: front.url,
    region: application.region,
    accessKeyId: developerKey.accessKeyId,
    secretAccessKey: developerKey.secretAccessKey,
    stackName: application.stackName,
    apiUrls: apiUrls(application, apis),
    mailbox: makeFolder(folder.path, 'mailbox'),
    kubeconfig: writeKubeconfig(folder.path, clusters.kubeconfig),
    logs: join(folder.path, 'logs'),
    pid: process.pid,
    startedAt: new Date().toISOString(),
  };
  folder.publish(description);
  const prewarm = new Set(options.prewarm);
  for (const { model, prewarm: warm } of services.lambda.functions.all) {
    if (prewarm.has(model.logicalId)) void warm().catch(() => {});
  }
  return {
    ...description,
    application,
    outputs: Object.fromEntries(application.outputs.map(({ key, value }) => [key, value])),
    invoker: services.lambda.invoker,
    built,
    stop: () => stops.run(),
  };
}

const withEnvironment = (
  application: Application,
  more: Readonly<Record<string, string>> = {},
): Application => ({
  ...application,
  functions: application.functions.map((model) => ({
    ...model,
    environment: { ...model.environment, ...more },
  })),
});

/** The application with the AWS addresses that its template computes turned into loopback addresses. */
function onLoopback(application: Application, endpoint: string, apis: readonly RestApi[]): Application {
  const { region } = application;
  return rewriteStrings(application, [
    ...application.apis.map(
      ({ id }, index) =>
        [`https://${id}.execute-api.${region}.amazonaws.com`, apis[index]?.url ?? ''] as const,
    ),
    [`https://sqs.${region}.amazonaws.com`, endpoint],
  ]);
}

const apiUrls = (application: Application, apis: readonly RestApi[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    application.apis.map(({ logicalId, stageName }, index) => [
      logicalId,
      `${apis[index]?.url}/${stageName}`,
    ]),
  );

function makeFolder(stateFolder: string, name: string): string {
  const path = join(stateFolder, name);
  mkdirSync(path, { recursive: true });
  return path;
}

function writeKubeconfig(stateFolder: string, kubeconfig: string | undefined): string {
  if (kubeconfig === undefined) return '';
  const path = join(stateFolder, 'kubeconfig');
  writeFileSync(path, kubeconfig, { mode: 0o600 });
  return path;
}

function reportDefect(service: string, error: unknown): void {
  console.error(`${service}: ${error instanceof Error ? error.stack : String(error)}`);
}
