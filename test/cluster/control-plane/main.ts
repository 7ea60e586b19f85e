import { startControlPlane } from './start.ts';

// `npm run control-plane`: a control plane to try things on by hand, until Ctrl-C.
const plane = await startControlPlane({ say: (line) => console.error(line) });
console.log(`export KUBECONFIG=${plane.kubeconfigFile}`);
console.error(`API server: ${plane.url}\nlogs: ${plane.folder}/*.log\nCtrl-C ends it.`);

let isStopping = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (isStopping) return;
    isStopping = true;
    plane.stop().then(() => process.exit(0));
  });
}
