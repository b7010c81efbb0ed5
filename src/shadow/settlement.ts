import type { PairedOutcomes } from './comparison';
import type { MirroredOutcome, ShadowHost } from './host';
import type { CallEnd } from './mirroredCall';
import type { ParsedShadowOptions } from './options';
import {
  errorText,
  shadowRecord,
  type CallFacts,
  type CallResult,
  type ShadowRecord,
  type ShadowStatus,
} from './record';
import type { EndCounts } from './stats';
import type { UsdBudget } from './usdBudget';

type Counts = { -readonly [Key in keyof EndCounts]: EndCounts[Key] };

const COUNTED_AS: Readonly<Record<ShadowStatus, keyof EndCounts>> = {
  answered: 'answered',
  failed: 'failed',
  'timed-out': 'timedOut',
  aborted: 'aborted',
  invalid: 'invalid',
};

/** What the end of a call does: to the budget, the evidence and the comparison. */
export class Settlement {
  readonly #host: ShadowHost;
  readonly #weight: number;
  readonly #budget: UsdBudget;
  readonly #pairs: PairedOutcomes;
  readonly #counts: Counts = {
    answered: 0,
    failed: 0,
    timedOut: 0,
    aborted: 0,
    invalid: 0,
    late: 0,
    learned: 0,
    spentUsd: 0,
  };

  constructor(
    { weight }: ParsedShadowOptions,
    host: ShadowHost,
    budget: UsdBudget,
    pairs: PairedOutcomes,
  ) {
    this.#host = host;
    this.#weight = weight;
    this.#budget = budget;
    this.#pairs = pairs;
  }

  get counts(): EndCounts {
    return { ...this.#counts };
  }

  /** @param wanted is the record? */
  settle(facts: CallFacts, end: CallEnd, nowMs: number, wanted: boolean): ShadowRecord | undefined {
    const { decision, candidate, expectedCostUsd } = facts;
    const { status, outcome, error } = this.#read(facts, end);
    const neverBegun = end.kind === 'aborted' && !end.begun;
    // Whether a call without a cost was billed is not known, so it is booked as if.
    const bookedUsd = neverBegun ? 0 : (known(outcome?.costUsd) ?? expectedCostUsd);
    this.#budget.settle(expectedCostUsd, bookedUsd, nowMs);
    this.#counts.spentUsd += bookedUsd;
    this.#counts[COUNTED_AS[status]]++;
    const served = neverBegun
      ? this.#pairs.drop(decision.sequenceNumber)
      : this.#pairs.mirrored(decision.sequenceNumber, candidate, outcome, status === 'answered');
    const weight = outcome && teaches(outcome) ? this.#weight : 0;
    const result = { status, outcome, error, bookedUsd, weight };
    const record = wanted ? shadowRecord(facts, result, served, nowMs) : undefined;
    if (outcome && weight > 0) {
      this.#host.learn(candidate, decision, outcome, weight);
      this.#counts.learned++;
    }
    return record;
  }

  /** A call that had been given up, and booked at what was expected, has answered: what it cost more is booked too. */
  late(
    facts: CallFacts,
    value: unknown,
    nowMs: number,
  ): { costUsd: number; bookedUsd: number } | undefined {
    const costUsd = known(this.#parse(facts, value).outcome?.costUsd);
    if (costUsd === undefined) return undefined;
    const bookedUsd = Math.max(0, costUsd - facts.expectedCostUsd);
    this.#budget.book(bookedUsd, nowMs);
    this.#counts.spentUsd += bookedUsd;
    this.#counts.late++;
    return { costUsd, bookedUsd };
  }

  #read(facts: CallFacts, end: CallEnd): Pick<CallResult, 'status' | 'outcome' | 'error'> {
    switch (end.kind) {
      case 'answered':
        return this.#parse(facts, end.value);
      case 'failed':
        return { status: 'failed', outcome: undefined, error: errorText(end.error) };
      default:
        return { status: end.kind, outcome: undefined, error: undefined };
    }
  }

  /** The caller's function is a programmer's, so what it gives wrong is told as an error, though not thrown. */
  #parse(
    { decision, candidate }: CallFacts,
    value: unknown,
  ): Pick<CallResult, 'status' | 'outcome' | 'error'> {
    try {
      const outcome = this.#host.parse(value, candidate, decision);
      const { error } = outcome;
      return { status: error === undefined ? 'answered' : 'failed', outcome, error };
    } catch (error) {
      this.#host.tellError(error);
      return { status: 'invalid', outcome: undefined, error: errorText(error) };
    }
  }
}

function known(value: number | undefined): number | undefined {
  return value === undefined || Number.isNaN(value) ? undefined : value;
}

function teaches({ reward, costUsd }: MirroredOutcome): boolean {
  return !(Number.isNaN(reward) && Number.isNaN(costUsd));
}
