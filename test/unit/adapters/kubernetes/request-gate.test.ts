import { describe, expect, it } from 'vitest';
import { createRequestGate, type RequestReport } from '#adapters/kubernetes/request-gate.ts';
import { type Instant, instant } from '#domain/instant.ts';

function steppedClock() {
  let now = 0;
  const pauses: number[] = [];
  return {
    pauses,
    now: (): Instant => instant(now),
    async sleep(milliseconds: number) {
      pauses.push(milliseconds);
      now += milliseconds;
    },
  };
}

const quick: RequestReport = { milliseconds: 10, isBusy: false };
const busy: RequestReport = { milliseconds: 10, isBusy: true, retryAfterMilliseconds: 1_000 };

async function send(gate: ReturnType<typeof createRequestGate>, ...reports: readonly RequestReport[]) {
  for (const report of reports) {
    await gate.enter();
    gate.leave(report);
  }
}

describe('the request gate', () => {
  it('lets as many through as it is told to, the others in their turn', async () => {
    const gate = createRequestGate(steppedClock(), 2);
    const entered: number[] = [];
    const entering = [1, 2, 3].map(async (number) => {
      await gate.enter();
      entered.push(number);
    });
    await Promise.all(entering.slice(0, 2));
    expect(entered).toEqual([1, 2]);
    gate.leave(quick);
    await entering[2];
    expect(entered).toEqual([1, 2, 3]);
  });

  it('halves when the cluster is busy, and holds everybody back as long as it asks', async () => {
    const clock = steppedClock();
    const gate = createRequestGate(clock);
    await send(gate, busy, quick);
    expect(gate.limit).toBe(5);
    expect(clock.pauses).toEqual([1_000]);
  });

  it('never closes for good', async () => {
    const gate = createRequestGate(steppedClock());
    await send(gate, ...Array.from({ length: 20 }, () => busy));
    expect(gate.limit).toBe(1);
  });

  it('opens again as answers come', async () => {
    const gate = createRequestGate(steppedClock());
    await send(gate, busy, ...Array.from({ length: 60 }, () => quick));
    expect(gate.limit).toBe(10);
  });

  it('gives way when answers become slow, also when they stay so', async () => {
    const gate = createRequestGate(steppedClock());
    const slow: RequestReport = { milliseconds: 2_000, isBusy: false };
    await send(gate, quick, ...Array.from({ length: 10 }, () => slow));
    expect(gate.limit).toBeLessThan(5);
  });

  it('does not take a cluster that is always slow for one that grows slow', async () => {
    const gate = createRequestGate(steppedClock());
    const slow: RequestReport = { milliseconds: 2_000, isBusy: false };
    await send(gate, ...Array.from({ length: 10 }, () => slow));
    expect(gate.limit).toBe(10);
  });
});
