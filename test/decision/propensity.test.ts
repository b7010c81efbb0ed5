/**
 * Strategy: propensities against mpmath on hard cases (propensityReference.json, made by
 * scripts/make-propensity-reference.py), against closed forms, their laws as properties, and against the frequencies of
 * draws from the posteriors by the bulk sampler. Misuse of the facade at the end. Decisions drawn from propensities are
 * in fromPropensity.test.ts, the long run of frequencies in test/statistical.
 */
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { propensitiesInto, Sampler, type PropensityInput } from '../../src';
import { chiSquareCritical, thompsonCounts, type Shapes } from './thompsonCounts';

interface Case {
  readonly shapes: Shapes;
  readonly offsets: number[];
  readonly propensities: number[];
  readonly sumMinusOne: number;
}
const { cases } = JSON.parse(
  readFileSync(`${import.meta.dirname}/propensityReference.json`, 'utf8'),
) as { cases: Case[] };

/** Stated errors, for all shapes >= 0.5 and below. */
const ERROR = 1e-10;
const SMALL_SHAPE_ERROR = 1e-6;
const SUM_ERROR = 1e-12;

type Extra = Pick<PropensityInput, 'eligible' | 'floor' | 'baseline'>;

function propensities(shapes: Shapes, offsets: readonly number[], extra: Extra = {}): Float64Array {
  const out = new Float64Array(shapes.length);
  const alphas = Float64Array.from(shapes, ([a]) => a);
  const betas = Float64Array.from(shapes, ([, b]) => b);
  const utilityOffsets = Float64Array.from(offsets);
  propensitiesInto({ alphas, betas, utilityOffsets, ...extra }, out);
  return out;
}

const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);

test.each(cases)(
  'mpmath: $shapes, offsets $offsets',
  ({ shapes, offsets, propensities: exact, sumMinusOne }) => {
    const got = propensities(shapes, offsets);
    const error = Math.min(...shapes.flat()) >= 0.5 ? ERROR : SMALL_SHAPE_ERROR;
    // The reference itself is as good as its sum.
    got.forEach((p, i) => {
      expect(Math.abs(p - exact[i]!)).toBeLessThan(error + Math.abs(sumMinusOne));
    });
  },
);

test.each<[number, number]>([
  [0.05, 0.05],
  [0.5, 3],
  [2.5, 3.5],
  [9.5, 0.3],
  [1e6, 1e5],
  [0.5, 1e6],
  [1e6, 1e6],
])('against a uniform arm Beta(%d, %d) wins with its mean', (a, b) => {
  const [p] = propensities(
    [
      [a, b],
      [1, 1],
    ],
    [0, 0],
  );
  expect(Math.abs(p! - a / (a + b))).toBeLessThan(
    Math.min(a, b) >= 0.5 ? ERROR : SMALL_SHAPE_ERROR,
  );
});

test.each([2, 3, 8, 64])('%d equal arms share alike, whatever their shapes', (arms) => {
  for (const shape of [
    [1, 1],
    [0.05, 0.05],
    [0.5, 0.5],
    [8.3, 3.4],
    [3000, 500],
    [1e6, 1e6],
  ] as const) {
    for (const p of propensities(
      Array.from({ length: arms }, () => shape),
      new Array<number>(arms).fill(3),
    )) {
      expect(Math.abs(p * arms - 1)).toBeLessThan(1e-11);
    }
  }
});

test.each([2, 8, 64])('of %d arms with F = x^a each wins with its share of all a', (arms) => {
  const shapes = Array.from({ length: arms }, (_, i) => [1 + ((i * 37) % 64), 1] as const);
  const all = sum(shapes.map(([a]) => a));
  propensities(shapes, new Array<number>(arms).fill(0)).forEach((p, i) => {
    expect(Math.abs(p - shapes[i]![0] / all)).toBeLessThan(ERROR);
  });
});

