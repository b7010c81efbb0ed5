/**
 * Strategy: the arithmetic of priors against its definition, EXPERT_PRIORS against the figures they are said to be made of, misuse.
 * Not here: what priors do to posteriors (test/evidence/priors.test.ts), models added with them (test/router/models.test.ts).
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EXPERT_PRIORS, ParameterError, priorFrom, UNIFORM_PRIORS } from '../../src/index';
import { parsePriors } from '../../src/arms/priors';

describe('priorFrom', () => {
  const means = fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true });
  const strengths = fc.double({ min: 1e-3, max: 1e6, noNaN: true });

  it('gives back mean and strength, in shapes whose sum and ratio are these', () => {
    let exact = 0;
    const runs = 2000;
    fc.assert(
      fc.property(means, strengths, (mean, strength) => {
        const prior = priorFrom({ mean, strength });
        expect([prior.mean, prior.strength]).toEqual([mean, strength]);
        const { alpha, beta } = prior;
        expect(alpha).toBeGreaterThan(0);
        expect(beta).toBeGreaterThan(0);
        const sum = alpha + beta;
        const ratio = alpha / sum;
        if (sum === strength && ratio === mean) exact++;
        expect(Math.abs(sum - strength)).toBeLessThanOrEqual(strength * Number.EPSILON);
        expect(Math.abs(ratio - mean)).toBeLessThanOrEqual(mean * 2 * Number.EPSILON);
      }),
      { numRuns: runs, seed: 1 },
    );
    // Doubles do not hold a quotient of every value; where they do it is found.
    expect(exact).toBeGreaterThan(0.7 * runs);
  });

  it.each([
    [0.5, 2, 1, 1],
    [0.25, 8, 2, 6],
    [0.8, 10, 8, 2],
    [0.93, 100, 93, 7],
  ])('mean %d, strength %d is Beta(%d, %d)', (mean, strength, alpha, beta) => {
    const prior = priorFrom({ mean, strength });
    expect(prior.alpha).toBeCloseTo(alpha, 12);
    expect(prior.beta).toBeCloseTo(beta, 12);
    expect(prior.alpha / (prior.alpha + prior.beta)).toBe(mean);
    expect(prior.alpha + prior.beta).toBe(strength);
  });

  it('takes its own result', () => {
    const prior = priorFrom({ mean: 0.7, strength: 3 });
    expect(priorFrom(prior)).toEqual(prior);
  });

  it.each([
    [{ mean: 0, strength: 2 }, 'prior.mean'],
    [{ mean: 1, strength: 2 }, 'prior.mean'],
    [{ mean: NaN, strength: 2 }, 'prior.mean'],
    [{ mean: '0.5', strength: 2 }, 'prior.mean'],
    [{ strength: 2 }, 'prior.mean'],
    [{ mean: 0.5, strength: 0 }, 'prior.strength'],
    [{ mean: 0.5, strength: -1 }, 'prior.strength'],
    [{ mean: 0.5, strength: NaN }, 'prior.strength'],
    [{ mean: 0.5, strength: Infinity }, 'prior.strength'],
    [{ mean: 0.5, strength: 2, alpha: 2 }, 'prior.alpha'],
    [{ mean: 0.5, strength: 2, beta: NaN }, 'prior.beta'],
    [{ mean: 0.5, strength: 2, weight: 1 }, 'prior'],
    [null, 'prior'],
    [0.5, 'prior'],
  ])('refuses %o', (prior, parameter) => {
    const error = thrown(() => priorFrom(prior as never));
    expect(error).toBeInstanceOf(ParameterError);
    expect((error as ParameterError).parameter).toBe(parameter);
  });
});

/** simple-evals, README of commit 0f2cf33: MMLU, GPQA, MATH, HumanEval, MGSM, DROP, per cent. */
const SIMPLE_EVALS: Readonly<Record<string, readonly number[]>> = {
  o3: [92.9, 82.8, 97.8, 87.4, 92.3, 80.6],
  'o4-mini': [90.0, 77.6, 97.5, 97.3, 93.7, 77.7],
  'o3-mini': [85.9, 74.9, 97.3, 96.3, 90.8, 79.2],
  'gpt-4.1': [90.2, 66.3, 82.1, 94.5, 86.9, 79.4],
  'gpt-4.1-mini': [87.5, 65.0, 81.4, 93.8, 88.2, 81.0],
  'gpt-4.1-nano': [80.1, 50.3, 62.3, 87.0, 73.0, 82.2],
  'gpt-4o': [88.7, 53.1, 75.9, 90.2, 90.0, 79.8],
  'gpt-4o-mini': [82.0, 40.2, 70.2, 87.2, 87.0, 79.7],
  'gpt-4-turbo': [86.7, 49.3, 73.4, 88.2, 89.6, 86.0],
  'gpt-4-1106-preview': [84.7, 42.5, 64.3, 83.7, 87.1, 83.2],
  'claude-3-5-sonnet': [88.3, 59.4, 71.1, 92.0, 91.6, 87.1],
  'claude-3-opus': [86.8, 50.4, 60.1, 84.9, 90.7, 83.1],
  'llama-3.1-405b-instruct': [88.6, 50.7, 73.8, 89.0, 91.6, 84.8],
  'llama-3.1-70b-instruct': [82.0, 41.7, 68.0, 80.5, 86.9, 79.6],
  'llama-3.1-8b-instruct': [68.4, 30.4, 51.9, 72.6, 68.9, 59.5],
};

