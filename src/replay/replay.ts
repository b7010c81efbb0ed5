import { monotonicMs } from '../core/clock';
import { Bootstrap } from './bootstrap';
import type { LatencyPolicy } from '../forecast/latency/latencyBlock';
import { latencyFigures, replayPolicy, type ReplayLatency } from './latency';
import { ReplayEngine } from './engine';
import { LevelsEngine } from './levelsEngine';
import { Estimator } from './estimates';
import { orderOf } from './order';
import { constantArm, learningPolicy, staticPolicy, type LearningPolicy } from './policies/catalog';
import type { ParsedDrift } from '../posterior/drift';
import type { Frontier, PolicyResult, ReplayResult, ReplaySeries } from './result';
import { armShares, byRow, seedRun, type PolicyRuns, type SeedRun } from './runs';
import { replaySeries } from './series';
import type { ReplayBudget } from './steering';
import { sweepPolicy } from './sweep';
import type { OutcomeTable } from './table';

const RESAMPLES = 2000;

export interface ReplayOptions {
  /** Names, as on the command line. */
  readonly policies: readonly string[];
  /** Number of seeds: `firstSeed`, `firstSeed` + 1, … */
  readonly seeds: number;
  readonly firstSeed: number;
  /** > 0; Infinity allowed. */
  readonly willingnessToPayUsd: number;
  readonly explorationScale: number;
  readonly halfLifeRequests: number;
  /** By the table's `at`, instead of requests. */
  readonly halfLifeMs?: number | undefined;
  /** Detectors of drift watch the arms. */
  readonly drift?: ParsedDrift | undefined;
  /** A spend target a window. */
  readonly budget?: ReplayBudget | undefined;
  readonly chunkRequests: number;
  /** Also sweep the willingness to pay. */
  readonly sweep: boolean;
  readonly synthetic: boolean;
  /** Time is minded, on a table that has latencies; undefined = it is not. */
  readonly latency?: ReplayLatency | undefined;
  /** Told of each finished piece of work, in [0, 1] of what is known to be ahead. */
  readonly onProgress?: (label: string, done: number, total: number) => void;
}

/** Policies whose choices depend on the willingness to pay, so that a sweep says something. */
const SWEPT_STATIC = new Set(['threshold', 'segment-means', 'oracle']);

function isSwept(policy: string): boolean {
  const learning = learningPolicy(policy);
  return learning ? learning.bestOf?.threshold === undefined : SWEPT_STATIC.has(policy);
}

/** Replays a table under every policy and seed. @throws {ParameterError} for a policy that does not exist */
export function replayTable(
  table: OutcomeTable,
  options: ReplayOptions,
): { result: ReplayResult; series: ReplaySeries } {
  return new Replay(table, options).run();
}

class Replay {
  readonly #table: OutcomeTable;
  readonly #options: ReplayOptions;
  readonly #seeds: readonly SeedRun[];
  readonly #costWeight: number;
  readonly #engines = new Map<string, ReplayEngine | LevelsEngine>();
  #decisions = 0;
  #milliseconds = 0;
  #done = 0;

