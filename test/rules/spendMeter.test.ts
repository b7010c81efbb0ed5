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
  meter.advance(at(2, 1050));
  expect(meter.usd).toBe(1);
  meter.advance(at(3, -5000));
  expect(meter.usd).toBe(1);
});

test('a window that time runs back from goes on from there, a window long and no longer', () => {
  const meter = new SpendMeter({ requests: Infinity, ms: 100 });
  meter.advance(at(0, 0));
  meter.advance(at(1, 1e9));
  meter.expect(1, 1);
  meter.advance(at(2, 50));
  expect([meter.usd, meter.phase(50)]).toEqual([1, 0]);
  meter.settle(1, 2);
  meter.advance(at(3, 149));
  expect([meter.usd, meter.phase(149)]).toEqual([2, 0.99]);
  expect(meter.advance(at(4, 150))).toBe(2);
  expect([meter.usd, meter.phase(150)]).toEqual([0, 0]);
});

test('however the clock jumps, a window is over once it has gone on for its length since', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -1e12, max: 1e12 }), { minLength: 1 }), (times) => {
      const meter = new SpendMeter({ requests: Infinity, ms: 1000 });
      times.forEach((nowMs, i) => {
        meter.advance(at(i, nowMs));
        expect(meter.phase(nowMs)).toBeLessThanOrEqual(1);
      });
      meter.expect(0, 1);
      meter.advance(at(0, times.at(-1)! + 1000));
      expect(meter.usd).toBe(0);
    }),
    { seed: 3, numRuns: 200 },
  );
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
