/**
 * Strategy: worlds whose law is known. A forecaster that knows the law must score what the law says: coverage within binomial error, log-R² and
 * errors from their formulas; the baselines must find what they can find of it and nothing from held-out rows. The document must be
 * complete, without NaN, and the same each time.
 * Not here: scores (scores.test.ts), the pooled forecaster (test/forecast), the command (test/cli/forecast.test.ts).
 */
import { describe, expect, test } from 'vitest';
import { Generator } from '../../../src/random/generator';
import { ConstantForecaster } from '../../../src/replay/forecast/constantForecaster';
import { evaluateForecasts, type EvaluateOptions } from '../../../src/replay/forecast/evaluate';
import type { Forecasts, GrowingForecaster } from '../../../src/replay/forecast/forecasts';
import { logNormalForecasts } from '../../../src/replay/forecast/logNormal';
import { standardised, type PromptFeatures } from '../../../src/replay/forecast/promptFeatures';
import { RidgeForecaster } from '../../../src/replay/forecast/ridgeForecaster';
import type { TokenTable } from '../../../src/replay/forecast/tokenTable';
import { tokenTable } from './tables';

const SD = 0.5;
const PROMPTS = 600;
const MODELS = 4;
const LEVEL_OF = [4, 5, 6, 7];

/** x of a prompt is its text; log tokens of model m are LEVEL_OF[m] + x + SD·z. */
function world(seed: number): { table: TokenTable; features: PromptFeatures } {
  const generator = new Generator(seed, 0);
  const normal = () => {
    const radius = Math.sqrt(-2 * Math.log(1 - generator.unit()));
    return radius * Math.cos(2 * Math.PI * generator.unit());
  };
  const answers = Array.from({ length: PROMPTS }, (_, i) => {
    const x = 2 * generator.unit() - 1;
    const tokens = LEVEL_OF.map((level, m): [string, number] => [
      `m${m}`,
      Math.exp(level + x + SD * normal()),
    ]);
    return { prompt: `${x} ${i}`, tokens: Object.fromEntries(tokens) };
  });
  const table = tokenTable(answers, { m0: 'f', m1: 'f', m2: 'f', m3: 'g' });
  const values = Float64Array.from(table.prompts.flatMap((prompt) => [1, parseFloat(prompt)]));
  return { table, features: { dimensions: 2, named: 2, values } };
}

/** Knows the law. */
class Oracle implements GrowingForecaster {
  constructor(readonly table: TokenTable) {}
  fit(): void {
    // Nothing to learn.
  }
  learn(): void {
    // Nothing to learn.
  }
  copy(): Oracle {
    return this;
  }
  medians(rows: Uint32Array): Float64Array {
    return this.forecast(rows).quantilesTokens[4]!;
  }
  forecast(rows: Uint32Array): Forecasts {
    const { prompts, rowPrompts, rowModels, tokens } = this.table;
    const mean = Float64Array.from(
      rows,
      (row) => LEVEL_OF[rowModels[row]!]! + parseFloat(prompts[rowPrompts[row]!]!),
    );
    return logNormalForecasts(
      { mean, sd: mean.map(() => SD) },
      Float64Array.from(rows, (row) => tokens[row]!),
    );
  }
}

const { table, features } = world(1);
const options: EvaluateOptions = {
  splits: 5,
  firstSeed: 1,
  heldOut: 'test',
  encoder: 'text',
  prepare: () => ({ pooled: new Oracle(table), features }),
};
const result = evaluateForecasts(table, options);

describe('a forecaster that knows the law', () => {
  /** Rows of a split times splits; splits share rows, which is allowed for by taking one split's. */
  const rows = 0.2 * PROMPTS * MODELS;
  const { overall, baselines, reliability } = result;

  test.each([
    ['coverage50', 0.5],
    ['coverage80', 0.8],
    ['coverage95', 0.95],
  ] as const)('%s', (name, share) => {
    expect(Math.abs(overall[name]! - share)).toBeLessThan(
      4 * Math.sqrt((share * (1 - share)) / rows),
    );
  });

  test('log-R² is the share of the variance that x explains', () => {
    const explained = 1 / 3 / (1 / 3 + SD * SD);
    expect(Math.abs(overall.logR2! - explained)).toBeLessThan(0.06);
    expect(Math.abs(baselines.constant.logR2!)).toBeLessThan(0.05);
  });

  test('is calibrated at every level', () => {
    for (const { nominal, observed } of reliability)
      expect(Math.abs(observed - nominal)).toBeLessThan(4 * Math.sqrt(0.25 / rows));
    expect(reliability.at(-1)!.observed).toBe(1);
  });

  test('beats the constants, and the ridge comes close to it', () => {
    expect(overall.maeTokens! / overall.maeConstantMedian!).toBeLessThan(0.8);
    expect(overall.maeUnpooledRidge! / overall.maeTokens!).toBeLessThan(1.03);
    expect(overall.crps!).toBeLessThan(baselines.unpooledRidge.crps! * 1.01);
    expect(overall.crps!).toBeLessThan(overall.maeTokens!);
    expect(Math.abs(baselines.unpooledRidge.coverage95! - 0.95)).toBeLessThan(0.04);
    expect(Math.abs(baselines.constant.coverage80! - 0.8)).toBeLessThan(0.07);
  });

  test('needs no row of a new model', () => {
    const { coldStart } = result;
    expect(coldStart.modelsLeftOut).toBe(5);
    expect(coldStart.rowsToConvergePooled).toBe(0);
    expect(coldStart.rowsToConvergeUnpooled!).toBeGreaterThan(3);
    expect(coldStart.maeAtZeroRows!).toBeLessThan(coldStart.maeAtZeroRowsUnpooled!);
    expect(coldStart.curve.at(-1)!.rows).toBe(0.6 * PROMPTS);
  });
});

