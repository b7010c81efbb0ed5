import { ParameterError } from '../../core/errors';
import {
  FINITE,
  HALF_LIFE,
  NOT_NEGATIVE,
  OPEN_UNIT,
  optionalNumber,
  rejectUnknownKeys,
  requireId,
  requireNumber,
  requireObject,
  UNIT,
} from '../../core/validation';
import { byCodeUnit } from '../../arms/models';
import { kernelOf, type CompiledKernel } from '../../kernel/load';
import { PromptEncoder } from '../encoder/promptEncoder';
import type { Encoder } from '../encoder/encoderOptions';
import { EarlyReports } from './earlyReports';
import { QualityBlock } from './qualityBlock';
import { joinState, splitState } from './qualityState';

export interface QualityForecasterOptions {
  /** Models by id, 1 to 512, each with its family: models of one borrow from each other. */
  readonly models: Readonly<Record<string, { readonly family: string }>>;
  /** Takes the place of the hashed n-grams. @defaultValue none */
  readonly encoder?: Encoder;
  /** Different prompts after which the encoder is frozen, in [1, 1000]. @defaultValue 500 */
  readonly freezeAfterPrompts?: number;
  /** Units of the observations' clock after which one weighs half, >= 0.001; Infinity forgets nothing. @defaultValue Infinity */
  readonly halfLife?: number;
  /** Mean reward expected of a model nothing is known of, in (0, 1). @defaultValue 0.5 */
  readonly priorMean?: number;
  /** @defaultValue `loadKernelSync()` */
  readonly kernel?: CompiledKernel;
}

/** What is expected of a model's reward for a prompt. */
export interface QualityForecast {
  /** Mean, not confined to [0, 1]. */
  readonly mean: number;
  /** Standard deviation of that mean: what more observations would take away. */
  readonly epistemicSd: number;
  /** Standard deviation of a reward about its mean: what they would not. */
  readonly noiseSd: number;
  /** Nothing was observed of the model itself: the others' mean stands for it. */
  readonly pooled: boolean;
}

/** One reward. */
export interface QualityObservation {
  /** The prompt, or its 136 features. */
  readonly prompt: string | Float64Array;
  readonly model: string;
  /** In [0, 1]. */
  readonly reward: number;
  /** When it was, >= 0; a later one never weighs less. @defaultValue the latest so far */
  readonly clock?: number;
}

const KEYS = ['models', 'encoder', 'freezeAfterPrompts', 'halfLife', 'priorMean', 'kernel'];
const MOST_MODELS = 512;

/**
 * Forecasts the reward of every model from the prompt: a Bayesian linear model on its features (docs/MATH.md §22), one a model, whose means borrow from the
 * model's family and from all models. The same block decides in a router with the option `context`.
 *
 * @example
 * ```ts
 * import { QualityForecaster } from 'thompsonite';
 * const forecaster = new QualityForecaster({ models: { small: { family: 'a' }, large: { family: 'a' } } });
 * forecaster.observe({ prompt: 'Is 7 prime?', model: 'small', reward: 1 });
 * const { mean, epistemicSd } = forecaster.predict('Is 9 prime?', 'small');
 * console.log(mean, epistemicSd, forecaster.predict('Is 9 prime?', 'unheard of').pooled);
 * ```
 */
export class QualityForecaster {
  /** Ids of the models, in code-unit order. */
  readonly models: readonly string[];
  readonly #options: QualityForecasterOptions;
  readonly #indexOf: ReadonlyMap<string, number>;
  readonly #encoder: PromptEncoder;
  readonly #block: QualityBlock;
  readonly #early = new EarlyReports();
  #clock = 0;

