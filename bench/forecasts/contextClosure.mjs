// What the prompt tells on ../shared/data/reasoning-gym-easy: the context block learns all outcomes of 4/5 of the table and chooses on the rest, by means. Closure: share of
// the gap between the best fixed model and the oracle of the held-out requests, at 0.01 USD; with costs forecast from the prompt, and as the table has them.
//
//   npm run build && node bench/forecasts/contextClosure.mjs [--splits N] [--seed S] [--table FILE.jsonl.gz]
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { PromptEncoder } from '../../dist/index.js';

const { values } = parseArgs({
  options: {
    splits: { type: 'string', default: '20' },
    seed: { type: 'string', default: '101' },
    table: {
      type: 'string',
      default: new URL('../../../shared/data/reasoning-gym-easy.jsonl.gz', import.meta.url)
        .pathname,
    },
  },
});
const COST_WEIGHT = 100;

const requests = gunzipSync(readFileSync(values.table))
  .toString('utf8')
  .split('\n')
  .filter((line) => line.trim() !== '')
  .map((line) => JSON.parse(line));
const first = (outcome) => (Array.isArray(outcome) ? outcome[0] : outcome);
const known = (request, model) => first(request.outcomes[model])?.quality !== undefined;
const models = [...new Set(requests.flatMap(({ outcomes }) => Object.keys(outcomes)))]
  .filter((model) => requests.filter((one) => known(one, model)).length >= 0.95 * requests.length)
  .sort();
const families = JSON.parse(
  readFileSync(values.table.replace('.jsonl.gz', '.models.json'), 'utf8'),
);
const names = [...new Set(models.map((model) => families[model].family))];
const table = requests.filter((one) => models.every((model) => known(one, model)));
const arms = models.length;

const module = new WebAssembly.Module(
  readFileSync(new URL('../../dist/kernel.wasm', import.meta.url)),
);

function shuffled(seed) {
  let state = seed >>> 0;
  const random = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const order = table.map((_, i) => i);
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

/** Closures of one split: costs forecast, costs known. */
function closures(seed) {
  const order = shuffled(seed);
  const cut = Math.floor((order.length * 4) / 5);
  const [train, held] = [order.slice(0, cut), order.slice(cut)].map((rows) =>
    rows.map((row) => table[row]),
  );
  const encoder = new PromptEncoder();
  for (const { prompt } of train) encoder.observe(prompt);
  const kernel = new WebAssembly.Instance(module).exports;
  const d = kernel.encoder_features();
  const context = kernel.allocate(kernel.context_bytes(d, arms));
  const scratch = kernel.allocate(kernel.context_scratch_bytes(d, arms));
  const x = kernel.allocate((d + 2) * 8);
  const costs = kernel.allocate(arms * 8);
  const view = (address, length) => new Float64Array(kernel.memory.buffer, address, length);
  kernel.context_init(context, d, d, arms, 1, Infinity, 0.5);
  models.forEach((model, arm) => {
    kernel.context_set_family(context, arm, names.indexOf(families[model].family));
    const mean = train.reduce((sum, one) => sum + first(one.outcomes[model]).costUsd, 0);
    view(costs, arms)[arm] = mean / train.length;
  });
  const features = encoder.encodeAll(train.map(({ prompt }) => prompt));
  const learn = (later) => {
    train.forEach(({ outcomes }, row) => {
      view(x, d).set(features.subarray(row * d, (row + 1) * d));
      models.forEach((model, arm) => {
        const { quality, costUsd } = first(outcomes[model]);
        kernel.context_observe(context, scratch, arm, x, quality, costUsd, 0, costs, later);
      });
    });
  };
  learn(0);
  const test = encoder.encodeAll(held.map(({ prompt }) => prompt));
  const utility = held.map(({ outcomes }) =>
    models.map((model) => {
      const { quality, costUsd } = first(outcomes[model]);
      return quality - COST_WEIGHT * costUsd;
    }),
  );
  const best = (numbers) => numbers.indexOf(Math.max(...numbers));
  const sums = { forecast: 0, known: 0, oracle: 0 };
  held.forEach(({ outcomes }, row) => {
    view(x, d).set(test.subarray(row * d, (row + 1) * d));
    kernel.context_predict(context, scratch, x, 0, costs);
    const [means, expected] = [0, 2].map((i) => [
      ...view(kernel.context_array(context, scratch, i), arms),
    ]);
    const own = utility[row];
    sums.forecast += own[best(means.map((mean, arm) => mean - COST_WEIGHT * expected[arm]))];
    sums.known +=
      own[
        best(means.map((mean, arm) => mean - COST_WEIGHT * first(outcomes[models[arm]]).costUsd))
      ];
    sums.oracle += Math.max(...own);
  });
  const fixed = Math.max(
    ...models.map((_, arm) => utility.reduce((sum, own) => sum + own[arm], 0)),
  );
  const closed = (sum) => (sum - fixed) / (sums.oracle - fixed);
  return [closed(sums.forecast), closed(sums.known)];
}

const splits = Array.from({ length: Number(values.splits) }, (_, i) =>
  closures(Number(values.seed) + i),
);
['costs forecast from the prompt', 'costs as the table has them'].forEach((name, i) => {
  const all = splits.map((split) => split[i]);
  const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
  const sd = Math.sqrt(all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (all.length - 1));
  console.log(
    `${name}: closure ${mean.toFixed(3)} ± ${(sd / Math.sqrt(all.length)).toFixed(3)} (${all.length} splits)`,
  );
});
