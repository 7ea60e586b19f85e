import { missingForNodes } from '../nodes/requirements.ts';
import { startControlPlane } from './start.ts';

// `npm run control-plane`: a control plane to try things on by hand, until Ctrl-C.
const missing = missingForNodes();
if (missing.length > 0) console.error(`without nodes, pods stay pending: ${missing.join('; ')}`);
const plane = await startControlPlane({
  nodes: missing.length === 0 ? 1 : 0,
  say: (line) => console.error(line),
});
console.error(`API server: ${plane.url}\nlogs: ${plane.folder}/**/*.log\nCtrl-C ends it.`);
console.log(`export KUBECONFIG=${plane.kubeconfigFile}`);

let isStopping = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (isStopping) return;
    isStopping = true;
    plane.stop().then(() => process.exit(0));
  });
}