  /** @throws {ParameterError} for an option out of range */
  constructor(options: QualityForecasterOptions);
  /** @internal with the state of another */
  // eslint-disable-next-line @typescript-eslint/unified-signatures -- the second is not public
  constructor(options: QualityForecasterOptions, state?: Uint8Array);
  constructor(options: QualityForecasterOptions, state?: Uint8Array) {
    rejectUnknownKeys('options', requireObject('options', options), KEYS);
    const { models, families } = parseFamilies(options.models);
    this.#options = options;
    this.models = models;
    this.#indexOf = new Map(models.map((model, index) => [model, index]));
    const kernel = kernelOf(options.kernel).instantiate();
    this.#block = new QualityBlock(kernel, [...families, families.length], {
      experts: 1,
      halfLife: optionalNumber('options.halfLife', options.halfLife, HALF_LIFE, Infinity),
      priorMean: optionalNumber('options.priorMean', options.priorMean, OPEN_UNIT, 0.5),
    });
    const { encoder, freezeAfterPrompts } = options;
    const encoding = encoder ? { encoder } : {};
    if (state === undefined) {
      const after = freezeAfterPrompts === undefined ? {} : { freezeAfterPrompts };
      this.#encoder = new PromptEncoder({ ...encoding, ...after }, kernel);
      return;
    }
    const { clock, block, encoder: encoderState } = splitState(state);
    this.#block.restore(block);
    this.#encoder = PromptEncoder.fromState(encoderState, encoding, kernel);
    this.#clock = clock;
    this.#early.give();
  }

  /**
   * Goes on from an exported state.
   * @param options as those it was made with
   * @throws {ParameterError | KernelError} for bytes that are no state of these models
   */
  static fromState(state: Uint8Array, options: QualityForecasterOptions): QualityForecaster {
    return new QualityForecaster(options, state);
  }

  /** Is the encoder frozen? Before, only the named features tell. */
  get frozen(): boolean {
    return this.#encoder.frozen;
  }

  /**
   * Forecast for one model; one that is not among `models` gets what the others give a stranger.
   * @throws {ParameterError} for a prompt that is neither a string nor 136 finite numbers
   */
  predict(prompt: string | Float64Array, model: string): QualityForecast {
    const index = this.#indexOf.get(requireId('model', model)) ?? this.models.length;
    return this.#forecasts(prompt)[index]!;
  }

  /** Forecasts for all models, in one call of the kernel. @throws {ParameterError} as `predict` */
  predictAll(prompt: string | Float64Array): ReadonlyMap<string, QualityForecast> {
    const forecasts = this.#forecasts(prompt);
    return new Map(this.models.map((model, index) => [model, forecasts[index]!]));
  }

  /** Learns a reward. @throws {ParameterError} for a malformed one or a model not among `models`; nothing has changed then */
  observe(observation: QualityObservation): void {
    const { prompt, model, reward, clock } = observation;
    const arm = this.#indexOf.get(requireId('observation.model', model));
    if (arm === undefined)
      throw new ParameterError('observation.model', 'one of the models', model);
    requireNumber('observation.reward', reward, UNIT);
    const at = optionalNumber('observation.clock', clock, NOT_NEGATIVE, this.#clock);
    this.#put('observation.prompt', prompt);
    let froze = false;
    if (typeof prompt === 'string' && !this.frozen) {
      froze = this.#encoder.observe(prompt);
      this.#early.add({ prompt, vector: undefined, arm, reward, costUsd: NaN, clock: at });
    } else if (!this.frozen) {
      this.#early.give();
    }
    this.#clock = Math.max(this.#clock, at);
    if (froze) this.#early.relearn(this.#block, this.#encoder);
    else this.#block.observe(arm, reward, NaN, at);
  }

  /**
   * Everything it knows, as bytes. Before the encoder is frozen, observations so far will keep zeros for the projections, because the state holds
   * no prompt.
   */
  exportState(): Uint8Array {
    return joinState({
      clock: this.#clock,
      block: this.#block.state(),
      encoder: this.#encoder.exportState(),
    });
  }

  /** A twin that goes on by itself. */
  clone(): QualityForecaster {
    return QualityForecaster.fromState(this.exportState(), this.#options);
  }

  #forecasts(prompt: string | Float64Array): QualityForecast[] {
    this.#put('prompt', prompt);
    const { means, variances } = this.#block.predict(this.#clock);
    return Array.from(means, (mean, arm) => ({
      mean,
      epistemicSd: Math.sqrt(variances[arm]!),
      noiseSd: Math.sqrt(this.#block.noise(arm)),
      pooled: !(this.#block.rows(arm) > 0),
    }));
  }

  /** Puts the features where the block reads them. */
  #put(parameter: string, prompt: string | Float64Array): void {
    if (typeof prompt === 'string') {
      this.#encoder.encodeAt(this.#block.x, prompt);
      return;
    }
    this.#block.put(requireFeatures(parameter, prompt, this.#block.features, 'a string or '));
  }
}

/** `instead`: what the error says may come in their place. @throws {ParameterError} */
export function requireFeatures(
  parameter: string,
  features: unknown,
  length: number,
  instead = '',
): Float64Array {
  if (!(features instanceof Float64Array) || features.length !== length)
    throw new ParameterError(parameter, `${instead}a Float64Array of ${length}`, features);
  const bad = features.findIndex((value) => !(FINITE.contains(value) && Math.abs(value) <= 1e50));
  if (bad >= 0) throw new ParameterError(`${parameter}[${bad}]`, 'in [-1e50, 1e50]', features[bad]);
  return features;
}

function parseFamilies(value: unknown): { models: string[]; families: number[] } {
  const entries = Object.entries(requireObject('options.models', value));
  if (!(entries.length >= 1 && entries.length <= MOST_MODELS))
    throw new ParameterError('options.models', `1 to ${MOST_MODELS} models`, entries.length);
  entries.sort(([a], [b]) => byCodeUnit(a, b));
  const names: string[] = [];
  const families = entries.map(([id, model]) => {
    const path = `options.models[${JSON.stringify(requireId('id in options.models', id))}]`;
    const family = requireId(`${path}.family`, requireObject(path, model)['family']);
    if (!names.includes(family)) names.push(family);
    return names.indexOf(family);
  });
  return { models: entries.map(([id]) => id), families };
}
