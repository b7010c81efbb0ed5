import { ParameterError } from '../../core/errors';
import { OPEN_UNIT, requireNumber, TOKENS } from '../../core/validation';
import type { Kernel } from '../../kernel/kernel';

/** f64 of a forecast in kernel memory (assembly/forecast/forecast.ts). */
export const FORECAST_VALUES = 11;

const enum Field {
  Mean,
  Epistemic,
  MeanTokens,
  Weight,
  /** Of the first component; the mixture starts here. */
  Share,
  Mean1,
  Sd1,
  Mean2,
  Sd2,
}

/** Room in kernel memory for one mixture, what is computed from it, and its results. */
export class MixtureCalculator {
  readonly kernel: Kernel;
  readonly #mixture: number;
  readonly #scratch: number;
  readonly #out: number;

  constructor(kernel: Kernel) {
    this.kernel = kernel;
    this.#mixture = kernel.allocate(64);
    this.#scratch = kernel.allocate(64);
    this.#out = kernel.allocate(16);
  }

  put(mixture: Float64Array): number {
    this.kernel.f64(this.#mixture, mixture.length).set(mixture);
    return this.#mixture;
  }

  /** Aleatoric and epistemic variance of the tokens. */
  split(mixture: Float64Array, epistemic: number): [number, number] {
    this.kernel.raw.mixture_split(this.put(mixture), epistemic, this.#scratch, this.#out);
    const [aleatoric, rest] = this.kernel.f64(this.#out, 2);
    return [aleatoric!, rest!];
  }
}

/**
 * Predictive distribution of the output tokens of one answer: two normal components in the logarithm of the tokens, truncated at the most tokens of the model
 * (docs/MATH.md §20). Tokens are real numbers here. It keeps nothing of the forecaster that it could change with.
 */
export class TokenPrediction {
  /** Model that was asked for. */
  readonly model: string;
  /** Whether nothing was known of the model itself: the forecast is that of its family, or of all models. */
  readonly pooled: boolean;
  readonly meanTokens: number;
  /** Observations of the model, by their present weight. */
  readonly weight: number;
  readonly #values: Float64Array;
  readonly #calculator: MixtureCalculator;
  #split: [number, number] | undefined;

  /** @internal */
  constructor(model: string, values: Float64Array, calculator: MixtureCalculator) {
    this.model = model;
    this.#values = values;
    this.#calculator = calculator;
    this.meanTokens = values[Field.MeanTokens]!;
    this.weight = values[Field.Weight]!;
    this.pooled = !(this.weight > 0);
  }

  get medianTokens(): number {
    return this.quantileTokens(0.5);
  }

  /** Tokens that an answer stays within with probability `p` in (0, 1). @throws {ParameterError} */
  quantileTokens(p: number): number {
    requireNumber('p', p, OPEN_UNIT);
    return this.#calculator.kernel.raw.mixture_quantile(this.#put(), p);
  }

  /** The same for several probabilities. @throws {ParameterError} */
  quantilesTokens(probabilities: readonly number[]): number[] {
    if (!Array.isArray(probabilities))
      throw new ParameterError('probabilities', 'an array of numbers', probabilities);
    return (probabilities as readonly number[]).map((p) => this.quantileTokens(p));
  }

  /** Probability that an answer has at most `tokens` >= 0 tokens. @throws {ParameterError} */
  probabilityWithin(tokens: number): number {
    requireNumber('tokens', tokens, TOKENS);
    return this.#calculator.kernel.raw.mixture_cdf(this.#put(), tokens);
  }

  /** Continuous ranked probability score of an answer of `tokens` tokens, in tokens; less is better. @throws {ParameterError} */
  crpsTokens(tokens: number): number {
    requireNumber('tokens', tokens, TOKENS);
    return this.#calculator.kernel.raw.mixture_crps(this.#put(), tokens);
  }

  /** Standard deviation of answers to this prompt if the regression were known: what no data takes away. */
  get aleatoricSdTokens(): number {
    return Math.sqrt(this.#variances[0]);
  }

  /** Standard deviation of the mean that comes from the regression not being known: what data takes away. */
  get epistemicSdTokens(): number {
    return Math.sqrt(this.#variances[1]);
  }

  /** Mean of the natural logarithm of the tokens, before the truncation. */
  get logMean(): number {
    const [share, a, b] = [this.#at(Field.Share), this.#at(Field.Mean1), this.#at(Field.Mean2)];
    return share * a + (1 - share) * b;
  }

  /** Standard deviation of the regression's x·w, a logarithm. */
  get epistemicSdLog(): number {
    return Math.sqrt(this.#at(Field.Epistemic));
  }

  /** Standard deviation of the noise around x·w, a logarithm, before the truncation. */
  get aleatoricSdLog(): number {
    const share = this.#at(Field.Share);
    const distance = this.#at(Field.Mean1) - this.#at(Field.Mean2);
    const [a, b] = [this.#at(Field.Sd1), this.#at(Field.Sd2)];
    const whole = share * a * a + (1 - share) * (b * b + share * distance * distance);
    return Math.sqrt(Math.max(whole - this.#at(Field.Epistemic), 0));
  }

  get #variances(): [number, number] {
    this.#split ??= this.#calculator.split(this.#mixture, this.#at(Field.Epistemic));
    return this.#split;
  }

  get #mixture(): Float64Array {
    return this.#values.subarray(Field.Share);
  }

  #at(field: Field): number {
    return this.#values[field]!;
  }

  #put(): number {
    return this.#calculator.put(this.#mixture);
  }
}
