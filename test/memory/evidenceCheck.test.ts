/**
 * Strategy: the kernel's check of evidence that comes from outside. Sound blocks pass untouched; one bad cell is emptied and the sums follow; what cannot be
 * as a whole is refused; and after random damage that passes, every forecast is finite. Containers and checksums are container.test.ts's.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { armsFrom } from '../../src/arms/models';
import { loadKernelSync } from '../../src/kernel/load';
import { Evidence } from '../../src/posterior/evidence';

const compiled = loadKernelSync();
const arms = armsFrom(
  new Map(
    ['a', 'b', 'c'].map((id, i) => [
      id,
      { family: i < 2 ? 'f' : 'g', usdPerMillionInputTokens: 1, usdPerMillionOutputTokens: 2 },
    ]),
  ),
);
const STRIDE = 4;
const CELL_FIELDS = ['successes', 'failures', 'squares', 'squared weights', 'cost', 'cost weight'];

function fresh(halfLifeRequests = 50): Evidence {
  const options = { priorMean: 0.5, priorStrength: 2, halfLifeRequests };
  return new Evidence(compiled.instantiate(), arms, options);
}

function learned(): Evidence {
  const evidence = fresh();
  for (let segment = 1; segment < 3; segment++) evidence.addSegment();
  for (let i = 0; i < 200; i++)
    evidence.observe(i % 3, (i >> 2) % 3, {
      reward: ((i * 37) % 101) / 101,
      costUsd: (i % 7) / 1000,
      promptTokens: 10 * i,
      clock: i,
    });
  return evidence;
}

const state = learned().export();

/** Byte offset of a field of a cell, from the end of the block. */
function cellAt(segment: number, arm: number, field: number): number {
  const rows = state.length - 3 * 6 * STRIDE * 8;
  return rows + ((segment * 6 + field) * STRIDE + arm) * 8;
}

function withNumber(at: number, value: number, bytes = state): Uint8Array {
  const copy = bytes.slice();
  new DataView(copy.buffer).setFloat64(at, value, true);
  return copy;
}

function finite(evidence: Evidence): boolean {
  return Array.from({ length: evidence.segments }, (_, segment) => segment).every((segment) =>
    evidence
      .posteriors(segment, 250, NaN)
      .every(
        ({ alpha, beta, expectedCostUsd }) =>
          alpha > 0 &&
          beta > 0 &&
          alpha < Infinity &&
          beta < Infinity &&
          Number.isFinite(expectedCostUsd),
      ),
  );
}

test('a sound block comes back to the bit', () => {
  const evidence = fresh();
  expect(evidence.restore(state)).toBe(0);
  expect(evidence.export()).toEqual(state);
  expect(evidence.segments).toBe(3);
});

describe.each([NaN, -1, Infinity, 1e300])('a cell that holds %s', (value) => {
  test.each(CELL_FIELDS.map((name, field) => [name, field] as const))(
    'in its %s is emptied alone',
    (_, field) => {
      const evidence = fresh();
      expect(evidence.restore(withNumber(cellAt(1, 2, field), value))).toBe(1);
      const mended = evidence.export();
      const view = new DataView(mended.buffer);
      for (let f = 0; f < CELL_FIELDS.length; f++)
        expect(view.getFloat64(cellAt(1, 2, f), true)).toBe(0);
      // Its neighbours stand as they were.
      const before = new DataView(state.buffer);
      expect(view.getFloat64(cellAt(1, 1, 0), true)).toBe(before.getFloat64(cellAt(1, 1, 0), true));
      expect(finite(evidence)).toBe(true);
      expect(fresh().restore(mended)).toBe(0);
    },
  );
});

test('squares beyond successes and numbers beside the arms cannot be', () => {
  expect(fresh().restore(withNumber(cellAt(0, 0, 2), 1e6))).toBe(1);
  expect(fresh().restore(withNumber(cellAt(0, 3, 0), 1))).toBe(1);
});

test('sums that cannot be are made anew from the cells', () => {
  const evidence = fresh();
  const header = withNumber(72, NaN);
  expect(evidence.restore(withNumber(256, -5, header))).toBe(1);
  const [mended, before] = [evidence.export(), new DataView(state.buffer)];
  const sum = new DataView(mended.buffer).getFloat64(72, true);
  expect(Math.abs(sum - before.getFloat64(72, true))).toBeLessThan(1e-12 * sum);
});

test.each<[string, number, number]>([
  ['a half-life of 0', 32, 0],
  ['a half-life that is NaN', 32, NaN],
  ['a landmark between half-lives', 40, 0.5],
  ['a landmark ahead of the clock', 40, 1e6],
  ['a clock that is NaN', 48, NaN],
  ['a prior mean of 0, whose alpha would be 0', 56, 0],
  ['a prior mean of 1', 56, 1],
  ['a prior worth nothing', 64, 0],
  ['a strength of 0, whose alpha would be 0', 144, 0],
  ['scores that are NaN', 160, NaN],
  ['reports below 0', 24, -1],
])('%s is refused', (_, at, value) => {
  expect(() => fresh().restore(withNumber(at, value))).toThrow(/evidence must be/);
});

test('another number of arms, of segments and other lengths are refused', () => {
  const two = armsFrom(new Map([['a', undefined]]));
  const options = { priorMean: 0.5, priorStrength: 2, halfLifeRequests: 50 };
  const other = new Evidence(compiled.instantiate(), two, options);
  expect(() => other.restore(state)).toThrow(/evidence.arms must be 1/);
  expect(() => fresh().restore(state.slice(0, 100))).toThrow(/state.length/);
  expect(() => fresh().restore(state.slice(0, -16))).toThrow(/evidence.length/);
  const segments = state.slice();
  new DataView(segments.buffer).setUint32(16, 2 ** 32 - 1, true);
  expect(() => fresh().restore(segments)).toThrow(/evidence.length/);
});

test('after any damage that passes, every forecast is finite', () => {
  const change = fc.tuple(
    fc.nat({ max: state.length / 8 - 1 }),
    fc.oneof(fc.double(), fc.constantFrom(NaN, Infinity, -0, 1e-320, 1e200)),
  );
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
      const damaged = changes.reduce(
        (bytes, [word, value]) => withNumber(8 * word, value, bytes),
        state,
      );
      const evidence = fresh();
      try {
        evidence.restore(damaged);
      } catch (error) {
        expect((error as Error).name).toBe('ParameterError');
        return;
      }
      expect(finite(evidence)).toBe(true);
    }),
    { seed: 8, numRuns: 500 },
  );
});
