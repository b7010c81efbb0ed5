import { PairedDifference } from './pairedDifference';

/** What is known of one side of a pair; NaN = not yet. */
export interface Side {
  readonly reward: number;
  readonly costUsd: number;
}

/** A candidate beside what served the same requests. Differences are candidate - served. */
export interface ShadowComparison {
  readonly candidate: string;
  /** Calls that ended. */
  readonly calls: number;
  /** … of these, failed: without a reward they are in no pair, so a candidate that fails on hard requests looks better than it is. */
  readonly failures: number;
  /** Requests of which both rewards are known. */
  readonly pairs: number;
  /** Mean difference in reward; undefined without a pair. */
  readonly rewardDifference: number | undefined;
  /** Its 95 % interval, for one look at it: looked at over and over it is left more often. */
  readonly rewardInterval: readonly [number, number];
  /** Requests of which both costs are known. */
  readonly costPairs: number;
  /** Mean difference in cost; undefined without a pair. */
  readonly costDifferenceUsd: number | undefined;
  /** Of the mean difference in cost; undefined below two pairs. */
  readonly costStandardErrorUsd: number | undefined;
}

interface Pair {
  readonly candidate: string;
  served: Side;
  /** undefined while the call is under way. */
  mirrored: Side | undefined;
  rewardsTaken: boolean;
  costsTaken: boolean;
}

interface Sums {
  calls: number;
  failures: number;
  readonly rewards: PairedDifference;
  readonly costs: PairedDifference;
}

/** Pairs that wait for their other half; beyond it the oldest is given up. */
export const MOST_PAIRS = 10_000;

const NOTHING: Side = { reward: NaN, costUsd: NaN };

/** Brings the outcomes of mirrored calls together with those of the decisions they mirror, in whichever order they come. */
export class PairedOutcomes {
  /** By sequence number, oldest first. */
  readonly #open = new Map<number, Pair>();
  readonly #sums: ReadonlyMap<string, Sums>;

  constructor(candidates: readonly string[]) {
    this.#sums = new Map(
      candidates.map((candidate) => [
        candidate,
        {
          calls: 0,
          failures: 0,
          rewards: new PairedDifference(),
          costs: new PairedDifference(),
        },
      ]),
    );
  }

  /** Pairs that wait for their other half. */
  get waiting(): number {
    return this.#open.size;
  }

  get comparisons(): ShadowComparison[] {
    return Array.from(this.#sums, ([candidate, { calls, failures, rewards, costs }]) => ({
      candidate,
      calls,
      failures,
      pairs: rewards.count,
      rewardDifference: rewards.mean,
      rewardInterval: rewards.unitInterval,
      costPairs: costs.count,
      costDifferenceUsd: costs.mean,
      costStandardErrorUsd: costs.standardError,
    }));
  }

  /** A call to `candidate` begins. */
  open(sequenceNumber: number, candidate: string): void {
    this.#open.set(sequenceNumber, {
      candidate,
      served: NOTHING,
      mirrored: undefined,
      rewardsTaken: false,
      costsTaken: false,
    });
    if (this.#open.size > MOST_PAIRS) this.#open.delete(this.#open.keys().next().value!);
  }

  /** The call has ended; `outcome` undefined: without one. Gives what is known of the served one. */
  mirrored(
    sequenceNumber: number,
    candidate: string,
    outcome: Side | undefined,
    succeeded: boolean,
  ): Side {
    const sums = this.#sums.get(candidate)!;
    sums.calls++;
    if (!succeeded) sums.failures++;
    const pair = this.#open.get(sequenceNumber);
    const { served } = pair ?? { served: NOTHING };
    if (outcome === undefined) this.#open.delete(sequenceNumber);
    else if (pair) {
      pair.mirrored = outcome;
      this.#take(sequenceNumber, pair);
    }
    return served;
  }

  /** The served model's outcome, as its reports bring it; gives the candidate where its call has ended. */
  served(sequenceNumber: number, news: Side): string | undefined {
    const pair = this.#open.get(sequenceNumber);
    if (!pair) return undefined;
    const { reward, costUsd } = pair.served;
    pair.served = {
      reward: Number.isNaN(news.reward) ? reward : news.reward,
      costUsd: Number.isNaN(news.costUsd) ? costUsd : news.costUsd,
    };
    if (!pair.mirrored) return undefined;
    this.#take(sequenceNumber, pair);
    return pair.candidate;
  }

  /** A call that never began is in no comparison. */
  drop(sequenceNumber: number): Side {
    const { served } = this.#open.get(sequenceNumber) ?? { served: NOTHING };
    this.#open.delete(sequenceNumber);
    return served;
  }

  /** Takes into the sums what has both halves now. */
  #take(sequenceNumber: number, pair: Pair): void {
    const { rewards, costs } = this.#sums.get(pair.candidate)!;
    const { reward, costUsd } = pair.mirrored!;
    const rewardDifference = reward - pair.served.reward;
    const costDifference = costUsd - pair.served.costUsd;
    if (!pair.rewardsTaken && !Number.isNaN(rewardDifference)) {
      rewards.add(rewardDifference);
      pair.rewardsTaken = true;
    }
    if (!pair.costsTaken && !Number.isNaN(costDifference)) {
      costs.add(costDifference);
      pair.costsTaken = true;
    }
    // A half that the call did not bring will not come.
    const rewardsDone = pair.rewardsTaken || Number.isNaN(reward);
    const costsDone = pair.costsTaken || Number.isNaN(costUsd);
    if (rewardsDone && costsDone) this.#open.delete(sequenceNumber);
  }
}
