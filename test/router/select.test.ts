/**
 * Strategy: laws of the facade: batch = loop, same seed = same decisions, eligibility narrows and never shifts, reads change
 * nothing, reports are taken once.
 * Not here: which arm is right (test/decision), bad input (misuse.test.ts).
 */
import { describe, expect, it } from 'vitest';
import {
  createRouterSync,
  type RouteRequest,
  type Router,
  type SelectResult,
} from '../../src/index';
import { decided, MODELS, model, router, teach } from './routers';

/** A fixed mix of segments, token counts and eligible sets. */
function requests(count: number): RouteRequest[] {
  const eligible = [undefined, ['cheap', 'dear'], ['middle'], []];
  return Array.from({ length: count }, (_, i) => ({
    ...(i % 3 === 0 ? {} : { segment: `s${i % 5}` }),
    ...(i % 4 === 0 ? {} : { promptTokens: 10 * i }),
    ...(i % 7 < 4 ? {} : { eligible: eligible[i % 4]! }),
  }));
}

describe('a batch', () => {
  it.each([1, 2, 60])('decides as that many single selects: %i', (count) => {
    const [batched, looped] = [router(), router()];
    for (const taught of [batched, looped]) teach(taught, 40, (i) => `s${i % 5}`);
    expect(batched.selectBatch(requests(count))).toEqual(
      requests(count).map((request) => looped.select(request)),
    );
    // … and leaves the router in the same state.
    expect(batched.select()).toEqual(looped.select());
  });

  it('decides so with forgetting and landmarks inside the batch', () => {
    const [batched, looped] = [0, 1].map(() =>
      router({ posterior: { halfLifeRequests: 0.7 } }),
    ) as [Router, Router];
    for (const taught of [batched, looped]) teach(taught, 40, (i) => `s${i % 5}`);
    expect(batched.selectBatch(requests(200))).toEqual(
      requests(200).map((request) => looped.select(request)),
    );
  });

  it('decides so where it brings the second segment', () => {
    const [batched, looped] = [router(), router()];
    for (const taught of [batched, looped]) teach(taught, 40, () => 'first');
    const mixed = ['first', 'first', 'second', 'first'].map((segment) => ({ segment }));
    expect(batched.selectBatch(mixed)).toEqual(mixed.map((request) => looped.select(request)));
  });

  it('takes reports for each of its decisions', () => {
    const taught = router();
    const ids = taught.selectBatch(requests(3)).map((result) => decided(result).decisionId);
    expect(new Set(ids).size).toBe(3);
    expect(ids.map((id) => taught.report(id, { reward: 1 }).kind)).toEqual([
      'accepted',
      'accepted',
      'accepted',
    ]);
  });

  it('may be empty', () => {
    const [idle, twin] = [router(), router()];
    expect(idle.selectBatch([])).toEqual([]);
    expect(idle.select()).toEqual(twin.select());
  });
});

describe('a seed', () => {
  const session = (seed: number | bigint) => {
    const own = router({ seed });
    teach(own, 60, (i) => `s${i % 3}`);
    return own
      .selectBatch(requests(40))
      .map((r) => (r.kind === 'decision' ? [r.model, r.sampledQuality, r.margin] : r.kind));
  };

  it('fixes every decision', () => {
    expect(session(5)).toEqual(session(5));
    expect(session(5)).toEqual(session(5n));
    expect(session(5)).not.toEqual(session(6));
    expect(session(2n ** 63n + 5n)).not.toEqual(session(5));
  });

  it('fixes them whatever the order in which models are named', () => {
    const reversed = Object.fromEntries(Object.entries(MODELS).reverse());
    const [one, other] = [router(), router({ models: reversed })];
    for (const taught of [one, other]) teach(taught, 30);
    expect(other.models).toEqual(['cheap', 'dear', 'middle']);
    expect(other.select()).toEqual(one.select());
  });
});

