import { otherTools } from './kubectl-layer.ts';

// `npm run --silent kubectl-layer`: fetches kubectl and helm where they are absent; prints what a shell exports to use them.
const { kubectl, helm } = await otherTools();
console.log(`export KUBECTL='${kubectl}' HELM='${helm}'`);
