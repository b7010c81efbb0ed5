// Latencies: reports of every kind, distributions, fits in passes, merging, decisions and replays that mind them.
import { block, learn } from './evidence.mjs';
import { halves } from './recorder.mjs';

/** A block of `models`, two a provider, after `reports` reports of five kinds. */
function latencies(kernel, name, { models = 3, halfLife = Infinity, reports = 40, from = 0 } = {}) {
  const groups = Math.ceil(models / 2);
  const bytes = kernel.call('latency_bytes', models, groups);
  const latency = kernel.allocate(name, bytes);
  kernel.call('latency_init', latency, models, groups, halfLife);
  for (let model = 0; model < models; model++)
    kernel.call('latency_set_group', latency, model, model >> 1);
  for (let i = from; i < from + reports; i++) {
    const ms = 300 + 97 * ((i * 7) % 11) + 900 * (i % models);
    const first = i % 5 < 2 ? NaN : ms / (2 + (i % 3));
    const tokens = i % 5 === 1 || i % 5 === 3 ? NaN : (i * 13) % 400;
    kernel.call('latency_observe', latency, latency, i % models, ms, first, tokens, i);
  }
  return { latency, bytes, models, groups };
}

/** Distributions of every model, tokens learned, forecast and known, with probabilities and quantiles. */
function read(kernel, { latency, models }) {
  const out = kernel.allocate(`out of ${latency.name}`, 48);
  for (let model = 0; model < models; model++) {
    for (const [tokens, upper] of [
      [NaN, NaN],
      [150, 420],
      [3, 3],
      [0, 0],
    ]) {
      kernel.call('latency_forecast', latency, model, tokens, upper, out);
      kernel.read(out, 'f64', 6);
    }
    for (const x of [-1, 0, 250, 2000, 1e6, Infinity, NaN]) kernel.call('latency_cdf', out, x);
    for (const p of [0.025, 0.5, 0.9]) kernel.call('latency_quantile', out, p);
  }
}

function decisions(kernel, policy, { arms = 3, asked = true } = {}) {
  const rows = 6;
  const world = block(kernel, { arms });
  learn(kernel, world, 40);
  const { latency } = latencies(kernel, 'latency', { models: arms, halfLife: 16 });
  kernel.call('latency_set_policy', latency, ...policy);
  const each = (value) => Array.from({ length: rows }, (_, i) => value(i));
  const place = (name, type, bytes, values) => {
    const address = kernel.allocate(name, values.length * bytes);
    kernel.write(address, type, values);
    return address;
  };
  const segments = place(
    'segments',
    'u32',
    4,
    each((i) => i % world.segments),
  );
  const tokens = place(
    'tokens',
    'f64',
    8,
    each((i) => 100 * i),
  );
  const clocks = place(
    'clocks',
    'f64',
    8,
    each((i) => 41 + 5 * i),
  );
  // Row 0: none eligible; row 1: one; then all.
  const masks = place(
    'masks',
    'u8',
    1,
    each((i) => i).flatMap((i) =>
      Array.from({ length: arms }, (_, arm) => Number(i > 1 || arm < i)),
    ),
  );
  const scratch = kernel.allocate(
    'propensity scratch',
    kernel.call('propensity_scratch_bytes', arms),
  );
  const propensities = asked ? kernel.allocate('propensities', rows * arms * 8) : 0;
  const out = kernel.allocate('out', rows * 80);
  const key = [...halves(42), ...halves(7)];
  const inputs = [segments, tokens, clocks, masks, 20, 1, 0, 0, scratch, propensities, latency];
  const { evidence, scratch: own } = world;
  kernel.call('decide_batch_floored', evidence, own, ...key, rows, ...inputs, 0, out);
  kernel.read(out, 'f64', rows * 10);
  kernel.read(masks, 'u8', rows * arms);
  if (asked) kernel.read(propensities, 'f64', rows * arms);
}

function replayed(kernel, halfLife) {
  const rows = 400;
  const arms = 3;
  const { evidence, scratch, segments, bytes } = block(kernel, { arms });
  const own = latencies(kernel, 'latency', { models: arms, halfLife, reports: 0 });
  kernel.call('latency_set_policy', own.latency, 1e-4, 2500, 0.9, 5);
  const filled = (name, options) => {
    const address = kernel.allocate(name, options.count * 8);
    kernel.writeUniform(address, options);
    return address;
  };
  const order = kernel.allocate('order', rows * 4);
  const segmentOf = kernel.allocate('segments', rows * 4);
  kernel.writeIntegers(order, { seed: 1, count: rows, below: rows });
  kernel.writeIntegers(segmentOf, { seed: 2, count: rows, below: segments });
  const count = rows * arms;
  const table = [
    filled('tokens', { seed: 3, count: rows, low: -100, high: 900 }),
    filled('quality', { seed: 4, count, low: 0, high: 1 }),
    filled('cost', { seed: 5, count, low: 0, high: 2 ** -8 }),
  ];
  const latencyMs = filled('latencies', { seed: 6, count, low: 100, high: 4000 });
  const outputTokens = filled('output tokens', { seed: 7, count, low: 1, high: 500 });
  const chosen = kernel.allocate('chosen', rows * 4);
  const key = [...halves(5), 0, rows];
  const timed = [50, 1, 0, own.latency, latencyMs, outputTokens, 0, 0, 0, chosen];
  kernel.call('replay_run', evidence, scratch, ...key, order, segmentOf, ...table, ...timed);
  kernel.read(chosen, 'u32', 8);
  kernel.hash(chosen, rows * 4);
  kernel.hash(evidence, bytes);
  kernel.hash(own.latency, own.bytes);
}

export function record(vector) {
  vector('latencies before any report', (kernel) =>
    read(kernel, latencies(kernel, 'latency', { reports: 0 })),
  );
  vector('latencies of one model', (kernel) =>
    read(kernel, latencies(kernel, 'latency', { models: 1, reports: 1 })),
  );
  vector('latencies of five models, forgetting across landmarks', (kernel) =>
    read(kernel, latencies(kernel, 'latency', { models: 5, halfLife: 0.5, reports: 90 })),
  );
  vector('latencies merged', (kernel) => {
    const one = latencies(kernel, 'one', { halfLife: 1 });
    const other = latencies(kernel, 'other', { halfLife: 1, from: 100 });
    kernel.call('latency_merge', one.latency, other.latency);
    kernel.hash(one.latency, one.bytes);
    read(kernel, one);
  });
  vector('latencies fitted in a second pass', (kernel) => {
    const before = latencies(kernel, 'before', {});
    const after = latencies(kernel, 'after', { reports: 0 });
    kernel.call('latency_observe', after.latency, before.latency, 1, 1234, NaN, NaN, 0);
    kernel.call('latency_observe', after.latency, before.latency, 1, 777, NaN, 30, 0);
    read(kernel, after);
  });
  vector('decisions with a price of time', (kernel) => decisions(kernel, [1e-4, Infinity, 0, 0]));
  vector('decisions under a latency limit', (kernel) => decisions(kernel, [0, 2500, 0.8, 2]));
  vector('decisions under a limit that none keeps, of four arms', (kernel) =>
    decisions(kernel, [1e-5, 10, 0.95, 0], { arms: 4, asked: false }),
  );
  vector('replay with latencies', (kernel) => replayed(kernel, Infinity));
  vector('replay with latencies, forgetting', (kernel) => replayed(kernel, 10));
}
