import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import * as z from 'zod';
import { UnreachableError } from '../cli-error.ts';

const cloudSchema = z.object({
  endpoint: z.string(),
  region: z.string(),
  accessKeyId: z.string(),
  secretAccessKey: z.string(),
  stackName: z.string(),
  /** Folder of .eml files. */
  mailbox: z.string(),
  /** Path of the cluster's kubeconfig. */
  kubeconfig: z.string(),
  pid: z.int(),
  startedAt: z.union([z.string(), z.number()]).optional(),
});

/** A running laptop cloud as it describes itself in `<state>/cloud.json`. */
export type LaptopCloud = z.infer<typeof cloudSchema>;

/** The laptop cloud's own description of itself. */
export function cloudFile(state: string): string {
  return join(state, 'cloud.json');
}

/** Whether a process of that number exists. */
export function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process of that number is running too.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Whether somebody listens there: after a crash the file stays, and its process number may be another's by now. */
function answers(endpoint: string): Promise<boolean> {
  const { hostname, port } = new URL(endpoint);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port), timeout: 1000 });
    const end = (isThere: boolean) => {
      socket.destroy();
      resolve(isThere);
    };
    socket
      .once('connect', () => end(true))
      .once('error', () => end(false))
      .once('timeout', () => end(false));
  });
}

/** The laptop cloud that runs on `state`; undefined when there is none. */
export async function runningCloud(state: string): Promise<LaptopCloud | undefined> {
  const file = cloudFile(state);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  let cloud: LaptopCloud;
  try {
    cloud = cloudSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new UnreachableError(
      `${file} does not describe a laptop cloud: remove it and run "tidegate local up"`,
      {
        cause: error,
      },
    );
  }
  return processExists(cloud.pid) && (await answers(cloud.endpoint)) ? cloud : undefined;
}
