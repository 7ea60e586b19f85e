import { isIPv4, isIPv6 } from 'node:net';

/** The formats that Kubernetes checks; others are allowed and mean nothing. */
const formats: Readonly<Record<string, (value: string) => boolean>> = {
  'date-time': (value) =>
    /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:?\d\d)$/.test(value) &&
    !Number.isNaN(Date.parse(value)),
  date: (value) => /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value)),
  duration: (value) => /^[-+]?(\d+(\.\d+)?\s*(ns|us|µs|ms|s|m|h|d|w))+$/.test(value) || value === '0',
  byte: (value) => /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(value),
  uuid: (value) => /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i.test(value),
  ipv4: (value) => isIPv4(value),
  ipv6: (value) => isIPv6(value),
  ip: (value) => isIPv4(value) || isIPv6(value),
  cidr: (value) =>
    /^[^/]+\/\d+$/.test(value) && (isIPv4(value.split('/')[0] ?? '') || isIPv6(value.split('/')[0] ?? '')),
  hostname: (value) => value.length <= 253 && /^([a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?\.?)+$/.test(value),
  email: (value) => /^[^\s@]+@[^\s@]+$/.test(value),
  uri: (value) => URL.canParse(value) || value.startsWith('/'),
  mac: (value) => /^([0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i.test(value),
};

export function isOfFormat(value: string, format: string): boolean {
  return formats[format]?.(value) ?? true;
}
