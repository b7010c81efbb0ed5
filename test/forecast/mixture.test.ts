/**
 * Strategy: moments, distribution, quantiles and score of truncated mixtures against sums over a fine grid of their density (no special function), closed forms where
 * there is no truncation, and extremes, where everything must stay a number. The shape's fit against samples of known mixtures.
 * Not here: what the mixtures are made from (test/hierarchy), whether they hold on real data (recorded.test.ts).
 */
import { describe, expect, it } from 'vitest';
import { loadKernelSync } from '../../src/kernel/load';
import { KernelTree } from '../hierarchy/kernelTree';
import { Draws } from '../regression/data';

interface Case {
  readonly share: number;
  readonly means: readonly [number, number];
  readonly sds: readonly [number, number];
  /** Largest count. */
  readonly upper: number;
}

const CASES: readonly Case[] = [
  { share: 0.8, means: [5, 4.5], sds: [0.5, 1.2], upper: 1e6 },
  { share: 0.8, means: [5, 4.5], sds: [0.5, 1.2], upper: 200 },
  { share: 0.3, means: [2, 7], sds: [0.1, 0.4], upper: 2000 },
  { share: 0.95, means: [6, 6], sds: [0.05, 2], upper: 4096 },
  { share: 0.5, means: [8, 9], sds: [1, 1], upper: 500 },
];

const { kernel } = new KernelTree({ dimensions: 1, families: [0] });
const { raw } = kernel;
const block = kernel.allocate(64);
const scratch = kernel.allocate(64);
const out = kernel.allocate(16);

/** Probability of the logarithm below x before the truncation, by the density on a grid. */
const STEP = 2 ** -11;

function grid({ share, means, sds, upper }: Case): { z: number; weight: number }[] {
  const low = Math.min(means[0] - 12 * sds[0], means[1] - 12 * sds[1]);
  const end = Math.log(upper);
  const high = Math.min(end, Math.max(means[0] + 20 * sds[0], means[1] + 20 * sds[1]));
  const count = Math.ceil((high - low) / STEP);
  const step = (high - low) / count;
  const density = (z: number) =>
    [share, 1 - share].reduce((sum, weight, c) => {
      const t = (z - means[c]!) / sds[c]!;
      return sum + (weight / sds[c]!) * Math.exp(-0.5 * t * t);
    }, 0);
  // Middles of cells: their error is of the order of the squared step.
  const cells = Array.from({ length: count }, (_, i) => {
    const z = low + (i + 0.5) * step;
    return { z, weight: density(z) * step };
  });
  const total = cells.reduce((sum, { weight }) => sum + weight, 0);
  return cells.map(({ z, weight }) => ({ z, weight: weight / total }));
}

const GRID_ERROR = 2e-5;

function put({ share, means, sds, upper }: Case): number {
  const end = Math.log(upper);
  kernel.f64(block, 6).set([share, means[0], sds[0], means[1], sds[1], end]);
  // The probability before the truncation, by the kernel's own distribution of a mixture without one.
  kernel.f64(block, 7).set([1e300, 1], 5);
  kernel.f64(block, 7).set([end, raw.mixture_cdf(block, upper)], 5);
  return block;
}

