import { ParameterError } from '../core/errors';
import {
  FINITE,
  NOT_NEGATIVE,
  POSITIVE,
  requireNumber,
  requireObject,
  requireOptions,
  type Interval,
} from '../core/validation';
import type { Kernel } from '../kernel/kernel';
import { Room } from '../kernel/room';
import { Arrivals } from './arrivals';
import { SpendMeter, type SpendClock, type SpendWindow } from './spendMeter';
import { parseWindow } from './window';

/** A spend target a window, and what is never exceeded. Exactly one of `windowRequests` and `windowMs`. */
export interface BudgetOptions {
  /**
   * USD a window, > 0. Where the caller's willingness to pay would spend more, money is made dearer evenly over the window, so that
   * decisions like the last 64 spend what is left over the requests that are left; near the end, models whose expected cost is above what is left
   * go first. Never spends more than the willingness to pay asks for.
   */
  readonly usd: number;
  /** Requests a window. */
  readonly windowRequests?: number;
  /**
   * Milliseconds a window, from the first decision on, by the router's clock; the requests that are left are estimated from those
   * of this window and the one before. A clock that jumps costs a window's target at most.
   */
  readonly windowMs?: number;
  /**
   * USD a window: models whose expected cost would bring the window's reported and expected costs above it are not eligible, and with
   * none left the outcome is `no-eligible-model`. >= usd. So reported costs exceed it by no more than what the calls that were under way
   * together cost above their forecasts: by one such difference where each cost is reported before the next decision, by the sum of them all
   * where none is.
   * @defaultValue none
   */
  readonly ceilingUsd?: number;
}

export interface ParsedBudget {
  readonly usd: number;
  readonly ceilingUsd: number;
  readonly window: SpendWindow;
}

/** A budget's current window; plain JSON. */
export interface BudgetStats {
  /** Reported costs, and the expected ones of decisions whose cost is not reported. */
  readonly spentUsd: number;
  readonly usd: number;
  /** null: none. */
  readonly ceilingUsd: number | null;
}

/** What happened to a budget. */
export type BudgetEvent =
  /** A window is over. */
  | { readonly kind: 'window'; readonly spentUsd: number; readonly targetUsd: number }
  /** For the first time in its window the ceiling keeps a model away. */
  | { readonly kind: 'ceiling'; readonly spentUsd: number; readonly ceilingUsd: number };

/** Decisions that a pacer remembers. Chosen on routellm-mmlu and reasoning-gym-easy (docs/MATH.md §27). */
export const PACER_ROWS = 64;

const KEYS = ['usd', 'windowRequests', 'windowMs', 'ceilingUsd'] as const;

/** `undefined` = no budget. @throws {ParameterError} */
export function parseBudget(parameter: string, value: unknown): ParsedBudget | undefined {
  if (value === undefined) return undefined;
  const options = requireOptions(parameter, value, KEYS);
  const usd = requireNumber(`${parameter}.usd`, options['usd'], POSITIVE);
  const ceiling: Interval = { text: `>= usd = ${usd}`, contains: (v) => v >= usd };
  const { ceilingUsd } = options;
  return {
    usd,
    ceilingUsd:
      ceilingUsd === undefined
        ? Infinity
        : requireNumber(`${parameter}.ceilingUsd`, ceilingUsd, ceiling),
    window: parseWindow(parameter, options),
  };
}

/** The budget of one router: its live spend, the price of money that keeps to it, and what can still be afforded. */
export class Budget {
  readonly #kernel: Kernel;
  #arms: number;
  readonly #options: ParsedBudget;
  readonly #meter: SpendMeter;
  readonly #samples: number;
  #pacer: number;
  readonly #mask: Room;
  #events: BudgetEvent[] = [];
  #ceilingTold = false;
  /** For windows of time. */
  readonly #arrivals = new Arrivals();
  #clock: SpendClock = { sequenceNumber: 0, nowMs: 0 };