describe('eligibility', () => {
  it('is never overstepped', () => {
    const taught = router();
    teach(taught, 30);
    for (const request of requests(300)) {
      const result = taught.select(request);
      const allowed = request.eligible ?? Object.keys(MODELS);
      if (result.kind !== 'decision') {
        expect(allowed).toEqual([]);
        continue;
      }
      expect(allowed).toContain(result.model);
      expect([...result.eligible].sort()).toEqual([...allowed].sort());
      expect(result.excluded.map((e) => e.model)).toEqual(
        taught.models.filter((m) => !allowed.includes(m)),
      );
    }
  });

  it('takes nothing from the others when a model goes that would not have been chosen', () => {
    const [free, narrowed] = [router(), router()];
    for (const taught of [free, narrowed]) teach(taught, 30);
    for (let i = 0; i < 200; i++) {
      const choice = decided(free.select());
      const loser = free.models.find((m) => m !== choice.model && m !== choice.runnerUp)!;
      const same = decided(narrowed.select({ eligible: free.models.filter((m) => m !== loser) }));
      const rest = { ...same, eligible: choice.eligible, excluded: choice.excluded };
      expect(choice).toEqual(rest);
    }
  });

  it('hands the turn to the runner-up when the chosen model goes', () => {
    const [free, narrowed] = [router(), router()];
    for (let i = 0; i < 200; i++) {
      const choice = decided(free.select());
      const next = decided(
        narrowed.select({ eligible: free.models.filter((m) => m !== choice.model) }),
      );
      expect(next.model).toBe(choice.runnerUp);
      expect(choice.utility - next.utility).toBe(choice.margin);
    }
  });

  it('that is empty is an outcome, uses up a number and opens nothing', () => {
    const [empty, twin] = [router(), router()];
    expect(empty.select({ eligible: [] })).toEqual({
      kind: 'no-eligible-model',
      excluded: ['cheap', 'dear', 'middle'].map((m) => ({ model: m, reason: 'not-in-request' })),
    });
    expect(empty.pendingDecisions).toBe(0);
    twin.select();
    expect(empty.select()).toEqual(twin.select());
  });

  it('may name a model twice', () => {
    expect(decided(router().select({ eligible: ['dear', 'dear'] })).eligible).toEqual(['dear']);
  });
});

describe('a decision', () => {
  it('explains itself', () => {
    const taught = router();
    teach(taught, 50);
    for (let i = 0; i < 100; i++) {
      const decision = decided(taught.select());
      expect(decision.utility).toBeCloseTo(
        decision.sampledQuality - decision.expectedCostUsd / 0.01,
        12,
      );
      expect(decision.margin).toBeGreaterThanOrEqual(0);
      expect(decision.runnerUp).not.toBe(decision.model);
      expect(decision.sequenceNumber).toBe(50 + i);
      expect(decision.evidenceReports).toBe(50);
    }
  });

  it('has no runner-up where there is one model', () => {
    const alone = decided(router().select({ eligible: ['dear'] }));
    expect([alone.runnerUp, alone.margin]).toEqual([undefined, Infinity]);
  });

  it('takes the greatest posterior mean where nothing is explored', () => {
    const taught = router({ explorationScale: 0, willingnessToPayUsd: Infinity });
    // Without spread only the best is ever tried, so each model is shown in turn.
    ['cheap', 'middle', 'dear', 'middle'].forEach((m, i) => {
      taught.report(decided(taught.select({ eligible: [m] })).decisionId, {
        reward: [0.2, 0.9, 0.4, 0.8][i]!,
      });
    });
    const means = [...taught.posteriors()!].map(
      ([m, { alpha, beta }]) => [m, alpha / (alpha + beta)] as const,
    );
    const best = means.reduce((a, b) => (b[1] > a[1] ? b : a));
    const decision = decided(taught.select());
    expect([decision.model, decision.sampledQuality]).toEqual(best);
  });

  it('goes by cost where quality is worth next to nothing', () => {
    expect(decided(router({ willingnessToPayUsd: 1e-9 }).select()).model).toBe('cheap');
  });

  it('knows up to 300 segments apart', () => {
    const taught = router();
    teach(taught, 300, (i) => `segment ${i}`);
    expect(taught.posteriors('segment 299')).toBeDefined();
    expect(taught.posteriors('segment 300')).toBeUndefined();
    expect(taught.posteriors()).toBeUndefined();
  });
});

describe('reading posteriors', () => {
  it.each([Infinity, 8, 3, 0.7])(
    'changes no bit of what follows at half-life %d',
    (halfLifeRequests) => {
      const [read, unread] = [0, 1].map(() => router({ posterior: { halfLifeRequests } })) as [
        Router,
        Router,
      ];
      const results: [SelectResult, SelectResult][] = [];
      for (let i = 0; i < 400; i++) {
        const pair = [read.select({ segment: 's' }), unread.select({ segment: 's' })] as [
          SelectResult,
          SelectResult,
        ];
        read.posteriors('s');
        results.push(pair);
        const outcome = { reward: ((i * 37) % 100) / 100, costUsd: 1e-4 };
        read.report(decided(pair[0]).decisionId, outcome);
        unread.report(decided(pair[1]).decisionId, outcome);
      }
      expect(results.filter(([a, b]) => decided(a).utility !== decided(b).utility)).toHaveLength(0);
    },
  );

  it('is not changed by what a caller does with it', () => {
    const taught = router();
    teach(taught, 10);
    const before = taught.posteriors()!;
    (before as Map<string, unknown>).clear();
    expect(taught.posteriors()!.size).toBe(3);
  });
});

