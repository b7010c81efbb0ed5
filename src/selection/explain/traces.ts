import type { Kernel } from '../../kernel/kernel';
import type { Seed } from '../../random/seed';
import type { DecisionPolicy, DecisionTrace } from '../decisionPolicy';
import { FLOOR_BASELINES, type ParsedFloor } from '../floor';
import type { StatedAccuracy } from '../propensities';
import { LevelTraces } from './levelTraces';

/** What chose the executed arm: the greatest utility, the fallback in its stead, the floor, or a draw from the propensities, all three in one. */
export type ChosenBy = 'utility' | 'fallback' | 'floor' | 'propensities';

/** What a decision saw of one arm. */
export interface TracedArm {
  /** Index of its model. */
  readonly model: number;
  /** Samples, where arms are (model, n). */
  readonly n?: number;
  readonly eligible: boolean;
  /** As drawn; where the prompt decided the doubt about the cost is in it. NaN where none was drawn. */
  readonly quality: number;
  /** Of the posterior of quality. */
  readonly mean: number;
  readonly variance: number;
  readonly costUsd: number;
  /** Standard deviation of costUsd where it was drawn with the quality, else 0. */
  readonly doubtUsd: number;
  /** What latency took from utility. */
  readonly latency: number;
  /** What risk took. */
  readonly risk: number;
  /** NaN where not eligible, and where no quality was drawn. */
  readonly utility: number;
  readonly propensity: number;
  /** P(quality >= floor); NaN without a fallback. */
  readonly confidence: number;
}

/** A decision as it was made, in indices of arms. */
export interface TracedDecision {
  readonly costWeight: number;
  readonly explorationScale: number;
  readonly riskWeight: number;
  /** NaN without prompts. */
  readonly share: number;
  readonly byContext: boolean;
  readonly executed: number;
  /** Of greatest utility; -1 where no quality was drawn. */
  readonly chosen: number;
  readonly chosenBy: ChosenBy;
  readonly accuracy: StatedAccuracy;
  /** Arm that takes turns over; -1 where there is none, or it was not eligible. */
  readonly trusted: number;
  /** Confidence that the fallback asks for. */
  readonly confidence: number;
  readonly arms: readonly TracedArm[];
}

const CHOSEN_BY: readonly ChosenBy[] = ['utility', 'floor', 'fallback'];
// A slot: assembly/decision/trace.ts.
const HEADER_BYTES = 48;

/** Reads the traces that decisions have left in the kernel, in memory of its own: reading changes nothing that decides. */
export class DecisionTraces {
  readonly #kernel: Kernel;
  readonly #policy: DecisionPolicy;
  readonly #seed: Seed;
  readonly #floor: ParsedFloor;
  readonly #levels: LevelTraces | undefined;
  /** scratch, mask, scratch and place of the propensities, confidences, record: made when first asked for. */
  #room: Room = [0, 0, 0, 0, 0, 0];
  #roomForArms = 0;
  /** Place of a trace that is no longer in the ring. */
  #slot = 0;
  #slotBytes = 0;

  constructor(kernel: Kernel, policy: DecisionPolicy, seed: Seed, floor: ParsedFloor) {
    this.#kernel = kernel;
    this.#policy = policy;
    this.#seed = seed;
    this.#floor = floor;
    const { samples } = policy.options;
    this.#levels = samples > 0 ? new LevelTraces(kernel, samples, seed, floor) : undefined;
  }

  /** undefined for a decision whose trace is not kept. */
  read(sequenceNumber: number): TracedDecision | undefined {
    const slot = this.#policy.find(sequenceNumber);
    return slot === 0 ? undefined : this.#readSlot(slot);
  }

