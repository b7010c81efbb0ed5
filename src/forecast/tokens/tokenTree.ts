import { ParameterError } from '../../core/errors';
import type { Kernel } from '../../kernel/kernel';
import type { TokenModel } from './options';
import { FORECAST_VALUES } from './tokenPrediction';
import { checkTreeNumbers } from './treeNumbers';

/** Steps of estimation when a batch has come, and when the tree says that a rebuild is due. */
const BATCH_STEPS = 3;
const ONLINE_STEPS = 2;
const MODEL_STEPS = 1;
/** Before any data: variance of log tokens given the prompt, and their mean square. */
const NOISE_GUESS = 1;
const LEVEL_GUESS = 30;
const SHAPE_SCRATCH_BYTES = 1024;

/** Byte offsets in the tree's header (assembly/hierarchy/layout.ts). */
const enum Header {
  Rows = 32,
  Clock = 64,
}

/** Magic, version, dimensions, models, families, end of the surface features. */
const SHAPE_WORDS = [0, 4, 8, 12, 16, 20];

/** What `tree_observe` and its like return. */
const enum Status {
  Due = 1,
  ModelDue = 2,
  OutOfRange = 5,
}

/** The index of a model that nobody has seen. */
export const UNKNOWN = -1;

/** A tree of log tokens in kernel memory, and room for one row and its forecasts. */
export class TokenTree {
  readonly kernel: Kernel;
  readonly dimensions: number;
  /** Where the features of a row are put. */
  readonly x: number;
  #tree = 0;
  #bytes = 0;
  #models = 0;
  #uppers = 0;
  #out = 0;
  readonly #scratch: number;
  readonly #shapeScratch: number;
  #guest = 0;
  #guestBytes = 0;
  #rebuildScratch = 0;
  #rebuildBytes = 0;

