// The replay loop and the bootstrap.
import { block } from './evidence.mjs';
import { halves } from './recorder.mjs';

/** Replays positions [from, to) in each of `runs` on a table of `rows` requests. */
function replayed(kernel, world, { rows, runs, costWeight, explorationScale, knownCost }) {
  const { evidence, scratch, arms, segments, bytes } = world;
  const order = kernel.allocate('order', rows * 4);
  const segmentOf = kernel.allocate('segments', rows * 4);
  const tokens = kernel.allocate('tokens', rows * 8);
  const quality = kernel.allocate('quality', rows * arms * 8);
  const cost = kernel.allocate('cost', rows * arms * 8);
  const chosen = kernel.allocate('chosen', rows * 4);
  kernel.writeIntegers(order, { seed: 1, count: rows, below: rows });
  kernel.writeIntegers(segmentOf, { seed: 2, count: rows, below: segments });
  kernel.writeUniform(tokens, { seed: 3, count: rows, low: -100, high: 900 });
  kernel.writeUniform(quality, { seed: 4, count: rows * arms, low: 0, high: 1 });
  kernel.writeUniform(cost, { seed: 5, count: rows * arms, low: 0, high: 2 ** -8 });
  const known = knownCost ? kernel.allocate('known', arms * 8) : 0;
  if (knownCost) kernel.write(known, 'f64', knownCost);
  for (const [from, to] of runs) {
    const table = [order, segmentOf, tokens, quality, cost];
    const weights = [costWeight, explorationScale, known, 0, 0, 0, 0, 0, 0, chosen];
    kernel.call(
      'replay_run',
      evidence,
      scratch,
      ...halves(2n ** 40n),
      from,
      to,
      ...table,
      ...weights,
    );
  }
  kernel.read(chosen, 'u32', 8);
  kernel.hash(chosen, rows * 4);
  kernel.hash(evidence, bytes);
}

const RUNS = [
  ['in one go', { arms: 5 }, { rows: 600, runs: [[0, 600]] }],
  [
    'in pieces, one of them empty',
    { arms: 5 },
    {
      rows: 600,
      runs: [
        [0, 1],
        [1, 1],
        [1, 600],
      ],
    },
  ],
  ['that forgets', { arms: 2, halfLife: 8 }, { rows: 1500, runs: [[0, 1500]] }],
  ['by means at known costs', { arms: 3 }, { explorationScale: 0, knownCost: [0.001, 0, 0.002] }],
];

export function record(vector) {
  for (const [name, shape, options] of RUNS) {
    vector(`replay ${name}`, (kernel) => {
      const usual = { rows: 300, runs: [[0, 300]], costWeight: 50, explorationScale: 1 };
      replayed(kernel, block(kernel, shape), { ...usual, ...options });
    });
  }

  vector('bootstrap counts and sums of 1, 2 and 1,000 rows', (kernel) => {
    const stream = kernel.allocate('stream', kernel.call('stream_bytes'));
    const counts = kernel.allocate('counts', 1000 * 32);
    const panel = kernel.allocate('panel', 1000 * 64);
    const out = kernel.allocate('out', 256);
    kernel.writeUniform(panel, { seed: 9, count: 8000, low: -1, high: 1 });
    for (const [rows, seed, group] of [
      [1, 0, 0],
      [2, 2n ** 64n - 1n, 2 ** 32 - 1],
      [1000, 7, 3],
    ]) {
      kernel.call('bootstrap_counts', stream, ...halves(seed), group, rows, counts);
      kernel.hash(counts, rows * 32);
      kernel.call('bootstrap_sums', rows, counts, panel, out);
      kernel.read(out, 'f64', 32);
    }
    kernel.call('bootstrap_sums', 0, counts, panel, out);
    kernel.read(out, 'f64', 2);
  });
}