  /** What a decision for `executed` saw that was drawn from the propensities of its group; undefined where models have been added since. */
  readGroup({ arms, bytes }: DecisionTrace, executed: number): TracedDecision | undefined {
    if (arms !== this.#policy.arms) return undefined;
    if (bytes.length > this.#slotBytes) {
      this.#slot = this.#kernel.allocate(bytes.length);
      this.#slotBytes = bytes.length;
    }
    this.#kernel.u8(this.#slot, bytes.length).set(bytes);
    const trace = this.#readSlot(this.#slot);
    return {
      ...trace,
      executed,
      chosen: -1,
      chosenBy: 'propensities',
      arms: trace.arms.map((arm) => ({ ...arm, quality: NaN, utility: NaN })),
    };
  }

  #readSlot(slot: number): TracedDecision {
    const { arms } = this.#policy;
    if (this.#levels) return this.#levels.read(slot, arms);
    const { latency, riskWeight, context, trusted, fallback } = this.#policy.options;
    const stride = 8 * (arms + (arms % 2));
    const [scratch, mask, propensityScratch, p, confidences, record] = this.#reserve(arms);
    const executed = this.#kernel.raw.trace_explain(
      arms,
      slot,
      this.#seed.low,
      this.#seed.high,
      this.#floor.epsilon,
      FLOOR_BASELINES.indexOf(this.#floor.baseline),
      this.#policy.address,
      Number(latency),
      Number(context),
      scratch,
      mask,
      propensityScratch,
      p,
      confidences,
      record,
    );
    const [, costWeight, explorationScale, share] = this.#kernel.f64(slot, 4) as unknown as Four;
    const [chosen, byContext] = this.#kernel.i32(slot + 36, 2) as unknown as [number, number];
    const [how, status] = this.#kernel.f64(record, 2) as unknown as [number, number];
    const array = (index: number) => this.#kernel.f64(slot + HEADER_BYTES + index * stride, arms);
    const shapes = this.#kernel.f64(slot + HEADER_BYTES + 3 * stride, 2 * arms);
    const propensities = this.#kernel.f64(p, arms);
    const sure = this.#kernel.f64(confidences, arms);
    const [costs, quality, utility] = [array(0), array(1), array(2)];
    const prompt = byContext === 1 ? [7, 8, 9, 10].map(array) : undefined;
    const tempering = explorationScale > 0 ? explorationScale * explorationScale : 1;
    return {
      costWeight,
      explorationScale,
      riskWeight,
      share: context ? share : NaN,
      byContext: byContext === 1,
      executed,
      chosen,
      chosenBy: CHOSEN_BY[how]!,
      accuracy: status === 1 ? 'rough' : 'accurate',
      trusted: trusted >= 0 && !Number.isNaN(utility[trusted]!) ? trusted : -1,
      confidence: fallback?.confidence ?? NaN,
      arms: Array.from({ length: arms }, (_, arm) => {
        const alpha = shapes[2 * arm]! * tempering;
        const beta = shapes[2 * arm + 1]! * tempering;
        const [mean, variance, costUsd, doubtUsd] = prompt
          ? (prompt.map((values) => values[arm]!) as unknown as Four)
          : [alpha / (alpha + beta), betaVariance(alpha, beta), costs[arm]!, 0];
        const doubt = costWeight * doubtUsd;
        const ofPrompt = riskWeight * Math.sqrt(variance + doubt * doubt);
        return {
          model: arm,
          eligible: !Number.isNaN(utility[arm]!),
          quality: quality[arm]!,
          mean,
          variance,
          costUsd,
          doubtUsd,
          latency: latency ? array(5)[arm]! : 0,
          risk: !(riskWeight > 0) ? 0 : prompt ? ofPrompt : array(6)[arm]!,
          utility: utility[arm]!,
          propensity: propensities[arm]!,
          confidence: sure[arm]!,
        };
      }),
    };
  }

  #reserve(arms: number): Room {
    const { raw } = this.#kernel;
    if (arms <= this.#roomForArms) return this.#room;
    // Doubling: what is outgrown is never more than what is in use.
    const most = Math.max(arms, 2 * this.#roomForArms);
    this.#room = [
      raw.scratch_bytes(most),
      most,
      raw.propensity_scratch_bytes(most),
      8 * most,
      8 * most,
      16,
    ].map((bytes) => this.#kernel.allocate(bytes >>> 0)) as unknown as Room;
    this.#roomForArms = most;
    return this.#room;
  }
}

type Four = readonly [number, number, number, number];
type Room = readonly [number, number, number, number, number, number];

function betaVariance(alpha: number, beta: number): number {
  const s = alpha + beta;
  return ((alpha / s) * (beta / s)) / (s + 1);
}
