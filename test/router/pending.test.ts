/**
 * Strategy: open tickets against a slow model that keeps a list in the order of use, with bounds so small that everything happens; then the
 * same through a router, with its log. Decisions opened together must be as those opened one by one, in the order of use, what they hold and what is told of them.
 * Not here: what reports teach (reports.test.ts).
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ExpiredEvent } from '../../src/index';
import { MOST_FATES } from '../../src/router/fates';
import { PendingDecisions, type Ticket, type TicketState } from '../../src/router/pending';
import { decided, router } from './routers';
import { drive, logged, refill } from './sessions';

interface Known {
  readonly n: number;
  usedMs: number;
}

/** The model: a list, oldest use first, and what became of the others. */
class SlowPending {
  open: Known[] = [];
  readonly fates = new Map<number, string>();
  constructor(
    readonly most: number,
    readonly ttlMs: number,
  ) {}
  expire(nowMs: number): void {
    for (const { n } of this.open.filter((one) => one.usedMs <= nowMs - this.ttlMs))
      this.#drop(n, 'expired');
  }
  begin(n: number, nowMs: number): void {
    this.expire(nowMs);
    if (this.open.length >= this.most) this.#drop(this.open[0]!.n, 'expired');
    this.open.push({ n, usedMs: nowMs });
  }
  use(n: number, nowMs: number, complete: boolean): void {
    this.open = this.open.filter((one) => one.n !== n);
    if (complete) this.fates.set(n, 'reported');
    else this.open.push({ n, usedMs: nowMs });
  }
  find(n: number): string {
    return this.open.some((one) => one.n === n) ? 'open' : (this.fates.get(n) ?? 'unknown');
  }
  #drop(n: number, fate: string): void {
    this.open = this.open.filter((one) => one.n !== n);
    this.fates.set(n, fate);
  }
}

const stateOf = (state: TicketState) => (typeof state === 'string' ? state : 'open');

const steps = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('open' as const), skip: fc.nat(2) }),
    fc.record({ kind: fc.constant('use' as const), back: fc.nat(8), complete: fc.boolean() }),
    fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(40) }),
  ),
  { maxLength: 80 },
);

const alikeSteps = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant('open' as const),
      arms: fc.array(fc.nat(3), { minLength: 1, maxLength: 7 }),
      clock: fc.constantFrom(undefined, 0.25),
      together: fc.boolean(),
    }),
    fc.record({
      kind: fc.constant('use' as const),
      back: fc.nat(12),
      lesson: fc.constantFrom('none' as const, 'some' as const, 'all' as const),
    }),
    fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(40) }),
  ),
  { maxLength: 40 },
);

const PLACE = ['older', 'newer', 'sameSlot', 'batch'];

/** All that a ticket holds but its place. */
function known(ticket: Ticket): object {
  return Object.fromEntries(Object.entries(ticket).filter(([name]) => !PLACE.includes(name)));
}

function openOneByOne(
  pending: PendingDecisions,
  first: number,
  arms: readonly number[],
  clock: number | undefined,
  nowMs: number,
): void {
  arms.forEach((arm, i) => {
    const ticket = pending.open(first + i, nowMs);
    const permit = [7, 8, 9][arm] ?? 0;
    Object.assign(ticket, { arm, segment: 3, clock: clock ?? first + i, permit });
    Object.assign(ticket, { promptTokens: 40, latencyKnown: true });
  });
}

describe('open tickets', () => {
  it('are those of the model', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.constantFrom(1, 30, 100, Infinity),
        steps,
        (maxPendingDecisions, pendingTtlMs, all) => {
          const own = new PendingDecisions({ maxPendingDecisions, pendingTtlMs });
          const slow = new SlowPending(maxPendingDecisions, pendingTtlMs);
          let gone = 0;
          own.onExpiry = () => gone++;
          let next = 0;
          let nowMs = 0;
          for (const step of all) {
            if (step.kind === 'wait') nowMs += step.ms;
            if (step.kind === 'open') {
              next += step.skip;
              own.open(next, nowMs);
              slow.begin(next++, nowMs);
            }
            own.expire(nowMs);
            slow.expire(nowMs);
            if (step.kind === 'use') {
              const n = next - 1 - step.back;
              const ticket = own.find(n);
              if (typeof ticket !== 'string') {
                ticket.rewardKnown = ticket.costKnown = ticket.latencyKnown = step.complete;
                own.used(ticket, nowMs);
                slow.use(n, nowMs, step.complete);
              }
            }
            expect(own.size).toBe(slow.open.length);
            for (let n = -1; n <= next; n++) expect(stateOf(own.find(n))).toBe(slow.find(n));
          }
          expect(own.expired.aged + own.expired.evicted).toBe(gone);
          expect(gone).toBe([...slow.fates.values()].filter((fate) => fate === 'expired').length);
        },
      ),
      { seed: 51, numRuns: 300 },
    );
  });

  it('opened together are as those opened one by one', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.constantFrom(1, 30, 100, Infinity),
        alikeSteps,
        (maxPendingDecisions, pendingTtlMs, all) => {
          const options = { maxPendingDecisions, pendingTtlMs };
          const both = [new PendingDecisions(options), new PendingDecisions(options)] as const;
          const told: unknown[][] = [[], []];
          both.forEach((one, i) => {
            one.onExpiry = (ticket, reason) => told[i]!.push([known(ticket), reason]);
          });
          let next = 0;
          let nowMs = 0;
          for (const step of all) {
            if (step.kind === 'wait') nowMs += step.ms;
            if (step.kind === 'open') {
              const { arms, clock } = step;
              openOneByOne(both[0], next, arms, clock, nowMs);
              if (step.together) {
                const rest = { segment: 3, clock, promptTokens: 40, latencyKnown: true };
                const permits = [7, 8, 9];
                both[1].openAlike(
                  { first: next, arms: Uint16Array.from(arms), ...rest, permits },
                  nowMs,
                );
              } else openOneByOne(both[1], next, arms, clock, nowMs);
              next += arms.length;
            }
            for (const one of both) {
              one.expire(nowMs);
              if (step.kind !== 'use') continue;
              const ticket = one.find(next - 1 - step.back);
              if (typeof ticket === 'string') continue;
              expect(one.find(ticket.sequenceNumber)).toBe(ticket);
              if (step.lesson === 'none') ticket.outputTokens = 5;
              else {
                ticket.rewardKnown = true;
                ticket.costKnown = step.lesson === 'all';
                one.used(ticket, nowMs);
              }
            }
            const [first, second] = both.map((one) => Array.from(one.inOrder(), known));
            expect(second).toEqual(first);
            expect(both[1].size).toBe(both[0].size);
          }
          expect(told[1]).toEqual(told[0]);
          expect(both[1].expired).toEqual(both[0].expired);
          for (let n = -1; n <= next; n++)
            expect(stateOf(both[1].find(n))).toBe(stateOf(both[0].find(n)));
        },
      ),
      { seed: 52, numRuns: 400 },
    );
  });

  it('that are gone are remembered for 2^20 decisions, and known as gone beyond', () => {
    const own = new PendingDecisions({ maxPendingDecisions: 10, pendingTtlMs: Infinity });
    const numbers = MOST_FATES + 3;
    for (let n = 0; n < numbers; n++) {
      const ticket = own.open(n, 0);
      ticket.rewardKnown = ticket.costKnown = ticket.latencyKnown = n % 2 === 0;
      own.used(ticket, 0);
    }
    expect([0, 1, 2].map((n) => own.find(n))).toEqual(['expired', 'expired', 'expired']);
    expect([3, 4, 5, numbers - 1, numbers].map((n) => stateOf(own.find(n)))).toEqual([
      'expired',
      'reported',
      'expired',
      'reported',
      'unknown',
    ]);
  });
});

