import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type AttributeValue, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import type { Pipeline } from '#domain/pipeline.ts';
import { pipelineParameters } from '#domain/pipeline-parameters.ts';
import type { BundleReference } from '#domain/reference.ts';
import type { ReleaseView, ShowReleaseInput, ShowReleaseResult } from '#domain/view.ts';
import { subscribeApprovers } from '../../../cli/aws/approvers.ts';
import { type Parameter, putParameters } from '../../../cli/aws/pipelines.ts';
import { type ApprovalInvitation, invitationOf } from '../../../cli/mail/approval-mail.ts';
import { readMailbox } from '../../../cli/mail/mailbox.ts';
import { laptopTarget } from '../../../cli/target/resolve.ts';
import type { Target } from '../../../cli/target/target.ts';
import { type LaptopCloud, startLaptopCloud } from '../../../local/cloud.ts';
import { type ClusterClient, connectCluster } from './cluster-client.ts';
import { eventually } from './eventually.ts';
import { createLanes } from './lanes.ts';

const templateFile = fileURLToPath(new URL('../../../template.yaml', import.meta.url));
const stackName = 'tidegate';

export type LedgerItem = Record<string, AttributeValue>;

/** Which approval request is meant. */
export interface Asked {
  readonly application: string;
  readonly release: number;
  readonly environment: string;
}

/** A laptop cloud with the shipped template, driven as a user's SDK and an approver's browser would. */
export interface ReleaseCloud {
  readonly cloud: LaptopCloud;
  readonly target: Target;
  readonly cluster: ClusterClient;
  readonly stateFolder: string;
  readonly clients: { readonly s3: S3Client; readonly lambda: LambdaClient; readonly sfn: SFNClient };
  /** A function's name by its logical id without `Function`. */
  functionName(task: string): string;
  putPipeline(pipeline: Pipeline): Promise<void>;
  putRaw(parameters: readonly Parameter[]): Promise<void>;
  /** Uploads to `<application>/x.zip`. */
  upload(application: string, zip: Buffer): Promise<BundleReference>;
  /** Invokes a function and waits; throws what it threw. */
  invoke<Result>(task: string, input: unknown): Promise<Result>;
  show(question: ShowReleaseInput): Promise<ShowReleaseResult>;
  /** Follows an upload until its release is as wanted; throws when the upload is refused. */
  follow(bundle: BundleReference, isOver: (view: ReleaseView) => boolean): Promise<ReleaseView>;
  /** The mails that ask for a decision, oldest first. */
  invitations(asked: Asked): Promise<readonly ApprovalInvitation[]>;
  /** The nth mail, once it is there; throws when the release has ended without it. */
  invitation(asked: Asked, mail?: number): Promise<ApprovalInvitation>;
  stopExecution(executionArn: string): Promise<void>;
  /** Every item of the ledger, in the order of its keys. */
  ledger(): Promise<readonly LedgerItem[]>;
  stop(): Promise<void>;
}

export const hasEnded = ({ release }: ReleaseView): boolean => release.outcome !== undefined;

