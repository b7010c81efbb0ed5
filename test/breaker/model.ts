/**
 * A circuit breaker written from the rules of docs/BREAKERS.md alone, slowly: it keeps every call it ever counted and every trial call it
 * ever gave, and works out rates, expiries and waits from these lists each time. Shares no code with src/breaker.
 */
import type { ErrorClass, ErrorEffect } from '../../src/index';

export interface ModelOptions {
  readonly window:
    | { readonly kind: 'calls'; readonly calls: number; readonly maxAgeMs: number }
    | { readonly kind: 'time'; readonly durationMs: number; readonly buckets: number };
  readonly minimumCalls: number;
  readonly failureRate: number;
  readonly slowCallRate: number;
  readonly slowCallMs: number;
  readonly cooldownMs: number;
  readonly cooldownFactor: number;
  readonly maxCooldownMs: number;
  readonly maxRetryAfterMs: number;
  readonly trialCalls: number;
  readonly trialSuccesses: number;
  readonly trialTimeoutMs: number;
  readonly effects: Readonly<Record<ErrorClass, ErrorEffect>>;
}

/** What a permit stands for: the phase it was given in, and whether it is one of its trial calls. */
export interface ModelPermit {
  readonly phase: number;
  readonly trial: boolean;
}

interface CountedCall {
  readonly phase: number;
  readonly at: number;
  readonly failed: boolean;
  readonly slow: boolean;
}

interface Trial {
  readonly permit: ModelPermit;
  readonly expiresAt: number;
  outcome: 'pending' | 'success' | 'failure' | 'given back';
  slow: boolean;
}

export interface ModelChange {
  readonly from: string;
  readonly to: string;
  readonly cause: string;
  readonly at: number;
  readonly until: number | null;
}

export class BreakerModel {
  readonly changes: ModelChange[] = [];
  state: 'closed' | 'open' | 'half-open' | 'isolated' = 'closed';
  /** Number of the phase: one more with every change of state. */
  phase = 0;
  time: number;
  #caller: number;
  #since: number;
  #until = -Infinity;
  #lastCooldown = 0;
  #ahead = false;
  readonly #calls: CountedCall[] = [];
  readonly #trials: Trial[] = [];

  constructor(
    readonly options: ModelOptions,
    now: number,
  ) {
    this.time = this.#caller = this.#since = now;
  }

  tick(now: number): void {
    // Closed, only what is counted looks at the time.
    if (this.state !== 'closed') this.#pass(now);
  }

