/**
 * Strategy: 200,000 requests to eight arms with outages of one, some and all of them, answers that come late, twice or never, and a clock that leaps and
 * runs back. Some arm is always reachable, and every arm that has recovered is closed again within the bound of docs/BREAKERS.md and stays closed.
 * Not tested here: the router around it (test/router).
 */
import { expect, test } from 'vitest';
import { CircuitBreaker, reachableArmsInto } from '../../src/index';
import { Generator } from '../../src/random/generator';

const ARMS = 8;
const REQUESTS = 200_000;
const OPTIONS = {
  cooldownMs: 500,
  maxCooldownMs: 4_000,
  maxRetryAfterMs: 6_000,
  trialTimeoutMs: 1_000,
  slowCallMs: 800,
} as const;
const LONGEST_ANSWER_MS = 400;
/** At most one request to an arm of several that wait to be tried: each is asked within a round. */
const ASK_MS = 5 * ARMS * 4;
/** Each step back of the clock hides the few milliseconds since the call before it. */
const HIDDEN_MS = 100;
const BOUND_MS =
  HIDDEN_MS + OPTIONS.trialTimeoutMs + OPTIONS.maxRetryAfterMs + 3 * ASK_MS + LONGEST_ANSWER_MS;

interface Answer {
  readonly arm: number;
  readonly permit: number;
  readonly good: boolean;
}

class World {
  readonly breakers = Array.from({ length: ARMS }, () => new CircuitBreaker(OPTIONS, 1.7e12));
  /** True time, in ms since the beginning; the caller's clock is beside it. */
  elapsed = 0;
  readonly #random = new Generator(11, 0);
  #skew = 1.7e12;
  readonly #due = new Map<number, Answer[]>();
  readonly #downUntil = new Array<number>(ARMS).fill(0);
  #nextAsked = 0;
  #leaptAt = 0;

  get #nowMs(): number {
    return this.elapsed + this.#skew;
  }

  run(requests: number): void {
    for (let i = 0; i < requests; i++) {
      this.#pass(1 + this.#below(4));
      if (this.#below(4_000) === 0) this.#beginOutage();
      if (this.#below(500) === 0) this.#skew -= this.#below(3_600_000);
      if (this.#below(10_000) === 0) this.#leap();
      this.#request();
      this.#checkRecovered();
    }
  }

  #below(bound: number): number {
    return this.#random.index(bound);
  }

  #pass(ms: number): void {
    for (let i = 0; i < ms; i++) {
      this.elapsed++;
      for (const answer of this.#due.get(this.elapsed) ?? []) this.#report(answer);
      this.#due.delete(this.elapsed);
    }
  }

  /** Calls under way then take that long for the breakers: the bound begins anew. */
  #leap(): void {
    this.#skew += this.#below(3_600_000);
    this.#leaptAt = this.elapsed;
  }

  /** One arm, or in one of four outages all. */
  #beginOutage(): void {
    const all = this.#below(4) === 0;
    const until = this.elapsed + this.#below(20_000);
    const one = this.#below(ARMS);
    for (let arm = 0; arm < ARMS; arm++)
      if (all || arm === one) this.#downUntil[arm] = Math.max(this.#downUntil[arm]!, until);
  }

  #request(): void {
    const mask = new Uint8Array(ARMS).fill(1);
    const letThrough = reachableArmsInto(this.breakers, this.#nowMs, mask);
    const reachable = [...mask.keys()].filter((arm) => mask[arm] === 1);
    if (reachable.length === 0) expect.fail('no arm is reachable');
    // Those that wait to be tried first, in turn; else any.
    const waiting = reachable.filter((arm) => this.breakers[arm]!.state !== 'closed');
    const arm =
      waiting.length > 0
        ? waiting[this.#nextAsked++ % waiting.length]!
        : reachable[this.#below(reachable.length)]!;
    const permit = this.breakers[arm]!.admit(this.#nowMs, arm === letThrough);
    if (permit === 0) expect.fail(`arm ${arm} was reachable and refused`);
    this.#answer(arm, permit);
  }

  #answer(arm: number, permit: number): void {
    const good = this.elapsed >= this.#downUntil[arm]!;
    const answer = { arm, permit, good };
    const lost = !good && this.#below(10) === 0;
    if (lost) return;
    this.#enqueue(answer, 1 + this.#below(LONGEST_ANSWER_MS - 1));
    if (this.#below(50) === 0) this.#enqueue(answer, 1 + this.#below(LONGEST_ANSWER_MS - 1));
  }

  #enqueue(answer: Answer, afterMs: number): void {
    const at = this.elapsed + afterMs;
    this.#due.set(at, [...(this.#due.get(at) ?? []), answer]);
  }

  #report({ arm, permit, good }: Answer): void {
    const breaker = this.breakers[arm]!;
    if (good) breaker.succeeded(permit, this.#nowMs, 100);
    else if (this.#below(10) === 0) breaker.failed(permit, this.#nowMs, 'rateLimited', 5, 1e9);
    else breaker.failed(permit, this.#nowMs, 'server', 5);
  }

  #checkRecovered(): void {
    for (let arm = 0; arm < ARMS; arm++) {
      const since = Math.max(this.#downUntil[arm]!, this.#leaptAt) + LONGEST_ANSWER_MS;
      const healthyMs = this.elapsed - since;
      if (healthyMs > BOUND_MS && this.breakers[arm]!.state !== 'closed')
        expect.fail(`arm ${arm} is ${this.breakers[arm]!.state} ${healthyMs} ms after recovery`);
    }
  }
}

test('every arm that recovers is served again within the bound', () => {
  const world = new World();
  let openings = 0;
  for (const breaker of world.breakers) breaker.listen(({ to }) => (openings += +(to === 'open')));
  world.run(REQUESTS);
  expect(openings).toBeGreaterThan(500);
});
