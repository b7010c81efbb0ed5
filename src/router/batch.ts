import type { Kernel } from '../kernel/kernel';
import { Room } from '../kernel/room';
import type { LatencyBlock } from '../forecast/latency/latencyBlock';
import type { Evidence } from '../posterior/evidence';
import type { DecisionPolicy } from '../selection/decisionPolicy';
import type { Seed } from '../random/seed';
import type { StatedAccuracy } from '../selection/propensities';
import { FLOOR_BASELINES, type ParsedFloor } from '../selection/floor';
import type { ContextChoice } from './contextDecisions';
import type { LevelChoice } from './levelDecisions';
import type { PropensityGroup } from './propensityGroups';

/** A request in the kernel's terms. */
export interface BatchRow {
  readonly segment: number;
  /** NaN = not known. */
  readonly promptTokens: number;
  /** Indices of the allowed arms; undefined = all. */
  readonly eligible: readonly number[] | undefined;
  /** @defaultValue the sequence number */
  readonly clock?: number | undefined;
}

/** How rows are decided. */
export interface BatchPolicy {
  readonly seed: Seed;
  /** 1 / willingness to pay. */
  readonly costWeight: number;
  readonly explorationScale: number;
  readonly floor: ParsedFloor;
  /** Fallback, risk and traces. */
  readonly policy: DecisionPolicy;
  /** Latencies that take part, with the policy set; undefined = none. */
  readonly latency: LatencyBlock | undefined;
  /** Are the probabilities of the arms asked for? */
  readonly propensities: boolean;
}

/** A decision in the kernel's terms; `arm` and `runnerUp` are -1 where there is none. */
export interface BatchChoice {
  readonly arm: number;
  readonly sampledQuality: number;
  readonly expectedCostUsd: number;
  readonly utility: number;
  readonly runnerUp: number;
  readonly margin: number;
  /** Did the floor choose the arm? */
  readonly byFloor: boolean;
  /** Does the trusted arm stand in for the one chosen? */
  readonly byFallback: boolean;
  /** One probability an arm, where asked for. */
  readonly propensities: Float64Array | undefined;
  readonly accuracy: StatedAccuracy;
  /** Arms of the row that the latency limit excluded, rising. */
  readonly tooSlow: readonly number[];
  /** Of the chosen arm; NaN without latencies. */
  readonly expectedLatencyMs: number;
  /** Likewise: P(latency <= limit), 1 without a limit. */
  readonly probabilityWithinLimit: number;
  /** With prompts only. */
  readonly context?: ContextChoice;
  /** With (model, n) arms only. */
  readonly levels?: LevelChoice;
  /** Of decisions drawn from propensities only: whose they are. */
  readonly group?: PropensityGroup;
}

const RECORD_FIELDS = 6;
/** … and who chose, the status of the propensities, expected latency and P(latency <= limit). */
const FLOORED_RECORD_FIELDS = 10;
/** Probabilities of one call, so that exact propensities of a large batch need no memory of its size. */
const MOST_PROPENSITIES = 2 ** 16;

const NONE: readonly number[] = [];

/** Where a single decision is written and read. */
interface Views {
  readonly segments: Uint32Array;
  readonly promptTokens: Float64Array;
  readonly clocks: Float64Array;
  readonly mask: Uint8Array;
  readonly record: Float64Array;
}

/** Memory for decisions in batches: written, decided and read in one call of the kernel. */
export class DecisionBatch {
  readonly #kernel: Kernel;
  #arms = 0;
  readonly #policy: BatchPolicy;
  /** Plain Thompson sampling has the shorter records. */
  readonly #plain: boolean;
  #capacity = 0;
  #segments = 0;
  #promptTokens = 0;
  #clocks = 0;
  #records = 0;
  readonly #masks: Room;
  readonly #propensities: Room;
  readonly #propensityScratch: Room;
  #views: Views | undefined;
  #viewsMadeAt = 0;

  constructor(kernel: Kernel, arms: number, policy: BatchPolicy) {
    this.#kernel = kernel;
    this.#policy = policy;
    this.#plain =
      !policy.propensities &&
      policy.floor.epsilon === 0 &&
      !policy.latency &&
      !policy.policy.handsOver;
    this.#masks = new Room(kernel);
    this.#propensities = new Room(kernel);
    this.#propensityScratch = new Room(kernel);
    this.setArms(arms);
  }

