import { BlockList, isIPv4, isIPv6 } from 'node:net';

/**
 * Where a bundle may not make this function send anything: addresses that only machines near it reach. They come from
 * manifests, redirects and token services, all of which a bundle's author can choose.
 */
const nearby = new BlockList();
const ranges: readonly (readonly [network: string, prefix: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  // Link-local: the metadata and credential services of EC2, ECS and EKS are here.
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
  ['::', 96],
  // NAT64, which would lead to any of the above.
  ['64:ff9b::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
];
for (const [network, prefix] of ranges)
  nearby.addSubnet(network, prefix, network.includes(':') ? 'ipv6' : 'ipv4');

/** Names that stand for such addresses without any DNS of the author's own. */
const nearbyNames = /(^|\.)(localhost|local|internal|localdomain)$/;

/** Whether a URL's host is this machine, a private network or a metadata service, as far as its name tells. */
export function isNearby({ hostname }: URL): boolean {
  const host = hostname.replace(/\.$/, '').replace(/^\[(.*)\]$/, '$1');
  if (isIPv4(host)) return nearby.check(host, 'ipv4');
  // IPv4 written as IPv6 (::ffff:…) is judged by the IPv4 ranges, too.
  if (isIPv6(host)) return nearby.check(host, 'ipv6');
  return nearbyNames.test(host);
}

/** Second levels under which countries give names away: `co.uk` is nobody's own. */
const sharedSecondLevels = new Set(['ac', 'co', 'com', 'edu', 'gov', 'net', 'org']);

/** The domain that a registry and its token service share: `docker.io` of `registry-1.docker.io`. */
function ownDomain(hostname: string): string {
  const labels = hostname.split('.');
  const parent = labels.slice(1);
  const isShared = parent.length === 2 && parent[1]?.length === 2 && sharedSecondLevels.has(parent[0] ?? '');
  return parent.length < 2 || isShared ? hostname : parent.join('.');
}

/** Whether a token service is the registry's own: the registry itself, or a host of the same domain. */
export function isOwnTokenService(service: URL, registry: URL): boolean {
  if (service.host === registry.host) return true;
  const domain = ownDomain(registry.hostname);
  return service.hostname === domain || service.hostname.endsWith(`.${domain}`);
}
