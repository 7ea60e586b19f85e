import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { createKubeConfigCluster } from '#adapters/kubernetes/eks-clusters.ts';
import { startControlPlane } from '../cluster/control-plane/start.ts';
import { systemClock } from '../contract/cluster/system-clock.ts';
import { runCorpusFile } from './corpus-file.ts';
import { inputFiles } from './input-files.ts';

// `npm run corpus -- <files or folders>`: manifests through the engine on a real control plane, a JSON line per file.

const say = (line: string) => void process.stderr.write(`${line}\n`);

async function main(paths: readonly string[]): Promise<void> {
  const files = inputFiles(paths, ['.yaml', '.yml', '.json']);
  if (files.length === 0) throw new Error('no manifests: name files or folders with .yaml, .yml or .json');
  let failures = 0;
  const plane = await startControlPlane({ say });
  try {
    const config = new KubeConfig();
    config.loadFromString(plane.kubeconfig(plane.adminToken));
    const connect = () => createKubeConfigCluster(config, systemClock);
    const cluster = connect();
    for (const file of files) {
      say(`${file}:`);
      const line = await runCorpusFile({ cluster, connect, clock: systemClock, say }, file).catch(
        (error: Error) => {
          say(error.stack ?? error.message);
          failures += 1;
          return { file, error: error.message };
        },
      );
      process.stdout.write(`${JSON.stringify(line)}\n`);
    }
  } finally {
    await plane.stop();
  }
  if (failures > 0) process.exitCode = 1;
}

await main(process.argv.slice(2)).catch((error: unknown) => {
  say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 1;
});
