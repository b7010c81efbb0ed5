/** Strategy: windows by hand, then against the plain sums of a window (property). Not tested here: what a spend leads to. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SpendMeter } from '../../src/pacing/spendMeter';

const at = (sequenceNumber: number, nowMs = 0) => ({ sequenceNumber, nowMs });

test('expected costs stand in until the reported ones come', () => {
  const meter = new SpendMeter({ requests: 10, ms: Infinity });
  meter.advance(at(0));
  meter.expect(0, 3);
  expect(meter.usd).toBe(3);
  meter.settle(0, 1);
  expect(meter.usd).toBe(1);
  meter.settle(0, 5);
  expect(meter.usd).toBe(1);
});

test('a report belongs to the window of its decision', () => {
  const meter = new SpendMeter({ requests: 2, ms: Infinity });
  meter.advance(at(1));
  meter.expect(1, 3);
  meter.advance(at(2));
  expect(meter.usd).toBe(0);
  meter.settle(1, 9);
  expect(meter.usd).toBe(0);
});

test('time that runs back opens no window', () => {
  const meter = new SpendMeter({ requests: Infinity, ms: 100 });
  meter.advance(at(0, 1000));
  meter.expect(0, 1);
  meter.advance(at(1, 1099));
  expect(meter.usd).toBe(1);
  meter.advance(at(2, -5000));
  expect(meter.usd).toBe(1);
  meter.advance(at(3, 1100));
  expect(meter.usd).toBe(0);
});

test('is the sum of what was reported and what is expected', () => {
  const costs = fc.array(
    fc.tuple(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
    ),
    { maxLength: 30 },
  );
  fc.assert(
    fc.property(costs, (decisions) => {
      const meter = new SpendMeter({ requests: Infinity, ms: 1 });
      meter.advance(at(0));
      decisions.forEach(([expected], i) => meter.expect(i, expected));
      decisions.forEach(([, cost], i) => cost !== null && meter.settle(i, cost));
      const sum = decisions.reduce((total, [expected, cost]) => total + (cost ?? expected), 0);
      expect(meter.usd).toBeCloseTo(sum, 12);
    }),
    { seed: 2, numRuns: 200 },
  );
});
