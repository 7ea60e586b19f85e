import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { type LaptopCloud, startLaptopCloud } from '../../../local/cloud.ts';

const templateFile = fileURLToPath(new URL('../../fixtures/guarded-app/template.yaml', import.meta.url));

/** A laptop cloud of the fixture application, to be stopped with `stop`. */
export async function startGuardedCloud() {
  const stateFolder = mkdtempSync(join(tmpdir(), 'guarded-'));
  const cloud = await startLaptopCloud({
    templateFile,
    stackName: 'guarded',
    stateFolder,
    cluster: { kind: 'none' },
  });
  const developer = settings(cloud, cloud);
  return {
    cloud,
    developer,
    /** The settings of a client that acts as the role of a function. */
    async as(logicalId: string) {
      const RoleArn = roleOf(cloud, logicalId);
      const sts = new STSClient(developer);
      const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'test' }));
      return settings(cloud, {
        accessKeyId: Credentials?.AccessKeyId ?? '',
        secretAccessKey: Credentials?.SecretAccessKey ?? '',
        sessionToken: Credentials?.SessionToken ?? '',
      });
    },
    /** `User: … is not authorized to perform: …` as AWS words it for the role of a function. */
    refusal(logicalId: string, action: string, resource: string): string {
      const role = roleOf(cloud, logicalId).split('/').at(-1);
      const user = `arn:aws:sts::000000000000:assumed-role/${role}/test`;
      return `User: ${user} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`;
    },
    stop: async () => {
      await cloud.stop();
      await rm(stateFolder, { recursive: true, force: true });
    },
  };
}

export type GuardedCloud = Awaited<ReturnType<typeof startGuardedCloud>>;

interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

const settings = (
  { endpoint, region }: LaptopCloud,
  { accessKeyId, secretAccessKey, sessionToken }: Keys,
) => ({
  endpoint,
  region,
  credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
  maxAttempts: 1,
});

const roleOf = ({ application }: LaptopCloud, logicalId: string): string =>
  application.functions.find((model) => model.logicalId === logicalId)?.roleArn ?? '';
