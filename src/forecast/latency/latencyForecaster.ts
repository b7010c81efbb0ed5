import { ParameterError } from '../../core/errors';
import {
  OPEN_UNIT,
  optionalNumber,
  requireId,
  requireNumber,
  requireOptions,
  wholeBetween,
} from '../../core/validation';
import type { Kernel } from '../../kernel/kernel';
import { kernelOf } from '../../kernel/load';
import { requireAnother, requireSameHalfLife, requireSameIds } from '../mergePartner';
import { quantileOf, requireOutputTokens, type OutputTokens } from '../tokenForecast';
import { LatencyBlock, LatencyHeader } from './latencyBlock';
import {
  LATENCY_MS,
  parseLatencyOptions,
  parseObservation,
  type LatencyForecasterOptions,
  type LatencyObservation,
  type ParsedModels,
} from './latencyOptions';
import { checkLatencyState } from './latencyState';

/** The predictive distribution of one latency. */
export interface LatencyForecast {
  /** Mean at the best estimate of the parameters, in ms. */
  readonly meanMs: number;
  /** Standard deviation of latencies around it, in ms. */
  readonly sdMs: number;
  readonly medianMs: number;
  /** Has the model no report of its own, so that the forecast is its provider's, or all providers'? */
  readonly pooled: boolean;
  /** Latency that is not exceeded with probability p in (0, 1), the parameters' uncertainty included. @throws {ParameterError} */
  quantileMs(p: number): number;
  /** P(latency <= limitMs), likewise. @throws {ParameterError} */
  probabilityWithin(limitMs: number): number;
}

export interface LatencyPredictOptions {
  /** A forecast of the output tokens, or their number where it is known. @defaultValue as the model's answers had so far */
  readonly outputTokens?: OutputTokens;
}

export interface LatencyFitOptions {
  /** Passes over the rows, 1 to 100. @defaultValue 5 */
  readonly passes?: number;
}

/** Quantile one standard deviation above the median of a normal variable: Φ(1). */
const ONE_SD_ABOVE = 0.8413447460685429;

/**
 * How long models take to answer: log-normal time to the first token and log-normal time an output token, learned a model and
 * shrunk towards its provider and all providers (docs/MATH.md §21).
 *
 * A report may tell the whole latency only; the first token's time and the output tokens, where known, tell the parts apart.
 *
 * @example
 * ```ts
 * import { LatencyForecaster } from 'thompsonite';
 * const latencies = new LatencyForecaster({ models: { small: { provider: 'here' }, large: { provider: 'there' } } });
 * latencies.observe({ model: 'small', latencyMs: 1840, firstTokenMs: 310, outputTokens: 152 });
 * const forecast = latencies.predict('small', { outputTokens: 300 });
 * const safe = forecast.probabilityWithin(5000) >= 0.95;
 * ```
 */
export class LatencyForecaster {
  readonly halfLife: number;
  readonly #models: ParsedModels;
  readonly #block: LatencyBlock;
  readonly #guest: LatencyBlock;
  readonly #out: number;
  #stranger: LatencyBlock | undefined;

  /** @throws {ParameterError} */
  constructor(options: LatencyForecasterOptions) {
    const { models, halfLife } = parseLatencyOptions(options);
    const kernel = kernelOf(options.kernel).instantiate();
    this.halfLife = halfLife;
    this.#models = models;
    this.#block = new LatencyBlock(kernel, models.groups, halfLife);
    this.#guest = new LatencyBlock(kernel, models.groups, halfLife);
    this.#out = kernel.allocate(48);
  }

