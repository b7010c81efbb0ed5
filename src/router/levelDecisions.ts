import type { Kernel } from '../kernel/kernel';
import { Room } from '../kernel/room';
import type { Evidence } from '../posterior/evidence';
import type { LevelsBlock } from '../posterior/levels';
import { FLOOR_BASELINES } from '../selection/floor';
import type { ParsedRequest } from '../selection/request';
import type { BatchChoice, BatchPolicy, BatchRow } from './batch';

/** What a decision says of samples. */
export interface LevelChoice {
  /** Samples to take of the arm chosen. */
  readonly n: number;
  /** One probability a (model, n), n running first up to the router's most; where asked for. */
  readonly propensities: Float64Array | undefined;
}

const RECORD_FIELDS = 9;

/** Decisions of a router with (model, n) arms, one call of the kernel each. */
export class LevelDecisions {
  readonly block: LevelsBlock;
  readonly #kernel: Kernel;
  readonly #policy: BatchPolicy;
  #arms = 0;
  readonly #room: Room;
  readonly #mask: Room;
  readonly #propensities: Room;
  /** Segment, prompt tokens, clock, record. */
  readonly #row: number;

  constructor(kernel: Kernel, arms: number, policy: BatchPolicy, block: LevelsBlock) {
    this.#kernel = kernel;
    this.#policy = policy;
    this.block = block;
    this.#room = new Room(kernel);
    this.#mask = new Room(kernel);
    this.#propensities = new Room(kernel);
    this.#row = kernel.allocate(8 * (3 + RECORD_FIELDS));
    this.setArms(arms);
  }

  /** Decides among so many arms from now on. @throws {KernelError} when the host refuses the memory; nothing has changed then */
  setArms(arms: number): void {
    const { maxSamples } = this.block;
    this.#mask.reserve(arms);
    if (this.#policy.propensities) this.#propensities.reserve(8 * arms * maxSamples);
    this.#room.reserve(this.#kernel.raw.level_room_bytes(arms, maxSamples) >>> 0);
    this.#arms = arms;
  }

  /** Address of what the latest decision drew of every (model, n), for pacing. */
  get room(): number {
    return this.#room.address;
  }

  /** Decides rows as `DecisionBatch` does. */
  decide(
    evidence: Evidence,
    first: number,
    rows: readonly BatchRow[],
    requests: readonly ParsedRequest[],
  ): BatchChoice[] {
    return rows.map((row, i) => this.#decide(evidence, first + i, row, requests[i]!));
  }

  /** Most samples of an arm that a request allows. */
  mostOf(arm: number, { maxSamples = Infinity, caps }: ParsedRequest): number {
    return Math.min(this.block.mostOf(arm), maxSamples, caps?.[arm] ?? Infinity);
  }

  #decide(
    evidence: Evidence,
    sequenceNumber: number,
    row: BatchRow,
    request: ParsedRequest,
  ): BatchChoice {
    const { seed, explorationScale, floor, policy } = this.#policy;
    const { clock = sequenceNumber, costWeight = this.#policy.costWeight } = request;
    this.block.reach(evidence.segments);
    const segment = this.#row;
    const promptTokens = segment + 8;
    const clocks = segment + 16;
    const record = segment + 24;
    this.#kernel.u32(segment, 1)[0] = row.segment;
    this.#kernel.f64(promptTokens, 2).set([row.promptTokens, clock]);
    this.#kernel.raw.levels_decide(
      evidence.address,
      evidence.scratch,
      this.block.address,
      this.#room.address,
      seed.low,
      seed.high,
      sequenceNumber >>> 0,
      Math.floor(sequenceNumber / 2 ** 32),
      1,
      segment,
      promptTokens,
      clocks,
      this.#writeMask(row, request),
      costWeight,
      explorationScale,
      floor.epsilon,
      FLOOR_BASELINES.indexOf(floor.baseline),
      this.#propensities.address,
      policy.address,
      record,
    );
    return this.#read(record);
  }

  #writeMask({ eligible }: BatchRow, request: ParsedRequest): number {
    const mask = this.#kernel.u8(this.#mask.address, this.#arms).fill(0);
    const allowed = eligible ?? mask.keys();
    for (const arm of allowed) mask[arm] = this.mostOf(arm, request);
    return this.#mask.address;
  }

  #read(record: number): BatchChoice {
    const fields = this.#kernel.f64(record, RECORD_FIELDS);
    const wide = this.#policy.propensities
      ? this.#kernel.f64(this.#propensities.address, this.#arms * this.block.maxSamples).slice()
      : undefined;
    return {
      arm: fields[0]!,
      sampledQuality: fields[1]!,
      expectedCostUsd: fields[2]!,
      utility: fields[3]!,
      runnerUp: fields[4]!,
      margin: fields[5]!,
      byFloor: fields[6] === 1,
      byFallback: false,
      propensities: wide && sumsOf(wide, this.block.maxSamples),
      accuracy: fields[7] === 1 ? 'rough' : 'accurate',
      tooSlow: NONE,
      expectedLatencyMs: NaN,
      probabilityWithinLimit: NaN,
      levels: { n: fields[8]!, propensities: wide },
    };
  }
}

const NONE: readonly number[] = [];

/** Sums of every `count` values. */
function sumsOf(values: Float64Array, count: number): Float64Array {
  const sums = new Float64Array(values.length / count);
  // Not above 1, as no probability is.
  for (let i = 0; i < sums.length; i++)
    sums[i] = Math.min(
      1,
      values.subarray(i * count, (i + 1) * count).reduce((sum, value) => sum + value, 0),
    );
  return sums;
}