const shape = fc.double({ min: Math.log(0.5), max: Math.log(1e6), noNaN: true }).map(Math.exp);
const arm = fc.record({
  shapes: fc.tuple(shape, shape),
  offset: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 0.5, noNaN: true })),
  eligible: fc.boolean(),
});
const arms = fc.array(arm, { minLength: 2, maxLength: 9 });
type Arm = typeof arm extends fc.Arbitrary<infer T> ? T : never;
const of = (list: readonly Arm[], extra: Extra = {}) =>
  propensities(
    list.map(({ shapes }) => shapes),
    list.map(({ offset }) => offset),
    extra,
  );

test('they are probabilities, sum to 1 and do not depend on the order of the arms', () => {
  fc.assert(
    fc.property(arms, (list) => {
      const p = of(list);
      for (const value of p) expect(value >= 0 && value <= 1).toBe(true);
      expect(Math.abs(sum(p) - 1)).toBeLessThan(SUM_ERROR);
      const reversed = of([...list].reverse()).reverse();
      p.forEach((value, i) => {
        expect(Math.abs(value - reversed[i]!)).toBeLessThan(2 * ERROR);
      });
    }),
    { numRuns: 300, seed: 1 },
  );
});

test('a dearer arm is chosen less, the others not less', () => {
  fc.assert(
    fc.property(arms, fc.double({ min: 0.001, max: 0.3, noNaN: true }), (list, more) => {
      const before = of(list);
      const after = of(
        list.map((one, i) => (i === 0 ? { ...one, offset: one.offset + more } : one)),
      );
      after.forEach((p, i) => {
        expect(i === 0 ? p - before[i]! : before[i]! - p).toBeLessThan(2 * ERROR);
      });
    }),
    { numRuns: 300, seed: 2 },
  );
});

test('an arm that is masked has exactly 0, and the rest are as without it', () => {
  fc.assert(
    fc.property(arms, (list) => {
      const p = of(list, { eligible: Uint8Array.from(list, ({ eligible }) => Number(eligible)) });
      const kept = list.filter(({ eligible }) => eligible);
      const alone = kept.length > 0 ? [...of(kept)] : [];
      list.forEach(({ eligible }, i) => {
        expect(p[i]).toBe(eligible ? alone.shift() : 0);
      });
    }),
    { numRuns: 300, seed: 3 },
  );
});

test('the floor is mixed in, uniformly or by weights, over the eligible arms', () => {
  const shapes: Shapes = [
    [8, 3],
    [3, 8],
    [5, 5],
  ];
  const eligible = Uint8Array.of(1, 0, 1);
  const plain = propensities(shapes, [0, 0, 0], { eligible });
  const uniform = propensities(shapes, [0, 0, 0], { eligible, floor: 0.2 });
  const weighted = propensities(shapes, [0, 0, 0], {
    eligible,
    floor: 0.2,
    baseline: Float64Array.of(3, 9, 1),
  });
  expect(uniform[0]).toBeCloseTo(0.8 * plain[0]! + 0.1, 14);
  expect(weighted[0]).toBeCloseTo(0.8 * plain[0]! + 0.15, 14);
  expect(weighted[2]).toBeCloseTo(0.8 * plain[2]! + 0.05, 14);
  expect([uniform[1], weighted[1]]).toEqual([0, 0]);
});

test('arms that cannot win have 0, and huge offsets do no harm', () => {
  expect([
    ...propensities(
      [
        [8, 3],
        [8, 3],
      ],
      [0, 1],
    ),
  ]).toEqual([1, 0]);
  expect([
    ...propensities(
      [
        [8, 3],
        [8, 3],
        [1, 1],
      ],
      [1e9, 1e9 + 5, 1e300],
    ),
  ]).toEqual([1, 0, 0]);
  expect([
    ...propensities(
      [
        [900, 100],
        [100, 900],
      ],
      [0, 0],
    ),
  ]).toEqual([1, 0]);
  expect([
    ...propensities(
      [
        [1, 1],
        [1, 1],
      ],
      [-1e300, -1e300],
    ),
  ]).toEqual([0.5, 0.5]);
  expect([...propensities([[2, 1]], [7])]).toEqual([1]);
});

