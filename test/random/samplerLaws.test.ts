/**
 * Strategy: laws that all distributions and methods share, as properties over random splits, seeds and orders: a fill is
 * a slice of one sequence whatever its chunking, a seed is a sequence, a change of distribution starts the next block; and
 * a model of a sampler that knows only where each fill starts.
 * Not tested here: which values (golden vectors) and how they are distributed (samplers.property).
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Sampler } from '../../src/random/sampler';

type Fill = (sampler: Sampler, out: Float64Array) => Float64Array;
type Make = (sampler: Sampler, count: number) => Float64Array;

interface Case {
  readonly name: string;
  readonly into: Fill;
  readonly make: Make;
}

const CASES: readonly Case[] = [
  {
    name: 'uniform',
    into: (sampler, out) => sampler.uniformInto(-2, 5, out),
    make: (sampler, count) => sampler.uniform(-2, 5, count),
  },
  {
    name: 'normal',
    into: (sampler, out) => sampler.normalInto(3, 2, out),
    make: (sampler, count) => sampler.normal(3, 2, count),
  },
  {
    name: 'exponential',
    into: (sampler, out) => sampler.exponentialInto(0.5, out),
    make: (sampler, count) => sampler.exponential(0.5, count),
  },
  ...[1, 4.5, 0.7].map((shape) => ({
    name: `gamma(${shape})`,
    into: (sampler: Sampler, out: Float64Array) => sampler.gammaInto(shape, 2, out),
    make: (sampler: Sampler, count: number) => sampler.gamma(shape, 2, count),
  })),
  ...(
    [
      [8, 3, 'exact'],
      [0.5, 2, 'exact'],
      [1e-300, 1e-300, 'exact'],
      [8, 3, 'table'],
    ] as const
  ).map(([a, b, method]) => ({
    name: `beta(${a}, ${b}), ${method}`,
    into: (sampler: Sampler, out: Float64Array) => sampler.betaInto(a, b, out, { method }),
    make: (sampler: Sampler, count: number) => sampler.beta(a, b, count, { method }),
  })),
  {
    name: 'uniform with redraws',
    into: (sampler, out) => sampler.uniformInto(1, 1 + 2 ** -51, out),
    make: (sampler, count) => sampler.uniform(1, 1 + 2 ** -51, count),
  },
  {
    name: 'beta of given shapes',
    into: (sampler, out) => sampler.betaInto(...shapesFor(out.length), out),
    make: (sampler, count) => sampler.betaInto(...shapesFor(count), new Float64Array(count)),
  },
];

/** The same two shapes for each of `count` values, so that a fill can be cut anywhere. */
function shapesFor(count: number): [Float64Array, Float64Array] {
  return [new Float64Array(count).fill(0.9), new Float64Array(count).fill(3)];
}

/** Values in a block (assembly/distributions/sampler.ts). */
const BLOCK = 1024;
/** The facade cuts longer fills into kernel calls of this many values. */
const CALL = 8192;
const RUN = { seed: 20260101, numRuns: 40 } as const;

const seeds = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const lengths = fc.array(fc.integer({ min: 0, max: 1500 }), { maxLength: 8 });

