/**
 * Strategy: laws that all distributions share, as properties over random splits, seeds and orders: a fill is a slice of one
 * sequence whatever its chunking, a seed is a sequence, a change of distribution starts the next block.
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
  {
    name: 'gamma',
    into: (sampler, out) => sampler.gammaInto(0.7, 2, out),
    make: (sampler, count) => sampler.gamma(0.7, 2, count),
  },
  {
    name: 'beta',
    into: (sampler, out) => sampler.betaInto(8, 3, out),
    make: (sampler, count) => sampler.beta(8, 3, count),
  },
];

/** Values in a block (assembly/distributions/fill.ts). */
const BLOCK = 1024;
/** The facade cuts longer fills into kernel calls of this many values. */
const CALL = 8192;
const RUN = { seed: 20260101, numRuns: 60 } as const;

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

test('the same parameters go on where they stopped, with no draws in between', () => {
  const sampler = new Sampler({ seed: 9 });
  sampler.beta(8, 3, 10);
  sampler.betaInto(8, 3, new Float64Array(0));
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