test('shapes far outside the stated region still give probabilities, and say so', () => {
  const extreme = [1e-300, 1e-9, 1e-3, 0.04, 1, 1e7, 1e12, 1e15];
  for (const a of extreme)
    for (const b of extreme)
      for (const offset of [0, 1e-12, 0.3]) {
        const out = new Float64Array(3);
        const accuracy = propensitiesInto(
          {
            alphas: Float64Array.of(a, b, 2),
            betas: Float64Array.of(b, a, 2),
            utilityOffsets: Float64Array.of(0, offset, 0.1),
          },
          out,
        );
        expect(Math.abs(sum(out) - 1), `${a}, ${b}, ${offset}: ${out.join(' ')}`).toBeLessThan(
          SUM_ERROR,
        );
        for (const p of out) expect(p).toBeGreaterThanOrEqual(0);
        if (Math.max(a, b) > 1e6 || Math.min(a, b) < 0.05) expect(accuracy).toBe('rough');
      }
});

test('the frequencies of Thompson draws are the propensities', () => {
  const DECISIONS = 200_000;
  const tests: [Shapes, number[]][] = [
    [
      [
        [8, 3],
        [6, 2],
        [1, 1],
        [20, 9],
      ],
      [0, 0.05, 0.1, 0],
    ],
    [
      [
        [0.5, 0.5],
        [0.7, 1.5],
        [3000, 2500],
      ],
      [0, 0.02, 0.01],
    ],
    [
      [
        [2.5, 1.5],
        [2.5, 1.5],
        [2.5, 1.5],
        [2.5, 1.5],
        [2.5, 1.5],
      ],
      [0, 0.01, 0.02, 0.03, 0.04],
    ],
  ];
  const sampler = new Sampler({ seed: 11 });
  for (const [shapes, offsets] of tests) {
    const counts = thompsonCounts(sampler, shapes, offsets, DECISIONS);
    const p = propensities(shapes, offsets);
    let statistic = 0;
    p.forEach(
      (value, i) => (statistic += (counts[i]! - value * DECISIONS) ** 2 / (value * DECISIONS)),
    );
    expect(statistic).toBeLessThan(chiSquareCritical(shapes.length - 1, 1e-6 / tests.length));
  }
});

test.each<[string, Partial<Record<keyof PropensityInput, unknown>>, RegExp]>([
  [
    'shape 0',
    { alphas: Float64Array.of(0, 1) },
    /input\.alphas\[0\] must be in \(0, 1e15\], got 0/,
  ],
  ['shape NaN', { betas: Float64Array.of(1, NaN) }, /input\.betas\[1\]/],
  [
    'infinite offset',
    { utilityOffsets: Float64Array.of(0, Infinity) },
    /input\.utilityOffsets\[1\]/,
  ],
  [
    'lengths',
    { betas: Float64Array.of(1) },
    /input\.betas\.length must be the number of arms, 2, got 1/,
  ],
  [
    'no arms',
    { alphas: new Float64Array(0) },
    /input\.alphas\.length must be in \[1, 4096\], got 0/,
  ],
  ['too many arms', { alphas: new Float64Array(4097).fill(1) }, /got 4097/],
  ['mask', { eligible: [1, 0] }, /input\.eligible must be a Uint8Array/],
  ['floor', { floor: 1.1 }, /input\.floor must be in \[0, 1\], got 1\.1/],
  ['baseline', { baseline: Float64Array.of(-1, 1) }, /input\.baseline\[0\]/],
  ['misspelt', { offsets: 1 } as object, /offsets/],
])('misuse: %s', (_, wrong, message) => {
  const out = Float64Array.of(7, 8);
  const input = {
    alphas: Float64Array.of(1, 1),
    betas: Float64Array.of(1, 1),
    utilityOffsets: new Float64Array(2),
    ...wrong,
  };
  expect(() => propensitiesInto(input as PropensityInput, out)).toThrow(message);
  expect([...out]).toEqual([7, 8]);
});

test('no arm eligible: all 0, and said so', () => {
  const out = Float64Array.of(7, 8);
  const one = Float64Array.of(1, 1);
  const accuracy = propensitiesInto(
    { alphas: one, betas: one, utilityOffsets: one, eligible: new Uint8Array(2) },
    out,
  );
  expect([accuracy, ...out]).toEqual(['no-eligible-arm', 0, 0]);
});
