import { ParameterError } from '../core/errors';
import {
  requireNumber,
  requireOptions,
  UNIT,
  wholeBetween,
  type Interval,
} from '../core/validation';
import { MOST_SAMPLES } from './options';
import { workspace } from './workspace';

/** What repeats of prompts say about a model. */
export interface RepeatsFit {
  /** 'fitted'; 'no-repeats': no prompt has two samples; 'constant': every sample is 0, or every one is 1. */
  readonly status: 'fitted' | 'no-repeats' | 'constant';
  /** Mean success rate of a prompt, in [0, 1]; NaN of no samples at all. */
  readonly mean: number;
  /**
   * Strength s of the beta distribution of the prompts' own rates, in [1e-3, 1e4]; NaN unless fitted. Samples of a prompt have
   * the correlation 1/(1 + s).
   */
  readonly strength: number;
  readonly logLikelihood: number;
}

/** The most prompts of a fit. */
const MOST_PROMPTS = 2 ** 24;

/**
 * Fits a beta-binomial to within-prompt repeats by maximum likelihood: each prompt has a success rate of its own, drawn from
 * Beta(mean · strength, (1 - mean) · strength), and its samples are tosses of it (docs/MATH.md §29). Graded scores count as their
 * share of a success. Prompts with one sample inform the mean alone.
 * @param prompts the samples' scores of each prompt, in [0, 1]; 1 to 1024 of them
 * @throws {ParameterError}
 */
export function fitRepeats(prompts: readonly ArrayLike<number>[]): RepeatsFit {
  if (!Array.isArray(prompts)) throw new ParameterError('prompts', 'an array', prompts);
  const count = requireNumber('prompts.length', prompts.length, wholeBetween(1, MOST_PROMPTS));
  const successes = Float64Array.from(prompts as ArrayLike<number>[], sumOfScores);
  const { kernel, address } = workspace(2 * count + 3);
  const trials = address + 8 * count;
  const out = trials + 8 * count;
  kernel.f64(address, count).set(successes);
  kernel.f64(trials, count).set(prompts.map((scores) => scores.length));
  const status = kernel.raw.best_of_fit(count, address, trials, out);
  const [mean, strength, logLikelihood] = kernel.f64(out, 3);
  return {
    status: (['fitted', 'no-repeats', 'constant'] as const)[status]!,
    mean: mean!,
    strength: strength!,
    logLikelihood: logLikelihood!,
  };
}

function sumOfScores(scores: ArrayLike<number>, prompt: number): number {
  const name = `prompts[${prompt}]`;
  requireNumber(`${name}.length`, scores?.length, wholeBetween(1, MOST_SAMPLES));
  let sum = 0;
  for (let i = 0; i < scores.length; i++) sum += requireNumber(`${name}[${i}]`, scores[i], UNIT);
  return sum;
}

/** Of (model, n), before it has evidence of its own. */
export interface BestOfNPriorOptions {
  /** Mean reward of one sample, in [0, 1]. */
  readonly mean: number;
  /** Samples, 1 to 1024. */
  readonly n: number;
  /** `strength` of `fitRepeats`, > 0; NaN or undefined = no repeats are known. */
  readonly strength?: number | undefined;
  /**
   * Share of the possible gain that the proxy reward model realises, in [0, 1] (`proxyGain`).
   * @defaultValue 1: the proxy judges like the reward itself
   */
  readonly gain?: number | undefined;
}

const AGREEMENT: Interval = { text: '> 0 or NaN', contains: (v) => v > 0 || Number.isNaN(v) };

/**
 * Mean reward expected of the best of n samples: mean + gain · (E[best of n] - mean), with E[best of n] of the beta-binomial, which
 * lies below 1 - (1 - mean)ⁿ because samples of a prompt agree. Without repeats it is the mean of one sample.
 * @throws {ParameterError}
 */
export function bestOfNPriorMean(options: BestOfNPriorOptions): number {
  requireOptions('options', options, ['mean', 'n', 'strength', 'gain']);
  const { mean, n, strength = NaN, gain = 1 } = options;
  requireNumber('mean', mean, UNIT);
  requireNumber('n', n, wholeBetween(1, MOST_SAMPLES));
  requireNumber('strength', strength, AGREEMENT);
  requireNumber('gain', gain, UNIT);
  return workspace(0).kernel.raw.best_of_mean(mean, strength, n, gain);
}
