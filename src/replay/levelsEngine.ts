import type { Kernel } from '../kernel/kernel';
import { loadKernelSync } from '../kernel/load';
import { Evidence } from '../posterior/evidence';
import { parsePosteriorOptions, type ParsedPosteriorOptions } from '../posterior/options';
import type { EngineOptions, RunOptions } from './engine';
import { strongestArm } from './policies/constant';
import type { OutcomeTable, RecordedSampleColumns, SampleLevels } from './table';

/**
 * A table of (model, n) arms inside a kernel of its own: every decision draws n of the recorded samples by its own stream and learns
 * from these alone. The models' evidence is the usual block; what n samples add stands beside it (docs/MATH.md §29).
 */
export class LevelsEngine {
  readonly #kernel: Kernel;
  readonly #table: OutcomeTable;
  readonly #levels: SampleLevels;
  readonly #samples: RecordedSampleColumns;
  readonly #chunkRequests: number;
  readonly #posterior: ParsedPosteriorOptions;
  readonly #evidence: Evidence;
  readonly #block: number;
  readonly #segments: number;
  readonly #promptTokens: number;
  readonly #recorded: number;
  readonly #quality: number;
  readonly #cost: number;
  readonly #order: number;
  readonly #knownCost: number;
  readonly #chosen: number;
  /** The model of highest mean quality, asked once: BEST-Route's reference, which is known beforehand as in RouteLLM. */
  readonly #strong: number;
  readonly #threshold: number;

  /** @param threshold of BEST-Route's rule; undefined = by utility */
  constructor(table: OutcomeTable, options: EngineOptions, threshold: number | undefined) {
    const kernel = loadKernelSync().instantiate();
    const levels = table.levels!;
    const { base } = levels;
    const samples = base.samples!;
    const { halfLifeRequests } = options;
    this.#kernel = kernel;
    this.#table = table;
    this.#levels = levels;
    this.#samples = samples;
    this.#chunkRequests = options.chunkRequests;
    this.#threshold = threshold ?? NaN;
    this.#strong = levels.single[strongestArm(base)]!;
    this.#posterior = parsePosteriorOptions('posterior', { halfLifeRequests });
    this.#evidence = new Evidence(kernel, base.arms, this.#posterior, base.segmentNames.length);
    this.#block = kernel.allocate(kernel.raw.levels_bytes(...this.#shape));
    this.#segments = this.#place('u32', base.segments);
    this.#promptTokens = this.#place('f64', base.promptTokens);
    this.#recorded = this.#place('u32', samples.recorded);
    this.#quality = this.#place('f64', samples.quality);
    this.#cost = this.#place('f64', samples.costUsd);
    this.#order = kernel.allocate(4 * table.rows);
    this.#knownCost = kernel.allocate(8 * table.arms.list.length);
    this.#chosen = kernel.allocate(4 * table.rows);
  }

  /** Replays the whole table from nothing; gives the arm chosen at each position of the order. */
  run(options: RunOptions): Int32Array {
    const { rows, arms } = this.#table;
    this.#reset();
    this.#kernel.u32(this.#order, rows).set(options.order);
    const { knownCostUsd } = options;
    if (knownCostUsd) this.#kernel.f64(this.#knownCost, arms.list.length).set(knownCostUsd);
    for (let from = 0; from < rows; from += this.#chunkRequests) {
      this.#kernel.raw.replay_best_of_run(
        this.#evidence.address,
        this.#evidence.scratch,
        this.#block,
        options.seed,
        0,
        from,
        Math.min(rows, from + this.#chunkRequests),
        this.#order,
        this.#segments,
        this.#promptTokens,
        this.#samples.most,
        this.#recorded,
        this.#quality,
        this.#cost,
        options.costWeight,
        options.explorationScale,
        knownCostUsd ? this.#knownCost : 0,
        this.#threshold,
        this.#strong,
        this.#chosen,
      );
    }
    return this.#kernel.i32(this.#chosen, rows).slice();
  }

  /** Posterior mean quality of every arm after the last run, averaged over the table's rows. */
  meanQualities(): Float64Array {
    const { base } = this.#levels;
    const arms = this.#table.arms.list.length;
    const out = this.#kernel.allocate(8 * arms);
    const means = new Float64Array(arms);
    const rowsOf = new Float64Array(base.segmentNames.length);
    for (const segment of base.segments) rowsOf[segment]!++;
    rowsOf.forEach((rows, segment) => {
      const { address, scratch } = this.#evidence;
      this.#kernel.raw.levels_means(address, scratch, this.#block, segment, base.rows, out);
      this.#kernel
        .f64(out, arms)
        .forEach((mean, arm) => (means[arm]! += (mean * rows) / base.rows));
    });
    return means;
  }

  #reset(): void {
    const { raw } = this.#kernel;
    const { base, models, samples } = this.#levels;
    this.#evidence.reset(this.#posterior, base.segmentNames.length);
    raw.levels_init(this.#block, ...this.#shape);
    models.forEach((model, arm) => raw.levels_set_arm(this.#block, arm, model, samples[arm]!));
  }

  /** Arms, models, segments, samples. */
  get #shape(): [number, number, number, number] {
    const { base } = this.#levels;
    const models = base.arms.list.length;
    return [this.#table.arms.list.length, models, base.segmentNames.length, this.#samples.most];
  }

  #place(type: 'f64' | 'u32', values: Float64Array | Uint32Array): number {
    const address = this.#kernel.allocate(values.byteLength);
    this.#kernel[type](address, values.length).set(values);
    return address;
  }
}
