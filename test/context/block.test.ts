/**
 * Strategy: the context block through its exports against a reference that keeps all rows and solves densely; then what must hold: rows learned anew as if
 * learned so, forgetting back to the prior, a cost that comes late, the experts' shares.
 * Not here: the loop (replay.test.ts), live decisions (test/router/context.test.ts), propensities (normalPropensity.test.ts).
 */
import { describe, expect, it } from 'vitest';
import { loadKernelSync } from '../../src/kernel/load';
import { Generator } from '../../src/random/generator';
import { ReferenceContext } from '../reference/context';

const COSTS = [0.001, 0.002, 0.004];
const FAMILIES = [0, 1, 1];
/** Relative rounding of a few hundred rank-one updates. */
const ROUNDING = 1e-9;

function block(d: number, active = d, halfLife = Infinity, experts = 1) {
  const kernel = loadKernelSync().instantiate();
  const { raw } = kernel;
  const arms = FAMILIES.length;
  const context = kernel.allocate(raw.context_bytes(d, arms));
  const scratch = kernel.allocate(raw.context_scratch_bytes(d, arms));
  const at = kernel.allocate(8 * (d + 2));
  const costs = kernel.allocate(8 * arms);
  kernel.f64(costs, arms).set(COSTS);
  raw.context_init(context, d, active, arms, experts, halfLife, 0.5);
  FAMILIES.forEach((family, arm) => {
    raw.context_set_family(context, arm, family);
  });
  const put = (x: readonly number[]) => {
    kernel.f64(at, d).set(x);
  };
  return {
    raw,
    context,
    observe: (row: Row, clock = 0, later = 0) => {
      put(row.x);
      raw.context_observe(
        context,
        scratch,
        row.arm,
        at,
        row.reward,
        row.costUsd,
        clock,
        costs,
        later,
      );
    },
    predict: (x: readonly number[], clock = 0) => {
      put(x);
      raw.context_predict(context, scratch, at, clock, costs);
      const [mean, variance, costUsd, doubtUsd] = [0, 1, 2, 3].map((index) =>
        Array.from(kernel.f64(raw.context_array(context, scratch, index), arms)),
      ) as [number[], number[], number[], number[]];
      return mean.map((m, arm) => ({
        mean: m,
        variance: variance[arm]!,
        costUsd: costUsd[arm]!,
        doubtUsd: doubtUsd[arm]!,
      }));
    },
  };
}

interface Row {
  x: number[];
  arm: number;
  reward: number;
  costUsd: number;
}

function rows(count: number, d: number, seed = 1): Row[] {
  const g = new Generator(seed, 0);
  return Array.from({ length: count }, () => {
    const x = [1, ...Array.from({ length: d - 1 }, () => 2 * g.unit() - 1)];
    const arm = g.index(3);
    const reward = Math.min(1, Math.max(0, 0.5 + 0.3 * x[1]! * (arm - 1) + 0.4 * (g.unit() - 0.5)));
    return { x, arm, reward, costUsd: 0.001 * (arm + 1) * Math.exp(x[2]! + 0.2 * g.unit()) };
  });
}

function expectClose(
  received: ReturnType<ReturnType<typeof block>['predict']>,
  wanted: typeof received,
) {
  received.forEach((one, arm) => {
    for (const [key, value] of Object.entries(wanted[arm]!)) {
      const got = one[key as keyof typeof one];
      expect(Math.abs(got - value), `${key} of arm ${arm}`).toBeLessThan(
        ROUNDING * (1 + Math.abs(value)),
      );
    }
  });
}

describe('against dense solutions of all rows', () => {
  it.each([4, 8, 12])('%i features', (d) => {
    const kernel = block(d);
    const reference = new ReferenceContext(FAMILIES, d);
    for (const row of rows(300, d)) {
      expectClose(kernel.predict(row.x), reference.predict(row.x, COSTS));
      kernel.observe(row);
      reference.observe(row, COSTS);
    }
  });

  it('rows learned anew with more features', () => {
    const all = rows(160, 12);
    const kernel = block(12, 8);
    const reference = new ReferenceContext(FAMILIES, 8);
    for (const row of all.slice(0, 80)) {
      kernel.observe(row);
      reference.observe(row, COSTS);
    }
    kernel.raw.context_restart(kernel.context, 12, 0);
    for (const row of all.slice(0, 80)) kernel.observe(row, 0, 1);
    reference.relearn(12, all.slice(0, 80));
    for (const row of all.slice(80)) {
      expectClose(kernel.predict(row.x), reference.predict(row.x, COSTS));
      kernel.observe(row);
      reference.observe(row, COSTS);
    }
  });
});

