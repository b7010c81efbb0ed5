import { ParameterError } from '../../core/errors';
import { requireOptions } from '../../core/validation';
import { requireAnother, requireSameHalfLife, requireSameIds } from '../mergePartner';
import { kernelOf, type CompiledKernel } from '../../kernel/load';
import type { Encoder } from '../encoder/encoderOptions';
import {
  MOST_MODELS,
  requireClock,
  requireTokens,
  resolveTokenModel,
  resolveTokenOptions,
  type TokenForecasterOptions,
  type TokenModel,
  type TokenModelOptions,
} from './options';
import { groupByPrompt, type Answer, type PromptGroup } from './promptGroups';
import { RowFeatures, type PromptInput } from './rowFeatures';
import { FORECAST_VALUES, MixtureCalculator, TokenPrediction } from './tokenPrediction';
import { readTokenState, writeTokenState } from './tokenState';
import { TokenTree, UNKNOWN } from './tokenTree';

/** What an answer has shown. */
export interface TokenObservation {
  /** The prompt, or its features. */
  readonly input: PromptInput;
  readonly model: string;
  /** In [0, 1e12]. */
  readonly outputTokens: number;
  /** In the units of the half-life; answers may come late. @defaultValue the latest clock seen */
  readonly clock?: number;
}

interface Restored {
  readonly models: readonly TokenModel[];
  readonly encoder: Uint8Array | undefined;
}

/**
 * Forecasts how many tokens each model will answer a prompt with.
 *
 * The logarithm of the tokens is a linear function of the prompt's features plus noise. The weights of a model are drawn around those of its family, these around
 * common ones (hierarchical Gaussian prior); what is known of one model so reaches the others, exactly as far as models have turned out to resemble each
 * other. A model without answers is forecast from its family, an unknown one from all models. The noise is a mixture of two normal
 * distributions, fitted to what the forecasts missed by. Equations and sources: docs/MATH.md §19 and §20.
 *
 * Everything is kept as decayed sums, which merge by addition. Precisions, noise and what models learn from each other are brought up to date in rebuilds: at the end of `fit`, whenever
 * the answers observed have doubled, and while there is a half-life, every quarter of it. In between each answer updates the regression of its own model.
 *
 * @example
 * ```ts
 * const forecaster = new TokenForecaster({
 *   models: { small: { family: 'x' }, large: { family: 'x', maxOutputTokens: 8192 } },
 * });
 * forecaster.fit([
 *   { input: 'What is the capital of France?', model: 'small', outputTokens: 9 },
 *   { input: 'Write a story about rain.', model: 'small', outputTokens: 950 },
 * ]);
 * forecaster.observe({ input: 'Write a poem about snow.', model: 'large', outputTokens: 310 });
 * const { meanTokens, medianTokens } = forecaster.predict('What is the capital of Peru?', 'large');
 * ```
 */
export class TokenForecaster {
  readonly halfLife: number;
  readonly #features: RowFeatures;
  readonly #tree: TokenTree;
  readonly #calculator: MixtureCalculator;
  readonly #index = new Map<string, number>();
  #models: readonly TokenModel[] = [];

  /** @throws {ParameterError} */
  constructor(options: TokenForecasterOptions);
  /** @internal `restored`: models in their order, and the encoder to go on with. */
  // eslint-disable-next-line @typescript-eslint/unified-signatures -- the public one has no state
  constructor(options: TokenForecasterOptions, restored?: Restored);
  constructor(options: TokenForecasterOptions, restored?: Restored) {
    const { models, halfLife } = resolveTokenOptions(options, restored?.models);
    const kernel = kernelOf(options.kernel).instantiate();
    this.halfLife = halfLife;
    this.#features = new RowFeatures(options, kernel, restored?.encoder);
    const { dimensions, surface } = this.#features;
    this.#tree = new TokenTree(kernel, dimensions, surface, halfLife, models);
    this.#calculator = new MixtureCalculator(kernel);
    this.#setModels(models);
  }