  wait(): number {
    if (this.state === 'closed') return 0;
    if (this.state === 'isolated') return Infinity;
    if (this.state === 'open') return Math.max(0, this.#until - this.time);
    if (this.#given().length < this.options.trialCalls) return 0;
    return Math.min(...this.#pending().map((trial) => trial.expiresAt)) - this.time;
  }

  admit(now: number, letThrough: boolean): ModelPermit | undefined {
    this.tick(now);
    if (this.state === 'closed') return { phase: this.phase, trial: false };
    if (this.state === 'isolated') return undefined;
    if (this.wait() > 0 && !letThrough) return undefined;
    if (this.state === 'open') {
      this.#ahead = this.#until > this.time;
      this.#change('half-open', this.#ahead ? 'let-through' : 'cooldown-over', this.time, null);
    }
    if (this.#given().length >= this.options.trialCalls) return { phase: this.phase, trial: false };
    const permit = { phase: this.phase, trial: true };
    const expiresAt = this.time + this.options.trialTimeoutMs;
    this.#trials.push({ permit, expiresAt, outcome: 'pending', slow: false });
    return permit;
  }

  succeed(permit: ModelPermit, now: number, duration: number | undefined): string {
    this.#pass(now);
    const slow = duration !== undefined && duration > this.options.slowCallMs;
    if (this.#isCurrentCall(permit)) {
      this.#count(false, slow, 0);
      return 'counted';
    }
    const trial = this.#pendingTrial(permit);
    if (!trial) return 'stale';
    trial.outcome = 'success';
    trial.slow = slow;
    this.#settle(0);
    return 'counted';
  }

  fail(
    permit: ModelPermit,
    now: number,
    errorClass: ErrorClass,
    duration: number | undefined,
    retryAfter: number,
  ): string {
    this.#pass(now);
    const slow = duration !== undefined && duration > this.options.slowCallMs;
    let effect = this.options.effects[errorClass];
    if (effect === 'openIfRetryAfter') effect = retryAfter > 0 ? 'open' : 'failure';
    const current = this.#isCurrentCall(permit);
    const trial = this.#pendingTrial(permit);
    if (!current && !trial) return this.#late(permit, effect, retryAfter);
    if (trial) {
      trial.outcome = effect === 'ignored' ? 'given back' : 'failure';
      trial.slow = slow;
    }
    if (effect === 'ignored') return 'ignored';
    if (effect === 'isolate') this.#change('isolated', 'error', this.time, null);
    else if (effect === 'open') this.#open('error', this.time, retryAfter);
    else if (current) this.#count(true, slow, retryAfter);
    else this.#settle(retryAfter);
    return 'counted';
  }

  isolate(now: number): void {
    this.#pass(now);
    if (this.state !== 'isolated') this.#change('isolated', 'manual', this.time, null);
  }

  restore(now: number): void {
    this.#pass(now);
    if (this.state !== 'isolated') return;
    this.#lastCooldown = 0;
    this.#change('closed', 'manual', this.time, null);
  }

  /** The calls that count at the latest time. */
  counted(): { calls: number; failures: number; slowCalls: number } {
    const calls = this.state === 'closed' ? this.#window() : [];
    return {
      calls: calls.length,
      failures: calls.filter((call) => call.failed).length,
      slowCalls: calls.filter((call) => call.slow).length,
    };
  }

  pass(now: number): void {
    this.#pass(now);
  }

  #pass(now: number): void {
    this.time += Math.max(0, now - this.#caller);
    this.#caller = now;
    if (this.state !== 'half-open') return;
    for (const trial of this.#pending().sort((a, b) => a.expiresAt - b.expiresAt)) {
      if (trial.expiresAt > this.time) return;
      trial.outcome = 'failure';
      if (this.#hopeless()) return this.#open('trial-expiry', trial.expiresAt, 0);
    }
  }

  #window(): CountedCall[] {
    const { window } = this.options;
    const ofPhase = this.#calls.filter((call) => call.phase === this.phase);
    if (window.kind === 'calls')
      return ofPhase.slice(-window.calls).filter((call) => call.at > this.time - window.maxAgeMs);
    const width = window.durationMs / window.buckets;
    const bucket = (at: number) => Math.floor(at / width);
    return ofPhase.filter((call) => bucket(call.at) > bucket(this.time) - window.buckets);
  }

  #count(failed: boolean, slow: boolean, retryAfter: number): void {
    this.#calls.push({ phase: this.phase, at: this.time, failed, slow });
    const { calls, failures, slowCalls } = this.counted();
    if (calls < this.options.minimumCalls) return;
    if (failures / calls >= this.options.failureRate)
      this.#open('failure-rate', this.time, retryAfter);
    else if (slowCalls / calls >= this.options.slowCallRate)
      this.#open('slow-call-rate', this.time, 0);
  }

  #settle(retryAfter: number): void {
    const { trialSuccesses, slowCallRate } = this.options;
    if (this.#hopeless()) return this.#open('trial-failures', this.time, retryAfter);
    const reported = this.#given().filter((trial) => trial.outcome !== 'pending');
    if (reported.filter((trial) => trial.outcome === 'success').length < trialSuccesses) return;
    const slow = reported.filter((trial) => trial.slow).length;
    if (slow / reported.length >= slowCallRate) this.#open('slow-trials', this.time, 0);
    else this.#change('closed', 'trial-successes', this.time, null);
  }

  #open(cause: string, at: number, retryAfter: number): void {
    const { cooldownMs, cooldownFactor, maxCooldownMs, maxRetryAfterMs } = this.options;
    const longer = Math.min(this.#lastCooldown * cooldownFactor, maxCooldownMs);
    const held = this.#until;
    const ahead = this.state === 'half-open' && this.#ahead;
    if (this.state === 'closed')
      this.#lastCooldown = at - this.#since < this.#lastCooldown ? longer : cooldownMs;
    else if (!ahead) this.#lastCooldown = longer;
    this.#until = at + Math.max(this.#lastCooldown, Math.min(retryAfter, maxRetryAfterMs));
    if (ahead) this.#until = Math.max(this.#until, held);
    this.#change('open', cause, at, this.#until);
  }

  #late(permit: ModelPermit, effect: ErrorEffect, retryAfter: number): string {
    const justBefore = this.state === 'open' && permit.phase === this.phase - 1;
    if (!justBefore || effect === 'ignored' || retryAfter === 0) return 'stale';
    const asked = Math.min(this.time + retryAfter, this.#since + this.options.maxRetryAfterMs);
    if (asked <= this.#until) return 'stale';
    this.#until = asked;
    return 'lengthened';
  }

  #change(to: BreakerModel['state'], cause: string, at: number, until: number | null): void {
    this.changes.push({ from: this.state, to, cause, at, until });
    this.state = to;
    this.phase++;
    this.#since = at;
  }

  #isCurrentCall(permit: ModelPermit): boolean {
    return this.state === 'closed' && permit.phase === this.phase;
  }

  /** Trial calls of this round that are not given back. */
  #given(): Trial[] {
    return this.#trials.filter(
      (trial) => trial.permit.phase === this.phase && trial.outcome !== 'given back',
    );
  }

  #pending(): Trial[] {
    return this.#given().filter((trial) => trial.outcome === 'pending');
  }

  #pendingTrial(permit: ModelPermit): Trial | undefined {
    if (this.state !== 'half-open') return undefined;
    return this.#pending().find((trial) => trial.permit === permit);
  }

  #hopeless(): boolean {
    const { trialCalls, trialSuccesses } = this.options;
    const failures = this.#given().filter((trial) => trial.outcome === 'failure').length;
    return trialCalls - failures < trialSuccesses;
  }
}
