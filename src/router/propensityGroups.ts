import type { Kernel } from '../kernel/kernel';
import type { Evidence } from '../posterior/evidence';
import type { DecisionTrace } from '../selection/decisionPolicy';
import type { GroupFields } from '../selection/decision';
import type { ParsedRequest } from '../selection/request';
import { DecisionBatch, type BatchChoice, type BatchPolicy } from './batch';

/** Decisions that share a block of random bits: assembly/decision/fromPropensity.ts. */
const BLOCK = 1024;
/** Groups are kept up to so many groups × arms. */
const MOST_CELLS = 2 ** 16;

/** Requests that share beliefs, costs and models: one set of propensities serves them all. */
export interface PropensityGroup {
  /** A choice an arm; the last one is that of no arm. */
  readonly choices: readonly BatchChoice[];
  /** One probability an arm. */
  readonly propensities: Float64Array;
  /** What its decisions saw. */
  readonly trace: DecisionTrace | undefined;
  /** An arm's part of the decisions in the caller's terms, made when first asked for. */
  readonly fields: (GroupFields | undefined)[];
}

/** Rows that follow each other. */
interface Run {
  readonly group: PropensityGroup;
  readonly from: number;
  readonly to: number;
}

/** What the beliefs of groups hang on, beside the clock. */
export interface Beliefs {
  readonly evidence: Evidence;
  readonly evidenceVersion: number;
  /** Rows of segments in use: the second changes how arms are pooled. */
  readonly segments: number;
}

/**
 * Decisions drawn from propensities (docs/MATH.md §15 and §17). Requests of one segment, one number of prompt tokens and the same models make a group; its propensities
 * are those of the executed policy, computed once, and decision n takes the n-th 32 random bits whatever its group, so no decision hangs on what else is in
 * its batch.
 *
 * Where the evidence forgets, beliefs move with every decision. A group then looks at them as of the latest multiple of a power of two, the greatest up to
 * 1/64 of the half-life: weights are off by 1.1 % at most, and where a batch begins makes no difference. With latencies, whose moments stand at the latest clock, every
 * decision looks for itself.
 */
export class PropensityGroups {
  readonly #kernel: Kernel;
  readonly #policy: BatchPolicy;
  /** Decisions that look at the evidence as of the same clock; Infinity = all. */
  readonly #clockStep: number;
  readonly #batch: DecisionBatch;
  #arms = 0;
  #propensities = 0;
  #scratch = 0;
  readonly #chosen: number;
  readonly #groups = new Map<string, PropensityGroup>();
  #evidenceVersion = -1;
  #segments = -1;

  constructor(kernel: Kernel, policy: BatchPolicy, halfLifeRequests: number) {
    this.#kernel = kernel;
    this.#policy = { ...policy, propensities: true };
    this.#clockStep = clockStepOf(halfLifeRequests, policy.latency !== undefined);
    this.#batch = new DecisionBatch(kernel, policy.policy.arms, this.#policy);
    this.#chosen = kernel.allocate(4 * BLOCK);
  }

  /**
   * Decides for requests with sequence numbers from `first` on.
   * @param rows segment of each request
   */
  decide(
    beliefs: Beliefs,
    first: number,
    requests: readonly ParsedRequest[],
    rows: readonly number[],
  ): BatchChoice[] {
    if (this.#policy.policy.arms !== this.#arms) this.#setArms(this.#policy.policy.arms);
    this.#forgetAllBut(beliefs);
    const choices = new Array<BatchChoice>(requests.length);
    for (let from = 0; from < requests.length;) {
      const left = BLOCK - ((first + from) % BLOCK);
      const to = Math.min(requests.length, from + left);
      this.#decideBlock(this.#runs(beliefs, first, requests, rows, from, to), first, choices);
      from = to;
    }
    return choices;
  }

  /** Rows `from` to `to` in runs of one group each. */
  #runs(
    beliefs: Beliefs,
    first: number,
    requests: readonly ParsedRequest[],
    rows: readonly number[],
    from: number,
    to: number,
  ): Run[] {
    const forgets = this.#clockStep < Infinity;
    const runs: Run[] = [];
    for (let i = from; i < to;) {
      const request = requests[i]!;
      const group = this.#groupOf(beliefs, first + i, request, rows[i]!);
      const start = i;
      // Perf: neighbours are mostly the same object.
      do i++;
      while (
        i < to &&
        requests[i] === request &&
        !(forgets && (first + i) % this.#clockStep === 0)
      );
      runs.push({ group, from: start, to: i });
    }
    return runs;
  }

  /** Decides the runs of a block, which share its random bits. */
  #decideBlock(runs: readonly Run[], first: number, out: BatchChoice[]): void {
    const { from } = runs[0]!;
    const { to } = runs[runs.length - 1]!;
    for (const group of new Set(runs.map((run) => run.group))) {
      const chosen = this.#choose(group, first + from, to - from);
      const { choices } = group;
      const none = choices.length - 1;
      for (const run of runs) {
        if (run.group !== group) continue;
        for (let i = run.from; i < run.to; i++) {
          const arm = chosen[i - from]!;
          out[i] = choices[arm < 0 ? none : arm]!;
        }
      }
    }
  }