describe('a report', () => {
  it('counts once', () => {
    const taught = router();
    const { decisionId } = decided(taught.select());
    expect(taught.report(decisionId, { reward: 0.5, costUsd: 0.25 })).toEqual({
      kind: 'accepted',
      reward: 0.5,
      costUsd: 0.25,
    });
    const after = taught.posteriors();
    expect(taught.report(decisionId, { reward: 1 })).toEqual({ kind: 'duplicate' });
    expect(taught.posteriors()).toEqual(after);
  });

  it('may come late and in any order', () => {
    const outcomes = Array.from({ length: 30 }, (_, i) => ({
      reward: (i % 4) / 3,
      costUsd: 1e-4 * i,
    }));
    const learned = (order: (ids: string[]) => [string, object][]) => {
      const taught = router({ posterior: { halfLifeRequests: 9 } });
      const ids = outcomes.map(() => decided(taught.select()).decisionId);
      for (const [id, outcome] of order(ids)) taught.report(id, outcome);
      return [...taught.posteriors()!.values()];
    };
    const forwards = learned((ids) => ids.map((id, i) => [id, outcomes[i]!]));
    const backwards = learned((ids) =>
      ids.map((id, i): [string, object] => [id, outcomes[i]!]).reverse(),
    );
    forwards.forEach((posterior, i) => {
      expect(backwards[i]!.alpha).toBeCloseTo(posterior.alpha, 9);
      expect(backwards[i]!.expectedCostUsd).toBeCloseTo(posterior.expectedCostUsd, 12);
    });
  });

  it('prices tokens by the list where it brings no cost', () => {
    const taught = router({ models: { only: model('a', 10, 100) } });
    const cost = (request: object, outcome: object) => {
      const result = taught.report(decided(taught.select(request)).decisionId, outcome);
      return result.kind === 'accepted' ? result.costUsd : NaN;
    };
    expect(cost({ promptTokens: 1000 }, { outputTokens: 50 })).toBeCloseTo(0.015, 12);
    expect(cost({ promptTokens: 1000 }, { outputTokens: 50, promptTokens: 0 })).toBeCloseTo(
      0.005,
      12,
    );
    expect(cost({ promptTokens: 1000 }, { outputTokens: 50, costUsd: 7 })).toBe(7);
    expect(cost({}, { reward: 1, outputTokens: 50 })).toBeUndefined();
    expect(cost({ promptTokens: 1000 }, { reward: 1 })).toBeUndefined();
  });

  it('may come in parts, each learned once, with the same evidence as a whole one', () => {
    const [parts, whole] = [router(), router()];
    const ids = [parts, whole].map((one) => decided(one.select({ segment: 's' })).decisionId);
    expect(parts.report(ids[0]!, { costUsd: 0.5 })).toEqual({
      kind: 'accepted',
      reward: undefined,
      costUsd: 0.5,
    });
    expect(parts.report(ids[0]!, { costUsd: 9 }).kind).toBe('duplicate');
    expect(parts.report(ids[0]!, { reward: 0.25, costUsd: 9 })).toEqual({
      kind: 'accepted',
      reward: 0.25,
      costUsd: undefined,
    });
    expect(parts.report(ids[0]!, { reward: 1 }).kind).toBe('duplicate');
    whole.report(ids[1]!, { reward: 0.25, costUsd: 0.5 });
    expect(parts.posteriors('s')).toEqual(whole.posteriors('s'));
  });

  it('for the same seed before a restart is not taken for an own decision', () => {
    const make = () => createRouterSync({ models: MODELS, willingnessToPayUsd: 0.01, seed: 11 });
    const [before, after] = [make(), make()];
    const { decisionId } = decided(before.select());
    decided(after.select());
    expect(after.report(decisionId, { reward: 1 }).kind).toBe('unknown');
    expect(after.seed).toBe(11n);
  });

  it('leaves no segment behind where nothing could serve the request', () => {
    const used = router();
    expect(used.select({ segment: 'x', eligible: [] }).kind).toBe('no-eligible-model');
    expect(used.posteriors('x')).toBeUndefined();
    decided(used.select({ segment: '(other)' }));
    expect(used.posteriors('never')).toBeUndefined();
  });

  it('finds only the decisions that are kept open', () => {
    const taught = router({ maxPendingDecisions: 2 });
    const ids = [0, 1, 2].map(() => decided(taught.select()).decisionId);
    expect(taught.pendingDecisions).toBe(2);
    expect(ids.map((id) => taught.report(id, { reward: 1 }).kind)).toEqual([
      'expired',
      'accepted',
      'accepted',
    ]);
  });
});