  constructor(table: OutcomeTable, options: ReplayOptions) {
    for (const name of options.policies) if (!learningPolicy(name)) staticPolicy(name, table.arms);
    this.#table = table;
    this.#options = options;
    this.#costWeight = 1 / options.willingnessToPayUsd;
    this.#seeds = Array.from({ length: options.seeds }, (_, i) => {
      const seed = options.firstSeed + i;
      return seedRun(seed, orderOf(table, seed));
    });
  }

  run(): { result: ReplayResult; series: ReplaySeries } {
    const { policies, sweep } = this.#options;
    const runs = policies.map((policy) => {
      const run = { policy, chosenByRow: this.#runs(policy, this.#costWeight, undefined) };
      this.#step(policy);
      return run;
    });
    const results = this.#estimates(runs);
    const frontier = sweep
      ? policies.filter(isSwept).map((policy) => this.#frontier(policy))
      : undefined;
    return { result: this.#result(results, frontier), series: this.#series(runs) };
  }

  #estimates(runs: readonly PolicyRuns[]): PolicyResult[] {
    const bootstrap = new Bootstrap(this.#table.rows, RESAMPLES, this.#options.firstSeed);
    const estimator = new Estimator(this.#table, this.#seeds, bootstrap, this.#costWeight);
    return runs.map((run) => {
      const arm = constantArm(run.policy, this.#table);
      const estimates = arm === undefined ? estimator.ofRuns(run) : estimator.ofArm(arm);
      this.#step('intervals');
      return {
        policy: run.policy,
        seeds: this.#seeds.length,
        ...estimates,
        ...this.#latencyFigures(run),
        shares: armShares(run, this.#table),
      };
    });
  }

  #latencyFigures(run: PolicyRuns): Pick<PolicyResult, 'latency'> {
    const { latency } = this.#options;
    if (!latency) return {};
    return { latency: latencyFigures(this.#table, run, latency, this.#costWeight) };
  }

  #frontier(policy: string): Frontier {
    const frontier = sweepPolicy(policy, this.#table, (costWeight, known) =>
      this.#runs(policy, costWeight, known),
    );
    this.#step('sweep');
    return frontier;
  }

  /** Choices by row of every seed. */
  #runs(policy: string, costWeight: number, knownCostUsd: Float64Array | undefined): Int32Array[] {
    const learning = learningPolicy(policy);
    if (learning)
      return this.#seeds.map((seed) =>
        this.#learn(policy, learning, seed, costWeight, knownCostUsd),
      );
    const choose = staticPolicy(policy, this.#table.arms);
    const utilityPerMs = this.#latencyPolicy(costWeight)?.utilityPerMs ?? 0;
    const context = { table: this.#table, costWeight, knownCostUsd, utilityPerMs };
    if (policy === 'random') return this.#seeds.map(({ seed }) => choose(context, seed));
    const chosen = choose(context, 0);
    return this.#seeds.map(() => chosen);
  }

  #learn(
    policy: string,
    learning: LearningPolicy,
    seed: SeedRun,
    costWeight: number,
    knownCostUsd: Float64Array | undefined,
  ): Int32Array {
    const engine = this.#engine(policy, learning);
    const start = monotonicMs();
    const chosen = engine.run({
      seed: seed.seed,
      order: seed.order,
      costWeight,
      explorationScale: this.#options.explorationScale,
      knownCostUsd: learning.bestOf ? knownCostUsd : this.#ofModels(knownCostUsd),
      latency: this.#latencyPolicy(costWeight),
      // A sweep asks what each willingness to pay would do by itself.
      budget: knownCostUsd ? undefined : this.#options.budget,
    });
    this.#milliseconds += monotonicMs() - start;
    this.#decisions += chosen.length;
    const { levels } = this.#table;
    // On a table of (model, n) the other policies learn from each model's first sample, and ask once.
    if (levels && !learning.bestOf) chosen.forEach((arm, i) => (chosen[i] = levels.single[arm]!));
    return byRow(chosen, seed.order);
  }

  #latencyPolicy(costWeight: number): LatencyPolicy | undefined {
    return this.#options.latency && replayPolicy(this.#options.latency, costWeight);
  }

  /** Costs of the arms of one sample, where arms are (model, n). */
  #ofModels(costs: Float64Array | undefined): Float64Array | undefined {
    const { levels } = this.#table;
    return costs && levels ? Float64Array.from(levels.single, (arm) => costs[arm]!) : costs;
  }

  #engine(
    policy: string,
    { flat, prompts: kind, bestOf }: LearningPolicy,
  ): ReplayEngine | LevelsEngine {
    const { halfLifeRequests, halfLifeMs, drift, chunkRequests } = this.#options;
    const prompts = kind && { policy, kind };
    const options = { flat, halfLifeRequests, halfLifeMs, drift, chunkRequests, prompts };
    const engine =
      this.#engines.get(policy) ??
      (bestOf
        ? new LevelsEngine(this.#table, options, bestOf.threshold)
        : new ReplayEngine(this.#table.levels?.base ?? this.#table, options));
    this.#engines.set(policy, engine);
    return engine;
  }

  #result(
    policies: readonly PolicyResult[],
    frontier: readonly Frontier[] | undefined,
  ): ReplayResult {
    const table = this.#table;
    const seconds = this.#milliseconds / 1000;
    return {
      schemaVersion: 1,
      table: {
        name: table.name,
        requests: table.requests,
        usedRequests: table.rows,
        models: table.arms.list.map((arm) => arm.model),
        leftOutModels: table.leftOutModels,
        segments: table.segmentNames.length,
        skippedLines: table.skippedLines,
      },
      policies,
      ...(frontier && { frontier }),
      timing: {
        decisions: this.#decisions,
        seconds,
        decisionsPerSecond: seconds > 0 ? this.#decisions / seconds : 0,
      },
    };
  }

  #series(runs: readonly PolicyRuns[]): ReplaySeries {
    const { willingnessToPayUsd, synthetic } = this.#options;
    const reference = this.#runs('segment-means', this.#costWeight, undefined)[0]!;
    return replaySeries({
      table: this.#table,
      seeds: this.#seeds,
      runs,
      reference,
      willingnessToPayUsd,
      utilityPerMs: this.#latencyPolicy(this.#costWeight)?.utilityPerMs ?? 0,
      synthetic,
    });
  }

  #step(label: string): void {
    const { policies, sweep, onProgress } = this.#options;
    const swept = sweep ? policies.filter(isSwept).length : 0;
    onProgress?.(label, ++this.#done, 2 * policies.length + swept);
  }
}