  /** Arms of the decisions from `first` on, all of one block, were they all of this group. */
  #choose({ propensities }: PropensityGroup, first: number, count: number): Int32Array {
    const { low, high } = this.#policy.seed;
    this.#kernel.f64(this.#propensities, this.#arms).set(propensities);
    this.#kernel.raw.choices_from_propensities(
      low,
      high,
      first >>> 0,
      Math.floor(first / 2 ** 32),
      count,
      this.#arms,
      this.#propensities,
      this.#scratch,
      this.#chosen,
    );
    return this.#kernel.i32(this.#chosen, count);
  }

  #groupOf(
    beliefs: Beliefs,
    sequenceNumber: number,
    request: ParsedRequest,
    segment: number,
  ): PropensityGroup {
    const clock = request.clock ?? this.#clockOf(sequenceNumber);
    const key = keyOf(request, segment, clock);
    const known = this.#groups.get(key);
    if (known) return known;
    const group = this.#compute(
      beliefs,
      sequenceNumber,
      clock < 0 ? sequenceNumber : clock,
      request,
      segment,
    );
    if ((this.#groups.size + 1) * this.#arms > MOST_CELLS) this.#groups.clear();
    this.#groups.set(key, group);
    return group;
  }

  #compute(
    { evidence }: Beliefs,
    sequenceNumber: number,
    clock: number,
    { promptTokens, eligible }: ParsedRequest,
    segment: number,
  ): PropensityGroup {
    const { latency, policy } = this.#policy;
    const arms = this.#arms;
    const one = this.#batch.decideOne(
      evidence,
      sequenceNumber,
      segment,
      promptTokens,
      eligible,
      clock,
    );
    const costs = this.#kernel.f64(this.#kernel.raw.scratch_costs(evidence.scratch, arms), arms);
    const group: PropensityGroup = {
      choices: [],
      propensities: one.propensities!,
      trace: policy.copy(sequenceNumber),
      fields: [],
    };
    const choices = group.choices as BatchChoice[];
    for (let arm = 0; arm <= arms; arm++) {
      const none = arm === arms;
      choices.push({
        ...one,
        arm: none ? -1 : arm,
        sampledQuality: NaN,
        expectedCostUsd: none ? NaN : costs[arm]!,
        utility: NaN,
        runnerUp: -1,
        margin: NaN,
        byFloor: false,
        byFallback: false,
        expectedLatencyMs: none || !latency ? NaN : latency.expectedMs(arm),
        probabilityWithinLimit: none || !latency ? NaN : latency.probabilityWithinLimit(arm),
        group,
      });
    }
    return group;
  }

  #forgetAllBut({ evidenceVersion, segments }: Beliefs): void {
    if (evidenceVersion === this.#evidenceVersion && segments === this.#segments) return;
    this.#groups.clear();
    this.#evidenceVersion = evidenceVersion;
    this.#segments = segments;
  }

  /** -1 = the evidence does not move with the clock. */
  #clockOf(sequenceNumber: number): number {
    return this.#clockStep === Infinity ? -1 : sequenceNumber - (sequenceNumber % this.#clockStep);
  }

  #setArms(arms: number): void {
    this.#batch.setArms(arms);
    this.#arms = arms;
    this.#groups.clear();
    this.#propensities = this.#kernel.allocate(8 * arms);
    this.#scratch = this.#kernel.allocate(this.#kernel.raw.choice_scratch_bytes(arms));
  }
}

/** All that a decision hangs on beside its number and the evidence, and the reasons that it tells. */
function keyOf(
  { promptTokens, eligible, excluded, letThrough, rule }: ParsedRequest,
  segment: number,
  clock: number,
): string {
  const key = `${segment} ${promptTokens} ${clock}`;
  if (!eligible) return key;
  const reasons = excluded?.map(({ arm, reason }) => `${arm} ${reason}`) ?? '';
  return `${key} ${String(eligible)} ${String(reasons)} ${letThrough ?? -1} ${rule ?? ''}`;
}

function clockStepOf(halfLifeRequests: number, latencies: boolean): number {
  if (halfLifeRequests === Infinity) return Infinity;
  let step = 1;
  while (!latencies && 128 * step <= halfLifeRequests) step *= 2;
  return step;
}
