/** What the samples of a run teach of every n (docs/MATH.md §29). */
import { add, at, Header, rowOf } from '../evidence/layout';
import { weightAt } from '../evidence/decay';
import { observationsPerUnit } from '../evidence/dispersion';
import { observePooled } from '../evidence/observe';
import { cellMean, poolModels } from '../evidence/pooling';
import { nextU64, seedStream, toUnit } from '../rng/stream';
import { expectedBest } from './expected';
import { advanceLevels, firstOf, levelCount, modelOf, modelsAt, orderAt, rowAt, samplesOf, scoresAt } from './layout';
import { agreement } from './levels';

/** Of the samples taken last: mean quality, mean cost. */
export const MEANS = memory.data(16, 16);

/** What n samples of a model are worth, in samples: n/(1 + (n - 1) ρ). */
function worthOf(levels: usize, model: u32, n: f64, now: f64): f64 {
  return n == 1 ? 1 : n / (1 + (n - 1) * agreement(levels, model, now));
}

/**
 * Takes the n scores in the scratch into the sums of a model: into the cells of every (model, k <= n) by the exact expectation of the
 * best of k. `sum` and `squares` are theirs, `around` is Σ (score - expected)²; `weight` is of one report.
 */
function takeScores(
  levels: usize,
  segment: u32,
  model: u32,
  n: u32,
  sum: f64,
  squares: f64,
  around: f64,
  weight: f64,
): void {
  const count = <f64>n;
  const sums = modelsAt(levels) + ((<usize>model) << 4);
  add(sums, weight * max(0, (squares - sum * (sum / count)) / (count - 1)));
  add(sums + 8, weight * (around / count));
  const scores = scoresAt(levels);
  const out = scores + ((<usize>n) << 3);
  let cell = rowAt(levels, segment);
  for (let arm: u32 = 0; arm < levelCount(levels); arm++, cell += 16) {
    const k = samplesOf(levels, arm);
    if (modelOf(levels, arm) != model || k < 2 || k > n) continue;
    expectedBest(1, n, k, scores, scores, out);
    add(cell, weight * load<f64>(out));
    add(cell + 8, weight);
  }
}

/**
 * Draws n of the `recorded` samples of a request in an order of the stream's, reads their qualities and costs (f64 arrays at the
 * addresses) and takes them in. Leaves the mean quality and cost in `MEANS` and returns the weight that they carry, in samples.
 */
export function takeSamples(
  levels: usize,
  stream: usize,
  base: u64,
  sequence: u64,
  segment: u32,
  arm: u32,
  recorded: u32,
  qualities: usize,
  costs: usize,
  expected: f64,
  now: f64,
): f64 {
  const model = modelOf(levels, arm);
  const n = samplesOf(levels, arm);
  const scores = scoresAt(levels);
  const order = orderAt(levels);
  seedStream(stream, base, sequence);
  for (let i: usize = 0; i < recorded; i++) store<u32>(order + (i << 2), <u32>i);
  let quality: f64 = 0;
  let cost: f64 = 0;
  let squares: f64 = 0;
  let around: f64 = 0;
  for (let i: usize = 0; i < n; i++) {
    // Fisher & Yates, as far as it is needed: the first n do not depend on n.
    const j = i + <usize>(toUnit(nextU64(stream)) * <f64>(<usize>recorded - i));
    const drawn = load<u32>(order + (j << 2));
    store<u32>(order + (j << 2), load<u32>(order + (i << 2)));
    const x = load<f64>(qualities + ((<usize>drawn) << 3));
    store<f64>(scores + (i << 3), x);
    quality += x;
    cost += load<f64>(costs + ((<usize>drawn) << 3));
    squares += x * x;
    around += (x - expected) * (x - expected);
  }
  store<f64>(MEANS, quality / <f64>n);
  store<f64>(MEANS, cost / <f64>n, 8);
  const worth = worthOf(levels, model, <f64>n, now);
  if (n > 1) takeScores(levels, segment, model, n, quality, squares, around, now);
  return worth;
}

/**
 * Takes the report of a run in. Either all `count` samples have their score, f64 at `scores`, in [0, 1]; or (address 0) `reward` is that of the
 * best of `count`, which says something of (model, count) only; NaN = not known. `cost` is the mean of `started` samples, NaN = not known. `means`
 * is scratch for one array of f64 an arm.
 */
export function observeRun(
  evidence: usize,
  levels: usize,
  segment: u32,
  model: u32,
  count: u32,
  scores: usize,
  reward: f64,
  started: u32,
  cost: f64,
  promptTokens: f64,
  clock: f64,
  means: usize,
): void {
  advanceLevels(evidence, levels, clock);
  const now = weightAt(evidence, load<f64>(evidence, Header.CLOCK));
  const weight = weightAt(evidence, clock);
  const perUnit = observationsPerUnit(evidence, now);
  const costWorth = weight * worthOf(levels, model, <f64>started, now);
  if (scores == 0 && count == 1) {
    scores = scoresAt(levels);
    store<f64>(scores, reward);
    if (reward != reward) count = 0;
  }
  if (scores != 0 && count > 0) {
    const effect = poolModels(evidence, rowOf(evidence, segment), now, means);
    const expected = cellMean(load<f64>(at(means, model)), effect);
    const worth = weight * worthOf(levels, model, <f64>count, now);
    const own = scoresAt(levels);
    let sum: f64 = 0;
    let squares: f64 = 0;
    let around: f64 = 0;
    for (let i: usize = 0; i < (<usize>count) << 3; i += 8) {
      const x = load<f64>(scores + i);
      store<f64>(own + i, x);
      sum += x;
      squares += x * x;
      around += (x - expected) * (x - expected);
    }
    if (count > 1) takeScores(levels, segment, model, count, sum, squares, around, weight);
    observePooled(evidence, segment, model, sum / <f64>count, NaN, NaN, worth, perUnit, expected);
  } else if (reward == reward && count > 1) {
    takeReward(levels, segment, model, count, reward, weight);
  }
  observePooled(evidence, segment, model, NaN, cost, promptTokens, costWorth, perUnit, NaN);
}

/** The reward of the best of n, into the cell of (model, n) alone. */
function takeReward(levels: usize, segment: u32, model: u32, n: u32, reward: f64, weight: f64): void {
  const cell = rowAt(levels, segment) + ((<usize>(firstOf(levels, model) + n - 1)) << 4);
  add(cell, weight * reward);
  add(cell + 8, weight);
}
