// The tree of regressions and the forecasts made from it: rows of several models and prompts, rebuilds, decay, residuals, predictions, merging, mixtures.

const D = 6;
const FAMILIES = [0, 0, 1];
/** Byte offsets in the header (assembly/hierarchy/layout.ts). */
const HEADER = 32;
const HEADER_NUMBERS = 29;

function rows(kernel, count, seed = 1) {
  const x = kernel.allocate(`x${seed}`, count * D * 8 + 16);
  kernel.writeUniform(x, { seed, count: count * D, low: -1, high: 2 });
  for (let i = 0; i < count; i++) kernel.write(x.plus(i * D * 8), 'f64', [1]);
  return x;
}

function block(kernel, { halfLife = Infinity, models = FAMILIES.length, name = 'tree' } = {}) {
  const tree = kernel.allocate(name, kernel.call('tree_bytes', D, models));
  kernel.call('tree_init', tree, D, FAMILIES.length, 2, 3, halfLife, 1, 30);
  FAMILIES.forEach((family, model) => kernel.call('tree_set_model', tree, model, family));
  const work = {
    tree,
    rebuild: kernel.allocate(`${name} rebuild`, kernel.call('tree_rebuild_bytes', tree)),
    scratch: kernel.allocate(`${name} scratch`, kernel.call('tree_predict_bytes', tree)),
  };
  kernel.call('tree_rebuild', tree, work.rebuild, 0);
  return work;
}

/** Every row of the first two models, every second of the third, with its residual beforehand; two rows a prompt. */
function learn(kernel, { tree, scratch }, x, count, clocked) {
  for (let i = 0; i < count; i++) {
    const at = x.plus((i >> 1) * D * 8);
    const model = i % 4 === 3 ? 2 : i % 2;
    const y = 4 + ((i * 7) % 5) / 4 + model;
    const clock = clocked ? i * 1.5 : NaN;
    kernel.call('tree_score', tree, scratch, model, at, y, clock, 1, 0);
    kernel.call('tree_observe', tree, scratch, model, at, y, clock, i % 3 === 0 ? 0.5 : 1);
  }
}

function predict(kernel, { tree, scratch }, x) {
  const out = kernel.allocate('predicted', 8 * 9);
  const [mean, epistemic, noise] = [0, 24, 48].map((offset) => out.plus(offset));
  kernel.call('tree_predict_all', tree, scratch, x, 0, mean, epistemic, noise);
  kernel.read(out, 'f64', 9);
  const mask = kernel.allocate('mask', 8);
  kernel.write(mask, 'u8', [0, 1, 0]);
  kernel.call('tree_predict_all', tree, scratch, x.plus(D * 8), mask, mean, epistemic, 0);
  kernel.read(out, 'f64', 9);
  kernel.call('tree_predict', tree, scratch, -1, x, out);
  kernel.read(out, 'f64', 2);
}

function header(kernel, { tree }) {
  kernel.read(tree.plus(HEADER), 'f64', HEADER_NUMBERS);
}

export function record(vector) {
  vector('tree without rows', (kernel) => {
    const work = block(kernel);
    predict(kernel, work, rows(kernel, 2));
  });

  for (const halfLife of [Infinity, 20]) {
    vector(
      `tree, half-life ${halfLife}: learnt, rebuilt, learnt on, advanced, merged`,
      (kernel) => {
        const work = block(kernel, { halfLife });
        const x = rows(kernel, 40);
        learn(kernel, work, x, 50, halfLife < Infinity);
        kernel.call('tree_rebuild', work.tree, work.rebuild, 3);
        header(kernel, work);
        learn(kernel, work, x.plus(25 * D * 8), 20, halfLife < Infinity);
        predict(kernel, work, x);
        kernel.call('tree_advance', work.tree, 2000);
        kernel.call('tree_rebuild', work.tree, work.rebuild, 1);
        predict(kernel, work, x);
        const other = block(kernel, { halfLife, name: 'other' });
        learn(kernel, other, rows(kernel, 20, 9), 30, halfLife < Infinity);
        kernel.call('tree_merge', work.tree, other.tree);
        kernel.call('tree_rebuild', work.tree, work.rebuild, 0);
        header(kernel, work);
        predict(kernel, work, x);
      },
    );
  }

  vector('tree, what cannot be learnt, and residuals of rows learnt', (kernel) => {
    const work = block(kernel);
    const x = rows(kernel, 3);
    kernel.write(x.plus(16), 'f64', [Infinity]);
    kernel.call('tree_observe', work.tree, work.scratch, 0, x, 1, NaN, 1);
    kernel.call('tree_score', work.tree, work.scratch, 0, x, 1, NaN, 1, 0);
    const good = x.plus(D * 8);
    kernel.call('tree_observe', work.tree, work.scratch, 0, good, Infinity, NaN, 1);
    kernel.call('tree_observe', work.tree, work.scratch, 0, good, 5, NaN, 1);
    kernel.call('tree_score', work.tree, work.scratch, 0, good, 5, NaN, 1, 1);
    header(kernel, work);
  });

  vector('tree, a family and a model more', (kernel) => {
    const work = block(kernel, { models: 4 });
    const x = rows(kernel, 20);
    learn(kernel, work, x, 30, false);
    kernel.call('tree_extend', work.tree, 4, 3);
    kernel.call('tree_set_model', work.tree, 3, 2);
    const rebuild = kernel.allocate('larger', kernel.call('tree_rebuild_bytes', work.tree));
    kernel.call('tree_rebuild', work.tree, rebuild, 2);
    const out = kernel.allocate('out', 16);
    for (const model of [-1, 0, 3]) {
      kernel.call('tree_predict', work.tree, work.scratch, model, x, out);
      kernel.read(out, 'f64', 2);
    }
    const record = kernel.address('record', 'tree_record', work.tree, 2);
    kernel.read(record, 'u32', 1);
    kernel.read(record.plus(8), 'f64', 9);
  });

  vector('forecasts of counts', (kernel) => {
    const work = block(kernel);
    const x = rows(kernel, 30);
    learn(kernel, work, x, 60, false);
    kernel.call('tree_rebuild', work.tree, work.rebuild, 2);
    kernel.call('forecast_fit_shapes', work.tree, kernel.allocate('shapes', 1024));
    const uppers = kernel.allocate('uppers', 24);
    const upper = kernel.call('forecast_target', 900);
    kernel.write(uppers, 'f64', [upper, kernel.call('forecast_target', 0), 20]);
    const out = kernel.allocate('forecasts', 3 * 88);
    kernel.call('forecast_models', work.tree, work.scratch, x, uppers, out);
    kernel.read(out, 'f64', 33);
    kernel.call('forecast_model', work.tree, work.scratch, -1, x, upper, out);
    kernel.read(out, 'f64', 11);
    const mixture = out.plus(32);
    for (const p of [1e-6, 0.1, 0.5, 0.975]) kernel.call('mixture_quantile', mixture, p);
    for (const count of [0, 30, 200, 1e5]) {
      kernel.call('mixture_cdf', mixture, count);
      kernel.call('mixture_crps', mixture, count);
    }
    const split = kernel.allocate('split', 80);
    kernel.call('mixture_split', mixture, 0.04, split, split.plus(64));
    kernel.read(split.plus(64), 'f64', 2);
  });
}