describe('the document', () => {
  test('is the same each time, another for another seed', () => {
    const again = evaluateForecasts(table, options);
    expect(JSON.stringify(again)).toBe(JSON.stringify(result));
    const other = evaluateForecasts(table, { ...options, firstSeed: 9 });
    expect(other.overall.maeTokens).not.toBe(result.overall.maeTokens);
  });

  test('has every model, with its family and its rows', () => {
    expect(
      Object.entries(result.models).map(([name, one]) => [name, one.family, one.heldOutRows]),
    ).toEqual([
      ['m0', 'f', 600],
      ['m1', 'f', 600],
      ['m2', 'f', 600],
      ['m3', 'g', 600],
    ]);
    expect(result.evaluation).toEqual({
      splits: 5,
      firstSeed: 1,
      order: 'shuffled by prompt',
      heldOut: 'test',
      encoder: 'text',
      trainingRows: 1440,
      heldOutRows: 480,
      heldOutRowsSeenBefore: 0,
    });
  });

  test('holds null, not NaN, where a figure does not exist', () => {
    const same = tokenTable(
      Array.from({ length: 10 }, (_, i) => ({
        prompt: `p${i}`,
        tokens: i < 9 ? { a: 1, b: 1 } : { a: 1, b: 1, rare: 5 },
      })),
    );
    const flat = evaluateForecasts(same, {
      ...options,
      splits: 1,
      prepare: () => ({
        pooled: Object.assign(new ConstantForecaster(same), {
          learn: () => undefined,
          copy: () => expect.unreachable(),
        }) as unknown as GrowingForecaster,
        features: { dimensions: 1, named: 1, values: new Float64Array(10) },
      }),
    });
    expect(flat.overall).toMatchObject({ maeTokens: 0, logR2: null, coverage95: 1 });
    expect(flat.coldStart).toMatchObject({ rowsToConvergePooled: null, maeAtZeroRows: null });
    const numbers = JSON.stringify(flat);
    expect(JSON.parse(numbers)).toEqual(flat);
  });

  test('tells progress up to its end', () => {
    const steps: [string, number, number][] = [];
    evaluateForecasts(table, {
      ...options,
      splits: 2,
      onProgress: (label, done, total) => steps.push([label, done, total]),
    });
    expect(steps.map(([, done]) => done)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(new Set(steps.map(([, , total]) => total))).toEqual(new Set([8]));
  });
});

describe('the baselines', () => {
  const all = Uint32Array.from({ length: table.rows }, (_, row) => row);

  test('constants: a model’s own median, that of all for a model without rows', () => {
    const constant = new ConstantForecaster(table);
    constant.fit(all.filter((row) => table.rowModels[row] !== 2));
    const { quantilesTokens } = constant.forecast(Uint32Array.of(0, 2));
    const median = (keep: (model: number) => boolean) => {
      const values = table.tokens.filter((_, row) => keep(table.rowModels[row]!)).sort();
      return (values[(values.length >> 1) - 1]! + values[values.length >> 1]!) / 2;
    };
    expect(quantilesTokens[4]![0]).toBeCloseTo(
      median((model) => model === 0),
      9,
    );
    expect(quantilesTokens[4]![1]).toBeCloseTo(
      median((model) => model !== 2),
      9,
    );
  });

  test('a ridge of fewer than three rows is the constant', () => {
    const ridge = new RidgeForecaster(table, features);
    const two = Uint32Array.of(0, 4);
    ridge.fit(two);
    const { quantilesTokens } = ridge.forecast(Uint32Array.of(8));
    expect(quantilesTokens[4]![0]).toBeCloseTo((table.tokens[0]! + table.tokens[4]!) / 2, 12);
  });

  test('forecasts stand where their rows stand', () => {
    const ridge = new RidgeForecaster(table, standardised(features, Uint32Array.of(0, 1, 2, 3)));
    ridge.fit(all);
    const together = ridge.forecast(Uint32Array.of(7, 0, 5, 2));
    [7, 0, 5, 2].forEach((row, i) => {
      const alone = ridge.forecast(Uint32Array.of(row));
      expect(together.meanTokens[i]).toBe(alone.meanTokens[0]);
      expect(together.crpsTokens[i]).toBe(alone.crpsTokens[0]);
      expect(together.quantilesTokens[7]![i]).toBe(alone.quantilesTokens[7]![0]);
    });
  });

  test('standardised features: named ones of variance 1, others of mean variance 1; what never varies goes', () => {
    const rows = [
      [1, 0.1, 5, 3, 10],
      [1, 0.1, 7, 4, 17],
      [1, 0.1, 9, 9, 99],
    ];
    const given = { dimensions: 5, named: 3, values: Float64Array.from(rows.flat()) };
    // Over the first two: variance 1 of the named column; 1/4 and 49/4 of the others, 25/4 on average.
    const { values, ...shape } = standardised(given, Uint32Array.of(0, 1));
    expect(shape).toEqual({ dimensions: 3, named: 1 });
    [-1, -0.2, -1.4, 1, 0.2, 1.4, 3, 2.2, 34.2].forEach((value, i) =>
      expect(values[i]).toBeCloseTo(value, 12),
    );
  });
});
