import { ParameterError } from '../core/errors';
import { OPEN_UNIT, requireNumber, requireOptions, STRENGTH } from '../core/validation';

/** What is believed of a model's mean reward before any report: Beta(mean · strength, (1 - mean) · strength). */
export interface Prior {
  /** Mean reward expected, in (0, 1). */
  readonly mean: number;
  /** Observations that the mean is worth, in (0, 1e6]. Never decays. */
  readonly strength: number;
}

/** A prior with the shapes of its Beta distribution. */
export interface BetaPrior extends Prior {
  readonly alpha: number;
  readonly beta: number;
}

/** The shapes, and where a prior has its mean from, do not change what it says. */
const KEYS = ['mean', 'strength', 'alpha', 'beta', 'source', 'date'] as const;

/**
 * Shapes of the Beta distribution of a mean and a strength. Mean and strength come back as they were given; alpha + beta is the
 * strength and alpha/(alpha + beta) the mean, to the last bit where doubles allow it and within 2 units of it elsewhere.
 * @throws {ParameterError}
 */
export function priorFrom(prior: Prior): BetaPrior {
  const { mean, strength } = parsePrior('prior', prior);
  const product = mean * strength;
  // The rounded product is one of several neighbours whose ratio may round to the mean; beta is what is left of the strength.
  const candidates = [0, 1, -1, 2, -2].map((steps) => product + steps * product * Number.EPSILON);
  const alpha = candidates.find((a) => isExact(a, mean, strength)) ?? product;
  return { alpha, beta: strength - alpha, mean, strength };
}

function isExact(alpha: number, mean: number, strength: number): boolean {
  const sum = alpha + (strength - alpha);
  return sum === strength && alpha / sum === mean;
}

/** @throws {ParameterError} also for shapes that contradict mean and strength */
export function parsePrior(parameter: string, value: unknown): Prior {
  const prior = requireOptions(parameter, value, KEYS);
  const mean = requireNumber(`${parameter}.mean`, prior['mean'], OPEN_UNIT);
  const strength = requireNumber(`${parameter}.strength`, prior['strength'], STRENGTH);
  for (const [key, due] of [
    ['alpha', mean * strength],
    ['beta', strength - mean * strength],
  ] as const) {
    const shape = prior[key];
    const agrees = typeof shape === 'number' && Math.abs(shape - due) <= 1e-9 * strength;
    if (shape !== undefined && !agrees)
      throw new ParameterError(`${parameter}.${key}`, `${due}, by mean and strength`, shape);
  }
  return { mean, strength };
}
