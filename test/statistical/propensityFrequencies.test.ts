/** Strategy: propensities against the frequencies of 2e7 Thompson decisions by chi-square. Quick laws: test/decision/propensity.test.ts. */
import { expect, test } from 'vitest';
import { propensitiesInto, Sampler } from '../../src';
import { chiSquareCritical, thompsonCounts, type Shapes } from '../decision/thompsonCounts';

const DECISIONS = 2e7;
const LEVEL = 1e-6;
const CASES: [Shapes, number[]][] = [
  [
    [
      [8, 3],
      [6, 2],
      [1, 1],
      [20, 9],
      [15.5, 5.2],
      [3, 1],
      [2.5, 0.7],
      [120, 45],
    ],
    [0, 0.05, 0.1, 0, 0.02, 0.2, 0.1, 0],
  ],
  [
    [
      [0.5, 0.5],
      [0.7, 1.5],
      [1.3, 0.6],
    ],
    [0, 0.02, 0],
  ],
  [
    [
      [3000, 500],
      [2.2, 0.8],
      [100, 18],
    ],
    [0, 0, 0.01],
  ],
];

test.each(CASES)(
  '%j, offsets %j',
  (shapes, offsets) => {
    const counts = thompsonCounts(new Sampler({ seed: 23 }), shapes, offsets, DECISIONS);
    const p = new Float64Array(shapes.length);
    propensitiesInto(
      {
        alphas: Float64Array.from(shapes, ([a]) => a),
        betas: Float64Array.from(shapes, ([, b]) => b),
        utilityOffsets: Float64Array.from(offsets),
      },
      p,
    );
    let statistic = 0;
    p.forEach(
      (value, i) => (statistic += (counts[i]! - value * DECISIONS) ** 2 / (value * DECISIONS)),
    );
    expect(statistic).toBeLessThan(chiSquareCritical(shapes.length - 1, LEVEL / CASES.length));
  },
  600_000,
);