  /** @param samples most of a decision: what can be chosen is a (model, n) */
  constructor(kernel: Kernel, arms: number, options: ParsedBudget, samples = 1) {
    this.#kernel = kernel;
    this.#arms = arms;
    this.#options = options;
    this.#samples = samples;
    this.#meter = new SpendMeter(options.window);
    this.#pacer = kernel.allocate(kernel.raw.pacing_bytes(arms * samples, PACER_ROWS));
    this.#mask = new Room(kernel, arms);
    kernel.raw.pacing_init(this.#pacer, arms * samples, PACER_ROWS);
  }

  /** There are more arms now. @throws {KernelError} when the host refuses the memory; nothing has changed then */
  setArms(arms: number): void {
    const { raw } = this.#kernel;
    this.#mask.reserve(arms);
    const choices = arms * this.#samples;
    const pacer = this.#kernel.allocate(raw.pacing_bytes(choices, PACER_ROWS));
    raw.pacing_grow(this.#pacer, pacer, choices);
    this.#pacer = pacer;
    this.#arms = arms;
  }

  /** All it knows: plain JSON, and the pacer's block. */
  export(): { readonly numbers: unknown; readonly pacer: Uint8Array } {
    const bytes = this.#kernel.raw.pacing_bytes(this.#choices, PACER_ROWS);
    const numbers = {
      meter: this.#meter.export(),
      ceilingTold: this.#ceilingTold,
      arrivals: this.#arrivals.export(),
      clock: this.#clock,
    };
    return { numbers, pacer: this.#kernel.u8(this.#pacer, bytes).slice() };
  }

  /**
   * Takes over what `export` gave; false, and nothing done, for another window.
   * @throws {ParameterError} for what cannot be
   */
  restore(numbers: unknown, pacer: Uint8Array): boolean {
    const state = requireObject('budget', numbers);
    const bytes = this.#kernel.raw.pacing_bytes(this.#choices, PACER_ROWS);
    const words = new Uint32Array(pacer.slice(0, 8).buffer);
    if (pacer.length !== bytes || words[0] !== PACER_ROWS || words[1] !== this.#choices)
      throw new ParameterError('pacer', `the block of ${this.#arms} models`, pacer);
    const clock = requireObject('budget.clock', state['clock']);
    const arrivals = new Arrivals();
    arrivals.restore(state['arrivals']);
    const sequenceNumber = requireNumber('budget.clock', clock['sequenceNumber'], NOT_NEGATIVE);
    const nowMs = requireNumber('budget.clock', clock['nowMs'], FINITE);
    if (!this.#meter.restore(state['meter'])) return false;
    this.#kernel.u8(this.#pacer, bytes).set(pacer);
    this.#ceilingTold = state['ceilingTold'] === true;
    this.#arrivals.restore(arrivals.export());
    this.#clock = { sequenceNumber, nowMs };
    return true;
  }

  get #choices(): number {
    return this.#arms * this.#samples;
  }

  /** Books a decision that a log tells of: the pacer does not learn from it. NaN = nobody could serve it. */
  book(sequenceNumber: number, nowMs: number, usd: number): void {
    this.#open({ sequenceNumber, nowMs });
    if (!Number.isNaN(usd)) this.#meter.expect(sequenceNumber, usd);
  }

  /** Reported and expected costs of the current window. */
  get spentUsd(): number {
    return this.#meter.usd;
  }

  /** Are its windows time? */
  get ofTime(): boolean {
    return this.#meter.ofTime;
  }

  get stats(): BudgetStats {
    const { usd, ceilingUsd } = this.#options;
    return { spentUsd: this.spentUsd, usd, ceilingUsd: ceilingUsd < Infinity ? ceilingUsd : null };
  }

  /** What happened since this was asked last. */
  takeEvents(): readonly BudgetEvent[] {
    const events = this.#events;
    if (events.length > 0) this.#events = [];
    return events;
  }

  /** Opens the decision at `clock`, and gives the weight of cost, 1/USD, that it is made with: `ownWeight` or more. */
  weight(clock: SpendClock, ownWeight: number): number {
    const { usd } = this.#options;
    const closedUsd = this.#open(clock);
    if (closedUsd !== undefined)
      this.#events.push({ kind: 'window', spentUsd: closedUsd, targetUsd: usd });
    const usdPerRequest = (usd - this.#meter.usd) / this.#requestsLeft();
    return this.#kernel.raw.pacing_weight(this.#pacer, usdPerRequest, ownWeight);
  }

  /**
   * Which of `eligible` (undefined = all) can be afforded, their expected costs standing in `scratch`; undefined where all can.
   */
  afford(scratch: number, eligible: readonly number[] | undefined): readonly number[] | undefined {
    const { usd, ceilingUsd } = this.#options;
    const arms = this.#arms;
    const before = this.#kernel.u8(this.#mask.address, arms).fill(eligible ? 0 : 1);
    for (const arm of eligible ?? []) before[arm] = 1;
    const spent = this.#meter.usd;
    const { raw } = this.#kernel;
    raw.pacing_afford(scratch, arms, usd - spent, ceilingUsd - spent, this.#mask.address);
    const mask = this.#kernel.u8(this.#mask.address, arms);
    const asked = eligible ?? Array.from(mask.keys());
    const left = asked.filter((arm) => mask[arm] === 1);
    if (left.length === asked.length) return undefined;
    const costs = this.#kernel.f64(raw.scratch_costs(scratch, arms), arms);
    if (!this.#ceilingTold && asked.some((arm) => costs[arm]! > ceilingUsd - spent)) {
      this.#ceilingTold = true;
      this.#events.push({ kind: 'ceiling', spentUsd: spent, ceilingUsd });
    }
    return left;
  }

  /**
   * Most samples of each arm that can be afforded, their expected costs of one standing in `scratch`; undefined where that is as many as a decision may have.
   * Call `afford` before: one sample of an arm that it leaves counts as affordable.
   */
  caps(scratch: number): readonly number[] | undefined {
    const { usd, ceilingUsd } = this.#options;
    const leftUsd = Math.min(usd, ceilingUsd) - this.#meter.usd;
    const costs = this.#kernel.f64(this.#kernel.raw.scratch_costs(scratch, this.#arms), this.#arms);
    const caps = Array.from(costs, (cost) => {
      let n = this.#samples;
      while (n > 1 && !(n * cost <= leftUsd)) n--;
      return n;
    });
    return caps.every((n) => n === this.#samples) ? undefined : caps;
  }

  /** A decision was made among what could be afforded; `scratch` still holds it, or `room` where it was among (model, n). */
  decided(scratch: number, usd: number, room = 0): void {
    const { raw } = this.#kernel;
    if (room > 0) raw.level_remember(this.#pacer, room, this.#arms, this.#samples);
    else raw.pacing_remember(this.#pacer, scratch, this.#arms, this.#mask.address);
    this.#meter.expect(this.#clock.sequenceNumber, usd);
  }

  /** The cost of a decision has been reported. */
  settle(sequenceNumber: number, usd: number): void {
    this.#meter.settle(sequenceNumber, usd);
  }

  /** No cost will be reported: the expected one stands. */
  giveUp(sequenceNumber: number): void {
    this.#meter.giveUp(sequenceNumber);
  }

  /** Opens the window of a request; gives what the one before it spent, if it is over now. */
  #open(clock: SpendClock): number | undefined {
    const closedUsd = this.#meter.advance(clock);
    if (closedUsd !== undefined) this.#ceilingTold = false;
    this.#clock = clock;
    if (this.ofTime) this.#arrivals.arrive(this.#meter.phase(clock.nowMs), closedUsd !== undefined);
    return closedUsd;
  }

  /** This one included, at least 1. */
  #requestsLeft(): number {
    const { requests } = this.#options.window;
    if (requests === Infinity) return this.#arrivals.left;
    return requests - (this.#clock.sequenceNumber % requests);
  }
}