  /**
   * A forecaster of the same options as the one that `exportState` was called on, with the same bits in every later answer.
   * @throws {ParameterError} for bytes that are no such state
   */
  static fromState(state: Uint8Array, options: LatencyForecasterOptions): LatencyForecaster {
    const forecaster = new LatencyForecaster(options);
    checkLatencyState(state, forecaster.#block);
    forecaster.#block.restore(state);
    return forecaster;
  }

  /** Ids of the models, in code-unit order. */
  get models(): readonly string[] {
    return this.#models.ids;
  }

  /** Latencies observed so far, whatever they weigh now. */
  get reports(): number {
    return this.#block.figure(LatencyHeader.Reports);
  }

  /** Latest clock seen. */
  get clock(): number {
    return this.#block.figure(LatencyHeader.Clock);
  }

  /** Learns from one answer. @throws {ParameterError}; nothing is then learnt */
  observe(observation: LatencyObservation): void {
    const { model, report } = this.#parse('observation', observation);
    this.#block.observe(model, report);
  }

  /**
   * Learns from many answers at once, as if nothing had been learnt before; later passes tell the parts of latencies apart by
   * what the pass before has found, so that the order of the rows does not matter.
   * @throws {ParameterError}; nothing is then learnt
   */
  fit(observations: readonly LatencyObservation[], options: LatencyFitOptions = {}): void {
    if (!Array.isArray(observations))
      throw new ParameterError('observations', 'an array of observations', observations);
    const { passes } = requireOptions('options', options, ['passes']);
    const count = optionalNumber('options.passes', passes, wholeBetween(1, 100), 5);
    const rows = observations.map((row: unknown, i) => this.#parse(`observations[${i}]`, row, 0));
    this.#block.reset();
    for (let pass = 0; pass < count; pass++) {
      this.#guest.restore(this.#block.export());
      this.#block.reset();
      for (const { model, report } of rows) this.#block.observe(model, report, this.#guest);
    }
  }

  /**
   * The latency of one answer at the latest clock; a snapshot that later reports do not change.
   * @param model an id; one that the forecaster does not know gets what is known of all providers, and is marked `pooled`
   * @throws {ParameterError}
   */
  predict(model: string, options: LatencyPredictOptions = {}): LatencyForecast {
    requireId('model', model);
    const known = this.#models.indexOf.get(model);
    const block = known === undefined ? this.#withStranger() : this.#block;
    const index = known ?? this.#models.ids.length;
    const { outputTokens } = requireOptions('options', options, ['outputTokens']);
    const tokens =
      outputTokens === undefined
        ? undefined
        : requireOutputTokens('options.outputTokens', outputTokens);
    const median = tokens ? quantileOf(tokens, 0.5) : NaN;
    const upper = tokens ? quantileOf(tokens, ONE_SD_ABOVE) : NaN;
    const { kernel } = block;
    kernel.raw.latency_forecast(block.address, index, median, upper, this.#out);
    const parameters = kernel.f64(this.#out, 6).slice();
    const on = <T>(ask: (raw: Kernel['raw'], at: number) => T): T => {
      kernel.f64(this.#out, 6).set(parameters);
      return ask(kernel.raw, this.#out);
    };
    return {
      meanMs: parameters[4]!,
      sdMs: parameters[5]!,
      medianMs: on((raw, at) => raw.latency_quantile(at, 0.5)),
      pooled: block.isPooled(index),
      quantileMs: (p) => {
        requireNumber('p', p, OPEN_UNIT);
        return on((raw, at) => raw.latency_quantile(at, p));
      },
      probabilityWithin: (limitMs) => {
        requireNumber('limitMs', limitMs, LATENCY_MS);
        return on((raw, at) => raw.latency_cdf(at, limitMs));
      },
    };
  }

  /**
   * Adds what `other` has learnt, which stays as it is. The clock becomes the later of both: it must be the same clock.
   * @throws {ParameterError} unless models, providers and half-life are equal; nothing has then changed
   */
  merge(other: LatencyForecaster): void {
    if (!(other instanceof LatencyForecaster))
      throw new ParameterError('other', 'a LatencyForecaster', other);
    requireAnother(other, this);
    requireSameIds(other.models, this.models);
    other.#models.providers.forEach((provider, i) => {
      const own = this.#models.providers[i]!;
      if (provider !== own)
        throw new ParameterError(
          'other',
          `with the provider ${JSON.stringify(own)} at ${i}`,
          provider,
        );
    });
    requireSameHalfLife(other.halfLife, this.halfLife);
    this.#guest.restore(other.exportState());
    this.#block.kernel.raw.latency_merge(this.#block.address, this.#guest.address);
  }

  /** Everything it knows, as bytes: the kernel's block, little-endian. */
  exportState(): Uint8Array {
    // What is derived from the sums stands in the block too: brought up to date, so that equal knowledge is equal bytes.
    this.#block.kernel.raw.latency_forecast(this.#block.address, 0, NaN, NaN, this.#out);
    return this.#block.export();
  }

  /** The block with one model more, of a provider of its own: what is said of it is said of a model that nobody has seen. */
  #withStranger(): LatencyBlock {
    const { groups } = this.#models;
    this.#stranger ??= new LatencyBlock(
      this.#block.kernel,
      [...groups, Math.max(...groups) + 1],
      this.halfLife,
    );
    this.#stranger.learnAs(this.#block);
    return this.#stranger;
  }

  #parse(parameter: string, value: unknown, latestClock = this.clock) {
    return parseObservation(parameter, value, this.#models, this.halfLife, latestClock);
  }
}
