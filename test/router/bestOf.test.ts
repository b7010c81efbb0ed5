/**
 * Strategy: a router that takes several samples, by its surface: what decisions say, what reports of runs teach (looked at through the posteriors and through a router that is told
 * the same in other words), what is refused and then changes nothing, models that come and go, BEST-Route's rule on what the router believes, and the frequencies of its own draws
 * against its propensities. Not here: bits (bestOfReplay.test.ts, log.test.ts, snapshot.test.ts), exact propensities (test/best-of-n/levelPropensity.test.ts).
 */
import { describe, expect, test } from 'vitest';
import {
  bestOfN,
  chooseBestRoute,
  chooseByUtility,
  type Outcome,
  type Router,
  type RouterOptions,
} from '../../src/index';
import { crc32c } from '../../src/memory/crc32c';
import { chiSquareCritical } from '../decision/thompsonCounts';
import { expectRefusal } from '../support/refusal';
import { decided, model, MODELS, router } from './routers';

const several = (changes: Partial<RouterOptions> = {}) =>
  router({ bestOf: { maxSamples: 3 }, clock: () => 5, ...changes });

/** A decision with n samples of one model, and its router with nothing else decided. */
function asked(n: number, changes: Partial<RouterOptions> = {}) {
  // Samples cost nothing, so that the most that is allowed is best.
  const one = several({ models: { only: model('a', 0, 0) }, ...changes });
  const decision = decided(one.select({ segment: 's', maxSamples: n }));
  expect(decision.n).toBe(n);
  return { one, decision };
}

const sum = (of: Router) => crc32c(of.snapshot());
const samplesOf = (of: Router, id = 'only') => of.posteriors('s')!.get(id)!.samples!;
const meanOf = ({ alpha, beta }: { alpha: number; beta: number }) => alpha / (alpha + beta);
const scored = (...scores: number[]) => scores.map((score) => ({ score, costUsd: 1e-4 }));

