/**
 * Strategy: simulation-based calibration of the Bayesian ridge posterior (Talts et al. 2018, arXiv:1804.06788): weights are drawn from the
 * prior, data from the weights, and the rank of what was drawn among draws from the posterior must be uniform. At known noise and
 * weight precisions the posterior is exact, so any departure is an error. Ranks are of single weights, of x·w along a random x, and of
 * a new observation; from no rows to five times as many as features, by batches and merged.
 * Not tested here: estimated precisions (plugged in, hence not calibrated by construction) and decay; agreement with references
 * (test/regression).
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import type { KernelExports } from '../../src/kernel/exports';
import { Sampler } from '../../src/random/sampler';
import { passes } from './judge';
import { levelOf } from './level';
import { table, type Named } from './pairs';

const module = new WebAssembly.Module(
  readFileSync(resolve(import.meta.dirname, '../../build/kernel.wasm')),
);

const SIMULATIONS = 60_000;
/** Posterior draws a rank is taken among: 256 equally likely ranks. */
const POSTERIOR_DRAWS = 255;
const RANKS_A_BIN = 4;
const QUANTITIES = ['first weight', 'last weight', 'random direction', 'new observation'];

interface World {
  readonly name: string;
  readonly dimensions: number;
  readonly noisePrecision: number;
  readonly weightPrecision: number;
  /** Rows have weights in [0.5, 2): their noise is narrower or wider. */
  readonly weighted?: boolean;
  /** Half of the rows go to another regression, which is merged. */
  readonly merged?: boolean;
  /** Factor by which the regression is told too large a noise precision. */
  readonly lie?: number;
}

const WORLDS: readonly World[] = [
  { name: 'one feature', dimensions: 1, noisePrecision: 4, weightPrecision: 0.5 },
  { name: 'eight features', dimensions: 8, noisePrecision: 1, weightPrecision: 1 },
  { name: 'weak data', dimensions: 8, noisePrecision: 1e-3, weightPrecision: 10 },
  { name: 'strong data', dimensions: 5, noisePrecision: 1e4, weightPrecision: 1e-2 },
  { name: 'weighted rows', dimensions: 6, noisePrecision: 3, weightPrecision: 2, weighted: true },
  { name: 'merged halves', dimensions: 7, noisePrecision: 1, weightPrecision: 1, merged: true },
  { name: 'many features', dimensions: 24, noisePrecision: 2, weightPrecision: 1 },
];

const LEVEL = levelOf('calibration', WORLDS.length * QUANTITIES.length);

/** One kernel with a regression, its partner and room for rows. */
class Regression {
  readonly kernel = new WebAssembly.Instance(module, {}).exports as unknown as KernelExports;
  readonly #dimensions: number;
  readonly #block: number;
  readonly #other: number;
  readonly #scratch: number;
  readonly #x: number;
  readonly #columns: number;
  readonly #most: number;

  constructor(dimensions: number, most: number) {
    const { kernel } = this;
    this.#dimensions = dimensions;
    this.#most = most;
    this.#block = kernel.allocate(kernel.ridge_bytes(dimensions));
    this.#other = kernel.allocate(kernel.ridge_bytes(dimensions));
    this.#scratch = kernel.allocate(kernel.ridge_predict_bytes(dimensions) + 2048);
    this.#x = kernel.allocate(most * dimensions * 8 + 32);
    this.#columns = kernel.allocate(3 * most * 8);
  }

