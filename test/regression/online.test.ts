/**
 * Strategy: the online regression against the dense posterior of test/reference/ridge.ts with each row weighted as decay says, and the laws
 * that tie its ways together: row by row = at once = factor made anew = batch fit at equal precisions.
 * Not here: batch fits and their evidence (reference.test.ts, fit.test.ts), the arithmetic of decay itself (test/evidence).
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ParameterError } from '../../src/core/errors';
import { fitBayesianRidge } from '../../src/forecast/bayesianRidge';
import { OnlineRidge, type OnlineRidgeOptions } from '../../src/forecast/onlineRidge';
import { loadKernelSync } from '../../src/kernel/load';
import { posterior } from '../reference/ridge';
import { Draws } from './data';

/** Condition numbers stay below 1e5 here: that leaves eleven digits. */
const CLOSE = 1e-10;
/** 2^(1/16): how far the present may outgrow the factor, and with it the prior's share. */
const DRIFT = 2 ** (1 / 16);
const ALPHA = 3;
const LAMBDA = 0.7;

interface World {
  readonly rows: number[][];
  readonly targets: number[];
}

function world(seed: number, rows: number, dimensions: number): World {
  const draws = new Draws(seed);
  const x = Array.from({ length: rows }, () =>
    Array.from({ length: dimensions }, () => draws.bell()),
  );
  return {
    rows: x,
    targets: x.map((row) => draws.bell() + row.reduce((s, v, j) => s + v * (j - 1), 0)),
  };
}

const flat = ({ rows }: World) => Float64Array.from(rows.flat());
const targetsOf = ({ targets }: World) => Float64Array.from(targets);

const create = (dimensions: number, options: Partial<OnlineRidgeOptions> = {}) =>
  new OnlineRidge({ dimensions, noisePrecision: ALPHA, weightPrecision: LAMBDA, ...options });

function learnt(given: World, dimensions: number): OnlineRidge {
  const ridge = create(dimensions);
  ridge.observe(flat(given), targetsOf(given));
  return ridge;
}

function gap(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  const values = Array.from(expected);
  const scale = Math.max(1e-300, ...values.map(Math.abs));
  return Math.max(...values.map((value, i) => Math.abs(actual[i]! - value))) / scale;
}

/** Against the dense posterior: coefficients and the epistemic variance of the first rows. */
function expectPosterior(
  ridge: OnlineRidge,
  given: World,
  weights?: readonly number[],
  prior = LAMBDA,
) {
  const { weights: w, inverse } = posterior(given.rows, given.targets, ALPHA, prior, weights);
  expect(gap(ridge.coefficients, w)).toBeLessThan(CLOSE);
  const probes = given.rows.slice(0, 11);
  const variances = probes.map((x) =>
    x.reduce((sum, a, i) => sum + a * x.reduce((s, b, j) => s + b * inverse[i]![j]!, 0), 0),
  );
  const { epistemicVariance, mean, sd } = ridge.predict(Float64Array.from(probes.flat()));
  expect(gap(epistemicVariance, variances)).toBeLessThan(CLOSE);
  expect(
    gap(
      mean,
      probes.map((x) => x.reduce((s, v, j) => s + v * w[j]!, 0)),
    ),
  ).toBeLessThan(CLOSE);
  expect(
    gap(
      sd,
      variances.map((v) => Math.sqrt(v + 1 / ALPHA)),
    ),
  ).toBeLessThan(CLOSE);
}

const DIMENSIONS = [1, 2, 3, 4, 5, 8, 13, 14, 31];

