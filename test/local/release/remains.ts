import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetObjectCommand, ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { GetExecutionHistoryCommand, ListExecutionsCommand } from '@aws-sdk/client-sfn';
import type { ReleaseCloud } from './release-cloud.ts';

/** A text that is left behind after a release, with where it was found. */
export interface Remnant {
  readonly where: string;
  readonly text: string;
}

function logs({ cloud }: ReleaseCloud): readonly Remnant[] {
  return readdirSync(cloud.logs).map((name) => ({
    where: `log ${name}`,
    text: readFileSync(join(cloud.logs, name), 'utf8'),
  }));
}

async function histories({ clients: { sfn }, target }: ReleaseCloud): Promise<readonly Remnant[]> {
  const { ReleaseStateMachineArn, PromotionStateMachineArn } = target.stack;
  const found: Remnant[] = [];
  for (const stateMachineArn of [ReleaseStateMachineArn, PromotionStateMachineArn]) {
    const { executions = [] } = await sfn.send(new ListExecutionsCommand({ stateMachineArn }));
    for (const { executionArn, name } of executions) {
      let nextToken: string | undefined;
      do {
        const page = await sfn.send(
          new GetExecutionHistoryCommand({ executionArn, ...(nextToken && { nextToken }) }),
        );
        for (const event of page.events ?? []) {
          found.push({ where: `history ${name} ${event.type}`, text: JSON.stringify(event) });
        }
        nextToken = page.nextToken;
      } while (nextToken !== undefined);
    }
  }
  return found;
}

async function documents({ clients: { s3 }, cloud }: ReleaseCloud): Promise<readonly Remnant[]> {
  const Bucket = cloud.application.buckets.find(({ logicalId }) => logicalId === 'DocumentBucket')?.name;
  const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
  return Promise.all(
    Versions.map(async ({ Key, VersionId }) => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key, VersionId }));
      return { where: `document ${Key}`, text: (await Body?.transformToString()) ?? '' };
    }),
  );
}

async function views(cloud: ReleaseCloud, application: string): Promise<readonly Remnant[]> {
  return [
    { where: 'ShowRelease', text: JSON.stringify(await cloud.show({ kind: 'application', application })) },
  ];
}

async function ledger(cloud: ReleaseCloud): Promise<readonly Remnant[]> {
  return (await cloud.ledger()).map((item) => ({
    where: `ledger ${item.pk?.S} ${item.sk?.S}`,
    text: JSON.stringify(item),
  }));
}

function mails({ cloud }: ReleaseCloud): readonly Remnant[] {
  return readdirSync(cloud.mailbox).map((name) => ({
    where: `mail ${name}`,
    // Soft line breaks undone, as a mail program does.
    text: readFileSync(join(cloud.mailbox, name), 'utf8').replaceAll('=\r\n', '').replaceAll('=3D', '='),
  }));
}

/** Everything that is left behind where an operator, a colleague or an intruder might look. */
export async function remainsOf(cloud: ReleaseCloud, application: string): Promise<readonly Remnant[]> {
  const read = [histories(cloud), documents(cloud), views(cloud, application), ledger(cloud)];
  return [...logs(cloud), ...mails(cloud), ...(await Promise.all(read)).flat()];
}
