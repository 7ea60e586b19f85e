import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Bridge } from './bridge.ts';

/** What a node's configuration files are made of. */
export interface NodeLayout {
  readonly folder: string;
  readonly bridge: Bridge;
  readonly kubeletPort: number;
  /** Serves the images of every registry. */
  readonly registryUrl: string;
}

export const socketOf = (folder: string): string => join(folder, 'containerd.sock');

/** The node's files by their paths under its folder. */
export function nodeFiles(layout: NodeLayout): Readonly<Record<string, string>> {
  return {
    'containerd.toml': containerdConfiguration(layout),
    // With a server of its own, or what this registry does not have is asked of the registry that the name says.
    'registries/_default/hosts.toml': `server = "${layout.registryUrl}"\n[host."${layout.registryUrl}"]\n  capabilities = ["pull", "resolve"]\n`,
    'cni/10-bridge.conflist': networkConfiguration(layout),
    'kubelet.yaml': kubeletConfiguration(layout),
  };
}

function containerdConfiguration({ folder }: NodeLayout): string {
  const cri = 'plugins."io.containerd.grpc.v1.cri"';
  return `version = 2
root = "${folder}/containerd/root"
state = "${folder}/containerd/state"
[grpc]
  address = "${socketOf(folder)}"
[debug]
  level = "warn"
[${cri}]
  sandbox_image = "tidegate.test/pause-hang:1"
  # A container may not get a better score than containerd's own parent has.
  restrict_oom_score_adj = true
  [${cri}.containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
    [${cri}.containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [${cri}.containerd.runtimes.runc.options]
        BinaryName = "runc"
        SystemdCgroup = false
  [${cri}.cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "${folder}/cni"
  [${cri}.registry]
    config_path = "${folder}/registries"
`;
}

function networkConfiguration({ folder, bridge }: NodeLayout): string {
  const ipam = {
    type: 'host-local',
    ranges: [[{ subnet: bridge.subnet, gateway: bridge.address }]],
    dataDir: join(folder, 'addresses'),
  };
  const plugin = { type: 'bridge', bridge: bridge.name, isGateway: true, ipMasq: false, ipam };
  return JSON.stringify({ cniVersion: '0.4.0', name: 'pods', plugins: [plugin] }, null, 2);
}

function kubeletConfiguration({ folder, bridge, kubeletPort }: NodeLayout): string {
  return stringify({
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    containerRuntimeEndpoint: `unix://${socketOf(folder)}`,
    // A kubelet removes the logs of pods that are not its own.
    podLogsDir: join(folder, 'logs'),
    volumePluginDir: join(folder, 'volume-plugins'),
    // Reached from this machine only: the bridge has no way out.
    address: bridge.address,
    port: kubeletPort,
    readOnlyPort: 0,
    healthzPort: 0,
    authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
    authorization: { mode: 'AlwaysAllow' },
    // Runs also where cgroups are of version 1 or mixed, and no systemd manages them.
    failCgroupV1: false,
    cgroupDriver: 'cgroupfs',
    cgroupsPerQOS: false,
    enforceNodeAllocatable: [],
    failSwapOn: false,
    makeIPTablesUtilChains: false,
    // A full disk of this machine is not what tests are about.
    evictionHard: { 'nodefs.available': '0%', 'imagefs.available': '0%', 'memory.available': '0%' },
    imageGCHighThresholdPercent: 100,
    serializeImagePulls: false,
    registryPullQPS: 0,
    // Nobody answers there; without an address each pod gets a warning event.
    clusterDNS: ['10.96.0.10'],
    clusterDomain: 'cluster.local',
  });
}