describe.each(CASES)('$name', ({ into, make }) => {
  test('is one sequence, however a fill is split', () => {
    fc.assert(
      fc.property(seeds, lengths, (seed, splits) => {
        const total = splits.reduce((sum, count) => sum + count, 0);
        const whole = make(new Sampler({ seed }), total);
        const pieces = new Float64Array(total);
        const sampler = new Sampler({ seed });
        let start = 0;
        for (const count of splits) {
          into(sampler, pieces.subarray(start, start + count));
          start += count;
        }
        expect(pieces).toEqual(whole);
      }),
      RUN,
    );
  });

  test('is the same beyond the length of a kernel call', () => {
    const count = 2 * CALL + BLOCK + 1;
    const whole = make(new Sampler({ seed: 4 }), count);
    const sampler = new Sampler({ seed: 4 });
    const first = make(sampler, CALL - 1);
    const rest = make(sampler, count - CALL + 1);
    expect(whole).toEqual(Float64Array.from([...first, ...rest]));
  });

  test('gives one seed one sequence and another seed another', () => {
    fc.assert(
      fc.property(seeds, seeds, (seed, other) => {
        const draws = make(new Sampler({ seed }), 50);
        expect(make(new Sampler({ seed }), 50)).toEqual(draws);
        if (other !== seed) expect(make(new Sampler({ seed: other }), 50)).not.toEqual(draws);
      }),
      RUN,
    );
  });

  test('fills the target it is given, and returns it', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 0, max: 2000 }), (seed, count) => {
        const target = new Float64Array(count + 2).fill(-7);
        const part = target.subarray(1, count + 1);
        expect(into(new Sampler({ seed }), part)).toBe(part);
        expect(part).toEqual(make(new Sampler({ seed }), count));
        expect([target[0], target[count + 1]]).toEqual([-7, -7]);
      }),
      RUN,
    );
  });

  test('starts the next block after another distribution', () => {
    const others = CASES.filter((other) => other.make !== make);
    fc.assert(
      fc.property(
        seeds,
        fc.constantFrom(...others),
        fc.integer({ min: 1, max: 3 * BLOCK }),
        (seed, other, count) => {
          const sampler = new Sampler({ seed });
          other.make(sampler, count);
          const blocks = Math.ceil(count / BLOCK);
          const sequence = make(new Sampler({ seed }), blocks * BLOCK + 20);
          expect(make(sampler, 20)).toEqual(sequence.subarray(blocks * BLOCK));
        },
      ),
      RUN,
    );
  });
});

test('other parameters of one distribution start the next block too', () => {
  const sampler = new Sampler({ seed: 9 });
  sampler.beta(8, 3, 10);
  const next = sampler.beta(8, 4, 5);
  const sequence = new Sampler({ seed: 9 }).beta(8, 4, BLOCK + 5);
  expect(next).toEqual(sequence.subarray(BLOCK));
});

test('a value depends on seed, place and parameters alone: any run of fills, refused ones between', () => {
  const seed = 31n;
  /** Longest sequence a run of steps can reach. */
  const reach = 12 * (2 * BLOCK);
  const sequences = CASES.map(({ make }) => make(new Sampler({ seed }), reach));
  const step = fc.record({
    which: fc.nat({ max: CASES.length - 1 }),
    count: fc.oneof(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: BLOCK + 300 })),
    isRefusedFirst: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const sampler = new Sampler({ seed });
      let place = 0;
      let last = -1;
      for (const { which, count, isRefusedFirst } of steps) {
        if (isRefusedFirst) expect(() => sampler.beta(NaN, 1, 9, { method: 'table' })).toThrow();
        if (count > 0 && which !== last) {
          place = Math.ceil(place / BLOCK) * BLOCK;
          last = which;
        }
        const values = CASES[which]!.make(sampler, count);
        expect(values).toEqual(sequences[which]!.slice(place, place + count));
        place += count;
      }
    }),
    { seed: 7, numRuns: 150 },
  );
});