  /**
   * A forecaster from what `exportState` gave, with the same bits in every later answer.
   * @param options the encoder, if there was one in the options of the forecaster
   * @throws {ParameterError} for bytes that are no such state
   */
  static fromState(
    state: Uint8Array,
    options: { readonly encoder?: Encoder; readonly kernel?: CompiledKernel } = {},
  ): TokenForecaster {
    requireOptions('options', options, ['encoder', 'kernel']);
    const { description, tree, encoder } = readTokenState(state);
    const { models, ownFeatures, halfLife } = description;
    const forecaster = new TokenForecaster(
      {
        ...options,
        models: {},
        ...(ownFeatures !== null && { ownFeatures }),
        ...(halfLife !== null && { halfLife }),
      },
      { models, encoder: ownFeatures === null ? encoder : undefined },
    );
    forecaster.#tree.restore(tree);
    return forecaster;
  }

  /** Ids of the models, in the order of `predictAll`. */
  get models(): readonly string[] {
    return this.#models.map(({ id }) => id);
  }

  /** Answers learnt, whatever they weigh now. */
  get rows(): number {
    return this.#tree.rows;
  }

  /** Latest clock seen. */
  get clock(): number {
    return this.#tree.clock;
  }

  /** Names the features: forecasters merge if they have equal ones. */
  get featureVersion(): string {
    return this.#features.encoder?.version ?? `own ${this.#features.dimensions}`;
  }

