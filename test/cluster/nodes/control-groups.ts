import { existsSync, readdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const root = '/sys/fs/cgroup';
// The namespace that containerd keeps a kubelet's containers in, and the parent of their control groups.
const parent = 'k8s.io';
const attempts = 20;
const pauseMilliseconds = 50;

/**
 * Removes the control groups that containers leave when their node is killed. `nodeFolder` tells which they are. The kernel
 * holds a group for a moment after its last process has ended.
 */
export async function removeControlGroups(nodeFolder: string): Promise<void> {
  const tasks = join(nodeFolder, 'containerd/state/io.containerd.runtime.v2.task', parent);
  const containers = namesIn(tasks);
  // Version 2 has one hierarchy, version 1 one for each controller.
  const hierarchies = [root, ...readdirSync(root).map((name) => join(root, name))];
  let left = hierarchies.flatMap((folder) => containers.map((id) => join(folder, parent, id)));
  for (let tried = 0; tried < attempts && left.length > 0; tried += 1) {
    if (tried > 0) await sleep(pauseMilliseconds);
    left = left.filter((group) => !isRemoved(group));
  }
  // Another node may still be in it.
  for (const folder of hierarchies) isRemoved(join(folder, parent));
}

/** The same for every node of a plane that was killed. */
export async function removeNodesResidue(planeFolder: string): Promise<void> {
  for (const name of namesIn(planeFolder)) await removeControlGroups(join(planeFolder, name));
}

// Another process may be removing the same.
const namesIn = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : []);

function isRemoved(group: string): boolean {
  try {
    if (existsSync(group)) rmdirSync(group);
    return true;
  } catch {
    return false;
  }
}
