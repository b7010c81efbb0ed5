// The composite reward.

const WEIGHTS = [0.5, 0.3, 0.2];

/** Validity, latency, no retry, weights, midpoint, scale. */
const CASES = [
  [1, 450, 1, ...WEIGHTS, 2000, 600],
  [1, 2000, 0, ...WEIGHTS, 2000, 600],
  [0.25, 0, 0.5, ...WEIGHTS, 2000, 600],
  [0, 1e6, 0, ...WEIGHTS, 2000, 600],
  [1, Infinity, 1, ...WEIGHTS, 2000, 600],
  [0.7, NaN, 1, ...WEIGHTS, 2000, 600],
  [1 / 3, 1234.5678, 1, 1, 1e-3, 1e3, 1e-3, 1e9],
  [1, 2000.0001, 1, 0, 1, 0, 2000, 1e-9],
];

export function record(vector) {
  vector('composite rewards, the sigmoid at its middle and both ends', (kernel) => {
    for (const values of CASES) kernel.call('composite_reward', ...values);
  });
}
