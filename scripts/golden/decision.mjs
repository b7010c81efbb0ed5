// Decisions in batches, and the row-wise choice.
import { block, learn } from './evidence.mjs';
import { halves } from './recorder.mjs';

const RECORD_BYTES = 48;

/** A batch of `rows` decisions on a world; every field of every record is recorded. */
function decide(kernel, world, { rows = 12, masked = false, seed = 42, sequence = 0, ...options }) {
  const { costWeight = 100, explorationScale = 1, clock = 300 } = options;
  const segments = kernel.allocate('segments', rows * 4);
  const tokens = kernel.allocate('tokens', rows * 8);
  const clocks = kernel.allocate('clocks', rows * 8);
  const masks = masked ? kernel.allocate('masks', rows * world.arms) : 0;
  const out = kernel.allocate('out', rows * RECORD_BYTES);
  const each = (value) => Array.from({ length: rows }, (_, i) => value(i));
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
    each((i) => clock + i),
  );
  if (masked)
    kernel.write(
      masks,
      'u8',
      each((i) => i).flatMap((i) => maskOf(i, world.arms)),
    );
  const key = [...halves(seed), ...halves(sequence)];
  const inputs = [segments, tokens, clocks, masks];
  const { evidence, scratch } = world;
  const weights = [costWeight, explorationScale];
  kernel.call('decide_batch', evidence, scratch, ...key, rows, ...inputs, ...weights, 0, out);
  if (rows > 12) kernel.hash(out, rows * RECORD_BYTES);
  else kernel.read(out, 'f64', rows * 6);
}

/** Row 0: none eligible, row 1: one, then ever more. */
function maskOf(row, arms) {
  return Array.from({ length: arms }, (_, arm) => Number((arm + row) % arms < row));
}

const BATCHES = [
  ['of an untaught block', {}, 0, {}],
  ['of five arms', {}, 30, {}],
  ['of five arms, quality alone', {}, 30, { costWeight: 0 }],
  ['of one arm', { arms: 1 }, 5, {}],
  ['with masks', {}, 30, { masked: true }],
  ['with masks over forty arms', { arms: 40 }, 60, { masked: true }],
  ['by posterior means', {}, 30, { explorationScale: 0 }],
  ['with spread reduced and widened to shapes below 1', {}, 30, { explorationScale: 0.25 }],
  ['with spread widened to shapes below 1', {}, 30, { explorationScale: 6 }],
  ['at the largest seed and across 2^32', {}, 40, { seed: 2n ** 64n - 1n, sequence: 2 ** 32 - 6 }],
  ['at the last sequence numbers', {}, 40, { sequence: 2n ** 64n - 12n }],
  ['that forget while they run', { halfLife: 20 }, 60, { clock: 70 }],
  ['by the thousand, through wedges and slow tests', { arms: 8 }, 100, { rows: 2000, clock: 100 }],
];

export function record(vector) {
  for (const [name, shape, reports, options] of BATCHES) {
    vector(`decisions ${name}`, (kernel) => {
      const world = block(kernel, shape);
      learn(kernel, world, reports);
      decide(kernel, world, options);
    });
  }

  vector('choices from quantile tables, in calls of several sizes, one arm left out', (kernel) => {
    const arms = 3;
    const rows = 700;
    const tables = ['first', 'second', 'third'].map((name, i) => {
      const table = kernel.allocate(name, kernel.call('beta_table_bytes'));
      kernel.call(
        'beta_table_build',
        table,
        ...[
          [8, 3],
          [2, 2],
          [0.5, 0.25],
        ][i],
      );
      return table;
    });
    const list = kernel.allocate('tables', arms * 4);
    const costs = kernel.allocate('costs', rows * arms * 8);
    const out = kernel.allocate('out', rows * 4);
    const bytes = kernel.call('table_choices_scratch_bytes', arms);
    const scratch = kernel.allocate('scratch', bytes);
    kernel.writeAddresses(list, tables);
    kernel.writeUniform(costs, { seed: 6, count: rows * arms, low: 0, high: 1 });
    kernel.write(costs, 'f64', [NaN, 0.5, 0.5, NaN, NaN, NaN, 0, NaN, NaN]);
    let done = 0;
    for (const count of [1, 2, 250, 447]) {
      const key = [...halves(2n ** 63n), ...halves(2n ** 32n - 300n + BigInt(done))];
      const places = [list, costs.plus(done * arms * 8), 0.75, scratch, out.plus(done * 4)];
      kernel.call('choices_from_tables', ...key, count, arms, ...places);
      done += count;
    }
    kernel.read(out, 'u32', 8);
    kernel.hash(out, rows * 4);
  });

  vector('best arm: ties to the cheaper, then the lower; NaN never wins; masks', (kernel) => {
    const quality = kernel.allocate('quality', 72);
    const cost = kernel.allocate('cost', 72);
    const mask = kernel.allocate('mask', 9);
    const out = kernel.allocate('out', 12);
    kernel.write(quality, 'f64', [0.5, 0.5, 0.5, NaN, 0.25, NaN, -Infinity, Infinity, 0.75]);
    kernel.write(cost, 'f64', [0.25, 0.125, 0.125, 0, 0, 0, 0, 0, 1]);
    const choose = (rows, arms, masks, costWeight) => {
      const inputs = [quality, cost, 0, masks, costWeight, 0];
      kernel.call('argmax_utility', rows, arms, ...inputs, out);
      kernel.read(out, 'u32', rows);
    };
    choose(3, 3, 0, 0);
    choose(3, 3, 0, 1);
    kernel.write(mask, 'u8', [1, 0, 1, 1, 0, 1, 1, 0, 0]);
    choose(3, 3, mask, 0);
    choose(2, 4, 0, 0.5);
    choose(3, 1, 0, 1);
  });

  vector('best arm of 500 rows with uncertainty, seventy arms', (kernel) => {
    const [rows, arms] = [500, 70];
    const count = rows * arms;
    const arrays = ['quality', 'cost', 'uncertainty'].map((name, i) => {
      const array = kernel.allocate(name, count * 8);
      kernel.writeUniform(array, { seed: 11 + i, count, low: 0, high: 1 });
      return array;
    });
    const mask = kernel.allocate('mask', count);
    kernel.writeIntegers(mask, { seed: 5, count: count / 4, below: 65536 });
    const out = kernel.allocate('out', rows * 4);
    for (const risk of [0, 0.3]) {
      for (const masks of [0, mask]) {
        const inputs = [...arrays, masks, 0.6, risk];
        kernel.call('argmax_utility', rows, arms, ...inputs, out);
        kernel.read(out, 'u32', 8);
        kernel.hash(out, rows * 4);
      }
    }
  });
}
