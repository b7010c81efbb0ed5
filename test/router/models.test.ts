/**
 * Strategy: models added, retired and repriced while a router is in use. What each does, by read-outs; that a router with a late model is one that had it
 * from the start, unasked; that the log of any such session is replayed to the bit; limits and misuse, after which nothing has changed.
 * Not here: priors (test/arms, test/evidence/priors.test.ts), the blocks' growth cell by cell (test/evidence/grow.test.ts).
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ParameterError,
  type ModelOptions,
  type Router,
  type RouterOptions,
} from '../../src/index';
import { driveChanges } from './modelSessions';
import { decided, model, MODELS, router, teach } from './routers';
import { logged, refill } from './sessions';

const ONE_SEGMENT = () => undefined;

describe('addModel', () => {
  it('adds a model that starts from its family', () => {
    const taught = router({
      models: { good: model('g'), better: model('g'), bad: model('h'), worse: model('h') },
    });
    for (let i = 0; i < 400; i++) {
      const decision = decided(
        taught.select({ eligible: [['good', 'better', 'bad', 'worse'][i % 4]!] }),
      );
      taught.report(decision.decisionId, { reward: i % 4 < 2 ? 0.9 : 0.2 });
    }
    taught.addModel('heir', model('g'));
    taught.addModel('stranger', model('new'));
    expect(taught.models).toEqual(['bad', 'better', 'good', 'worse', 'heir', 'stranger']);
    const posteriors = taught.posteriors()!;
    expect(posteriors.get('heir')!.pooledMean).toBeCloseTo(0.9, 1);
    expect(posteriors.get('stranger')!.pooledMean).toBeCloseTo(0.55, 1);
    expect(posteriors.get('heir')!.alpha + posteriors.get('heir')!.beta).toBeGreaterThan(11);
    const seen = new Set<string>();
    for (let i = 0; i < 60; i++) seen.add(decided(taught.select()).model);
    expect(seen).toContain('heir');
  });

  it('adds one with a prior of its own, or with that of the option priors', () => {
    const priors = { late: { mean: 0.7, strength: 5 } };
    const taught = router({ priors });
    taught.select();
    taught.addModel('late', model('b'));
    taught.addModel('later', { ...model('b'), prior: { mean: 0.2, strength: 30 } });
    const posteriors = taught.posteriors()!;
    expect(posteriors.get('late')).toMatchObject({ pooledMean: 0.7, alpha: 3.5, beta: 1.5 });
    expect(posteriors.get('later')!.alpha).toBeCloseTo(6, 12);
    expect(posteriors.get('later')!.beta).toBeCloseTo(24, 12);
  });

  it('grows everything: latencies, floor, exact propensities, prompts', () => {
    const grown = router({
      latency: { usdPerSecond: 0.001, limitMs: 4000 },
      floor: { epsilon: 0.1 },
      propensity: 'exact',
      context: { freezeAfterPrompts: 5 },
    });
    const ids = new Set<string>();
    for (let i = 0; i < 120; i++) {
      if (i % 20 === 10) grown.addModel(`m${i}`, { ...model(`f${i % 3}`), provider: 'p' });
      const decision = decided(grown.select({ prompt: `prompt ${i % 9}` }));
      ids.add(decision.model);
      const sum = decision.propensities!.reduce((a, b) => a + b, 0);
      expect(sum).toBeCloseTo(1, 9);
      expect(decision.propensities).toHaveLength(grown.models.length);
      grown.report(decision.decisionId, { reward: 0.5, costUsd: 1e-4, latencyMs: 100 + i });
    }
    expect(ids.size).toBeGreaterThan(6);
  });

  it('brings a retired model back with its evidence', () => {
    const taught = router();
    teach(taught, 60, ONE_SEGMENT);
    const before = taught.posteriors()!.get('middle');
    taught.retireModel('middle');
    taught.addModel('middle', MODELS.middle);
    expect(taught.posteriors()!.get('middle')).toEqual(before);
    expect(taught.models).toContain('middle');
    taught.retireModel('middle');
    taught.addModel('middle', { ...MODELS.middle, prior: { mean: 0.9, strength: 50 } });
    expect(taught.posteriors()!.get('middle')!.pooledMean).toBe(0.9);
  });
});

describe('retireModel', () => {
  it('takes a model out of every decision and says so', () => {
    const retired = router();
    retired.retireModel('cheap');
    const results = retired.selectBatch([
      {},
      { eligible: ['cheap', 'dear'] },
      { eligible: ['cheap'] },
    ]);
    const excluded = { model: 'cheap', reason: 'retired' };
    expect(results[0]).toMatchObject({ eligible: ['dear', 'middle'], excluded: [excluded] });
    expect(results[1]).toMatchObject({ model: 'dear', eligible: ['dear'] });
    expect(results[1]!.excluded).toContainEqual(excluded);
    expect(results[1]!.excluded).toContainEqual({ model: 'middle', reason: 'not-in-request' });
    expect(results[2]).toMatchObject({ kind: 'no-eligible-model' });
    for (let i = 0; i < 200; i++) expect(decided(retired.select()).model).not.toBe('cheap');
  });

  it('leaves no model at last', () => {
    const empty = router();
    for (const id of ['cheap', 'middle', 'dear']) empty.retireModel(id);
    expect(empty.models).toEqual([]);
    const result = empty.select();
    expect(result.kind).toBe('no-eligible-model');
    expect(result.excluded.map(({ reason }) => reason)).toEqual(['retired', 'retired', 'retired']);
    empty.addModel('cheap', MODELS.cheap);
    expect(decided(empty.select()).model).toBe('cheap');
  });

  it('lets reports of open decisions count, for the family too', () => {
    const taught = router({ models: { ...MODELS, sister: model('a') } });
    const open = Array.from({ length: 30 }, () => decided(taught.select({ eligible: ['cheap'] })));
    const before = taught.posteriors()!;
    taught.retireModel('cheap');
    for (const { decisionId } of open)
      expect(taught.report(decisionId, { reward: 1 })).toMatchObject({ kind: 'accepted' });
    const after = taught.posteriors()!;
    expect(after.get('cheap')!.alpha).toBeGreaterThan(before.get('cheap')!.alpha + 20);
    expect(after.get('sister')!.pooledMean).toBeGreaterThan(0.8);
  });
});

describe('repriceModel', () => {
  const quality = (r: Router, id: string) => {
    const { pooledMean, alpha, beta } = r.posteriors()!.get(id)!;
    return { pooledMean, alpha, beta };
  };

  it('keeps what is known of quality, and translates costs at the model’s own mix', () => {
    const taught = router({ models: { m: model('a', 2, 10), other: model('b', 1, 1) } });
    // 1,000 tokens in, 900 out: USD 0.002 and 0.009.
    for (let i = 0; i < 200; i++) {
      const { decisionId } = decided(taught.select({ eligible: ['m'], promptTokens: 1000 }));
      taught.report(decisionId, { reward: 0.6, outputTokens: 900 });
    }
    const before = quality(taught, 'm');
    const cost = () => taught.posteriors()!.get('m')!.expectedCostUsd;
    expect(cost()).toBeCloseTo(0.011, 3);
    taught.repriceModel('m', { usdPerMillionInputTokens: 1, usdPerMillionOutputTokens: 20 });
    expect(cost()).toBeCloseTo(0.019, 3);
    taught.repriceModel('m', { usdPerMillionInputTokens: 2, usdPerMillionOutputTokens: 0 });
    expect(cost()).toBeCloseTo(0.002, 3);
    expect(quality(taught, 'm')).toEqual(before);
    expect(taught.posteriors()!.get('other')).toEqual(taught.posteriors()!.get('other'));
  });

  it('goes to and from nothing', () => {
    const taught = router({ models: { m: model('a', 0, 0) } });
    for (let i = 0; i < 50; i++) {
      const { decisionId } = decided(taught.select({ promptTokens: 400 }));
      taught.report(decisionId, { reward: 0.6, outputTokens: 200 });
    }
    const cost = () => taught.posteriors()!.get('m')!.expectedCostUsd;
    expect(cost()).toBe(0);
    taught.repriceModel('m', { usdPerMillionInputTokens: 10, usdPerMillionOutputTokens: 20 });
    // Nothing told how long its answers are: 300 tokens are assumed.
    expect(cost()).toBeCloseTo(0.004 + 0.006, 3);
    taught.repriceModel('m', { usdPerMillionInputTokens: 0, usdPerMillionOutputTokens: 0 });
    expect(cost()).toBeLessThan(1e-9);
  });

  it('prices tokens of later reports at the new list', () => {
    const taught = router();
    const { decisionId } = decided(taught.select({ eligible: ['dear'], promptTokens: 100 }));
    taught.repriceModel('dear', { usdPerMillionInputTokens: 1, usdPerMillionOutputTokens: 2 });
    const result = taught.report(decisionId, { reward: 1, outputTokens: 100 });
    expect(result).toMatchObject({ costUsd: 0.0003 });
  });
});

/**
 * Before the late model comes the twin forces the same choices, as a drawn quality goes by the number of arms; evidence that knows the late model only as
 * one without reports is then the same to the last bit, and so is everything afterwards.
 */
