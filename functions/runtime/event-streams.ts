/**
 * Stands in for the SDK's event streams (`Alias` in template.yaml, docs/adr/0007): no call of these functions has one, and
 * the SDK loads them by a dynamic import, for which esbuild would keep the whole of the SDK's core in every bundle.
 */
const absent = () =>
  new Error('AWS SDK: event streams are left out of these functions (Alias in template.yaml)');

/** What serves event streams, so that a call that has one fails saying why. */
export class EventStreamSerde {
  constructor() {
    throw absent();
  }
}

/** Gives a client its codec of event streams: none. */
export function eventStreamSerdeProvider(): object {
  return {};
}

/** Resolves a client's settings for event streams: there are none. */
export function resolveEventStreamSerdeConfig<Config>(config: Config): Config {
  return config;
}
