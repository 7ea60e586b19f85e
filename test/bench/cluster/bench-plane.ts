import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sender } from '../../cluster/api.ts';
import { type ControlPlane, startControlPlane } from '../../cluster/control-plane/start.ts';
import { makeUser } from '../../cluster/control-plane/users.ts';
import { makeNamespace } from '../../cluster/namespace.ts';

/** One side of a comparison: a tool under a user of its own, so that its requests can be told from others'. */
export interface Side {
  /** As the audit log names it. */
  readonly user: string;
  readonly kubeconfigFile: string;
}

/** A real control plane that several sides work on. */
export interface BenchPlane {
  readonly plane: ControlPlane;
  /** Users with every right; `name` is one of those that the plane was started with. */
  side(name: string): Side;
  /** Makes namespaces, furnished and empty. */
  makeNamespaces(names: readonly string[]): Promise<void>;
  /** Begins to delete a namespace and all that is in it. */
  dropNamespace(name: string): Promise<void>;
  /** The process of one of the plane's programs. */
  processOf(program: string): number;
}

/** Starts a plane with a node and a user for each side. */
export async function startBenchPlane(sides: readonly string[], nodes: number): Promise<BenchPlane> {
  const users = sides.map((side) => makeUser(`bench-${side}`, ['system:masters']));
  const plane = await startControlPlane({ nodes, users, say: (line) => console.error(line) });
  const send = sender(plane, plane.adminToken);
  return {
    plane,
    side(name) {
      const user = users.find((each) => each.name === `bench-${name}`);
      if (user === undefined) throw new Error(`'${name}': no such side`);
      const kubeconfigFile = join(plane.folder, `${user.name}.kubeconfig`);
      if (!existsSync(kubeconfigFile))
        writeFileSync(kubeconfigFile, plane.kubeconfig(user.token), { mode: 0o600 });
      return { user: user.name, kubeconfigFile };
    },
    async makeNamespaces(names) {
      await Promise.all(names.map((name) => makeNamespace(plane, name)));
    },
    async dropNamespace(name) {
      await send({ method: 'DELETE', path: `/api/v1/namespaces/${name}` });
    },
    processOf(program) {
      const found = plane.programs().find(({ name }) => name === program);
      if (found === undefined) throw new Error(`'${program}': does not run`);
      return found.pid;
    },
  };
}