  constructor(
    kernel: Kernel,
    dimensions: number,
    surface: number,
    halfLife: number,
    models: readonly TokenModel[],
  ) {
    this.kernel = kernel;
    this.dimensions = dimensions;
    this.x = kernel.allocate(8 * dimensions + 16);
    this.#reserve(models.length);
    const { raw } = kernel;
    raw.tree_init(this.#tree, dimensions, 0, 1, surface + 1, halfLife, NOISE_GUESS, LEVEL_GUESS);
    this.#scratch = kernel.allocate(raw.tree_predict_bytes(this.#tree));
    this.#shapeScratch = kernel.allocate(SHAPE_SCRATCH_BYTES);
    this.setModels(models);
  }

  get rows(): number {
    return this.kernel.f64(this.#tree + Header.Rows, 1)[0]!;
  }

  get clock(): number {
    return this.kernel.f64(this.#tree + Header.Clock, 1)[0]!;
  }

  /** Models and families as they stand; what is known of the first ones stays. */
  setModels(models: readonly TokenModel[]): void {
    const families = new Map<string, number>();
    for (const { family } of models) if (!families.has(family)) families.set(family, families.size);
    this.#reserve(models.length);
    const { raw } = this.kernel;
    raw.tree_extend(this.#tree, models.length, families.size);
    models.forEach(({ family, maxOutputTokens }, i) => {
      raw.tree_set_model(this.#tree, i, families.get(family)!);
      this.kernel.f64(this.#uppers, models.length)[i] = raw.forecast_target(maxOutputTokens);
    });
    this.#rebuild(0);
  }

  /** Moves the clock, and rebuilds where that is due. */
  advance(clock: number): void {
    if (this.kernel.raw.tree_advance(this.#tree, clock) === Status.Due) this.#rebuild(ONLINE_STEPS);
  }

  /** Learns the row at `x`; false, and nothing has changed, if a value is out of range. */
  observe(model: number, tokens: number, clock: number, weight: number): boolean {
    const { raw } = this.kernel;
    const y = raw.forecast_target(tokens);
    const status = raw.tree_observe(this.#tree, this.#scratch, model, this.x, y, clock, weight);
    if (status === Status.Due) this.#due = ONLINE_STEPS;
    else if (status === Status.ModelDue) this.#due ||= MODEL_STEPS;
    return status !== Status.OutOfRange;
  }

  /** Steps of the rebuild that is due; 0: none is. */
  #due = 0;

  /** Takes the residual of the row at `x`, which is to be learnt or has been. */
  score(model: number, tokens: number, clock: number, weight: number, learnt: boolean): boolean {
    const { raw } = this.kernel;
    const y = raw.forecast_target(tokens);
    const status = raw.tree_score(
      this.#tree,
      this.#scratch,
      model,
      this.x,
      y,
      clock,
      weight,
      learnt ? 1 : 0,
    );
    return status !== Status.OutOfRange;
  }

  /** Rebuilds if what was observed asks for it. */
  settle(): void {
    if (this.#due > 0) this.#rebuild(this.#due);
  }

  /** Estimates from what a batch has brought. */
  estimate(): void {
    this.#rebuild(BATCH_STEPS);
  }

  /** Forecast of the row at `x`: a copy of its values. */
  forecast(model: number, mostTokens: number): Float64Array {
    const { raw } = this.kernel;
    const upper = raw.forecast_target(mostTokens);
    raw.forecast_model(this.#tree, this.#scratch, model, this.x, upper, this.#out);
    return this.kernel.f64(this.#out, FORECAST_VALUES).slice();
  }

  /** Forecasts of all models, one after the other. */
  forecastAll(): Float64Array {
    this.kernel.raw.forecast_models(this.#tree, this.#scratch, this.x, this.#uppers, this.#out);
    return this.kernel.f64(this.#out, this.#models * FORECAST_VALUES).slice();
  }

  /** Adds the sums of a tree of the same shape. */
  merge(state: Uint8Array): void {
    if (state.length > this.#guestBytes) {
      this.#guest = this.kernel.allocate(state.length);
      this.#guestBytes = state.length;
    }
    this.kernel.u8(this.#guest, state.length).set(state);
    this.kernel.raw.tree_merge(this.#tree, this.#guest);
    this.#rebuild(ONLINE_STEPS);
  }

  state(): Uint8Array {
    return this.kernel.u8(this.#tree, this.#bytes).slice();
  }

  /** Takes over a state of a tree of the same models and features. @throws {ParameterError} for another; nothing has then changed */
  restore(state: Uint8Array): void {
    this.#requireSame(state);
    this.kernel.u8(this.#tree, this.#bytes).set(state);
    this.#due = 0;
  }

  /** What the kernel relies on without looking: shape, families, and what must be positive. */
  #requireSame(state: Uint8Array): void {
    if (state.length !== this.#bytes)
      throw new ParameterError('state.tree', `of ${this.#bytes} bytes`, state.length);
    const view = new DataView(state.buffer, state.byteOffset, state.length);
    const records = Array.from(
      { length: this.#models + 1 },
      (_, i) => this.kernel.raw.tree_record(this.#tree, i - 1) - this.#tree,
    );
    for (const offset of [...SHAPE_WORDS, ...records]) {
      const expected = this.kernel.u32(this.#tree + offset, 1)[0]!;
      const received = view.getUint32(offset, true);
      if (received !== expected)
        throw new ParameterError(`state.tree[${offset}]`, String(expected), received);
    }
    const own = new DataView(this.state().buffer);
    checkTreeNumbers(view, own, records);
  }

  #rebuild(steps: number): void {
    const { raw } = this.kernel;
    const bytes = raw.tree_rebuild_bytes(this.#tree);
    if (bytes > this.#rebuildBytes) {
      this.#rebuildScratch = this.kernel.allocate(bytes);
      this.#rebuildBytes = bytes;
    }
    raw.tree_rebuild(this.#tree, this.#rebuildScratch, steps);
    raw.forecast_fit_shapes(this.#tree, this.#shapeScratch);
    this.#due = 0;
  }

  /** Room for so many models; what stood in the block is kept. */
  #reserve(models: number): void {
    const bytes = this.kernel.raw.tree_bytes(this.dimensions, models);
    if (bytes <= this.#bytes) return;
    const before = this.#bytes > 0 ? this.state() : new Uint8Array();
    this.#tree = this.kernel.allocate(bytes);
    this.kernel.u8(this.#tree, before.length).set(before);
    this.#uppers = this.kernel.allocate(8 * models);
    this.#out = this.kernel.allocate(8 * FORECAST_VALUES * models);
    this.#models = models;
    this.#bytes = bytes;
  }
}