describe.each(CASES)('a mixture of %o', (one) => {
  const cells = grid(one);
  const expectation = (of: (count: number) => number) =>
    cells.reduce((sum, { z, weight }) => sum + weight * of(Math.exp(z)), 0);
  const mean = expectation((count) => count);

  it('has the distribution of its density', () => {
    put(one);
    for (const count of [3, 40, 100, 180, 450, 3000].filter((c) => c < one.upper)) {
      const below = expectation((c) => (c <= count ? 1 : 0));
      expect(Math.abs(raw.mixture_cdf(block, count) - below)).toBeLessThan(0.006);
    }
    expect(raw.mixture_cdf(block, one.upper)).toBe(1);
    expect(raw.mixture_cdf(block, 1e12)).toBe(1);
  });

  it('has quantiles that its distribution takes back', () => {
    put(one);
    let last = 0;
    for (const p of [1e-9, 1e-3, 0.025, 0.1, 0.5, 0.9, 0.975, 0.999, 1 - 1e-9]) {
      const count = raw.mixture_quantile(block, p);
      expect(count).toBeGreaterThanOrEqual(last);
      expect(count).toBeLessThanOrEqual(one.upper * (1 + 1e-12));
      if (count > 0.5) expect(Math.abs(raw.mixture_cdf(block, count) - p)).toBeLessThan(1e-11);
      last = count;
    }
  });

  it('has the score that the definition gives', () => {
    put(one);
    for (const count of [1, 20, 140, 700, 5000]) {
      let [below, score, at] = [0, 0, 0];
      for (const { z, weight } of cells) {
        const next = Math.exp(z);
        // F is below − weight/2 around the middle of the cell, on average.
        const f = below - (next > count ? 1 : 0);
        score += (next - at) * f * f;
        at = next;
        below += weight;
      }
      if (count > at) score += count - at;
      expect(Math.abs(raw.mixture_crps(block, count) / score - 1)).toBeLessThan(0.01);
    }
  });

  it('splits its variance into what the noise and what the mean contributes', () => {
    put(one);
    const whole = expectation((count) => (count - mean) ** 2);
    raw.mixture_split(block, 0, scratch, out);
    let [aleatoric, epistemic] = kernel.f64(out, 2);
    expect(epistemic! / whole).toBeLessThan(1e-9);
    expect(Math.abs(aleatoric! / whole - 1)).toBeLessThan(GRID_ERROR);
    const unknown = (0.5 * Math.min(...one.sds)) ** 2;
    raw.mixture_split(block, unknown, scratch, out);
    [aleatoric, epistemic] = kernel.f64(out, 2);
    expect(epistemic!).toBeGreaterThan(0);
    // Conditioning on the mean and truncating do not quite commute.
    if (one.upper > 1e5) expect((aleatoric! + epistemic!) / whole).toBeCloseTo(1, 4);
  });
});

describe('a forecast', () => {
  const SHAPE = 24;

  function forecast(x: number, options: { noise?: number; upper?: number } = {}) {
    const tree = new KernelTree({ dimensions: 1, families: [0] });
    tree.fix([1e-4, 1e4, 1e4, 1e4, 1e4, 1e4, 1e4, 1e4, 1e4], [options.noise ?? 0.3]);
    for (let i = 0; i < 50; i++) tree.observe(0, [1], 5);
    const record = tree.kernel.raw.tree_record(tree.tree, 0);
    tree.kernel.f64(record + SHAPE, 5).set([0.7, 0.2, 0.5, -0.4, 1.5]);
    tree.kernel.f64(record + 16, 1)[0] = -1e3;
    const at = [8, 88, 64].map((bytes) => tree.kernel.allocate(bytes)) as [number, number, number];
    tree.kernel.f64(at[0], 1)[0] = x;
    const upper = tree.kernel.raw.forecast_target(options.upper ?? 1e9);
    const work = tree.kernel.allocate(tree.kernel.raw.tree_predict_bytes(tree.tree));
    tree.kernel.raw.forecast_model(tree.tree, work, 0, at[0], upper, at[1]);
    const values = [...tree.kernel.f64(at[1], 11)];
    const mixture = at[1] + 32;
    return { values, mixture, tree, split: at[2] };
  }

  it('is the noise around x·w, with the epistemic variance on top', () => {
    const { values } = forecast(1);
    const [mean, epistemic, tokens, weight, share, m1, s1, m2, s2] = values as number[];
    const sd = Math.sqrt(0.3);
    expect(weight).toBe(50);
    expect(share).toBe(0.7);
    expect(m1).toBeCloseTo(mean! + 0.2 * sd, 12);
    expect(m2).toBeCloseTo(mean! - 0.4 * sd, 12);
    expect(s1).toBeCloseTo(Math.sqrt(0.3 * 0.25 + epistemic!), 12);
    expect(s2).toBeCloseTo(Math.sqrt(0.3 * 2.25 + epistemic!), 12);
    const lognormal = (m: number, s: number) => Math.exp(m + (s * s) / 2);
    const expected = 0.7 * lognormal(m1!, s1!) + 0.3 * lognormal(m2!, s2!);
    expect(tokens! / expected).toBeCloseTo(1, 9);
  });

  it.each([
    ['far above what is possible', 100, {}],
    ['far below one', -100, {}],
    ['beyond all measure', 1e40, {}],
    ['below all measure', -1e40, {}],
    ['of hardly any noise', 1, { noise: 1e-18 }],
    ['above a small limit', 1, { upper: 2 }],
    ['of hardly any noise above a small limit', 1, { noise: 1e-18, upper: 2 }],
  ])('%s stays a number', (_, x, options: { noise?: number; upper?: number }) => {
    const { values, mixture, tree, split } = forecast(x, options);
    const result = tree.kernel.allocate(16);
    const upper = options.upper ?? 1e9;
    const ours = tree.kernel.raw;
    for (const value of values) expect(value).not.toBeNaN();
    expect(values[2]).toBeGreaterThanOrEqual(0);
    expect(values[2]).toBeLessThanOrEqual(upper * (1 + 1e-9));
    for (const p of [1e-6, 0.5, 1 - 1e-6]) {
      const count = ours.mixture_quantile(mixture, p);
      expect(count).toBeGreaterThanOrEqual(0);
      expect(count).toBeLessThanOrEqual(upper * (1 + 1e-9));
    }
    for (const count of [0, 1, 1e5]) {
      expect(ours.mixture_cdf(mixture, count)).toBeGreaterThanOrEqual(0);
      expect(ours.mixture_cdf(mixture, count)).toBeLessThanOrEqual(1 + 1e-12);
      expect(ours.mixture_crps(mixture, count)).toBeGreaterThanOrEqual(0);
      expect(ours.mixture_crps(mixture, count)).toBeLessThan(Infinity);
    }
    ours.mixture_split(mixture, values[1]!, split, result);
    for (const variance of tree.kernel.f64(result, 2)) {
      expect(variance).toBeGreaterThanOrEqual(0);
      expect(variance).toBeLessThan(Infinity);
    }
  });
});

