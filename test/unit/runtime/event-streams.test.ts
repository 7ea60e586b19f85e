import { expect, it } from 'vitest';
import {
  EventStreamSerde,
  eventStreamSerdeProvider,
  resolveEventStreamSerdeConfig,
} from '#runtime/event-streams.ts';

it('leaves a client as it is, and refuses a call that has an event stream', () => {
  const config = { region: 'us-east-1', eventStreamSerdeProvider };
  expect(resolveEventStreamSerdeConfig(config)).toBe(config);
  expect(() => new EventStreamSerde()).toThrow('event streams are left out of these functions');
});
