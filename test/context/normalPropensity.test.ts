/**
 * Strategy: two arms in closed form, Φ((μ₁ − μ₂)/√(s₁² + s₂²)); more against a trapezoidal sum, which converges faster than any power for normal
 * densities; then laws: sum 1, order of the arms, arms that are not eligible.
 * Not here: Beta arms (test/decision/propensity.test.ts), mixtures as routers log them (test/router/context.test.ts).
 */
import { describe, expect, it } from 'vitest';
import { loadKernelSync } from '../../src/kernel/load';
import { Generator } from '../../src/random/generator';

const ERROR = 1e-10;
const kernel = loadKernelSync().instantiate();
const { raw } = kernel;
const MOST = 64;
const scratch = kernel.allocate(raw.propensity_scratch_bytes(MOST));
const [means, deviations, out] = [0, 1, 2].map(() => kernel.allocate(8 * MOST)) as [
  number,
  number,
  number,
];

function propensities(m: readonly number[], s: readonly number[]) {
  kernel.f64(means, m.length).set(m);
  kernel.f64(deviations, s.length).set(s);
  const status = raw.normal_propensities(m.length, means, deviations, scratch, out);
  return { status, p: Array.from(kernel.f64(out, m.length)) };
}

const z = kernel.allocate(16);
function below(t: number): number {
  kernel.f64(z, 1)[0] = t;
  raw.special_normal_cdf(1, z, 0, z + 8);
  return kernel.f64(z + 8, 1)[0]!;
}

function trapezoid(m: readonly number[], s: readonly number[]): number[] {
  const step = Math.min(...s) / 8;
  const low = Math.min(...m.map((mean, i) => mean - 9 * s[i]!));
  const high = Math.max(...m.map((mean, i) => mean + 9 * s[i]!));
  const p = m.map(() => 0);
  for (let u = low; u < high; u += step) {
    const f = m.map((mean, i) => below((u - mean) / s[i]!));
    m.forEach((mean, i) => {
      const density = Math.exp(-0.5 * ((u - mean) / s[i]!) ** 2) / (s[i]! * Math.sqrt(2 * Math.PI));
      p[i]! +=
        step * density * f.reduce((product, value, j) => (j === i ? product : product * value), 1);
    });
  }
  return p;
}

describe('propensities of normal arms', () => {
  it('two arms, in closed form, over six decades of deviations', () => {
    const g = new Generator(1, 0);
    for (let i = 0; i < 2000; i++) {
      const s = [10 ** (-6 * g.unit()), 10 ** (-6 * g.unit())] as const;
      const gap = (2 * g.unit() - 1) * 5 * Math.hypot(...s);
      const { p } = propensities([0.5 + gap, 0.5], s);
      expect(Math.abs(p[0]! - below(gap / Math.hypot(...s)))).toBeLessThan(ERROR);
    }
  });

  it.each([3, 8, 24])('%i arms, by trapezoids', (arms) => {
    const g = new Generator(2, arms);
    for (let i = 0; i < 6; i++) {
      const m = Array.from({ length: arms }, () => g.unit());
      const s = m.map(() => 0.02 + 0.3 * g.unit() ** 2);
      const { p, status } = propensities(m, s);
      expect(status).toBe(0);
      const wanted = trapezoid(m, s);
      p.forEach((value, arm) => {
        expect(Math.abs(value - wanted[arm]!)).toBeLessThan(ERROR);
      });
    }
  });

  it('equal arms share alike, and the sum is 1', () => {
    const { p } = propensities(Array<number>(64).fill(0.3), Array<number>(64).fill(0.01));
    for (const value of p) expect(value).toBeCloseTo(1 / 64, 12);
    expect(p.reduce((a, b) => a + b)).toBeCloseTo(1, 14);
  });

  it('an arm of mean NaN is as if it were not there', () => {
    const { p } = propensities([0.4, NaN, 0.5], [0.1, 0.1, 0.2]);
    const { p: without } = propensities([0.4, 0.5], [0.1, 0.2]);
    expect(p).toEqual([without[0], 0, without[1]]);
    expect(propensities([NaN, NaN], [1, 1])).toEqual({ status: 2, p: [0, 0] });
    expect(propensities([0.2, NaN], [1, 1]).p).toEqual([1, 0]);
  });

  it('a deviation of 0 is certainty', () => {
    expect(propensities([0.4, 0.5], [0, 0]).p).toEqual([0, 1]);
    expect(propensities([0.4, 0.5], [0.1, 0]).p[0]).toBeCloseTo(below(-1), 6);
  });
});