describe('a decision', () => {
  const aged = (ttl: number) => {
    const time = { ms: 0 };
    return { own: router({ pendingTtlMs: ttl, clock: () => time.ms }), time };
  };

  it('expires a time to live after its last lesson, and then teaches nothing', () => {
    const { own, time } = aged(1000);
    const [first, second] = [0, 1].map(() => decided(own.select()).decisionId) as [string, string];
    time.ms = 999;
    expect(own.report(first, { costUsd: 1 }).kind).toBe('accepted');
    // No lesson: it stays as old as it was.
    expect(own.report(second, { latencyMs: 1 }).kind).toBe('accepted');
    time.ms = 1998;
    const before = own.getPosteriors();
    expect(own.report(second, { reward: 1 })).toEqual({ kind: 'expired' });
    expect(own.getPosteriors()).toEqual(before);
    expect(own.report(first, { reward: 1 }).kind).toBe('accepted');
    expect(own.getStats()).toMatchObject({ pending: 0, expired: 1, evicted: 0 });
    expect(own.getStats().reports).toMatchObject({ expired: 1, accepted: 3 });
  });

  it('says so when it expires, and what is missing', () => {
    const { own, time } = aged(10);
    const events: ExpiredEvent[] = [];
    own.on('expired', (event) => events.push(event));
    const { decisionId, model } = decided(own.select());
    own.report(decisionId, { error: 'timeout' });
    time.ms = 10;
    own.getStats();
    expect(events).toEqual([{ decisionId, model, reason: 'age', missing: ['reward', 'cost'] }]);
    const small = router({ maxPendingDecisions: 1 });
    small.on('expired', (event) => events.push(event));
    small.selectBatch([{}, {}, {}]);
    expect(events.slice(1).map(({ reason, missing }) => [reason, missing.join()])).toEqual([
      ['evicted', 'call,reward,cost'],
      ['evicted', 'call,reward,cost'],
    ]);
  });

  it('does not grow older or younger when the clock runs back', () => {
    const { own, time } = aged(1000);
    const { decisionId } = decided(own.select());
    for (const ms of [500, -1e12, -1e12 + 400]) {
      time.ms = ms;
      own.select();
    }
    expect(own.report(decisionId, { costUsd: 1 }).kind).toBe('accepted');
    time.ms += 1000;
    expect(own.report(decisionId, { reward: 1 }).kind).toBe('expired');
  });

  it('never expires where the time to live has no end', () => {
    const { own, time } = aged(Infinity);
    const { decisionId } = decided(own.select());
    time.ms = 8e15;
    expect(own.report(decisionId, { reward: 1 }).kind).toBe('accepted');
  });
});

describe('the replay of a log', () => {
  it.each([1, 2, 3, 4])('finds every ticket, whatever expired or failed: %i', (seed) => {
    const time = { ms: 0 };
    const session = logged({
      maxPendingDecisions: 6,
      pendingTtlMs: 40,
      clock: () => (time.ms += seed),
    });
    const { router: own } = session;
    own.on('decision', (result) => {
      // Reports that the log does not hold, of every kind.
      if (result.kind === 'decision' && result.sequenceNumber % 3 === 0)
        own.report(result.decisionId, { error: 'badRequest' });
      if (result.kind === 'decision' && result.sequenceNumber % 4 === 0)
        own.report(result.decisionId, { latencyMs: 9 });
    });
    drive(session, 600, seed);
    const { expired, evicted, reports } = own.getStats();
    expect(Math.min(expired, evicted, reports.expired)).toBeGreaterThan(seed === 1 ? -1 : 0);
    expect(refill(session.lines)).toMatchObject({ problems: [], summary: { unverified: 0 } });
  });
});