describe('a router with a late model is one that had it from the start, unasked', () => {
  const requests = fc.array(
    fc.record({
      segment: fc.constantFrom('a', 'b', 'c'),
      arm: fc.nat(3),
      reward: fc.integer({ min: 0, max: 100 }).map((r) => r / 100),
      costUsd: fc.integer({ min: 0, max: 100 }).map((c) => c / 1e4),
    }),
    { minLength: 1, maxLength: 60 },
  );
  const early = {
    a1: model('a', 1, 2),
    a2: model('a', 2, 2),
    b1: model('b', 3, 9),
    b2: model('b'),
  };
  const late: [string, ModelOptions][] = [
    ['z1', model('a', 0.5, 3)],
    ['z2', model('new')],
    ['z3', { ...model('new'), prior: { mean: 0.8, strength: 4 } }],
  ];
  const cases: [string, Partial<RouterOptions>][] = [
    ['plain', {}],
    ['forgetting', { posterior: { halfLifeRequests: 7 } }],
    ['latencies', { latency: { usdPerSecond: 1e-3 }, posterior: { halfLifeRequests: 20 } }],
    ['exact propensities, uniform priors', { propensity: 'exact', priors: 'uniform' }],
  ];

  it.each(cases)('%s', (_, changes) => {
    fc.assert(
      fc.property(requests, fc.integer({ min: 1, max: 3 }), (before, comers) => {
        const all = Object.fromEntries([...Object.entries(early), ...late.slice(0, comers)]);
        const [grown, whole] = [
          { models: early, ...changes },
          { models: all, ...changes },
        ].map(router);
        for (const one of [grown!, whole!]) {
          for (const { segment, arm, reward, costUsd } of before) {
            const eligible = [Object.keys(early)[arm]!];
            const { decisionId } = decided(one.select({ segment, eligible }));
            one.report(decisionId, {
              reward,
              costUsd,
              ...(changes.latency && { latencyMs: 90 + 1e5 * costUsd }),
            });
          }
        }
        for (const [id, options] of late.slice(0, comers)) grown!.addModel(id, options);
        for (const segment of ['a', 'b', 'c'])
          expect(grown!.posteriors(segment)).toEqual(whole!.posteriors(segment));
        for (let i = 0; i < 30; i++) {
          const [one, other] = [grown!, whole!].map((r) =>
            decided(r.select({ segment: 'abc'[i % 3]! })),
          );
          const { evidenceVersion: version, ...rest } = one!;
          expect(rest).toEqual({ ...other!, evidenceVersion: undefined, ...rest });
          expect({ ...one!, evidenceVersion: 0 }).toEqual({ ...other!, evidenceVersion: 0 });
          expect(version).toBe(other!.evidenceVersion + comers);
          for (const r of [grown!, whole!]) r.report(one!.decisionId, { reward: (i % 5) / 4 });
        }
      }),
      { seed: 5, numRuns: 15 },
    );
  });
});

