/** The wire protocols of AWS, as far as they differ in how an error is written. */
export type Protocol = 's3' | 'query' | 'json' | 'rest';

/** Every service that does not speak AWS JSON. */
const protocols: Readonly<Record<string, Protocol>> = {
  s3: 's3',
  sns: 'query',
  sts: 'query',
  cloudformation: 'query',
  lambda: 'rest',
  eks: 'rest',
};

/** The protocol of a service, by its signing name. */
export const protocolOf = (service: string): Protocol => protocols[service] ?? 'json';
