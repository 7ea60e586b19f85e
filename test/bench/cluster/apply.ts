import { interleave } from '../report.ts';
import { printApplies, type Rounds, type Size } from './apply-report.ts';
import { helmSide, kubectlSide, tidegateSide } from './apply-sides.ts';
import type { Suite } from './suite.ts';

const sizes: readonly Size[] = [
  // Lists are as many for 50 objects as for 500, and kubectl needs no more than 51 requests here.
  { objects: 50, rounds: 3, faster: 1 },
  { objects: 500, rounds: 3, faster: 1.5, fewerAgain: 10 },
  { objects: 2000, rounds: 1, faster: 1.5, fewerAgain: 10 },
];

/**
 * Applies of 50, 500 and 2,000 objects, each to a namespace of its own, and once more with nothing changed. The
 * controllers are held still meanwhile: they would work off what the side before has made.
 */
export const benchApply: Suite = async ({ bench, tools, homes, wanted }) => {
  const chosen = sizes.filter(({ objects }) => wanted.length === 0 || wanted.includes(String(objects)));
  const settings = (name: 'helm' | 'kubectl') => ({
    program: tools[name],
    kubeconfigFile: bench.side(name).kubeconfigFile,
    home: homes[name],
  });
  const sides = {
    tidegate: tidegateSide(bench),
    kubectl: kubectlSide(bench, settings('kubectl')),
    helm: helmSide(bench, settings('helm')),
  };
  const names = Object.keys(sides) as (keyof typeof sides)[];
  const namespaces = chosen.flatMap(({ objects, rounds }) =>
    names.flatMap((name) =>
      Array.from({ length: rounds }, (_, round) => `apply-${objects}-${name}-${round}`),
    ),
  );
  // What the tools cache of the cluster's APIs is there before anything counts.
  const warm = names.map((name) => `warm-${name}`);
  await bench.makeNamespaces([...namespaces, ...warm]);
  for (const name of names) await sides[name](`warm-${name}`, 3);
  const controllers = bench.processOf('kube-controller-manager');
  process.kill(controllers, 'SIGSTOP');
  try {
    const taken = new Map<number, Rounds>();
    for (const { objects, rounds } of chosen) {
      const round = { tidegate: 0, kubectl: 0, helm: 0 };
      const take = (name: keyof typeof sides) => async () => {
        const namespace = `apply-${objects}-${name}-${round[name]++}`;
        return await sides[name](namespace, objects);
      };
      taken.set(
        objects,
        // Tidegate last where there is but one round: what is stored already makes the server slower.
        await interleave(
          { helm: take('helm'), kubectl: take('kubectl'), tidegate: take('tidegate') },
          rounds,
        ),
      );
    }
    return () => printApplies(chosen, taken);
  } finally {
    process.kill(controllers, 'SIGCONT');
  }
};
