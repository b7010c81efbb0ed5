import type { Arms } from '../arms/models';
import { ParameterError } from '../core/errors';
import type { SpendClock, SpendMeterState } from '../pacing/spendMeter';
import { holds, isShort, Subject, type BudgetCondition } from './conditions';
import type { RuleAction, RuleFunction, RuleOptions } from './options';
import { parseAction, parseRules, type AllowedArms, type ParsedRule, type Policies } from './parse';

/** A request as rules see it. */
export interface RuledRequest {
  readonly segment: string | undefined;
  /** NaN = not known. */
  readonly promptTokens: number;
  readonly prompt?: string | undefined;
  /** Indices of the arms that the request allows; undefined = all. */
  readonly eligible: readonly number[] | undefined;
}

/** The rule that fired, and what it leaves. */
export interface Ruling {
  readonly rule: string;
  /** Indices of the arms that remain, of those the request allowed, rising. */
  readonly eligible: readonly number[];
}

/** A rule that may rule on a request. */
export interface Candidate {
  readonly name: string;
  readonly allowed: AllowedArms | undefined;
  /** Whether it does hangs on what is spent then; undefined = it does. */
  readonly budget: BudgetCondition | undefined;
}

/** The rules of one router: the first that fires rules. Budget rules keep the spend of their windows. */
export class RuleChain {
  readonly #arms: Arms;
  readonly #policies: Policies;
  readonly #chain: readonly ParsedRule[];
  readonly #meters;

  /** @throws {ParameterError} for a malformed rule */
  constructor(parameter: string, options: RuleOptions | unknown, arms: Arms) {
    const { policies, chain } = parseRules(parameter, options, arms);
    this.#arms = arms;
    this.#policies = policies;
    this.#chain = chain;
    this.#meters = chain.flatMap(({ test }) =>
      typeof test !== 'function' && test.when === 'budget' ? [test.meter] : [],
    );
  }

  /** What the budget rules have counted, in their order; plain JSON. */
  export(): readonly SpendMeterState[] {
    return this.#meters.map((meter) => meter.export());
  }

  /** Takes over what `export` gave; false where rules are others now, and those begin anew. @throws {ParameterError} for what cannot be */
  restore(states: unknown): boolean {
    if (!Array.isArray(states)) throw new ParameterError('rules', 'a list of meters', states);
    if (states.length !== this.#meters.length) return false;
    return this.#meters.map((meter, i) => meter.restore(states[i])).every(Boolean);
  }

  /** Books a decision that a log tells of. NaN = nobody could serve it. */
  book(sequenceNumber: number, nowMs: number, usd: number): void {
    for (const meter of this.#meters) meter.advance({ sequenceNumber, nowMs });
    if (!Number.isNaN(usd)) this.expect(sequenceNumber, usd);
  }

  /** Does a budget rule want to know of decisions and costs? */
  get countsSpend(): boolean {
    return this.#meters.length > 0;
  }

  /** Does a budget rule count spend over windows of time? */
  get readsTime(): boolean {
    return this.#meters.some((meter) => meter.ofTime);
  }

  /**
   * The rules that may rule on a request, by the order of the chain: of budget rules any number, and at most one other, the last. Function
   * rules behind a budget rule are asked, whether or not it will fire. Changes nothing.
   * @throws what a function rule throws, and ParameterError for an action that is none
   */
  candidates(request: RuledRequest): readonly Candidate[] {
    const { segment, promptTokens, prompt } = request;
    const subject = new Subject(segment, promptTokens, prompt);
    const found: Candidate[] = [];
    for (const rule of this.#chain) {
      const { name, test } = rule;
      if (typeof test !== 'function' && test.when === 'budget') {
        found.push({ name, allowed: rule.allowed, budget: test });
        continue;
      }
      const fired =
        typeof test === 'function'
          ? this.#ask(name, test, request)
          : holds(test, subject) && { allowed: rule.allowed };
      if (!fired) continue;
      found.push({ name, allowed: fired.allowed, budget: undefined });
      break;
    }
    return found;
  }

  /** The ruling on a request whose candidates these are, or undefined where no rule fires. Opens the windows of `clock`. */
  rule(
    request: RuledRequest,
    candidates: readonly Candidate[],
    clock: SpendClock,
  ): Ruling | undefined {
    for (const meter of this.#meters) meter.advance(clock);
    const fired = candidates.find(({ budget }) => !budget || isShort(budget, clock.sequenceNumber));
    return fired && { rule: fired.name, eligible: this.#narrow(request, fired.allowed) };
  }

  /** A decision was made at the clock last ruled on. */
  expect(sequenceNumber: number, usd: number): void {
    for (const meter of this.#meters) meter.expect(sequenceNumber, usd);
  }

  /** Its cost has been reported. */
  settle(sequenceNumber: number, usd: number): void {
    for (const meter of this.#meters) meter.settle(sequenceNumber, usd);
  }

  /** No cost will be reported. */
  giveUp(sequenceNumber: number): void {
    for (const meter of this.#meters) meter.giveUp(sequenceNumber);
  }

  #ask(
    name: string,
    test: RuleFunction,
    request: RuledRequest,
  ): { readonly allowed: AllowedArms | undefined } | undefined {
    const { segment, promptTokens, prompt } = request;
    const { list } = this.#arms;
    const eligible = (request.eligible ?? list.keys()) as Iterable<number>;
    const action: RuleAction | undefined = test({
      segment,
      promptTokens: Number.isNaN(promptTokens) ? undefined : promptTokens,
      prompt,
      eligible: Array.from(eligible, (arm) => list[arm]!.model),
    });
    if (action === undefined) return undefined;
    return {
      allowed: parseAction(`what rule ${name} gives`, action, this.#policies, this.#arms),
    };
  }

  #narrow({ eligible }: RuledRequest, allowed: AllowedArms | undefined): readonly number[] {
    if (!allowed) return eligible ?? [...this.#arms.list.keys()];
    if (!eligible) return allowed;
    const inRequest = new Set(eligible);
    return allowed.filter((arm) => inRequest.has(arm));
  }
}
