import { describe, expect, it } from 'vitest';
import { makeBridge } from './bridge.ts';
import { missingForNodes } from './requirements.ts';

describe.skipIf(missingForNodes().length > 0)('the bridge of a node', () => {
  it('has a network of its own, also beside bridges that no pod is on yet', () => {
    const bridges = [makeBridge(), makeBridge(), makeBridge()];
    for (const bridge of bridges) bridge.remove();
    expect(new Set(bridges.map(({ subnet }) => subnet)).size).toBe(3);
  });
});
