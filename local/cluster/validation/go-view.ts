import type { Json } from '../object.ts';

/**
 * Pod templates as the API server's own memory holds them: its messages about immutable templates print that, with Go's
 * names, every field, and `null` for what is not set. Order and zero values follow `pkg/apis/core/types.go` of 1.36.
 */
const zeroValues: Readonly<Record<string, Readonly<Record<string, Json>>>> = {
  spec: {
    Volumes: null,
    InitContainers: null,
    Containers: null,
    EphemeralContainers: null,
    RestartPolicy: '',
    TerminationGracePeriodSeconds: null,
    ActiveDeadlineSeconds: null,
    DNSPolicy: '',
    NodeSelector: null,
    ServiceAccountName: '',
    AutomountServiceAccountToken: null,
    NodeName: '',
    SecurityContext: null,
    ImagePullSecrets: null,
    Hostname: '',
    Subdomain: '',
    SetHostnameAsFQDN: null,
    Affinity: null,
    SchedulerName: '',
    Tolerations: null,
    HostAliases: null,
    PriorityClassName: '',
    Priority: null,
    PreemptionPolicy: null,
    DNSConfig: null,
    ReadinessGates: null,
    RuntimeClassName: null,
    Overhead: null,
    EnableServiceLinks: null,
    TopologySpreadConstraints: null,
    OS: null,
    SchedulingGates: null,
    ResourceClaims: null,
    Resources: null,
    HostnameOverride: null,
    SchedulingGroup: null,
  },
  container: {
    Name: '',
    Image: '',
    Command: null,
    Args: null,
    WorkingDir: '',
    Ports: null,
    EnvFrom: null,
    Env: null,
    Resources: {},
    ResizePolicy: null,
    RestartPolicy: null,
    RestartPolicyRules: null,
    VolumeMounts: null,
    VolumeDevices: null,
    LivenessProbe: null,
    ReadinessProbe: null,
    StartupProbe: null,
    Lifecycle: null,
    TerminationMessagePath: '',
    TerminationMessagePolicy: '',
    ImagePullPolicy: '',
    SecurityContext: null,
    Stdin: false,
    StdinOnce: false,
    TTY: false,
  },
  securityContext: {
    HostNetwork: false,
    HostPID: false,
    HostIPC: false,
    ShareProcessNamespace: null,
    HostUsers: null,
    SELinuxOptions: null,
    WindowsOptions: null,
    RunAsUser: null,
    RunAsGroup: null,
    RunAsNonRoot: null,
    SupplementalGroups: null,
    SupplementalGroupsPolicy: null,
    FSGroup: null,
    FSGroupChangePolicy: null,
    Sysctls: null,
    SeccompProfile: null,
    AppArmorProfile: null,
    SELinuxChangePolicy: null,
  },
  resources: { Limits: null, Requests: null, Claims: null },
  env: { Name: '', Value: '', ValueFrom: null },
  port: { Name: '', HostPort: 0, ContainerPort: 0, Protocol: '', HostIP: '' },
  mount: {
    Name: '',
    ReadOnly: false,
    RecursiveReadOnly: null,
    MountPath: '',
    SubPath: '',
    MountPropagation: null,
    SubPathExpr: '',
  },
};

/** A pod template as such messages show it; structures below those named above only get Go's names. */
export function goTemplate({ metadata, spec }: Json): Json {
  const {
    hostNetwork,
    hostPID,
    hostIPC,
    hostUsers,
    shareProcessNamespace,
    serviceAccount: _,
    ...rest
  } = spec;
  const hosts = { hostNetwork, hostPID, hostIPC, hostUsers, shareProcessNamespace };
  const own = {
    ...rest,
    containers: rest.containers?.map(goContainer),
    initContainers: rest.initContainers?.map(goContainer),
    securityContext: filled('securityContext', { ...hosts, ...rest.securityContext }),
  };
  return { ...metadata, Spec: filled('spec', own) };
}

function goContainer(container: Json): Json {
  return filled('container', {
    ...container,
    resources: filled('resources', container.resources ?? {}),
    env: container.env?.map((it: Json) => filled('env', it)),
    ports: container.ports?.map((it: Json) => filled('port', it)),
    volumeMounts: container.volumeMounts?.map((it: Json) => filled('mount', it)),
  });
}

function filled(type: string, value: Json): Json {
  const named = Object.fromEntries(Object.entries(value).map(([name, field]) => [goName(name), field]));
  const result: Json = {};
  for (const [name, zero] of Object.entries(zeroValues[type] ?? {})) {
    result[name] = named[name] === undefined ? zero : goNames(named[name]);
  }
  return result;
}

/** Maps of strings keep their keys: labels, selectors, amounts. */
function goNames(value: Json): Json {
  if (Array.isArray(value)) return value.map(goNames);
  if (value === null || typeof value !== 'object') return value;
  const isMap = Object.values(value).every((it) => typeof it === 'string' || typeof it === 'number');
  if (isMap) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [goName(name), goNames(field)]));
}

const spelled: Readonly<Record<string, string>> = { tty: 'TTY', os: 'OS', seLinuxOptions: 'SELinuxOptions' };

function goName(name: string): string {
  if (spelled[name] !== undefined) return spelled[name];
  const upper = name.charAt(0).toUpperCase() + name.slice(1);
  return upper
    .replace(/^Dns/, 'DNS')
    .replace(/^Fs(?=Group)/, 'FS')
    .replace(/^SeLinux/, 'SELinux');
}