describe('the log of any session is replayed to the bit', () => {
  const cases: [string, Partial<RouterOptions>][] = [
    ['plain', {}],
    ['forgetting', { posterior: { halfLifeRequests: 9 } }],
    ['a floor, no exploration', { floor: { epsilon: 0.2 }, explorationScale: 0 }],
    ['latencies', { latency: { usdPerSecond: 1e-3, limitMs: 3000, providers: { dear: 'p' } } }],
    ['prompts', { context: { freezeAfterPrompts: 20 } }],
    ['uniform priors', { priors: 'uniform' }],
    [
      'expert priors',
      { priors: { x: { mean: 0.9, strength: 3 }, cheap: { mean: 0.1, strength: 8 } } },
    ],
    ['detectors of drift', { drift: { threshold: 2 } }],
    ['a budget', { budget: { usd: 0.002, windowRequests: 40 } }],
    [
      'fallback and risk',
      { fallback: { model: 'dear', qualityFloor: 0.4, confidence: 0.6 }, riskWeight: 0.2 },
    ],
  ];

  it.each(cases)('%s', (_, changes) => {
    for (const seed of changes.context ? [1] : [1, 2]) {
      const deferred = driveChanges(logged({ ...changes, propensity: 'deferred' }), 200, seed);
      const exact = driveChanges(logged({ ...changes, propensity: 'exact' }), 200, seed);
      const { filled, problems, summary } = refill(deferred.lines);
      expect(problems).toEqual([]);
      expect(filled.slice(1)).toEqual(exact.lines.slice(1).map((line) => line.trimEnd()));
      expect(summary.modelChanges).toBeGreaterThan(15);
      expect(summary).toMatchObject({ unverified: 0, skippedLines: 0 });
    }
  });

  it('breaks where a change is missing, skips one that stands twice', () => {
    const { lines } = driveChanges(logged(), 120);
    const at = lines.findIndex((line) => line.includes('"kind":"model"'));
    const twice = refill([...lines.slice(0, at + 1), ...lines.slice(at)]);
    expect(twice.summary).toMatchObject({ skippedLines: 1, unverified: 0 });
    const missing = refill([...lines.slice(0, at), ...lines.slice(at + 1)]);
    expect(missing.problems).toHaveLength(1);
    expect(missing.summary.unverified).toBeGreaterThan(50);
  });
});