  /** Adds a model; until it has answers it is forecast from its family. @throws {ParameterError} for an id that is there already */
  addModel(id: string, options: TokenModelOptions): void {
    const model = resolveTokenModel('options', id, options);
    if (this.#index.has(id)) throw new ParameterError('id', 'not that of a model', id);
    if (this.#models.length >= MOST_MODELS)
      throw new ParameterError('id', `one of at most ${MOST_MODELS} models`, id);
    const models = [...this.#models, model];
    this.#tree.setModels(models);
    this.#setModels(models);
  }

  /**
   * Learns a batch: the prompts first, which the encoder's directions come from, then all answers, then estimates of everything that the tree estimates. Several answers of one
   * model to one prompt count together as one. Answers of several models to one prompt are not taken for independent.
   * @throws {ParameterError}; nothing is then learnt
   */
  fit(rows: readonly TokenObservation[]): void {
    if (!Array.isArray(rows)) throw new ParameterError('rows', 'an array', rows);
    const read = this.#features.reader();
    const checked = (rows as unknown[]).map((row, i) => this.#check(`rows[${i}]`, row, read));
    if (checked.length === 0) return;
    const groups = groupByPrompt(checked);
    for (const { answers } of groups) this.#features.observe('input', answers[0]!.input);
    this.#features.settle();
    this.#tree.advance(checked.reduce((latest, { clock }) => Math.max(latest, clock), 0));
    this.#each(groups, (model, tokens, clock, weight) =>
      this.#tree.observe(model, tokens, clock, weight),
    );
    this.#tree.estimate();
    this.#each(groups, (model, tokens, clock, weight) =>
      this.#tree.score(model, tokens, clock, weight, true),
    );
    this.#tree.estimate();
  }

  /**
   * Learns one answer.
   * @throws {ParameterError}; nothing is then learnt
   */
  observe(observation: TokenObservation): void {
    const read = this.#features.reader();
    const { input, model, tokens, clock } = this.#check('observation', observation, read);
    this.#features.observe('observation.input', input);
    this.#put('observation.input', input);
    this.#tree.advance(clock);
    this.#tree.score(model, tokens, clock, 1, false);
    this.#tree.observe(model, tokens, clock, 1);
    this.#tree.settle();
  }

  /** Brings everything that is estimated up to date, as rebuilds do from time to time: some milliseconds a model. */
  estimate(): void {
    this.#tree.estimate();
  }

  /** Moves the clock forward to `clock`, never back. @throws {ParameterError} */
  advance(clock: number): void {
    this.#tree.advance(requireClock('clock', clock, this.halfLife));
  }

  /**
   * Forecast of one model's answer to a prompt, at the latest clock.
   * @param model an id; one that the forecaster does not know gets what is known of all models, and is marked `pooled`
   * @throws {ParameterError}
   */
  predict(input: PromptInput, model: string): TokenPrediction {
    if (typeof model !== 'string') throw new ParameterError('model', 'a string', model);
    const index = this.#index.get(model);
    this.#put('input', input);
    const mostTokens =
      index === undefined
        ? Math.max(...this.#models.map(({ maxOutputTokens }) => maxOutputTokens))
        : this.#models[index]!.maxOutputTokens;
    const values = this.#tree.forecast(index ?? UNKNOWN, mostTokens);
    return new TokenPrediction(model, values, this.#calculator);
  }

  /** Forecasts of all models, in the order of `models`, by one call of the kernel. @throws {ParameterError} */
  predictAll(input: PromptInput): TokenPrediction[] {
    this.#put('input', input);
    const values = this.#tree.forecastAll();
    return this.#models.map(({ id }, i) => {
      const own = values.subarray(i * FORECAST_VALUES, (i + 1) * FORECAST_VALUES);
      return new TokenPrediction(id, own, this.#calculator);
    });
  }

  /**
   * Adds what `other` has learnt; it stays as it is. Half-lives, models and features must be equal, and the clock one and the same.
   * @throws {ParameterError}; nothing has then changed
   */
  merge(other: TokenForecaster): void {
    if (!(other instanceof TokenForecaster))
      throw new ParameterError('other', 'a TokenForecaster', other);
    requireAnother(other, this);
    requireSameIds(other.models, this.models);
    other.#models.forEach(({ id, family, maxOutputTokens }, i) => {
      const own = this.#models[i]!;
      if (family !== own.family || maxOutputTokens !== own.maxOutputTokens)
        throw new ParameterError('other', `of the same family and most tokens of ${id}`, other);
    });
    requireSameHalfLife(other.halfLife, this.halfLife);
    if (other.featureVersion !== this.featureVersion)
      throw new ParameterError(
        'other',
        `of the features ${this.featureVersion}`,
        other.featureVersion,
      );
    if (other.#features.surface !== this.#features.surface)
      throw new ParameterError(
        'other',
        `of the surface ${this.#features.surface}`,
        other.#features.surface,
      );
    this.#tree.merge(other.#tree.state());
  }

  /** Everything it knows, as bytes. */
  exportState(): Uint8Array {
    const { encoder, dimensions, surface } = this.#features;
    const description = {
      models: this.#models,
      ownFeatures: encoder ? null : { dimensions, surface },
      halfLife: this.halfLife === Infinity ? null : this.halfLife,
    };
    const tree = this.#tree.state();
    return writeTokenState({
      description,
      tree,
      encoder: encoder?.exportState() ?? new Uint8Array(),
    });
  }

  #setModels(models: readonly TokenModel[]): void {
    this.#models = models;
    models.forEach(({ id }, i) => this.#index.set(id, i));
  }

  #check(
    parameter: string,
    value: unknown,
    read: (parameter: string, input: unknown) => PromptInput,
  ): Answer {
    const row = requireOptions(parameter, value, ['input', 'model', 'outputTokens', 'clock']);
    const model = this.#index.get(row['model'] as string);
    if (model === undefined)
      throw new ParameterError(`${parameter}.model`, 'the id of a model', row['model']);
    const tokens = requireTokens(`${parameter}.outputTokens`, row['outputTokens']);
    const clock =
      row['clock'] === undefined
        ? this.clock
        : requireClock(`${parameter}.clock`, row['clock'], this.halfLife);
    const input = read(`${parameter}.input`, row['input']);
    return { input, model, tokens, clock };
  }

  #each(
    groups: readonly PromptGroup[],
    visit: (model: number, tokens: number, clock: number, weight: number) => void,
  ): void {
    for (const { answers, repeats } of groups) {
      this.#put('input', answers[0]!.input);
      for (const { model, tokens, clock } of answers)
        visit(model, tokens, clock, 1 / repeats.get(model)!);
    }
  }

  /** Features of an input to where the tree takes them. */
  #put(parameter: string, input: unknown): void {
    this.#features.put(parameter, input, this.#tree.kernel, this.#tree.x);
  }
}