describe('without decay', () => {
  it.each(DIMENSIONS)('row by row is the dense posterior, d = %d', (d) => {
    const given = world(d, 60, d);
    expectPosterior(learnt(given, d), given);
  });

  it.each([64, 256])('row by row = factor made anew = batch, d = %d', (d) => {
    const given = world(d, 2 * d, d);
    const batch = fitBayesianRidge(flat(given), targetsOf(given), {
      dimensions: d,
      intercept: false,
    });
    const options = {
      noisePrecision: batch.noisePrecision,
      weightPrecision: batch.weightPrecision,
    };
    const online = create(d, options);
    online.observe(flat(given), targetsOf(given));
    const anew = create(d, options);
    anew.merge(online); // takes the sums over and makes the factor from them
    const probes = flat(given).slice(0, 5 * d);
    for (const ridge of [online, anew]) {
      expect(gap(ridge.coefficients, batch.coefficients)).toBeLessThan(CLOSE);
      expect(gap(ridge.predict(probes).sd, batch.predict(probes).sd)).toBeLessThan(CLOSE);
      const { epistemicVariance } = batch.predict(probes);
      expect(gap(ridge.predict(probes).epistemicVariance, epistemicVariance)).toBeLessThan(CLOSE);
    }
  });

  it('gives the same bits row by row and in one call', () => {
    const given = world(5, 700, 40); // more than one chunk
    const single = create(40);
    given.rows.forEach((row, i) => {
      single.observe(Float64Array.from(row), Float64Array.of(given.targets[i]!));
    });
    expect(single.exportState()).toEqual(learnt(given, 40).exportState());
  });

  it('shrinks every epistemic variance with every row, to any row of any length', () => {
    const features = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), {
      minLength: 3,
      maxLength: 3,
    });
    fc.assert(
      fc.property(fc.array(features, { minLength: 1, maxLength: 30 }), features, (rows, probe) => {
        const ridge = create(3);
        let last = ridge.predict(Float64Array.from(probe)).epistemicVariance[0]!;
        for (const row of rows) {
          ridge.observe(Float64Array.from(row), Float64Array.of(1));
          const next = ridge.predict(Float64Array.from(probe)).epistemicVariance[0]!;
          expect(next).toBeLessThanOrEqual(last * (1 + 1e-12));
          expect(next).toBeGreaterThanOrEqual(0);
          last = next;
        }
      }),
      { seed: 7, numRuns: 200 },
    );
  });

  it('stays finite and right under a row repeated 100,000 times', () => {
    const ridge = create(2);
    const features = new Float64Array(20_000).fill(1);
    for (let i = 0; i < 10; i++) ridge.observe(features, new Float64Array(10_000).fill(4));
    const total = 2 * 1e5 * ALPHA + LAMBDA;
    // Along (1, -1) the data says nothing: rounding of sums of 1e6 is weighed against a prior of 0.7.
    const coefficient = (4e5 * ALPHA) / total;
    expect(gap(ridge.coefficients, [coefficient, coefficient])).toBeLessThan(1e-7);
    const { epistemicVariance } = ridge.predict(Float64Array.of(1, 1, 1, -1));
    expect(gap([epistemicVariance[0]!], [2 / total])).toBeLessThan(CLOSE);
    expect(gap([epistemicVariance[1]!], [2 / LAMBDA])).toBeLessThan(CLOSE);
  });

  it('takes weights as repetitions', () => {
    const given = world(9, 40, 4);
    const ridge = create(4);
    const weights = given.targets.map((_, i) => i % 4);
    ridge.observe(flat(given), targetsOf(given), { weights: Float64Array.from(weights) });
    expectPosterior(ridge, given, weights);
    expect(ridge.weight).toBe(weights.reduce((a, b) => a + b));
    expect(ridge.rows).toBe(40);
  });
});