/** Starts a cloud of its own for one test file. */
export async function startReleaseCloud(
  prewarm: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
): Promise<ReleaseCloud> {
  const stateFolder = mkdtempSync(join(tmpdir(), 'release-'));
  const cloud = await startLaptopCloud({
    templateFile,
    stackName,
    stateFolder,
    environment,
    runsSchedules: false,
    asyncRetryDelaysMs: [100, 200],
    prewarm: prewarm.map((task) => `${task}Function`),
  });
  const target = await laptopTarget(cloud);
  const { settings } = target;
  const dynamodb = new DynamoDBClient(settings);
  const clients = {
    s3: new S3Client(settings),
    lambda: new LambdaClient(settings),
    sfn: new SFNClient(settings),
  };
  const cluster = await connectCluster(cloud.kubeconfig);
  // One at a time: more followers at once would only start more sandboxes.
  const showing = createLanes(1);

  const functionName = (task: string): string => {
    const model = cloud.application.functions.find(({ logicalId }) => logicalId === `${task}Function`);
    if (model === undefined) throw new Error(`the template has no function "${task}Function"`);
    return model.name;
  };
  async function invoke<Result>(task: string, input: unknown): Promise<Result> {
    const Payload = JSON.stringify(input);
    const answer = await clients.lambda.send(
      new InvokeCommand({ FunctionName: functionName(task), Payload }),
    );
    const text = answer.Payload?.transformToString() ?? '';
    if (answer.FunctionError !== undefined) throw new Error(`${task} failed: ${text}`);
    return JSON.parse(text) as Result;
  }
  const show = (question: ShowReleaseInput) =>
    showing(() => invoke<ShowReleaseResult>('ShowRelease', question));
  async function invitations({ application, release, environment }: Asked) {
    const subject = ` ${application} release ${release} to ${environment}:`;
    const mails = await readMailbox(cloud.mailbox);
    return mails.filter((mail) => mail.subject.includes(subject)).flatMap((mail) => invitationOf(mail) ?? []);
  }

  return {
    cloud,
    target,
    cluster,
    stateFolder,
    clients,
    functionName,
    async putPipeline(pipeline) {
      const approvers = pipeline.environments.flatMap(({ approval }) => approval?.approvers ?? []);
      await putParameters(target, pipelineParameters(target.stack.PipelineParameterPrefix, pipeline), []);
      await subscribeApprovers(target, approvers);
    },
    async putRaw(parameters) {
      await putParameters(target, parameters, []);
    },
    async upload(application, zip) {
      const [bucket, key] = [target.stack.BundleBucketName, `${application}/x.zip`];
      const { VersionId = '' } = await clients.s3.send(
        new PutObjectCommand({ Bucket: bucket, Key: key, Body: zip }),
      );
      return { bucket, key, versionId: VersionId };
    },
    invoke,
    show,
    async follow(bundle, isOver) {
      const answer = await eventually(
        `release of ${bundle.key}`,
        () => show({ kind: 'upload', bundle }),
        (seen) => {
          if (seen.kind === 'refused') throw new Error(`${bundle.key} is refused: ${seen.failure.message}`);
          return seen.kind === 'release' && isOver(seen.view);
        },
      );
      return (answer as Extract<ShowReleaseResult, { kind: 'release' }>).view;
    },
    invitations,
    async invitation(asked, mail = 1) {
      const found = await eventually(
        `mail ${mail} on ${asked.application} ${asked.release}`,
        async () => ({ mails: await invitations(asked), answer: await show({ kind: 'release', ...asked }) }),
        ({ mails, answer }) => {
          if (mails.length >= mail) return true;
          if (answer.kind === 'release' && hasEnded(answer.view)) {
            throw new Error(`nobody is asked any more: ${JSON.stringify(answer.view.release)}`);
          }
          return false;
        },
      );
      return found.mails[mail - 1] as ApprovalInvitation;
    },
    async stopExecution(executionArn) {
      await clients.sfn.send(new StopExecutionCommand({ executionArn, error: 'StoppedByHand' }));
    },
    async ledger() {
      const found: LedgerItem[] = [];
      let start: LedgerItem | undefined;
      const { name } = cloud.application.tables.find(({ logicalId }) => logicalId === 'LedgerTable') ?? {};
      do {
        const page = await dynamodb.send(
          new ScanCommand({
            TableName: name,
            ConsistentRead: true,
            ...(start && { ExclusiveStartKey: start }),
          }),
        );
        found.push(...(page.Items ?? []));
        start = page.LastEvaluatedKey;
      } while (start !== undefined);
      const keyOf = ({ pk, sk }: LedgerItem) => `${pk?.S}\u0000${sk?.S}`;
      return found.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
    },
    async stop() {
      await cloud.stop();
      for (const client of [dynamodb, ...Object.values(clients)]) client.destroy();
      await rm(stateFolder, { recursive: true, force: true });
    },
  };
}
