/**
 * Strategy: the judges of this lane find what they shall find: draws of a slightly different distribution, at the sizes and the level
 * of the lane. What is stated here is what a pass of beta.test.ts and gamma.test.ts means.
 * Not tested here: any sampler.
 */
import { expect, test } from 'vitest';
import type { Sampler } from '../../src/random/sampler';
import { judgeBinned, judgeSorted, passes, type Verdict } from './judge';
import { betaPoints, gammaPoints, otherPoints, type Point } from './points';

const points = [...betaPoints('exact'), ...gammaPoints(), ...otherPoints()];

function pointOf(name: string): Point {
  return points.find((point) => point.name === name)!;
}

/** `name` with other draws. */
function distorted(name: string, fill: (sampler: Sampler, out: Float64Array) => unknown): Point {
  return { ...pointOf(name), fill };
}

function change(out: Float64Array, every: number, to: (x: number) => number): void {
  for (let i = 0; i < out.length; i += every) out[i] = to(out[i]!);
}

const NORMAL = 'normal(0, 1)';
const BETA = 'Beta(8, 3), exact';

const ALL = ['KS', 'AD', 'chi-square'];

/** A distortion and the tests that must see it. */
const DISTORTIONS: readonly (readonly [what: string, seenBy: readonly string[], point: Point])[] = [
  [
    'a standard deviation 2 % too large',
    ALL,
    distorted(NORMAL, (s, out) => s.normalInto(0, 1.02, out)),
  ],
  [
    'a standard deviation 1 % too large',
    ['chi-square'],
    distorted(NORMAL, (s, out) => s.normalInto(0, 1.01, out)),
  ],
  [
    'a mean 1 % of a standard deviation off',
    ALL,
    distorted(NORMAL, (s, out) => s.normalInto(0.01, 1, out)),
  ],
  [
    'both Beta shapes 2 % too large',
    ['chi-square'],
    distorted(BETA, (s, out) => s.betaInto(8.16, 3.06, out)),
  ],
  ['one Beta shape 1 % too large', ALL, distorted(BETA, (s, out) => s.betaInto(8.08, 3, out))],
  [
    'a shape of a million at 1,000,020',
    ALL,
    distorted('Gamma(1000000)', (s, out) => s.gammaInto(1e6 + 20, 3, out)),
  ],
  ['a shape of 0.3 at 0.303', ALL, distorted('Gamma(0.3)', (s, out) => s.gammaInto(0.303, 3, out))],
  [
    'a tail beyond 3.6 folded in: 3 draws in 10,000',
    ['chi-square'],
    distorted(NORMAL, (s, out) => {
      s.normalInto(0, 1, out);
      change(out, 1, (x) => (Math.abs(x) > 3.6 ? x / 2 : x));
    }),
  ],
  [
    'a fiftieth of the draws rounded to thousandths',
    ['chi-square'],
    distorted(BETA, (s, out) => {
      s.betaInto(8, 3, out);
      change(out, 50, (x) => Math.round(x * 1000) / 1000);
    }),
  ],
];

function failing(point: Point): string[] {
  const { kolmogorovSmirnov, andersonDarling } = judgeSorted(point, 51);
  const verdicts: [string, Verdict][] = [
    ['KS', kolmogorovSmirnov],
    ['AD', andersonDarling],
    ['chi-square', judgeBinned(point, 52)],
  ];
  console.log(
    verdicts
      .map(([name, { statistic, largest }]) => `${name} ${(statistic / largest).toFixed(2)}`)
      .join(', '),
  );
  return verdicts.filter(([, verdict]) => !passes(verdict)).map(([name]) => name);
}

test.each(DISTORTIONS)('%s is found', (_, seenBy, point) => {
  expect(failing(point)).toEqual(expect.arrayContaining([...seenBy]));
});

test('NaN among the draws is found', () => {
  const point = distorted(NORMAL, (s, out) => {
    s.normalInto(0, 1, out);
    out[0] = NaN;
  });
  expect(failing(point).length).toBeGreaterThan(0);
});

test('draws too even to be random are found', () => {
  let next = 0;
  const even = distorted('uniform(0, 1)', (_, out) => {
    for (let i = 0; i < out.length; i++) out[i] = next = (next + 0.6180339887498949) % 1;
  });
  expect(failing(even)).toEqual(['chi-square']);
});