describe('misuse leaves everything as it was', () => {
  const prices = { usdPerMillionInputTokens: 1, usdPerMillionOutputTokens: 2 };
  const long = 'x'.repeat(257);
  const wrong: [string, (r: Router) => void, string][] = [
    ['a model that is there', (r) => r.addModel('cheap', model()), 'id'],
    ['a model whose id is empty', (r) => r.addModel('', model()), 'id'],
    ['a model whose id is long', (r) => r.addModel(long, model()), 'id'],
    ['a model whose id is no string', (r) => r.addModel(3 as never, model()), 'id'],
    ['a model without options', (r) => r.addModel('n', undefined as never), 'options'],
    [
      'a model with other options',
      (r) => r.addModel('n', { ...model(), price: 3 } as never),
      'options',
    ],
    ['a model without family', (r) => r.addModel('n', prices as never), 'options.family'],
    ['a price of NaN', (r) => r.addModel('n', model('a', NaN)), 'options.usdPerMillionInputTokens'],
    [
      'a price below 0',
      (r) => r.addModel('n', model('a', 1, -1)),
      'options.usdPerMillionOutputTokens',
    ],
    [
      'a prior of mean 1',
      (r) => r.addModel('n', { ...model(), prior: { mean: 1, strength: 1 } }),
      'options.prior.mean',
    ],
    [
      'a prior of strength 0',
      (r) => r.addModel('n', { ...model(), prior: { mean: 0.5, strength: 0 } }),
      'options.prior.strength',
    ],
    [
      'a retired one of another family',
      (r) => r.addModel('gone', model('other')),
      'options.family',
    ],
    [
      'a retired one of another provider',
      (r) => r.addModel('gone', { ...model('a'), provider: 'p' }),
      'options.provider',
    ],
    ['retiring an unknown one', (r) => r.retireModel('n'), 'id'],
    ['retiring a retired one', (r) => r.retireModel('gone'), 'id'],
    ['retiring __proto__', (r) => r.retireModel('__proto__'), 'id'],
    ['retiring undefined', (r) => r.retireModel(undefined as never), 'id'],
    ['repricing an unknown one', (r) => r.repriceModel('constructor', prices), 'id'],
    [
      'repricing to NaN',
      (r) => r.repriceModel('cheap', { ...prices, usdPerMillionInputTokens: NaN }),
      'prices.usdPerMillionInputTokens',
    ],
    [
      'repricing to less than 0',
      (r) => r.repriceModel('cheap', { ...prices, usdPerMillionOutputTokens: -1 }),
      'prices.usdPerMillionOutputTokens',
    ],
    [
      'repricing to Infinity',
      (r) => r.repriceModel('cheap', { ...prices, usdPerMillionOutputTokens: Infinity }),
      'prices.usdPerMillionOutputTokens',
    ],
    [
      'repricing without prices',
      (r) => r.repriceModel('cheap', {} as never),
      'prices.usdPerMillionInputTokens',
    ],
    [
      'repricing with a family',
      (r) => r.repriceModel('cheap', { ...prices, family: 'b' } as never),
      'prices',
    ],
  ];

  it.each(wrong)('%s', (_, misuse, parameter) => {
    const lines: string[] = [];
    const [used, untouched] = [lines, []].map((log) => {
      const one = router({
        models: { ...MODELS, gone: model('a') },
        log: (line) => void log.push(line as never),
      });
      teach(one, 20, (i) => `${i % 2}`);
      one.retireModel('gone');
      return one;
    });
    const count = lines.length;
    let error: unknown;
    try {
      misuse(used!);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(ParameterError);
    expect((error as ParameterError).parameter).toBe(parameter);
    expect(lines).toHaveLength(count);
    expect(used!.models).toEqual(untouched!.models);
    expect(used!.posteriors('1')).toEqual(untouched!.posteriors('1'));
    expect(used!.select()).toEqual(untouched!.select());
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    '%s is a model like any other',
    (id) => {
      const hostile = router();
      hostile.addModel(id, { ...model('__proto__'), prior: { mean: 0.999, strength: 1e5 } });
      expect(decided(hostile.select({ eligible: [id] })).model).toBe(id);
      hostile.repriceModel(id, prices);
      expect(hostile.posteriors()!.get(id)!.pooledMean).toBe(0.999);
      hostile.retireModel(id);
      expect(hostile.models).toEqual(['cheap', 'dear', 'middle']);
      expect(({} as Record<string, unknown>)['family']).toBeUndefined();
    },
  );
});

describe('limits', () => {
  const many = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`m${i}`, model(`f${i % 7}`)]));

  it('takes 4,096 models, retired ones included', () => {
    const full = router({ models: many(4094) });
    full.addModel('a', model());
    full.retireModel('a');
    full.addModel('b', model());
    expect(() => full.addModel('c', model())).toThrow(/at most 4096 models/);
    full.addModel('a', model());
    expect(full.models).toHaveLength(4096);
    expect(decided(full.select({ eligible: ['b'] })).model).toBe('b');
  });

  it('takes 2^20 cells, the row of segments that are one too many included', () => {
    const wide = router({ models: many(4000) });
    for (let segment = 0; segment < 258; segment++) wide.select({ segment: `s${segment}` });
    let added = 0;
    expect(() => {
      for (;;) wide.addModel(`late${added}`, model(`f${added++ % 9}`));
    }).toThrow(ParameterError);
    // 259 rows, the shared one included: 4,048 models.
    expect(wide.models).toHaveLength(Math.floor(2 ** 20 / 259));
    wide.select({ segment: 'another' });
    expect(wide.sharedSegmentRequests).toBe(1);
    expect(decided(wide.select({ segment: 's3', eligible: ['late0'] })).model).toBe('late0');
  });

  it('takes 512 models with prompts', () => {
    const prompts = router({ models: many(512), context: {} });
    expect(() => prompts.addModel('late', model())).toThrow(/at most 512 models/);
  });
});