describe('Betas of given shapes', () => {
  const shape = fc.oneof(
    fc.constantFrom(1, 1e15, 1e-3, 1e-300, 1.0000001),
    fc.double({ min: 0.05, max: 200, noNaN: true }),
  );
  const pairs = fc.array(fc.tuple(shape, shape), { minLength: 1, maxLength: 700 });
  const arraysOf = (list: readonly (readonly [number, number])[]) =>
    [0, 1].map((k) => Float64Array.from(list, (pair) => pair[k]!)) as [Float64Array, Float64Array];

  test('do not depend on how a fill is cut', () => {
    fc.assert(
      fc.property(seeds, pairs, fc.array(fc.nat({ max: 300 })), (seed, list, cuts) => {
        const [alphas, betas] = arraysOf(list);
        const whole = new Sampler({ seed }).betaInto(alphas, betas, new Float64Array(list.length));
        const sampler = new Sampler({ seed });
        const pieces: number[] = [];
        for (const count of [...cuts, list.length]) {
          const part = [alphas, betas].map((all) =>
            all.slice(pieces.length, pieces.length + count),
          );
          const out = new Float64Array(part[0]!.length);
          pieces.push(...sampler.betaInto(part[0]!, part[1]!, out));
        }
        expect(pieces).toEqual([...whole]);
      }),
      RUN,
    );
  });

  test('are those of one posterior where both shapes are at least 1, whatever stands beside them', () => {
    const parameters = fc.tuple(
      fc.double({ min: 1, max: 1e6, noNaN: true }),
      fc.double({ min: 1, max: 1e6, noNaN: true }),
    );
    fc.assert(
      fc.property(seeds, parameters, pairs, (seed, [a, b], list) => {
        // Every second pair is (a, b), the others are anything.
        const [alphas, betas] = arraysOf(list.map((pair, i) => (i % 2 ? [a, b] : pair)));
        const own = new Sampler({ seed }).betaInto(alphas, betas, new Float64Array(list.length));
        const common = new Sampler({ seed }).beta(a, b, list.length);
        const odd = (_: number, i: number) => i % 2 === 1;
        expect(own.filter(odd)).toEqual(common.filter(odd));
      }),
      RUN,
    );
  });

  test('are the same beyond the length of a kernel call', () => {
    const count = 2 * CALL + 3;
    const shapes = Float64Array.from({ length: count + 7 }, (_, i) => 1 + (i % 7));
    const [alphas, betas] = [shapes.slice(0, count), shapes.slice(7)];
    const whole = new Sampler({ seed: 4 }).betaInto(alphas, betas, new Float64Array(count));
    const sampler = new Sampler({ seed: 4 });
    const pieces = [0, CALL - 1, count].slice(1).map((end, i) => {
      const start = [0, CALL - 1][i]!;
      const out = new Float64Array(end - start);
      return sampler.betaInto(alphas.slice(start, end), betas.slice(start, end), out);
    });
    expect(whole).toEqual(Float64Array.from([...pieces[0]!, ...pieces[1]!]));
  });

  test('leave their shapes as they are, which may share a buffer', () => {
    const both = Float64Array.from([2, 0.5, 3, 4, 1, 9]);
    const out = new Float64Array(3);
    new Sampler({ seed: 5 }).betaInto(both.subarray(0, 3), both.subarray(3), out);
    expect([...both]).toEqual([2, 0.5, 3, 4, 1, 9]);
    const apart = new Float64Array(3);
    new Sampler({ seed: 5 }).betaInto(Float64Array.of(2, 0.5, 3), Float64Array.of(4, 1, 9), apart);
    expect(out).toEqual(apart);
  });
});

test('the same parameters go on where they stopped, with no draws in between', () => {
  const sampler = new Sampler({ seed: 9 });
  sampler.beta(8, 3, 10);
  sampler.betaInto(8, 3, new Float64Array(0));
  sampler.normalInto(0, 1, new Float64Array(0));
  const sequence = new Sampler({ seed: 9 }).beta(8, 3, 15);
  expect(sampler.beta(8, 3, 5)).toEqual(sequence.subarray(10));
});

test('samplers do not share state', () => {
  const [one, two] = [new Sampler({ seed: 2 }), new Sampler({ seed: 2 })];
  const first = one.normal(0, 1, 30);
  expect(two.normal(0, 1, 30)).toEqual(first);
});

test('a seed that is not given is drawn afresh', () => {
  // Two equal fresh seeds have probability 2^-64.
  expect(new Sampler().uniform(0, 1, 4)).not.toEqual(new Sampler().uniform(0, 1, 4));
});