describe('forward decay', () => {
  const HALF_LIFE = 8; // a power of two: clock / half-life is exact
  const age = (clock: number, now: number) => 2 ** ((clock - now) / HALF_LIFE);

  function observed(given: World, clocks: readonly number[], order = clocks.map((_, i) => i)) {
    const d = given.rows[0]!.length;
    const ridge = create(d, { halfLife: HALF_LIFE });
    for (const i of order)
      ridge.observe(Float64Array.from(given.rows[i]!), Float64Array.of(given.targets[i]!), {
        clocks: Float64Array.of(clocks[i]!),
      });
    return ridge;
  }

  it.each([3, 8])('weighs rows by age, across moves of the landmark, d = %d', (d) => {
    const given = world(d + 50, 120, d);
    const clocks = given.targets.map((_, i) => 17 * i);
    const ridge = observed(given, clocks);
    ridge.advance(2100); // far enough for the factor to be made anew
    expectPosterior(
      ridge,
      given,
      clocks.map((clock) => age(clock, 2100)),
    );
    const weight = clocks.reduce((sum, clock) => sum + age(clock, 2100), 0);
    expect(Math.abs(ridge.weight / weight - 1)).toBeLessThan(CLOSE);
  });

  it('keeps the prior within 4.4 % between two makings of the factor', () => {
    const given = world(3, 50, 4);
    const clocks = given.targets.map((_, i) => 0.01 * i); // 0.061 half-lives, < 1/16
    const ridge = observed(given, clocks);
    const now = clocks.at(-1)!;
    const weights = clocks.map((clock) => age(clock, now));
    // Frozen at the weight of clock 0: exactly the posterior under a prior that is smaller by the drift.
    expectPosterior(ridge, given, weights, LAMBDA / 2 ** (now / HALF_LIFE));
    expect(2 ** (now / HALF_LIFE)).toBeLessThan(DRIFT);
  });

  it('does not care for the order of late rows, but for rounding', () => {
    const given = world(4, 60, 5);
    const clocks = given.targets.map((_, i) => 3 * i);
    const first = observed(given, clocks);
    const last = observed(given, clocks, [...clocks.keys()].reverse());
    first.advance(200);
    last.advance(200);
    expect(gap(last.coefficients, first.coefficients)).toBeLessThan(CLOSE);
  });

  it('gives the same bits when all clocks are later by whole half-lives', () => {
    const given = world(6, 60, 5);
    const clocks = given.targets.map((_, i) => i);
    const later = clocks.map((clock) => clock + 4096 * HALF_LIFE);
    expect(observed(given, later).coefficients).toEqual(observed(given, clocks).coefficients);
  });

  it('returns to the prior', () => {
    const given = world(7, 60, 5);
    const ridge = observed(
      given,
      given.targets.map((_, i) => i),
    );
    ridge.advance(5000 * HALF_LIFE);
    expect(ridge.predict(Float64Array.of(1, 0, 0, 0, 0)).epistemicVariance[0]).toBeCloseTo(
      1 / LAMBDA,
      12,
    );
    expect(Math.max(...ridge.coefficients.map(Math.abs))).toBeLessThan(1e-12);
  });

  it('never lets the clock run back', () => {
    const ridge = create(1, { halfLife: 1 });
    ridge.advance(50);
    ridge.advance(3);
    expect(ridge.clock).toBe(50);
  });
});

describe('merging', () => {
  const halves = (d: number, halfLife: number) => {
    const given = world(80 + d, 90, d);
    const clocks = Float64Array.from(given.targets, (_, i) => 40 * i);
    const part = (from: number, to: number) => {
      const ridge = create(d, { halfLife });
      ridge.observe(flat(given).slice(from * d, to * d), targetsOf(given).slice(from, to), {
        clocks: clocks.slice(from, to),
      });
      return ridge;
    };
    return { part, given };
  };

  it.each([Infinity, 100])(
    'commutes bit by bit and equals one that saw all, half-life %d',
    (halfLife) => {
      const { part } = halves(6, halfLife);
      const [ab, ba, all] = [part(0, 50), part(50, 90), part(0, 90)];
      ab.merge(part(50, 90));
      ba.merge(part(0, 50));
      expect(ab.exportState()).toEqual(ba.exportState());
      all.merge(create(6, { halfLife })); // its factor made anew at the same clock
      expect(gap(ab.coefficients, all.coefficients)).toBeLessThan(CLOSE);
      expect(ab.rows).toBe(90);
    },
  );

  it('leaves the other as it is and refuses strangers', () => {
    const { part } = halves(3, 100);
    const [a, b] = [part(0, 10), part(10, 30)];
    const before = b.exportState();
    a.merge(b);
    expect(b.exportState()).toEqual(before);
    const unchanged = a.exportState();
    expect(() => a.merge(create(4))).toThrow('other.dimensions must be 3, got 4');
    expect(() => a.merge(create(3))).toThrow('other.halfLife must be 100, got Infinity');
    expect(() => a.merge({} as OnlineRidge)).toThrow(ParameterError);
    expect(a.exportState()).toEqual(unchanged);
  });
});

