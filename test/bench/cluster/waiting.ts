import { readFileSync } from 'node:fs';
import { scenarios } from '../../cluster/scenarios.ts';
import type { BenchPlane } from './bench-plane.ts';
import { runHelm, runKubectl } from './peer-scenario.ts';
import { image, inNamespace, type Suite } from './suite.ts';
import { runTidegate } from './tidegate-run.ts';

// Longer than one call of Observe, so that what the next one begins with counts too.
const deadlineSeconds = 75;
const countedSeconds = 70;

interface AuditedRequest {
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly objectRef?: { readonly resource?: string };
  readonly requestReceivedTimestamp: string;
}

const tools = ['tidegate', 'helm', 'kubectl'] as const;
const sideOf = (tool: (typeof tools)[number]) => `waiting-${tool}`;
/** Users of their own, because scenarios run beside this. */
export const waitingSides = tools.map(sideOf);

/** What three tools ask the API server while they wait for a Deployment that never becomes ready. */
export const benchWaiting: Suite = async ({ bench, homes, tools: programs }) => {
  const scenario = scenarios.find(({ name }) => name === 'readiness-fails');
  const objects = scenario?.objects(image) ?? [];
  const work = { objects, deadlineSeconds };
  const settings = (tool: 'helm' | 'kubectl') => ({
    program: programs[tool],
    home: homes[tool],
    kubeconfigFile: bench.side(sideOf(tool)).kubeconfigFile,
  });
  const waits = {
    tidegate: (namespace: string) =>
      runTidegate({ ...work, namespace, kubeconfigFile: bench.side(sideOf('tidegate')).kubeconfigFile }),
    helm: (namespace: string) => runHelm(settings('helm'), { ...work, namespace }),
    kubectl: (namespace: string) => runKubectl(settings('kubectl'), { ...work, namespace }),
  };
  await Promise.all(tools.map((tool) => inNamespace<unknown>(bench, sideOf(tool), waits[tool])));
  return () => {
    for (const tool of tools) printRequests(tool, requestsWhileWaiting(bench, tool));
    return true;
  };
};

/** From the write of the Deployment on. */
function requestsWhileWaiting({ plane, side }: BenchPlane, tool: (typeof tools)[number]) {
  const { user } = side(sideOf(tool));
  const requests = readFileSync(plane.auditFile, 'utf8')
    .split('\n')
    .filter((line) => line.includes(`"username":"${user}"`))
    .map((line) => JSON.parse(line) as AuditedRequest);
  const received = ({ requestReceivedTimestamp }: AuditedRequest) => Date.parse(requestReceivedTimestamp);
  const isWrite = ({ verb, objectRef }: AuditedRequest) =>
    objectRef?.resource === 'deployments' && (verb === 'patch' || verb === 'create');
  // The last one: plans are written, too, and not kept.
  const began = Math.max(...requests.filter(isWrite).map(received));
  return requests.filter((request) => {
    const after = received(request) - began;
    return after > 0 && after <= countedSeconds * 1000;
  });
}

function printRequests(tool: string, requests: readonly AuditedRequest[]): void {
  const verbs = Map.groupBy(requests, ({ verb }) => verb);
  const each = [...verbs].map(([verb, of]) => `${of.length} ${verb}`).sort();
  const perMinute = (requests.length * 60) / countedSeconds;
  console.log(
    `  ${tool.padEnd(28)} ${perMinute.toFixed(1).padStart(6)} a minute   (in ${countedSeconds} s: ${each.join(', ')})`,
  );
}
