import type { Kernel } from '../kernel/kernel';
import { Room } from '../kernel/room';
import type { Evidence } from '../posterior/evidence';
import { FLOOR_BASELINES } from '../selection/floor';
import type { ParsedRequest } from '../selection/request';
import type { BatchChoice, BatchPolicy, BatchRow } from './batch';
import type { ContextExpert, LoggedForecasts, KeptPrompt } from './contextExpert';

/** What the experts were about. */
export interface ContextChoice {
  /** Did the context block decide? */
  readonly byContext: boolean;
  /** Its share: the probability that it did. */
  readonly share: number;
  readonly forecasts: LoggedForecasts;
  readonly kept: KeptPrompt;
}

const RECORD_FIELDS = 14;

/** Decisions of a router with context, one call of the kernel each, because every prompt may change the encoder. */
export class ContextDecisions {
  readonly #kernel: Kernel;
  #arms = 0;
  readonly #policy: BatchPolicy;
  readonly #expert: ContextExpert;
  readonly #mask: Room;
  readonly #record: number;
  readonly #propensities: Room;
  readonly #propensityScratch: Room;

  constructor(kernel: Kernel, arms: number, policy: BatchPolicy, expert: ContextExpert) {
    this.#kernel = kernel;
    this.#policy = policy;
    this.#expert = expert;
    this.#record = kernel.allocate(8 * RECORD_FIELDS);
    this.#mask = new Room(kernel);
    this.#propensities = new Room(kernel);
    this.#propensityScratch = new Room(kernel);
    this.setArms(arms);
  }

  /** Decides among so many arms from now on. @throws {KernelError} when the host refuses the memory; nothing has changed then */
  setArms(arms: number): void {
    this.#mask.reserve(arms);
    if (this.#policy.propensities) this.#propensities.reserve(8 * arms);
    this.#propensityScratch.reserve(this.#kernel.raw.propensity_scratch_bytes(arms));
    this.#arms = arms;
  }

  /** Decides rows as `DecisionBatch` does; `vectors` of the caller's encoder, if it has one. */
  decide(
    evidence: Evidence,
    first: number,
    rows: readonly BatchRow[],
    requests: readonly ParsedRequest[],
    vectors: readonly (Float64Array | undefined)[],
  ): BatchChoice[] {
    return rows.map((row, i) => this.#decide(evidence, first + i, row, requests[i]!, vectors[i]));
  }

  #decide(
    evidence: Evidence,
    sequenceNumber: number,
    row: BatchRow,
    request: ParsedRequest,
    vector: Float64Array | undefined,
  ): BatchChoice {
    const { seed, explorationScale, floor, latency, policy } = this.#policy;
    const { clock = sequenceNumber, costWeight = this.#policy.costWeight } = request;
    // A request that nothing can serve leaves no trace.
    const x = row.eligible?.length === 0 ? 0 : this.#expert.put(request, vector);
    const mask = this.#kernel.u8(this.#mask.address, this.#arms).fill(row.eligible ? 0 : 1);
    for (const arm of row.eligible ?? []) mask[arm] = 1;
    this.#kernel.raw.context_decide(
      evidence.address,
      evidence.scratch,
      this.#expert.block.address,
      this.#expert.block.scratch,
      seed.low,
      seed.high,
      sequenceNumber >>> 0,
      Math.floor(sequenceNumber / 2 ** 32),
      row.segment,
      row.promptTokens,
      clock,
      this.#mask.address,
      costWeight,
      explorationScale,
      floor.epsilon,
      FLOOR_BASELINES.indexOf(floor.baseline),
      this.#propensityScratch.address,
      this.#propensities.address,
      latency?.address ?? 0,
      x,
      policy.address,
      this.#record,
    );
    return this.#read(row, request, vector);
  }

  #read(row: BatchRow, request: ParsedRequest, vector: Float64Array | undefined): BatchChoice {
    const record = this.#kernel.f64(this.#record, RECORD_FIELDS).slice();
    const { latency } = this.#policy;
    const arms = this.#arms;
    const chosen = record[0]! >= 0;
    const { means, variances, costsUsd, doubtsUsd } = this.#expert.block.forecasts();
    const context: ContextChoice = {
      byContext: record[10] === 1,
      share: record[11]!,
      forecasts: {
        means: Array.from(means),
        variances: Array.from(variances),
        costsUsd: Array.from(costsUsd),
        doubtsUsd: Array.from(doubtsUsd),
      },
      kept: this.#expert.remember(request, vector, record[12]!, record[13]!),
    };
    return {
      arm: record[0]!,
      sampledQuality: record[1]!,
      expectedCostUsd: record[2]!,
      utility: record[3]!,
      runnerUp: record[4]!,
      margin: record[5]!,
      byFloor: record[6] === 1,
      byFallback: record[6] === 2,
      propensities: this.#policy.propensities
        ? this.#kernel.f64(this.#propensities.address, arms).slice()
        : undefined,
      accuracy: record[7] === 1 ? 'rough' : 'accurate',
      tooSlow: latency ? this.#tooSlow(row) : [],
      expectedLatencyMs: latency && chosen ? record[8]! : NaN,
      probabilityWithinLimit: latency && chosen ? record[9]! : NaN,
      context,
    };
  }

  /** Allowed arms whose byte the kernel has taken away. */
  #tooSlow({ eligible }: BatchRow): readonly number[] {
    const mask = this.#kernel.u8(this.#mask.address, this.#arms);
    const allowed = eligible && new Set(eligible);
    return Array.from(mask.keys()).filter((arm) => mask[arm] === 0 && (allowed?.has(arm) ?? true));
  }
}