/** Means of the tables that are linked (data README of each origin): mean of the model, of the linking model, and that one's id. */
const LINKED: Readonly<Record<string, readonly [number, number, string]>> = {
  'claude-sonnet-4': [0.7032, 0.566, 'claude-3-5-sonnet'],
  'llama-4-maverick': [0.5696, 0.566, 'claude-3-5-sonnet'],
  'llama-4-scout': [0.4296, 0.566, 'claude-3-5-sonnet'],
  'llama-3.3-70b-instruct': [0.3182, 0.566, 'claude-3-5-sonnet'],
  'mistral-small-3.1-24b-instruct': [0.3492, 0.566, 'claude-3-5-sonnet'],
  'gemma-3-27b-it': [0.2769, 0.566, 'claude-3-5-sonnet'],
  'gemini-2.5-pro': [0.9356, 0.7896, 'llama-3.1-8b-instruct'],
  'gemini-2.5-flash': [0.9288, 0.7896, 'llama-3.1-8b-instruct'],
  'mistral-large-2512': [0.9256, 0.7896, 'llama-3.1-8b-instruct'],
  'mixtral-8x7b-instruct-v0.1': [0.6809, 0.8059, 'gpt-4-1106-preview'],
};

/** Means are written with three digits. */
const DIGIT = 0.00051;

describe('EXPERT_PRIORS', () => {
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const logit = (p: number) => Math.log(p / (1 - p));
  const measured = (model: string) => mean(SIMPLE_EVALS[model]!) / 100;

  it('are those of both tables', () => {
    expect(Object.keys(EXPERT_PRIORS).sort()).toEqual(
      [...Object.keys(SIMPLE_EVALS), ...Object.keys(LINKED)].sort(),
    );
  });

  it.each(Object.keys(SIMPLE_EVALS))('%s: the mean of its six tests', (model) => {
    expect(Math.abs(EXPERT_PRIORS[model]!.mean - measured(model))).toBeLessThan(DIGIT);
    expect(EXPERT_PRIORS[model]!.strength).toBe(7);
  });

  it.each(Object.keys(LINKED))('%s: linked by its table’s log odds', (model) => {
    const [own, link, other] = LINKED[model]!;
    const due = 1 / (1 + Math.exp(-(logit(own) - logit(link) + logit(measured(other)))));
    expect(Math.abs(EXPERT_PRIORS[model]!.mean - due)).toBeLessThan(DIGIT);
    expect(EXPERT_PRIORS[model]!.strength).toBe(3);
  });

  it('are worth what the spread between tests says', () => {
    const rows = Object.values(SIMPLE_EVALS).map((row) => row.map((x) => x / 100));
    const within = mean(
      rows.map((row) => row.reduce((sum, x) => sum + (x - mean(row)) ** 2, 0) / (row.length - 1)),
    );
    const binary = mean(rows.map((row) => mean(row) * (1 - mean(row))));
    expect(Math.floor(binary / within - 1)).toBe(7);
  });

  it('cannot be changed, and say where they are from', () => {
    expect(Object.isFrozen(EXPERT_PRIORS)).toBe(true);
    for (const prior of Object.values(EXPERT_PRIORS)) {
      expect(Object.isFrozen(prior)).toBe(true);
      expect(prior.source).toMatch(/^https:\/\/github\.com\//);
      expect(prior.date).toMatch(/^20\d\d(-\d\d)?$/);
    }
    expect(Object.keys(UNIFORM_PRIORS)).toEqual(Object.keys(EXPERT_PRIORS));
    expect(new Set(Object.values(UNIFORM_PRIORS))).toEqual(new Set([{ mean: 0.5, strength: 2 }]));
  });
});

describe('priors', () => {
  it('by name and by table', () => {
    expect(parsePriors('priors', undefined)('o3')).toBeUndefined();
    expect(parsePriors('priors', 'family')('o3')).toBeUndefined();
    expect(parsePriors('priors', 'uniform')('any')).toEqual({ mean: 0.5, strength: 2 });
    expect(parsePriors('priors', 'expert')('o3')).toEqual({ mean: 0.89, strength: 7 });
    expect(parsePriors('priors', UNIFORM_PRIORS)('o3')).toEqual({ mean: 0.5, strength: 2 });
    const own = parsePriors('priors', { ['__proto__']: { mean: 0.1, strength: 1 } });
    expect(own('__proto__')).toEqual({ mean: 0.1, strength: 1 });
  });

  it.each(['__proto__', 'constructor', 'toString', 'unknown'])('%s is no expert', (model) => {
    expect(parsePriors('priors', 'expert')(model)).toBeUndefined();
    expect(parsePriors('priors', {})(model)).toBeUndefined();
  });

  it.each(['experts', 1, true, null, [], { m: { mean: 2, strength: 1 } }, { m: 1 }])(
    'refuses %o',
    (value) => {
      expect(thrown(() => parsePriors('priors', value))).toBeInstanceOf(ParameterError);
    },
  );
});

function thrown(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}
