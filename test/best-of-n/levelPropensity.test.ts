/**
 * Strategy: exact propensities of (model, n) through the kernel: against mpmath to its digits (kinks, clips that make utilities flat, ties where money is no object, small and large
 * shapes); against the plain propensities where one sample is all; by laws (sum, order of models, free models); and in what no reference reaches, for validity alone.
 * Not here: frequencies of the decisions themselves (test/router/bestOf.test.ts, test/statistical/levelFrequencies.test.ts), bits (test/golden).
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { propensitiesInto } from '../../src/index';
import { loadKernelSync } from '../../src/kernel/load';
import { Generator } from '../../src/random/generator';

/** Shapes of one sample, its cost, most samples, strength of the beta-binomial, surplus of n = 2, 3, …. */
type Model = readonly [readonly [number, number], number, number, number, readonly number[]];

interface Case {
  readonly models: readonly Model[];
  readonly costWeight: number;
  readonly gain: number;
}

const reference = JSON.parse(
  readFileSync(new URL('levelPropensityReference.json', import.meta.url), 'utf8'),
) as { readonly cases: readonly (Case & { readonly p: readonly (readonly number[])[] })[] };

function propensitiesOf({ models, costWeight, gain }: Case): { p: number[][]; status: number } {
  const kernel = loadKernelSync().instantiate();
  const count = models.length;
  const samples = Math.max(...models.map(([, , , , surplus]) => 1 + surplus.length));
  const stride = count + (count % 2);
  const view = kernel.allocate(kernel.raw.level_view_bytes(count, samples));
  const shapes = kernel.allocate(16 * stride);
  const scratch = kernel.allocate(kernel.raw.level_propensity_bytes(count, samples));
  const out = kernel.allocate(8 * count * samples);
  // Arrays of a view: assembly/bestofn/view.ts.
  const array = (index: number, of: (model: Model) => number) =>
    kernel.f64(view + 8 * index * stride, count).set(models.map(of));
  array(1, ([, , most]) => most);
  array(2, ([, cost]) => cost);
  array(3, ([, , , strength]) => strength);
  array(4, () => gain);
  for (let n = 2; n <= samples; n++) array(4 + n, ([, , , , surplus]) => surplus[n - 2] ?? 0);
  kernel.f64(shapes, 2 * count).set(models.flatMap(([shape]) => shape));
  const status = kernel.raw.level_propensities(
    count,
    samples,
    shapes,
    view,
    costWeight,
    scratch,
    out,
  );
  const p = kernel.f64(out, count * samples);
  return {
    status,
    p: models.map((_, m) => Array.from(p.subarray(m * samples, (m + 1) * samples))),
  };
}

test.each(reference.cases)('agree with mpmath, case %#', ({ p, ...one }) => {
  const { p: found, status } = propensitiesOf(one);
  expect(status).toBe(0);
  found.forEach((row, m) =>
    row.forEach((value, i) => expect(Math.abs(value - p[m]![i]!)).toBeLessThan(1e-11)),
  );
});

test('are the plain ones where one sample is all', () => {
  const generator = new Generator(8, 1);
  for (let round = 0; round < 150; round++) {
    const models = Array.from({ length: 1 + generator.index(8) }, (): Model => {
      const [a, b] = [0.5 + 40 * generator.unit() ** 3, 0.5 + 40 * generator.unit() ** 3];
      return [[a, b], 0.01 * generator.unit(), 1, 1, []];
    });
    const costWeight = generator.index(4) === 0 ? 0 : 100 * generator.unit();
    const plain = new Float64Array(models.length);
    propensitiesInto(
      {
        alphas: Float64Array.from(models, ([[a]]) => a),
        betas: Float64Array.from(models, ([[, b]]) => b),
        utilityOffsets: Float64Array.from(models, ([, cost]) => cost * costWeight),
      },
      plain,
    );
    const { p } = propensitiesOf({ models, costWeight, gain: 1 });
    p.forEach(([value], m) => expect(Math.abs(value! - plain[m]!)).toBeLessThan(1e-10));
  }
});

/** Models as a router may have them, and beyond. */
function random(generator: Generator, models: number, samples: number, least: number): Case {
  const between = (low: number, high: number) => low + (high - low) * generator.unit();
  const free = generator.index(9) === 0;
  const costWeight = generator.index(7) === 0 ? 0 : 400 * generator.unit() ** 2;
  return {
    costWeight,
    gain: generator.index(2) === 0 ? 1 : generator.unit(),
    models: Array.from({ length: models }, (): Model => {
      const mean = between(0.05, 0.97);
      const strength = least * 2 ** between(0, 9);
      const cost = free ? 0 : ((mean / 2) * generator.unit()) / Math.max(costWeight, 1);
      const rho = between(0.02, 0.98);
      const surplus = Array.from({ length: samples - 1 }, () => between(-0.1, 0.1));
      const none = generator.index(4) === 0;
      return [
        [Math.max(0.05, mean * strength), Math.max(0.05, (1 - mean) * strength)],
        cost,
        1 + generator.index(samples),
        (1 - rho) / rho,
        none ? surplus.map(() => 0) : surplus,
      ];
    }),
  };
}

test('are probabilities whatever the models, and do not hang on their order', () => {
  const generator = new Generator(9, 1);
  for (let round = 0; round < 150; round++) {
    const one = random(
      generator,
      1 + generator.index(6),
      1 + generator.index(5),
      round % 3 ? 12 : 0.5,
    );
    const { p, status } = propensitiesOf(one);
    expect(status).toBe(0);
    expect(p.flat().every((value) => value >= 0 && value <= 1)).toBe(true);
    expect(p.flat().reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
    p.forEach((row, m) =>
      expect(row.slice(one.models[m]![2]).every((value) => value === 0)).toBe(true),
    );
    // Equal utilities go to the earlier model: only where money is no object are there any.
    if (one.costWeight === 0 || one.models.every(([, cost]) => cost === 0)) continue;
    const turned = propensitiesOf({ ...one, models: [...one.models].reverse() }).p.reverse();
    p.flat().forEach((value, i) => expect(Math.abs(value - turned.flat()[i]!)).toBeLessThan(1e-10));
  }
});

test('of shapes outside the stated region say so, and of no model are all 0', () => {
  const model = (a: number, most = 2): Model => [[a, 3], 0.001, most, 1, [0]];
  expect(propensitiesOf({ models: [model(0.01), model(3)], costWeight: 10, gain: 1 }).status).toBe(
    1,
  );
  const none = propensitiesOf({ models: [model(3, 0), model(4, 0)], costWeight: 10, gain: 1 });
  expect(none).toEqual({
    status: 2,
    p: [
      [0, 0],
      [0, 0],
    ],
  });
});