describe('precisions', () => {
  it('are those of the batch fit, from the sums alone', () => {
    const given = world(12, 300, 6);
    const options = { tolerance: 1e-12, maxIterations: 1000 };
    const batch = fitBayesianRidge(flat(given), targetsOf(given), {
      dimensions: 6,
      intercept: false,
      ...options,
    });
    const ridge = learnt(given, 6);
    const { estimated, converged, logEvidence } = ridge.estimatePrecisions(options);
    expect([estimated, converged]).toEqual([true, true]);
    expect(gap([ridge.noisePrecision], [batch.noisePrecision])).toBeLessThan(1e-9);
    expect(gap([ridge.weightPrecision], [batch.weightPrecision])).toBeLessThan(1e-9);
    expect(gap([logEvidence], [batch.logEvidence])).toBeLessThan(1e-9);
    expect(gap(ridge.coefficients, batch.coefficients)).toBeLessThan(1e-9);
    const { sd } = batch.predict(flat(given));
    expect(gap(ridge.predict(flat(given)).sd, sd)).toBeLessThan(1e-9);
  });

  it('stay where the observations cannot tell', () => {
    const none = create(3);
    const few = create(3);
    few.observe(Float64Array.of(1, 2, 3), Float64Array.of(1));
    for (const ridge of [none, few]) {
      const before = ridge.exportState();
      expect(ridge.estimatePrecisions().estimated).toBe(false);
      expect(ridge.exportState()).toEqual(before);
    }
  });
});

describe('state', () => {
  it('comes back with the same bits and goes on with them', () => {
    const given = world(21, 50, 7);
    const ridge = learnt(given, 7);
    const copy = OnlineRidge.fromState(ridge.exportState());
    for (const each of [ridge, copy]) each.observe(flat(given), targetsOf(given));
    expect(copy.exportState()).toEqual(ridge.exportState());
    expect(copy.coefficients).toEqual(ridge.coefficients);
  });

  it('is checked', () => {
    const state = create(3, { halfLife: 5 }).exportState();
    const broken = (offset: number, value: number) => {
      const bytes = state.slice();
      new DataView(bytes.buffer).setFloat64(offset, value, true);
      return () => OnlineRidge.fromState(bytes);
    };
    expect(() => OnlineRidge.fromState(state.slice(1))).toThrow(ParameterError);
    expect(() => OnlineRidge.fromState(state.slice(0, 100))).toThrow('state.length must be >= 160');
    expect(() => OnlineRidge.fromState(state.slice(0, 400))).toThrow('state.length must be');
    expect(() => OnlineRidge.fromState([] as unknown as Uint8Array)).toThrow(
      'state must be a Uint8Array',
    );
    expect(broken(24, -1)).toThrow('state.halfLife must be');
    expect(broken(48, 0)).toThrow('state.noisePrecision must be in [1e-100, 1e100], got 0');
    expect(broken(600, NaN)).toThrow('state[600] must be');
  });
});