describe('what must hold', () => {
  it('nothing observed: the prior mean, and an arm that was never tried takes the mean of its family', () => {
    const kernel = block(8);
    const x = rows(1, 8)[0]!.x;
    expect(kernel.predict(x).map(({ mean }) => mean)).toEqual([0.5, 0.5, 0.5]);
    for (const row of rows(90, 8)) kernel.observe({ ...row, arm: 2, reward: 0.9 });
    const [stranger, sibling, tried] = kernel.predict(x);
    expect(tried!.mean).toBeGreaterThan(0.85);
    expect(sibling!.mean).toBeGreaterThan(stranger!.mean + 0.02);
    expect(stranger!.mean).toBeGreaterThan(0.5);
  });

  it('more rows, less variance, at a constant noise', () => {
    const kernel = block(8);
    const x = rows(1, 8, 9)[0]!.x;
    let last = Infinity;
    for (const row of rows(8, 8)) {
      kernel.observe({ ...row, arm: 0 });
      const { variance } = kernel.predict(x)[0]!;
      expect(variance).toBeLessThan(last * 1.5);
      last = variance;
    }
  });

  it('forgets: after many half-lives the prior is back, and landmarks change nothing else', () => {
    const kernel = block(8, 8, 10);
    const fresh = block(8, 8, 10);
    const all = rows(200, 8);
    all.forEach((row, i) => {
      kernel.observe(row, i);
    });
    const x = all[0]!.x;
    const [before] = kernel.predict(x, 200);
    const [after] = kernel.predict(x, 200 + 10 * 200);
    const [prior] = fresh.predict(x, 0);
    expect(Math.abs(before!.mean - 0.5)).toBeGreaterThan(1e-3);
    expect(Math.abs(after!.mean - prior!.mean)).toBeLessThan(1e-6);
    // Later by a whole number of half-lives, the same weights in the end.
    const late = block(8, 8, 10);
    all.forEach((row, i) => {
      late.observe(row, i + 10 * 1024);
    });
    expect(late.predict(x, 200 + 10 * 1024)[0]!.mean).toBeCloseTo(before!.mean, 9);
  });

  it('a reward and its cost in two reports teach nearly what one report does', () => {
    const [whole, parts] = [block(8), block(8)];
    for (const row of rows(200, 8)) {
      whole.observe(row);
      parts.observe({ ...row, costUsd: NaN });
      parts.observe({ ...row, reward: NaN });
    }
    const x = rows(1, 8, 5)[0]!.x;
    whole.predict(x).forEach((one, arm) => {
      const other = parts.predict(x)[arm]!;
      expect(other.mean).toBeCloseTo(one.mean, 12);
      expect(Math.abs(Math.log(other.costUsd / one.costUsd))).toBeLessThan(0.3);
    });
  });

  it('the share: 1 alone; beside the cells it goes to the expert with the better scores, within [.05, .95]', () => {
    expect(block(8).raw.context_share(block(8).context)).toBe(1);
    const { raw, context } = block(8, 8, Infinity, 2);
    expect(raw.context_share(context)).toBe(0.05);
    for (let i = 0; i < 300; i++) raw.context_score(context, 1, 0.9, 0.5);
    expect(raw.context_share(context)).toBe(0.95);
    for (let i = 0; i < 2000; i++) raw.context_score(context, 0, 0.9, 0.5);
    expect(raw.context_share(context)).toBe(0.05);
    // Score of one reward: log(.7/.6), from the prior odds of three arms.
    const one = block(8, 8, Infinity, 2);
    for (let i = 0; i < 10; i++) one.raw.context_score(one.context, 1, 0.7, 0.5);
    const score = (Math.log(1.4) * (1 - 2 ** (-10 / 256))) / (1 - 2 ** (-1 / 256));
    expect(one.raw.context_share(one.context)).toBeCloseTo(1 / (1 + Math.exp(3.3 - score)), 9);
  });
});