  #floats(address: number, count: number): Float64Array {
    return new Float64Array(this.kernel.memory.buffer, address, count);
  }

  begin(noisePrecision: number, weightPrecision: number): void {
    for (const block of [this.#block, this.#other]) {
      new Uint8Array(
        this.kernel.memory.buffer,
        block,
        this.kernel.ridge_bytes(this.#dimensions),
      ).fill(0);
      this.kernel.ridge_init(block, this.#dimensions, 0);
      this.kernel.ridge_begin_online(block, Infinity, noisePrecision, weightPrecision);
    }
  }

  /** `second`: into the partner. */
  observe(x: Float64Array, y: Float64Array, weights: Float64Array, second: boolean): void {
    const weightsAt = this.#columns + 8 * this.#most;
    this.#floats(this.#x, x.length).set(x);
    this.#floats(this.#columns, y.length).set(y);
    this.#floats(weightsAt, y.length).set(weights);
    const block = second ? this.#other : this.#block;
    const rows = [y.length, this.#x, this.#columns, 0, weightsAt] as const;
    expect(this.kernel.ridge_observe(block, this.#scratch, ...rows)).toBe(0);
  }

  merge(): void {
    this.kernel.ridge_merge(this.#block, this.#other);
  }

  /** Means and epistemic variances of rows, and standard deviations with noise. */
  predict(x: Float64Array): [means: Float64Array, variances: Float64Array, sds: Float64Array] {
    const rows = x.length / this.#dimensions;
    this.#floats(this.#x, x.length).set(x);
    const columns = [0, 1, 2].map((i) => this.#columns + i * 8 * this.#most);
    const [mean, variance, sd] = columns as [number, number, number];
    this.kernel.ridge_predict(this.#block, this.#scratch, rows, this.#x, mean, variance, sd);
    const [a, b, c] = columns.map((at) => this.#floats(at, rows).slice());
    return [a!, b!, c!];
  }
}

function dot(x: Float64Array, from: number, w: Float64Array): number {
  return w.reduce((sum, weight, j) => sum + x[from + j]! * weight, 0);
}

/** Counts of ranks, a table a quantity. */
function ranks(world: World, seed: number): Float64Array[] {
  const { dimensions: d, noisePrecision, weightPrecision, weighted, merged, lie = 1 } = world;
  const most = 5 * d + 3;
  const regression = new Regression(d, most);
  const sampler = new Sampler({ seed });
  const normals = new NormalSource(sampler);
  const tables = QUANTITIES.map(() => new Float64Array((POSTERIOR_DRAWS + 1) / RANKS_A_BIN));
  const posterior = new Float64Array(POSTERIOR_DRAWS);
  for (let simulation = 0; simulation < SIMULATIONS; simulation++) {
    const rows = simulation % (5 * d + 1);
    const w = normals.take(d, 1 / Math.sqrt(weightPrecision));
    const x = normals.take(rows * d, 1);
    const noise = normals.take(rows, 1);
    const weights = Float64Array.from(noise, (_, i) => (weighted ? 0.5 + ((i * 37) % 64) / 64 : 1));
    const y = noise.map((e, i) => dot(x, i * d, w) + e / Math.sqrt(noisePrecision * weights[i]!));
    regression.begin(noisePrecision * lie, weightPrecision);
    const half = merged ? rows >> 1 : rows;
    const part = (second: boolean, from: number, to: number) =>
      regression.observe(
        x.slice(from * d, to * d),
        y.slice(from, to),
        weights.slice(from, to),
        second,
      );
    part(false, 0, half);
    if (merged) {
      part(true, half, rows);
      regression.merge();
    }
    const probes = new Float64Array(4 * d);
    probes[0] = 1;
    probes[2 * d - 1] = 1;
    probes.set(normals.take(d, 1), 2 * d);
    probes.copyWithin(3 * d, 2 * d, 3 * d);
    const [means, variances, sds] = regression.predict(probes);
    const truths = QUANTITIES.map((_, q) => dot(probes, q * d, w));
    truths[3]! += normals.take(1, 1 / Math.sqrt(noisePrecision))[0]!;
    truths.forEach((truth, q) => {
      const sd = q === 3 ? sds[q]! : Math.sqrt(variances[q]!);
      sampler.normalInto(means[q]!, sd, posterior);
      let rank = 0;
      for (const draw of posterior) rank += Number(draw < truth);
      tables[q]![Math.floor(rank / RANKS_A_BIN)]!++;
    });
  }
  return tables;
}

/** Standard normals of a sampler's own seed sequence, in small portions. */
class NormalSource {
  readonly #sampler: Sampler;
  #store: Float64Array = new Float64Array(0);
  #used = 0;

  constructor(sampler: Sampler) {
    this.#sampler = sampler;
  }

  take(count: number, sd: number): Float64Array {
    if (this.#used + count > this.#store.length) {
      this.#store = this.#sampler.normal(0, 1, 65_536);
      this.#used = 0;
    }
    this.#used += count;
    return this.#store.subarray(this.#used - count, this.#used).map((z) => z * sd);
  }
}

function judge(world: World, seed: number): Named[] {
  return ranks(world, seed).map((counts, q) => table(QUANTITIES[q]!, counts, LEVEL));
}

test.each(WORLDS.map((world, i) => [world.name, world, 4000 + i] as const))(
  '%s',
  (_, world, seed) => {
    const verdicts = judge(world, seed);
    const show = ({ name, statistic, least, largest }: Named) =>
      `${name} ${statistic.toFixed(1)} in [${least.toFixed(1)}, ${largest.toFixed(1)}]`;
    console.log(`${world.name}: ${verdicts.map(show).join('; ')}`);
    expect(verdicts.filter((verdict) => !passes(verdict)).map(show)).toEqual([]);
  },
);

test('a noise precision that is 15 % too large is found', () => {
  const verdicts = judge({ ...WORLDS[1]!, lie: 1.15 }, 4100);
  expect(verdicts.filter((verdict) => !passes(verdict)).length).toBeGreaterThan(0);
});