describe('bad input leaves everything as it was', () => {
  const ridge = create(2, { halfLife: 3 });
  ridge.observe(Float64Array.of(1, 2), Float64Array.of(3), { clocks: Float64Array.of(1) });
  const one = Float64Array.of(1);
  const two = Float64Array.of(1, 2);
  const observe = (features: unknown, targets: unknown, options?: unknown) => () =>
    ridge.observe(features as Float64Array, targets as Float64Array, options as object);
  const far = Float64Array.from({ length: 40_000 }, (_, i) => (i === 39_000 ? NaN : 1));

  it.each([
    ['NaN', observe(Float64Array.of(1, NaN), one), 'features[1] must be in [-1e50, 1e50], got NaN'],
    ['infinite', observe(two, Float64Array.of(-Infinity)), 'targets[0] must be in'],
    ['too large', observe(Float64Array.of(1e60, 1), one), 'features[0] must be in'],
    ['NaN in a late chunk', observe(far, new Float64Array(20_000)), 'features[39000] must be in'],
    ['lengths', observe(two, two), 'targets.length must be rows = 1, got 2'],
    ['odd length', observe(one, one), 'features.length must be a multiple of 2, got 1'],
    ['an array', observe([1, 2], one), 'features must be a Float64Array'],
    [
      'clock',
      observe(two, one, { clocks: Float64Array.of(NaN) }),
      'options.clocks[0] must be in [0, 2^53 half-lives of 3]',
    ],
    [
      'weight',
      observe(two, one, { weights: Float64Array.of(-1) }),
      'options.weights[0] must be in [0, 1e50]',
    ],
    ['key', observe(two, one, { wieghts: one }), 'wieghts'],
    ['advance', () => ridge.advance(Infinity), 'clock must be in [0, 2^53 half-lives of 3]'],
    [
      'mean',
      () => ridge.predictInto(two, { mean: two }),
      'out.mean.length must be rows = 1, got 2',
    ],
    [
      'prior',
      () => ridge.estimatePrecisions({ noisePriorRate: -1 }),
      'options.noisePriorRate must be',
    ],
  ])('%s', (_, act, message) => {
    const before = ridge.exportState();
    expect(act).toThrow(ParameterError);
    expect(act).toThrow(message);
    expect(ridge.exportState()).toEqual(before);
  });

  it.each([
    [{ dimensions: 0 }, 'options.dimensions must be a whole number in [1, 256], got 0'],
    [{ dimensions: 257 }, 'options.dimensions'],
    [{ noisePrecision: 0 }, 'options.noisePrecision must be in [1e-100, 1e100], got 0'],
    [{ weightPrecision: NaN }, 'options.weightPrecision'],
    [{ halfLife: 0 }, 'options.halfLife'],
    [{ halflife: 2 }, 'halflife'],
  ])('%o', (options, message) => {
    expect(() => create(2, options as object)).toThrow(message);
  });

  it('takes no rows at all', () => {
    const before = ridge.exportState();
    ridge.observe(new Float64Array(0), new Float64Array(0));
    expect(ridge.predict(new Float64Array(0)).mean.length).toBe(0);
    expect(ridge.exportState()).toEqual(before);
  });
});

describe('evidence decayed to 1e-111 and less', () => {
  // Products of such sums underflow: the fit gives up.
  const [dimensions, rows, halfLife] = [4, 20, 8];

  it.each([2500, 3000, 4000])('keeps its coefficients, clock %d', (clock) => {
    const given = world(5, rows, dimensions);
    const ridge = create(dimensions, { halfLife });
    ridge.observe(flat(given), targetsOf(given));
    ridge.advance(clock);
    const before = ridge.coefficients;
    expect(ridge.estimatePrecisions().estimated).toBe(false);
    expect(ridge.coefficients).toEqual(before);
  });

  it.each([2500, 3000, 4000])('keeps them in the kernel, clock %d', (clock) => {
    const kernel = loadKernelSync().instantiate();
    const { raw } = kernel;
    const block = raw.allocate(raw.ridge_bytes(dimensions));
    const scratch = raw.allocate(raw.ridge_fit_bytes(dimensions, 300));
    const x = raw.allocate(8 * rows * dimensions + 8);
    const y = raw.allocate(8 * rows);
    const given = world(5, rows, dimensions);
    kernel.f64(x, rows * dimensions).set(flat(given));
    kernel.f64(y, rows).set(targetsOf(given));
    raw.ridge_init(block, dimensions, 0);
    raw.ridge_begin_online(block, halfLife, ALPHA, LAMBDA);
    raw.ridge_observe(block, scratch, rows, x, y, 0, 0);
    raw.ridge_advance(block, clock);
    const coefficients = () => [...kernel.f64(raw.ridge_coefficients(block), dimensions)];
    const before = coefficients();
    const status = raw.ridge_fit(
      block,
      scratch,
      ...([1e-6, 1e-6, 1e-6, 1e-6, 1e-3, 300, NaN, NaN] as const),
      0,
    );
    expect(status).toBe(3);
    expect(coefficients()).toEqual(before);
  });
});
