import { loadKernelSync } from '../kernel/load';
import type { Kernel } from '../kernel/kernel';
import { LatencyBlock, type LatencyPolicy } from '../forecast/latency/latencyBlock';
import { groupsOf } from '../forecast/latency/latencyOptions';
import { Evidence } from '../posterior/evidence';
import {
  halfLifeOf,
  parsePosteriorOptions,
  type ParsedPosteriorOptions,
} from '../posterior/options';
import type { ParsedDrift } from '../posterior/drift';
import { countPrompts, PromptContext } from './promptContext';
import { Steering, type ReplayBudget } from './steering';
import type { OutcomeTable } from './table';

export interface EngineOptions {
  /** One segment for all requests instead of the table's. */
  readonly flat: boolean;
  /** Infinity = nothing is forgotten. */
  readonly halfLifeRequests: number;
  /** The same by the table's `at`; one of the two is Infinity. */
  readonly halfLifeMs?: number | undefined;
  /** Detectors of drift watch the arms; undefined = none. */
  readonly drift?: ParsedDrift | undefined;
  /** Requests a call of the kernel; the results do not depend on it. */
  readonly chunkRequests: number;
  /** The policy that reads prompts, and how; undefined = prompts are not read. */
  readonly prompts?: { readonly policy: string; readonly kind: 'alone' | 'beside' } | undefined;
}

export interface RunOptions {
  readonly seed: number;
  /** Rows in the order of their arrival. */
  readonly order: Uint32Array;
  /** 1 / willingness to pay. */
  readonly costWeight: number;
  readonly explorationScale: number;
  /** Stands for the expected cost of each arm instead of what is learned; undefined = learn. */
  readonly knownCostUsd?: Float64Array | undefined;
  /** Latencies take part, on a table that has them; undefined = they do not. */
  readonly latency?: LatencyPolicy | undefined;
  /** A spend target; undefined = none. */
  readonly budget?: ReplayBudget | undefined;
}

/** A table inside a kernel of its own, replayed as often as wanted: the whole loop runs in WebAssembly. */
export class ReplayEngine {
  readonly #kernel: Kernel;
  readonly #table: OutcomeTable;
  readonly #options: EngineOptions;
  readonly #posterior: ParsedPosteriorOptions;
  readonly #evidence: Evidence;
  readonly #segments: number;
  readonly #promptTokens: number;
  readonly #quality: number;
  readonly #cost: number;
  readonly #order: number;
  readonly #knownCost: number;
  readonly #chosen: number;
  readonly #prompts: PromptContext | undefined;
  readonly #steering: Steering;
  /** Made for the first run that minds time: the block, and where the table's latencies and tokens stand. */
  #timing: { block: LatencyBlock; latencyMs: number; outputTokens: number } | undefined;

  constructor(table: OutcomeTable, options: EngineOptions) {
    const kernel = loadKernelSync().instantiate();
    const { rows, arms } = table;
    this.#kernel = kernel;
    this.#table = table;
    this.#options = options;
    const { halfLifeRequests, halfLifeMs = Infinity } = options;
    this.#posterior = parsePosteriorOptions('posterior', { halfLifeRequests, halfLifeMs });
    const { prompts } = options;
    this.#prompts =
      prompts &&
      new PromptContext(
        kernel,
        table,
        countPrompts(prompts.policy, table),
        prompts.kind === 'alone' ? 1 : 2,
      );
    this.#steering = new Steering(kernel, table, this.#posterior, options.drift);
    this.#segments = kernel.allocate(4 * rows);
    this.#promptTokens = kernel.allocate(8 * rows);
    this.#quality = kernel.allocate(table.quality.byteLength);
    this.#cost = kernel.allocate(table.costUsd.byteLength);
    this.#order = kernel.allocate(4 * rows);
    this.#knownCost = kernel.allocate(8 * arms.list.length);
    this.#chosen = kernel.allocate(4 * rows);
    this.#evidence = new Evidence(kernel, arms, this.#posterior, this.#segmentCount);
    if (!options.flat) kernel.u32(this.#segments, rows).set(table.segments);
    kernel.f64(this.#promptTokens, rows).set(table.promptTokens);
    kernel.f64(this.#quality, table.quality.length).set(table.quality);
    kernel.f64(this.#cost, table.costUsd.length).set(table.costUsd);
  }

  /** Replays the whole table from nothing; gives the arm chosen at each position of the order. */
  run(options: RunOptions): Int32Array {
    const { rows, arms } = this.#table;
    this.#evidence.reset(this.#posterior, this.#segmentCount);
    this.#kernel.u32(this.#order, rows).set(options.order);
    if (options.knownCostUsd)
      this.#kernel.f64(this.#knownCost, arms.list.length).set(options.knownCostUsd);
    const timing = options.latency && this.#timed(options.latency);
    const steering = this.#steering.begin(options.order, options.budget);
    const freezeAt = this.#prompts?.begin(
      options.seed,
      options.order,
      this.#posterior.halfLifeRequests,
      this.#posterior.priorMean,
    );
    for (let from = 0; from < rows; from += this.#options.chunkRequests) {
      const to = Math.min(rows, from + this.#options.chunkRequests);
      const rest = [
        this.#order,
        this.#segments,
        this.#promptTokens,
        this.#quality,
        this.#cost,
        options.costWeight,
        options.explorationScale,
        options.knownCostUsd ? this.#knownCost : 0,
        timing?.block.address ?? 0,
        timing?.latencyMs ?? 0,
        timing?.outputTokens ?? 0,
      ] as const;
      const { address, scratch } = this.#evidence;
      if (this.#prompts && freezeAt !== undefined) {
        const context = this.#prompts;
        this.#kernel.raw.replay_context_run(
          address,
          scratch,
          context.address,
          context.scratch,
          options.seed,
          0,
          from,
          to,
          freezeAt,
          ...rest,
          this.#chosen,
        );
      } else {
        this.#kernel.raw.replay_run(
          address,
          scratch,
          options.seed,
          0,
          from,
          to,
          ...rest,
          steering.clocks,
          steering.drift,
          steering.pacer,
          this.#chosen,
        );
      }
    }
    return this.#kernel.i32(this.#chosen, rows).slice();
  }

  /** Alarms of drift in the latest run. */
  get driftAlarms(): number {
    return this.#steering.alarms;
  }

  /** The latency block, empty, under a policy. */
  #timed(policy: LatencyPolicy) {
    this.#timing ??= this.#makeTiming();
    this.#timing.block.setPolicy(policy);
    this.#timing.block.reset();
    return this.#timing;
  }

  #makeTiming() {
    const { arms, latencyMs, outputTokens } = this.#table;
    const place = (values: Float64Array) => {
      const address = this.#kernel.allocate(values.byteLength);
      this.#kernel.f64(address, values.length).set(values);
      return address;
    };
    const groups = groupsOf(arms.list.map(({ family }) => arms.families[family]!));
    return {
      block: new LatencyBlock(this.#kernel, groups, halfLifeOf(this.#posterior)),
      latencyMs: place(latencyMs!),
      outputTokens: place(outputTokens!),
    };
  }

  get #segmentCount(): number {
    return this.#options.flat ? 1 : this.#table.segmentNames.length;
  }
}
