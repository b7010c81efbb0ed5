import type { Arms } from '../arms/models';
import { ParameterError } from '../core/errors';
import type { SpendClock, SpendMeterState } from '../pacing/spendMeter';
import { holds, Subject } from './conditions';
import type { RuleAction, RuleOptions } from './options';
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

  /** Books a decision that a log tells of. */
  book(sequenceNumber: number, nowMs: number, usd: number): void {
    for (const meter of this.#meters) meter.advance({ sequenceNumber, nowMs });
    this.expect(sequenceNumber, usd);
  }

  /** Does a budget rule want to know of decisions and costs? */
  get countsSpend(): boolean {
    return this.#meters.length > 0;
  }

  /**
   * The ruling on a request, or undefined where no rule fires.
   * @throws what a function rule throws, and ParameterError for an action that is none
   */
  rule(request: RuledRequest, clock: SpendClock): Ruling | undefined {
    for (const meter of this.#meters) meter.advance(clock);
    const { segment, promptTokens, prompt } = request;
    const subject = new Subject(segment, promptTokens, prompt, clock.sequenceNumber);
    for (const rule of this.#chain) {
      const fired =
        typeof rule.test === 'function'
          ? this.#ask(rule, request)
          : holds(rule.test, subject) && { allowed: rule.allowed };
      if (fired) return { rule: rule.name, eligible: this.#narrow(request, fired.allowed) };
    }
    return undefined;
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

  #ask(rule: ParsedRule, request: RuledRequest): { allowed: AllowedArms | undefined } | undefined {
    if (typeof rule.test !== 'function') return undefined;
    const { segment, promptTokens, prompt } = request;
    const { list } = this.#arms;
    const eligible = (request.eligible ?? list.keys()) as Iterable<number>;
    const action: RuleAction | undefined = rule.test({
      segment,
      promptTokens: Number.isNaN(promptTokens) ? undefined : promptTokens,
      prompt,
      eligible: Array.from(eligible, (arm) => list[arm]!.model),
    });
    if (action === undefined) return undefined;
    return {
      allowed: parseAction(`what rule ${rule.name} gives`, action, this.#policies, this.#arms),
    };
  }

  #narrow({ eligible }: RuledRequest, allowed: AllowedArms | undefined): readonly number[] {
    if (!allowed) return eligible ?? [...this.#arms.list.keys()];
    if (!eligible) return allowed;
    const inRequest = new Set(eligible);
    return allowed.filter((arm) => inRequest.has(arm));
  }
}