describe('decisions', () => {
  test('say how many samples, at what they cost together', () => {
    const one = several({ propensity: 'exact' });
    for (let i = 0; i < 60; i++) {
      const decision = decided(one.select({ segment: 's' }));
      const { n, model: id, sampledQuality, expectedCostUsd, utility, propensities } = decision;
      expect([1, 2, 3]).toContain(n);
      expect(utility).toBeCloseTo(sampledQuality - expectedCostUsd / 0.01, 12);
      const rows = decision.samplePropensities!;
      const at = decision.eligible.indexOf(id);
      expect(decision.propensity).toBe(rows[at]![n! - 1]);
      rows.forEach((row, i) =>
        expect(propensities![i]).toBeCloseTo(
          row.reduce((a, b) => a + b, 0),
          12,
        ),
      );
      expect(rows.flat().reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
      const cost = samplesOf(one, id).find((samples) => samples.n === n)!.expectedCostUsd;
      expect(expectedCostUsd).toBeCloseTo(cost, 15);
      one.report(decision.decisionId, { samples: scored(...Array<number>(n!).fill(0.5)) });
    }
  });

  test('are as those of a router without the option where one sample is all there is', () => {
    const plain = router({ clock: () => 5 });
    const single = several({ bestOf: { maxSamples: 1 } });
    for (let i = 0; i < 300; i++) {
      const request = { segment: `s${i % 3}`, promptTokens: 100 + i };
      const [a, b] = [plain, single].map((one) => decided(one.select(request)));
      expect(b).toEqual({ ...a, n: 1 });
      const outcome = { reward: ((i * 37) % 100) / 100, costUsd: 1e-4 * (1 + (i % 7)) };
      plain.report(a!.decisionId, outcome);
      const { reward, costUsd } = outcome;
      single.report(
        b!.decisionId,
        i % 2 === 0 ? outcome : { samples: [{ score: reward, costUsd }] },
      );
    }
    expect(single.posteriors('s1')!.get('cheap')).toMatchObject(
      plain.posteriors('s1')!.get('cheap')!,
    );
  });

  test('keep to the most of the router, of the model and of the request', () => {
    const free = { a: { ...model('a', 0, 0), maxSamples: 2 }, b: model('b', 0, 0) };
    const one = several({ models: free, bestOf: { maxSamples: 16 } });
    const most = (id: string, maxSamples?: number) =>
      decided(one.select({ eligible: [id], ...(maxSamples && { maxSamples }) })).n;
    expect([most('a'), most('b'), most('b', 5), most('a', 5), most('b', 1)]).toEqual([
      2, 16, 5, 2, 1,
    ]);
  });

  test('of a batch are those of as many select', () => {
    const requests = Array.from({ length: 50 }, (_, i) => ({
      segment: `s${i % 3}`,
      ...(i % 4 === 0 && { maxSamples: 1 + (i % 3) }),
    }));
    const together = several().selectBatch(requests);
    const one = several();
    expect(together.map(({ kind, ...rest }) => ({ ...rest, kind }))).toEqual(
      requests.map((request) => one.select(request)),
    );
  });

  test('are explained by (model, n), with the propensities that they had', () => {
    const one = several({ propensity: 'exact', floor: { epsilon: 0.2 } });
    for (let i = 0; i < 20; i++) {
      const decision = decided(one.select({ segment: 's', maxSamples: 1 + (i % 3) }));
      const explanation = one.explain(decision);
      if (explanation.kind !== 'explanation') throw new Error('not kept');
      const row = explanation.arms.find(
        (arm) => arm.model === decision.model && arm.n === decision.n,
      )!;
      expect(explanation).toMatchObject({ model: decision.model, n: decision.n });
      expect(row).toMatchObject({
        propensity: decision.propensity,
        sampledQuality: decision.sampledQuality,
        expectedCostUsd: decision.expectedCostUsd,
      });
      expect(explanation.arms.map(({ propensity }) => propensity)).toEqual(
        decision.samplePropensities!.flatMap((ps) => ps.slice(0, 1 + (i % 3))),
      );
      one.report(decision.decisionId, { reward: 0.5 });
    }
  });
});

describe('reports of runs', () => {
  test('take what bestOfN gives in one line', async () => {
    const { one, decision } = asked(3);
    const scores = [0.25, 1, 0.5];
    const result = await bestOfN({
      prompt: 'What is 6 × 7?',
      arm: decision.model,
      n: decision.n!,
      generate: ({ sample }) => ({ answer: `${sample}`, costUsd: 1e-4 * (1 + sample) }),
      proxyReward: ({ sample }) => scores[sample]!,
    });
    const taken = one.report(decision.decisionId, { samples: result.samples });
    expect(taken).toMatchObject({ kind: 'accepted', reward: 1 });
    expect(taken).toHaveProperty('costUsd', expect.closeTo(6e-4, 15));
    expect(one.pendingDecisions).toBe(0);
    expect(samplesOf(one)[0]!.expectedCostUsd).toBeGreaterThan(0);
  });

  test('teach of every smaller n where all rewards are known, else of n alone', () => {
    const before = samplesOf(asked(3).one).map(meanOf);
    const told = (outcome: Outcome) => {
      const { one, decision } = asked(3);
      one.report(decision.decisionId, outcome);
      return samplesOf(one)
        .map(meanOf)
        .map((mean, i) => mean - before[i]!);
    };
    const all = told({ samples: scored(1, 1, 1) });
    for (const change of all) expect(change).toBeGreaterThan(0.005);
    const best = told({ reward: 1 });
    expect(best[0]).toBe(0);
    expect(best[1]).toBe(0);
    expect(best[2]).toBeGreaterThan(0.005);
  });

  test('of fewer samples than were asked for are those of the best of fewer', () => {
    const run = (n: number, outcome: Outcome) => {
      const { one, decision } = asked(n);
      one.report(decision.decisionId, outcome);
      return samplesOf(one);
    };
    const failed = { kind: 'failed', sample: 2, started: false };
    expect(run(3, { samples: [...scored(0.5, 1), failed] })).toEqual(
      run(2, { samples: scored(0.5, 1) }),
    );
    expect(run(3, { samples: scored(0.5, 1) })).toEqual(run(2, { samples: scored(0.5, 1) }));
    expect(run(3, { reward: 1, samples: scored(-7, 12) })).toEqual(
      run(2, { reward: 1, samples: scored(0, 0) }),
    );
  });

  test('cost what all samples that were started cost', () => {
    const cost = (samples: Outcome['samples']) => {
      const { one, decision } = asked(3);
      const taken = one.report(decision.decisionId, { reward: 1, samples: samples! });
      return [taken, samplesOf(one)[0]!.expectedCostUsd] as const;
    };
    const lone = (costUsd: number) => {
      const { one, decision } = asked(1);
      one.report(decision.decisionId, { costUsd });
      return samplesOf(one)[0]!.expectedCostUsd;
    };
    const [whole, each] = cost(scored(1, 1, 1));
    expect(whole).toHaveProperty('costUsd', expect.closeTo(3e-4, 15));
    // Three samples say more of the mean than one.
    expect(each).toBeGreaterThan(lone(1e-4));
    expect(each).toBeLessThan(1e-4);
    const [unknown] = cost([{ score: 1, costUsd: 2e-4 }, { score: 1 }, { started: false }]);
    expect(unknown).toHaveProperty('costUsd', expect.closeTo(4e-4, 15));
    const [none] = cost([{ score: 1 }]);
    expect(none).toHaveProperty('costUsd', undefined);
  });

  test('add up part by part, and known parts are duplicates', () => {
    const { one, decision } = asked(3);
    const { decisionId } = decision;
    expect(one.report(decisionId, { costUsd: 3e-4 })).toMatchObject({
      kind: 'accepted',
      costUsd: 3e-4,
    });
    expect(one.report(decisionId, { costUsd: 9e-4 })).toEqual({ kind: 'duplicate' });
    expect(one.pendingDecisions).toBe(1);
    expect(one.report(decisionId, { samples: scored(1, 0, 0) })).toMatchObject({
      reward: 1,
      costUsd: undefined,
    });
    expect(one.pendingDecisions).toBe(0);
    expect(one.report(decisionId, { samples: scored(1, 0, 0) })).toEqual({ kind: 'duplicate' });
    expect(one.report('other-0', { reward: 1 })).toEqual({ kind: 'unknown' });
  });

  test('are one call to the breaker, and a failed call may have no samples', () => {
    const { one, decision } = asked(3);
    const failed = { started: true, failure: 'generate' };
    one.report(decision.decisionId, { error: 'server', samples: [failed, failed, failed] });
    expect(one.getStats().models['only']).toMatchObject({ calls: 1, failures: 1 });
    expect(one.report(decision.decisionId, { reward: 0 })).toMatchObject({ reward: 0 });
  });

  test('of which nothing was started are no call, and cost nothing', () => {
    const { one, decision } = asked(3);
    const before = samplesOf(one);
    const samples = [{ started: false }, { started: false }];
    expect(one.report(decision.decisionId, { samples })).toMatchObject({ costUsd: 0 });
    expect(one.getStats().models['only']).toMatchObject({ calls: 0, failures: 0 });
    expect(samplesOf(one)).toEqual(before);
    expect(one.report(decision.decisionId, { samples })).toEqual({ kind: 'duplicate' });
  });

  test('are read by index, whatever methods their array has', () => {
    const { one, decision } = asked(3);
    const samples = scored(0.5);
    Object.defineProperty(samples, 'forEach', { value: expect.fail });
    one.report(decision.decisionId, { samples });
    const same = asked(3);
    same.one.report(same.decision.decisionId, { samples: scored(0.5) });
    expect(samplesOf(one)).toEqual(samplesOf(same.one));
  });

  test('of an agreement given beforehand are worth less, and n too', () => {
    const gain = (agreement: number) => {
      const { one } = asked(1, { bestOf: { maxSamples: 3, agreement, agreementWeight: 1e3 } });
      const [first, , third] = samplesOf(one);
      return meanOf(third!) - meanOf(first!);
    };
    expect(gain(0.05)).toBeGreaterThan(gain(0.5));
    expect(gain(0.5)).toBeGreaterThan(gain(0.95));
    const { one } = asked(1, { bestOf: { maxSamples: 3, proxyGain: 0 } });
    expect(new Set(samplesOf(one).map(meanOf)).size).toBe(1);
  });

  test('that show a change widen what several samples taught too', () => {
    const { one } = asked(1, { drift: { threshold: 2 } });
    const drifts: string[] = [];
    one.on('drift', ({ direction }) => drifts.push(direction));
    const run = (score: number) => {
      const { decisionId, n } = decided(one.select({ segment: 's', maxSamples: 3 }));
      one.report(decisionId, { samples: scored(...Array<number>(n!).fill(score)) });
    };
    for (let i = 0; i < 60; i++) run(i % 4 === 0 ? 0 : 1);
    const before = samplesOf(one)[2]!;
    for (let i = 0; i < 60 && drifts.length === 0; i++) run(0);
    expect(drifts).toEqual(['fallen']);
    const after = samplesOf(one)[2]!;
    expect(after.alpha + after.beta).toBeLessThan(before.alpha + before.beta);
  });
});

describe('what is refused', () => {
  const samples = (value: unknown) => ({ samples: value }) as Outcome;
  const allowed = 'an array of 1 to 16 samples';

  test.each<[Outcome, string, string, unknown]>([
    [samples(3), 'outcome.samples', allowed, 3],
    [samples([]), 'outcome.samples', allowed, []],
    [samples([7]), 'outcome.samples[0]', 'an object', 7],
    [samples([{ score: NaN }]), 'outcome.samples[0].score', 'a finite number', NaN],
    [samples([{ score: '1' }]), 'outcome.samples[0].score', 'a finite number', '1'],
    [samples([{ costUsd: -1 }]), 'outcome.samples[0].costUsd', 'in [0, 1e9]', -1],
    [samples([{ started: 1 }]), 'outcome.samples[0].started', 'a boolean', 1],
    [
      samples([{ started: false, costUsd: 1 }]),
      'outcome.samples[0].costUsd',
      'left out, as it was not started',
      1,
    ],
    [
      samples([{ started: false, score: 1 }]),
      'outcome.samples[0].score',
      'left out, as it was not started',
      1,
    ],
    [samples(new Array(2)), 'outcome.samples[0]', 'an object', undefined],
    [
      { reward: 1, costUsd: 0.01, samples: [{ started: false }] },
      'outcome.costUsd',
      '0, as no sample was started',
      0.01,
    ],
    [
      samples([{ costUsd: 1e9 }, { costUsd: 1 }]),
      'outcome.samples: costUsd of all',
      'in [0, 1e9]',
      1e9 + 1,
    ],
    [
      samples([{ score: 2 }]),
      'outcome.samples: score',
      'in [0, 1], or with a reward of the run beside it',
      2,
    ],
    [
      samples([{ score: 1 }, {}, {}, {}]),
      'outcome.samples',
      'of at most the decision’s 3',
      '4 samples',
    ],
    [
      { reward: 1, outputTokens: 7 },
      'outcome: tokens',
      'left out for a decision of several samples, whose cost is told as costUsd',
      7,
    ],
    [{ reward: 2 }, 'outcome.reward', 'in [0, 1]', 2],
  ])('of reports: %j', (outcome, parameter, text, value) => {
    const { one, decision } = asked(3);
    const before = sum(one);
    expectRefusal(() => one.report(decision.decisionId, outcome), parameter, text, value);
    expect(sum(one)).toBe(before);
  });

  test('of reports: nothing told, misspelt samples, samples without the option', () => {
    const { one, decision } = asked(3);
    const nothing = [{ started: true }, { started: true }];
    expect(() => one.report(decision.decisionId, samples(nothing))).toThrow(
      /outcome must be samples with a score or costUsd, or the run/,
    );
    const misspelt = [{ socre: 1 }] as unknown;
    expect(() => one.report(decision.decisionId, samples(misspelt))).toThrow(
      /outcome.samples\[0\] must be an object with keys/,
    );
    const plain = router();
    const { decisionId } = decided(plain.select());
    expectRefusal(
      () => plain.report(decisionId, samples([{ score: 1 }])),
      'outcome.samples',
      'left out without the option bestOf',
      '1 samples',
    );
  });

  test.each<[string, unknown, string, unknown]>([
    ['bestOf', 3, 'an object', 3],
    ['bestOf.maxSamples', {}, 'a whole number in [1, 16]', undefined],
    ['bestOf.maxSamples', { maxSamples: 17 }, 'a whole number in [1, 16]', 17],
    ['bestOf.maxSamples', { maxSamples: 2.5 }, 'a whole number in [1, 16]', 2.5],
    ['bestOf.agreement', { maxSamples: 3, agreement: 1 }, 'in [0.02, 0.98]', 1],
    ['bestOf.agreementWeight', { maxSamples: 3, agreementWeight: 0 }, 'in (0, 1e6]', 0],
    ['bestOf.proxyGain', { maxSamples: 3, proxyGain: NaN }, 'in [0, 1]', NaN],
  ])('of options: %s of %j', (parameter, bestOf, text, value) => {
    expectRefusal(() => several({ bestOf } as Partial<RouterOptions>), parameter, text, value);
  });

  test('with what knows one call a decision only', () => {
    const others: Partial<RouterOptions>[] = [
      { context: {} },
      { latency: {} },
      { riskWeight: 0.1 },
      { fallback: { model: 'dear', qualityFloor: 0.5, confidence: 0.7 } },
    ];
    for (const other of others)
      expect(() => several(other)).toThrow(/must be left out, as the option bestOf is given/);
    const one = several();
    const before = sum(one);
    expect(() => one.shadow({ candidates: ['dear'], share: 1 } as never)).toThrow(
      /options.bestOf must be left out, for shadow/,
    );
    expect(() => one.replicaState()).toThrow(/options.bestOf must be left out, for replicaState/);
    expect(() => one.selectBatch([{}], { method: 'fromPropensity' })).toThrow(
      /"draw" for a router that takes several samples/,
    );
    expect(() => one.select({ maxSamples: 0 })).toThrow(
      /request.maxSamples must be a whole number in \[1, 16\], got 0/,
    );
    expect(sum(one)).toBe(before);
    expect(() => router().select({ maxSamples: 2 })).toThrow(
      /request must be an object with keys among/,
    );
    const capped = { a: { ...MODELS.cheap, maxSamples: 4 } };
    expect(() => router({ models: capped })).toThrow(
      /models\["a"\].maxSamples must be left out without the option bestOf, got 4/,
    );
    expect(() => several({ models: capped })).toThrow(
      /models\["a"\].maxSamples must be at most bestOf.maxSamples = 3, got 4/,
    );
  });
});

describe('models that come and go', () => {
  test('are asked as often as they allow', () => {
    const one = several({ models: { a: model('a', 1, 1) } });
    for (let i = 0; i < 40; i++) {
      const { decisionId, n } = decided(one.select({ segment: `s${i % 5}` }));
      one.report(decisionId, { samples: scored(...Array<number>(n!).fill((i % 3) / 2)) });
    }
    const before = one
      .posteriors('s1')!
      .get('a')!
      .samples!.map(({ n }) => n);
    one.addModel('b', { ...model('a', 0, 0), maxSamples: 2 });
    expect(
      one
        .posteriors('s1')!
        .get('a')!
        .samples!.map(({ n }) => n),
    ).toEqual(before);
    expect(one.posteriors('s1')!.get('b')!.samples!.length).toBe(2);
    expect(decided(one.select({ segment: 's1', eligible: ['b'] })).n).toBeLessThanOrEqual(2);
    one.retireModel('a');
    expect(decided(one.select({ segment: 's1' })).model).toBe('b');
    expect(() => one.addModel('a', { ...model('a', 1, 1), maxSamples: 1 })).toThrow(
      /options.maxSamples must be as before/,
    );
    one.addModel('a', model('a', 1, 1));
    const dear = one.posteriors('s1')!.get('a')!.samples![2]!.expectedCostUsd;
    one.repriceModel('a', { usdPerMillionInputTokens: 2, usdPerMillionOutputTokens: 2 });
    expect(one.posteriors('s1')!.get('a')!.samples![2]!.expectedCostUsd).toBeCloseTo(2 * dear, 12);
    expect(() => one.addModel('c', { ...model(), maxSamples: 9 })).toThrow(
      /at most bestOf.maxSamples = 3/,
    );
  });

  test('share 2^20 cells with their samples and segments', () => {
    const one = several({ bestOf: { maxSamples: 16 } });
    // 3 models × 16 samples leave room for 21,845 segments: no need to fill them.
    expect(Math.floor(2 ** 20 / (3 * 16))).toBe(21_845);
    one.selectBatch(Array.from({ length: 70 }, (_, i) => ({ segment: `s${i}` })));
    expect(one.getStats().segments).toBe(70);
  });
});

describe('budgets', () => {
  test('leave no more samples than they can pay for', () => {
    const cheap = { only: model('a', 0, 1) };
    const one = several({
      models: cheap,
      willingnessToPayUsd: 1,
      budget: { usd: 0.0012, windowRequests: 100 },
    });
    // 300 output tokens are expected: 3e-4 USD a sample.
    const ns = Array.from({ length: 4 }, () => decided(one.select()).n);
    expect(ns.slice(0, 2)).toEqual([3, 1]);
  });
});

test('BEST-Route decides on what the router believes', () => {
  const one = several({ models: { weak: model('a', 0.1, 0.2), strong: model('b', 30, 60) } });
  const rates = { weak: [1, 0, 1, 1, 0], strong: [1, 1, 0, 1, 1] };
  for (let i = 0; i < 200; i++) {
    const {
      decisionId,
      model: id,
      n,
    } = decided(one.select({ segment: 's', eligible: [i % 2 ? 'weak' : 'strong'] }));
    const costUsd = id === 'weak' ? 1e-4 : 3e-2;
    const own = rates[id as keyof typeof rates];
    const samples = Array.from({ length: n! }, (_, k) => ({
      score: own[(i * 7 + k * 3) % 5]!,
      costUsd,
    }));
    one.report(decisionId, { samples });
  }
  const { models } = one.getPosteriors('s').segments[0]!;
  const candidates = Object.entries(models).flatMap(([id, { samples }]) =>
    samples!.map((posterior) => ({ id, ...posterior })),
  );
  const strong = candidates.findIndex(({ id, n }) => id === 'strong' && n === 1);
  const at = (threshold: number) => candidates[chooseBestRoute(candidates, { strong, threshold })]!;
  expect(at(0)).toMatchObject({ id: 'weak', n: 1 });
  expect(at(1)).toMatchObject({ id: 'strong', n: 1 });
  // Three samples of the weak one are right more often than one of the strong.
  expect(at(0.9)).toMatchObject({ id: 'weak', n: 3 });
  expect(candidates[chooseByUtility(candidates, 0.01)]).toMatchObject({ id: 'weak', n: 3 });
});

test('what is chosen has the frequencies that the propensities say', () => {
  const COUNT = 60_000;
  const [asked, one] = (['exact', 'off'] as const).map((propensity) => {
    const taught = several({
      propensity,
      willingnessToPayUsd: 0.05,
      floor: { epsilon: 0.1 },
      maxPendingDecisions: 1,
      explainableDecisions: 0,
    });
    for (let i = 0; i < 12; i++) {
      const { decisionId, n } = decided(taught.select({ eligible: [Object.keys(MODELS)[i % 3]!] }));
      const scores = Array.from({ length: n! }, (_, k) => ((i + k) % 3) / 2);
      taught.report(decisionId, { samples: scored(...scores) });
    }
    return taught;
  });
  const { eligible, samplePropensities } = decided(asked!.select());
  const counts = new Map<string, number>();
  // Nothing is learned, so all have one distribution.
  for (const decision of one!.selectBatch({ count: COUNT })) {
    const { model: id, n } = decided(decision);
    counts.set(`${id} ${n}`, (counts.get(`${id} ${n}`) ?? 0) + 1);
  }
  const expected = eligible.flatMap((id, i) =>
    samplePropensities![i]!.map((p, k) => [`${id} ${k + 1}`, p * COUNT] as const),
  );
  let statistic = 0;
  for (const [key, count] of expected) {
    expect(count).toBeGreaterThan(100);
    statistic += ((counts.get(key) ?? 0) - count) ** 2 / count;
  }
  expect(expected.length).toBe(9);
  expect(statistic).toBeLessThan(chiSquareCritical(expected.length - 1, 1e-6));
});