describe('the shape of the noise', () => {
  it('is that of the residuals, of its own where there are many, of all models’ where there are none', () => {
    const tree = new KernelTree({ dimensions: 1, families: [0, 0, 0] });
    tree.fix([1e4, 1e4, 1e4, 1e4, 1e4, 1e4, 1e4, 1e4, 1e4], [1, 1, 1]);
    const draws = new Draws(3);
    // Nine in ten of variance 1/4, one in ten at −3: skewed, as answers cut short are.
    for (let i = 0; i < 6000; i++) {
      const narrow = draws.unit() < 0.4;
      const bell = draws.bell() * Math.sqrt(3);
      tree.score(0, [1], narrow ? 0.5 * bell : 0.4 * bell - 3);
    }
    const shapes = tree.kernel.allocate(1024);
    tree.kernel.raw.forecast_fit_shapes(tree.tree, shapes);
    const shape = (model: number) => [
      ...tree.kernel.f64(tree.kernel.raw.tree_record(tree.tree, model) + 24, 5),
    ];
    const [share, mean1, sd1, mean2, sd2] = shape(0) as [number, number, number, number, number];
    expect(share).toBeCloseTo(0.9, 1);
    expect(mean1).toBeCloseTo(0, 1);
    expect(sd1).toBeCloseTo(0.5, 1);
    expect(mean2).toBeCloseTo(-3, 0);
    expect(sd2).toBeLessThan(0.7);
    expect(shape(1)).toEqual(shape(2));
    expect(shape(1)[3]).toBeLessThan(-0.5);
  });

  it('is a standard one before any residual', () => {
    const tree = new KernelTree({ dimensions: 1, families: [0] });
    tree.kernel.raw.forecast_fit_shapes(tree.tree, tree.kernel.allocate(1024));
    const [share, mean1, sd1, mean2, sd2] = tree.kernel.f64(
      tree.kernel.raw.tree_record(tree.tree, 0) + 24,
      5,
    );
    expect([mean1, mean2]).toEqual([0, 0]);
    expect(share! * sd1! ** 2 + (1 - share!) * sd2! ** 2).toBeCloseTo(1, 12);
  });
});

it('counts of 0 are taken as a half', () => {
  const { raw: plain } = loadKernelSync().instantiate();
  expect(plain.forecast_target(0)).toBe(plain.forecast_target(0.5));
  expect(plain.forecast_target(8)).toBeCloseTo(Math.log(8 / 200), 14);
});
