// Decisions in batches with a floor, and the probabilities of every arm.
import { block, learn } from './evidence.mjs';
import { halves } from './recorder.mjs';

const RECORD_BYTES = 80;
const ROWS = 10;

/** A batch on a world: every field of every record, and every probability where they are asked for. */
function decide(kernel, world, { epsilon, baseline = 0, asked = true, ...options }) {
  const { explorationScale = 1, costWeight = 20, seed = 42, sequence = 0 } = options;
  const { evidence, scratch, arms } = world;
  const each = (value) => Array.from({ length: ROWS }, (_, i) => value(i));
  const segments = kernel.allocate('segments', ROWS * 4);
  const tokens = kernel.allocate('tokens', ROWS * 8);
  const clocks = kernel.allocate('clocks', ROWS * 8);
  const masks = kernel.allocate('masks', ROWS * arms);
  const propensityScratch = kernel.allocate(
    'propensity scratch',
    kernel.call('propensity_scratch_bytes', arms),
  );
  const propensities = asked ? kernel.allocate('propensities', ROWS * arms * 8) : 0;
  const out = kernel.allocate('out', ROWS * RECORD_BYTES);
  kernel.write(
    segments,
    'u32',
    each((i) => i % world.segments),
  );
  kernel.write(
    tokens,
    'f64',
    each((i) => (i % 4 === 3 ? NaN : 100 * i)),
  );
  kernel.write(
    clocks,
    'f64',
    each((i) => 300 + i),
  );
  // Row 0: none eligible, row 1: one, then ever more.
  kernel.write(
    masks,
    'u8',
    each((i) => i).flatMap((i) =>
      Array.from({ length: arms }, (_, arm) => Number((arm + i) % arms < i)),
    ),
  );
  const key = [...halves(seed), ...halves(sequence)];
  const inputs = [segments, tokens, clocks, masks, costWeight, explorationScale];
  const floor = [epsilon, baseline, propensityScratch, propensities];
  kernel.call(
    'decide_batch_floored',
    evidence,
    scratch,
    ...key,
    ROWS,
    ...inputs,
    ...floor,
    0,
    0,
    out,
  );
  kernel.read(out, 'f64', ROWS * 10);
  if (asked) kernel.read(propensities, 'f64', ROWS * arms);
}

const BATCHES = [
  ['without a floor', {}, { epsilon: 0 }],
  ['with a uniform floor', {}, { epsilon: 0.4 }],
  ['with a floor by cost', {}, { epsilon: 0.4, baseline: 1 }],
  ['by the floor alone, across 2^32', {}, { epsilon: 1, sequence: 2 ** 32 - 5 }],
  ['with a floor, probabilities not asked for', {}, { epsilon: 0.4, asked: false }],
  ['by posterior means, with a floor', {}, { epsilon: 0.2, explorationScale: 0 }],
  ['with shapes outside the stated accuracy', {}, { epsilon: 0.1, explorationScale: 30 }],
  ['of twelve arms', { arms: 12 }, { epsilon: 0.1, baseline: 1 }],
];

export function record(vector) {
  for (const [name, shape, options] of BATCHES) {
    vector(`decisions ${name}`, (kernel) => {
      const world = block(kernel, shape);
      learn(kernel, world, 40);
      decide(kernel, world, options);
    });
  }
}