  /** Decides among so many arms from now on. @throws {KernelError} when the host refuses the memory; nothing has changed then */
  setArms(arms: number): void {
    if (!this.#plain)
      this.#propensityScratch.reserve(this.#kernel.raw.propensity_scratch_bytes(arms));
    this.#reserveArms(arms, this.#capacity);
    this.#arms = arms;
    this.#views = undefined;
  }

  /** Decides `rows` with sequence numbers, and clocks where they have none, from `firstSequenceNumber` on. */
  decide(
    evidence: Evidence,
    firstSequenceNumber: number,
    rows: readonly BatchRow[],
  ): BatchChoice[] {
    const most = this.#policy.propensities
      ? Math.max(1, Math.floor(MOST_PROPENSITIES / this.#arms))
      : rows.length;
    if (rows.length <= most) return this.#decideAtOnce(evidence, firstSequenceNumber, rows);
    // Batches decide as that many single rows, so cutting them changes nothing.
    const choices: BatchChoice[] = [];
    for (let i = 0; i < rows.length; i += most) {
      const some = this.#decideAtOnce(evidence, firstSequenceNumber + i, rows.slice(i, i + most));
      for (const choice of some) choices.push(choice);
    }
    return choices;
  }

  /** As `decide` of one row. Perf: without a list around it, and with views that are kept. */
  decideOne(
    evidence: Evidence,
    sequenceNumber: number,
    segment: number,
    promptTokens: number,
    eligible: readonly number[] | undefined,
    clock = sequenceNumber,
    costWeight = this.#policy.costWeight,
  ): BatchChoice {
    this.#reserve(1);
    const views = this.#viewsOfOne();
    views.segments[0] = segment;
    views.promptTokens[0] = promptTokens;
    views.clocks[0] = clock;
    const masked = eligible !== undefined || this.#policy.latency !== undefined;
    if (masked) fillMask(views.mask, eligible);
    const masks = masked ? this.#masks.address : 0;
    if (this.#plain) this.#callPlain(evidence, sequenceNumber, 1, masks, costWeight);
    else this.#callFloored(evidence, sequenceNumber, 1, masks, costWeight);
    return this.#choice(views.record, 0, 0, eligible);
  }

  #viewsOfOne(): Views {
    const { allocations } = this.#kernel;
    if (this.#views && this.#viewsMadeAt === allocations) return this.#views;
    this.#viewsMadeAt = allocations;
    this.#views = {
      segments: this.#kernel.u32(this.#segments, 1),
      promptTokens: this.#kernel.f64(this.#promptTokens, 1),
      clocks: this.#kernel.f64(this.#clocks, 1),
      mask: this.#kernel.u8(this.#masks.address, this.#arms),
      record: this.#kernel.f64(this.#records, this.#plain ? RECORD_FIELDS : FLOORED_RECORD_FIELDS),
    };
    return this.#views;
  }

  #decideAtOnce(evidence: Evidence, first: number, rows: readonly BatchRow[]): BatchChoice[] {
    this.#reserve(rows.length);
    const masks = this.#write(rows, first) ? this.#masks.address : 0;
    const { costWeight } = this.#policy;
    if (this.#plain) this.#callPlain(evidence, first, rows.length, masks, costWeight);
    else this.#callFloored(evidence, first, rows.length, masks, costWeight);
    return this.#read(rows);
  }

  // Perf: the arguments are written out twice, because a call with a spread array takes half a microsecond.
  #callPlain(
    evidence: Evidence,
    first: number,
    rows: number,
    masks: number,
    costWeight: number,
  ): void {
    const { seed, explorationScale, policy } = this.#policy;
    this.#kernel.raw.decide_batch(
      evidence.address,
      evidence.scratch,
      seed.low,
      seed.high,
      first >>> 0,
      Math.floor(first / 2 ** 32),
      rows,
      this.#segments,
      this.#promptTokens,
      this.#clocks,
      masks,
      costWeight,
      explorationScale,
      policy.address,
      this.#records,
    );
  }

  #callFloored(
    evidence: Evidence,
    first: number,
    rows: number,
    masks: number,
    costWeight: number,
  ): void {
    const { seed, explorationScale, floor, latency, policy } = this.#policy;
    this.#kernel.raw.decide_batch_floored(
      evidence.address,
      evidence.scratch,
      seed.low,
      seed.high,
      first >>> 0,
      Math.floor(first / 2 ** 32),
      rows,
      this.#segments,
      this.#promptTokens,
      this.#clocks,
      masks,
      costWeight,
      explorationScale,
      floor.epsilon,
      FLOOR_BASELINES.indexOf(floor.baseline),
      this.#propensityScratch.address,
      this.#propensities.address,
      latency?.address ?? 0,
      policy.address,
      this.#records,
    );
  }

  /** Writes the rows; true if any of them narrows the eligible set. */
  #write(rows: readonly BatchRow[], firstSequenceNumber: number): boolean {
    const segments = this.#kernel.u32(this.#segments, rows.length);
    const promptTokens = this.#kernel.f64(this.#promptTokens, rows.length);
    const clocks = this.#kernel.f64(this.#clocks, rows.length);
    // A latency limit narrows the masks, so there must be some.
    const masked =
      this.#policy.latency !== undefined || rows.some((row) => row.eligible !== undefined);
    const masks = this.#kernel.u8(this.#masks.address, masked ? rows.length * this.#arms : 0);
    rows.forEach((row, i) => {
      segments[i] = row.segment;
      promptTokens[i] = row.promptTokens;
      clocks[i] = row.clock ?? firstSequenceNumber + i;
      if (!masked) return;
      fillMask(masks.subarray(i * this.#arms, (i + 1) * this.#arms), row.eligible);
    });
    return masked;
  }

  #read(requests: readonly BatchRow[]): BatchChoice[] {
    const rows = requests.length;
    const fields = this.#plain ? RECORD_FIELDS : FLOORED_RECORD_FIELDS;
    const records = this.#kernel.f64(this.#records, rows * fields);
    return requests.map(({ eligible }, i) => this.#choice(records, i, i * fields, eligible));
  }

  /** The decision of a row, whose record begins at `at`. */
  #choice(
    records: Float64Array,
    row: number,
    at: number,
    eligible: readonly number[] | undefined,
  ): BatchChoice {
    const { latency, propensities } = this.#policy;
    const arms = this.#arms;
    const plain = this.#plain;
    return {
      arm: records[at]!,
      sampledQuality: records[at + 1]!,
      expectedCostUsd: records[at + 2]!,
      utility: records[at + 3]!,
      runnerUp: records[at + 4]!,
      margin: records[at + 5]!,
      byFloor: !plain && records[at + 6] === 1,
      byFallback: !plain && records[at + 6] === 2,
      propensities: propensities
        ? this.#kernel.f64(this.#propensities.address + 8 * row * arms, arms).slice()
        : undefined,
      accuracy: !plain && records[at + 7] === 1 ? 'rough' : 'accurate',
      tooSlow: latency ? this.#tooSlow(eligible, row) : NONE,
      expectedLatencyMs: latency ? records[at + 8]! : NaN,
      probabilityWithinLimit: latency ? records[at + 9]! : NaN,
    };
  }

  /** Allowed arms whose byte the kernel has taken away. */
  #tooSlow(eligible: readonly number[] | undefined, row: number): readonly number[] {
    const mask = this.#kernel.u8(this.#masks.address + row * this.#arms, this.#arms);
    const allowed = eligible && new Set(eligible);
    const excluded: number[] = [];
    mask.forEach((byte, arm) => {
      if (byte === 0 && (allowed?.has(arm) ?? true)) excluded.push(arm);
    });
    return excluded;
  }

  /** Makes room for `rows`, doubling, so that what is outgrown is never more than what is in use. */
  #reserve(rows: number): void {
    if (rows <= this.#capacity) return;
    const capacity = Math.max(rows, 2 * this.#capacity);
    const fields = this.#plain ? RECORD_FIELDS : FLOORED_RECORD_FIELDS;
    this.#segments = this.#kernel.allocate(4 * capacity);
    this.#promptTokens = this.#kernel.allocate(8 * capacity);
    this.#clocks = this.#kernel.allocate(8 * capacity);
    this.#records = this.#kernel.allocate(8 * fields * capacity);
    this.#reserveArms(this.#arms, capacity);
    this.#capacity = capacity;
  }

  #reserveArms(arms: number, rows: number): void {
    this.#masks.reserve(arms * rows);
    if (this.#policy.propensities) this.#propensities.reserve(8 * arms * rows);
  }
}

function fillMask(mask: Uint8Array, eligible: readonly number[] | undefined): void {
  mask.fill(eligible ? 0 : 1);
  if (eligible) for (const arm of eligible) mask[arm] = 1;
}
