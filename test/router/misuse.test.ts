/**
 * Strategy: every option and field made bad one at a time; after each rejected call the router must answer as a twin that
 * never saw it.
 * Not here: what good input does (select.test.ts), argmaxUtilityInto (test/decision), the sampler (test/distributions).
 */
import { describe, expect, it } from 'vitest';
import {
  createRouter,
  createRouterSync,
  ParameterError,
  type Router,
  type RouterOptions,
} from '../../src/index';
import { decided, MODELS, model, router, teach } from './routers';

const NOT_POSITIVE = [0, -1, NaN, -Infinity, '1', null, true, [], {}, 1n];
const NOT_AMOUNTS = [-1, NaN, Infinity, -Infinity, '1', null, true, [], {}, 1n];
const NOT_OBJECTS = [3, 'x', true, [], null, () => 1];
const NOT_IDS = ['', 'x'.repeat(257), 3, null, true, [], {}];

interface Case {
  readonly field: string;
  readonly value: unknown;
  readonly text: string;
}

function cases(fields: Record<string, readonly unknown[]>): Case[] {
  const text = (value: unknown) =>
    typeof value === 'string'
      ? JSON.stringify(value).slice(0, 12)
      : Array.isArray(value)
        ? `[${value}]`
        : String(value);
  return Object.entries(fields).flatMap(([field, values]) =>
    values.map((value) => ({ field, value, text: text(value) })),
  );
}

/** Sets `path` such as `posterior.priorMean` in a copy of `base`. */
function set(base: object, path: string, value: unknown): object {
  const [head, ...rest] = path.split('.');
  const inner = (base as Record<string, object>)[head!] ?? {};
  return { ...base, [head!]: rest.length === 0 ? value : set(inner, rest.join('.'), value) };
}

const OPTIONS: RouterOptions = { models: MODELS, willingnessToPayUsd: 1, seed: 1 };

describe('options', () => {
  it.each(
    cases({
      willingnessToPayUsd: [...NOT_POSITIVE, undefined],
      instanceId: ['', 'x'.repeat(65), 3, null, {}],
      seed: [-1, 0.5, NaN, Infinity, 2 ** 53, -1n, 2n ** 64n, '1', null, true, {}],
      explorationScale: NOT_AMOUNTS,
      maxPendingDecisions: [0, -1, 1.5, NaN, Infinity, 10_000_001, '5', null],
      pendingTtlMs: [0, -1, NaN, -Infinity, '1', null],
      clock: [3, 'x', null, {}, true],
      breakers: [true, null, 3, 'on', []],
      'breakers.minimumCalls': [0, NaN, '3'],
      posterior: NOT_OBJECTS,
      'posterior.priorMean': [0, 1, -0.1, 1.1, NaN, '0.5', null],
      'posterior.priorStrength': [...NOT_POSITIVE, Infinity],
      'posterior.halfLifeRequests': NOT_POSITIVE,
      reward: NOT_OBJECTS.filter((value) => typeof value !== 'function'),
      'reward.errorRewards': NOT_OBJECTS,
      'reward.errorRewards.server': [-0.1, 1.1, NaN, '1', null],
      'reward.errorRewards.nonsense': [1],
      'reward.validityWeight': NOT_AMOUNTS,
      'reward.latencyWeight': NOT_AMOUNTS,
      'reward.retryWeight': NOT_AMOUNTS,
      'reward.latencyMidpointMs': [-5, 0, -1e9, NaN, Infinity, -Infinity, '1', null],
      'reward.latencyScaleMs': [...NOT_POSITIVE, Infinity],
      models: [
        ...NOT_OBJECTS,
        undefined,
        {},
        { '': model() },
        { [`x${'y'.repeat(256)}`]: model() },
      ],
      'models.cheap': [...NOT_OBJECTS, undefined],
      'models.cheap.family': [...NOT_IDS, undefined],
      'models.cheap.usdPerMillionInputTokens': [...NOT_AMOUNTS, undefined],
      'models.cheap.usdPerMillionOutputTokens': [...NOT_AMOUNTS, undefined],
      unknown: [1, undefined],
      'posterior.halfLife': [3],
      'reward.latencyWeigth': [3],
      'models.cheap.price': [3],
    }),
  )('$field = $text', ({ field, value }) => {
    const make = () => createRouterSync(set(OPTIONS, field, value) as RouterOptions);
    expect(make).toThrow(ParameterError);
    // The message names the innermost name, whatever the path before it looks like.
    expect(make).toThrow(field.split('.').at(-1)!.replace('cheap', '"cheap"'));
  });

  it.each(NOT_OBJECTS)('all of them = %s', async (options) => {
    expect(() => createRouterSync(options as never)).toThrow(ParameterError);
    await expect(createRouter(options as never)).rejects.toThrow(ParameterError);
  });

  it('rewards that would weigh nothing where latency is missing', () => {
    expect(() => router({ reward: { validityWeight: 0, retryWeight: 0 } })).toThrow(ParameterError);
    expect(() => router({ reward: { validityWeight: 1e308, retryWeight: 1e308 } })).toThrow(
      ParameterError,
    );
  });

  it('models up to 4,096', () => {
    const models = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`m${i}`, model()]));
    expect(() => router({ models: models(4097) })).toThrow(
      'models must be an object of 1 to 4096 models',
    );
    expect(decided(router({ models: models(4096) }).select()).eligible).toHaveLength(4096);
  });

  it.each(['__proto__', 'constructor', 'hasOwnProperty'])('a model called %s', (name) => {
    const models = JSON.parse(
      `{"${name}":${JSON.stringify(model())},"other":${JSON.stringify(model())}}`,
    ) as RouterOptions['models'];
    const own = router({ models });
    expect(own.models).toContain(name);
    const decision = decided(own.select({ segment: name, eligible: [name] }));
    expect(decision.model).toBe(name);
    own.report(decision.decisionId, { reward: 1 });
    expect(own.posteriors(name)!.get(name)!.alpha).toBeGreaterThan(
      own.posteriors(name)!.get('other')!.alpha,
    );
    expect(() => own.select({ eligible: ['toString'] })).toThrow(ParameterError);
  });

  // In units of a landmark 64 half-lives old it overflows; the shapes are then NaN, and the Gamma sampler never returns.
  it('a prior strength that forgetting would turn into infinity', () => {
    const posterior = { priorStrength: 1e300, halfLifeRequests: 1 };
    expect(() => router({ posterior })).toThrow(ParameterError);
  });

  // Whatever the checks let through must work: a model is chosen and its numbers are numbers.
  it.each([
    { willingnessToPayUsd: 1e-310 },
    { willingnessToPayUsd: Number.MAX_VALUE },
    { explorationScale: 1e-170 },
    { explorationScale: 1e170 },
    { explorationScale: 1e-6 },
    { explorationScale: 1000 },
    { posterior: { priorStrength: 1e-300 } },
    { posterior: { priorMean: 1e-300 } },
    { posterior: { halfLifeRequests: 1e-300 } },
    { posterior: { halfLifeRequests: 1e-18 } },
    { posterior: { halfLifeRequests: 1e300 } },
  ])('at the ends of what is allowed: %o', (changes) => {
    let taught: Router;
    try {
      taught = router(changes);
    } catch (error) {
      // Turning it down is as good as bearing it.
      expect(error).toBeInstanceOf(ParameterError);
      return;
    }
    teach(taught, 200, (i) => `s${i % 2}`);
    const decision = decided(taught.select({ segment: 's1' }));
    expect(decision.sampledQuality).toBeGreaterThanOrEqual(0);
    expect(decision.sampledQuality).toBeLessThanOrEqual(1);
    for (const { alpha, beta, pooledMean, expectedCostUsd } of taught.posteriors('s1')!.values()) {
      expect(alpha).toBeGreaterThan(0);
      expect(beta).toBeGreaterThan(0);
      expect(pooledMean).toBeGreaterThan(0);
      expect(pooledMean).toBeLessThan(1);
      expect(expectedCostUsd).toBeGreaterThanOrEqual(0);
    }
  });
});

/** A router with a past, and a twin with the same one. */
function twins(): [Router, Router] {
  const pair = [router(), router()] as [Router, Router];
  for (const taught of pair) teach(taught, 25, (i) => `s${i % 3}`);
  return pair;
}

/** Same posteriors, same open decisions, same next decisions. */
function expectSame(used: Router, twin: Router): void {
  expect(used.pendingDecisions).toBe(twin.pendingDecisions);
  for (const segment of ['s0', 's1', 's2', undefined])
    expect(used.posteriors(segment)).toEqual(twin.posteriors(segment));
  const next = [{ segment: 's0' }, { segment: 'new' }, {}];
  expect(used.selectBatch(next)).toEqual(twin.selectBatch(next));
}

const BAD_REQUESTS = cases({
  segment: [...NOT_IDS, NaN],
  promptTokens: NOT_AMOUNTS,
  eligible: [
    3,
    null,
    'cheap',
    {},
    ['nobody'],
    ['cheap', 'nobody'],
    [1],
    [null],
    ['__proto__'],
    [['cheap']],
  ],
  unknown: [1, undefined],
  __proto__x: [1],
});

describe('requests', () => {
  it.each(BAD_REQUESTS)('$field = $text change nothing', ({ field, value }) => {
    const [used, twin] = twins();
    const bad = { segment: 'never seen', [field]: value };
    expect(() => used.select(bad)).toThrow(ParameterError);
    expect(() => used.select(bad)).toThrow(field);
    expect(() => used.selectBatch([{ segment: 'never seen' }, bad])).toThrow(ParameterError);
    expectSame(used, twin);
  });

  it.each(NOT_OBJECTS)('%s instead of a request', (value) => {
    const [used, twin] = twins();
    expect(() => used.select(value as never)).toThrow(ParameterError);
    expect(() => used.selectBatch([value as never])).toThrow(/requests\[0\] must be/);
    expectSame(used, twin);
  });

  it.each([undefined, null, 3, {}, 'abc', new Set()])('%s instead of a batch', (value) => {
    const [used, twin] = twins();
    expect(() => used.selectBatch(value as never)).toThrow(/requests must be/);
    expectSame(used, twin);
  });

  it('beyond 65,536 in a batch', () => {
    const [used, twin] = twins();
    expect(() => used.selectBatch(Array(65_537).fill({}))).toThrow(ParameterError);
    expectSame(used, twin);
  });

  it('keys that JSON can smuggle in', () => {
    const [used, twin] = twins();
    expect(() => used.select(JSON.parse('{"__proto__":{"promptTokens":5}}') as object)).toThrow(
      ParameterError,
    );
    expectSame(used, twin);
  });
});

const BAD_OUTCOMES = cases({
  reward: [-0.01, 1.01, NaN, Infinity, '1', null, true, [], {}],
  valid: [-0.01, 1.01, NaN, Infinity, '1', null, [], {}],
  latencyMs: NOT_AMOUNTS,
  retries: [-1, 0.5, NaN, Infinity, 1_000_001, '1', null, true],
  costUsd: NOT_AMOUNTS,
  promptTokens: NOT_AMOUNTS,
  outputTokens: NOT_AMOUNTS,
  status: [99, 600, 200.5, NaN, '200', null, true],
  error: ['', 'Server', '__proto__', 3, null, true, [], {}],
  retryAfterMs: [...NOT_AMOUNTS, 5],
  cost: [1, undefined],
});

describe('outcomes', () => {
  it.each(BAD_OUTCOMES)('$field = $text leave the decision open', ({ field, value }) => {
    const [used, twin] = twins();
    const { decisionId } = decided(used.select());
    twin.select();
    expect(() => used.report(decisionId, { [field]: value })).toThrow(ParameterError);
    expect(() => used.report(decisionId, { [field]: value })).toThrow(field);
    for (const own of [used, twin])
      expect(own.report(decisionId, { reward: 0.5 }).kind).toBe('accepted');
    expectSame(used, twin);
  });

  // A field that another one overrules is checked all the same.
  it.each(BAD_OUTCOMES.filter(({ field }) => field !== 'reward' && field !== 'costUsd'))(
    '$field = $text beside a reward and a cost are turned down too',
    ({ field, value }) => {
      const used = router();
      const { decisionId } = decided(used.select());
      expect(() => used.report(decisionId, { reward: 0.5, costUsd: 0.1, [field]: value })).toThrow(
        ParameterError,
      );
    },
  );

  it.each(NOT_OBJECTS)('%s instead of an outcome', (value) => {
    const used = router();
    const { decisionId } = decided(used.select());
    expect(() => used.report(decisionId, value as never)).toThrow(ParameterError);
    expect(used.report(decisionId, { reward: 1 }).kind).toBe('accepted');
  });

  it.each([{}, { retries: 1 }, { promptTokens: 5 }, { outputTokens: 5 }])(
    '%j teaches nothing and leaves the decision open',
    (outcome) => {
      const used = router();
      const { decisionId } = decided(used.select());
      expect(() => used.report(decisionId, outcome)).toThrow(
        /outcome must be an object with reward or valid/,
      );
      expect(used.report(decisionId, { reward: 1 }).kind).toBe('accepted');
    },
  );
});

describe('decision ids', () => {
  const foreign = (id: string): string[] => {
    const dash = id.indexOf('-');
    const [seed, number] = [id.slice(0, dash), id.slice(dash + 1)];
    return [
      'x',
      number,
      `${id} `,
      ` ${id}`,
      `${id}.0`,
      `${id}0`,
      `${seed}-`,
      `${seed}--${number}`,
      `${seed}-+${number}`,
      `${seed}-0${number}`,
      `${seed}-1e1`,
      `${seed}-0x19`,
      `${seed}-${'9'.repeat(17)}`,
      `${seed.slice(0, -1)}0-${number}`,
      '__proto__',
    ];
  };

  it('that nobody gave out are unknown and change nothing', () => {
    const [used, twin] = twins();
    const { decisionId } = decided(used.select());
    twin.select();
    const kinds = foreign(decisionId).map((id) => [id, used.report(id, { reward: 1 }).kind]);
    expect(kinds.filter(([, kind]) => kind !== 'unknown')).toEqual([]);
    expectSame(used, twin);
  });

  it('of another router are unknown', () => {
    const { decisionId } = decided(router({ instanceId: 'other' }).select());
    const own = router();
    own.select();
    expect(own.report(decisionId, { reward: 1 })).toEqual({ kind: 'unknown' });
  });

  it('of the future are unknown', () => {
    const own = router();
    const { decisionId } = decided(own.select());
    expect(own.report(decisionId.replace(/0$/, '1'), { reward: 1 })).toEqual({ kind: 'unknown' });
  });

  it.each(NOT_IDS)('%s are turned down', (id) => {
    const [used, twin] = twins();
    expect(() => used.report(id as never, { reward: 1 })).toThrow(/decisionId must be/);
    expectSame(used, twin);
  });

  it('given twice are duplicates, whatever the second outcome', () => {
    const [used, twin] = twins();
    const { decisionId } = decided(used.select());
    twin.select();
    for (const own of [used, twin]) own.report(decisionId, { reward: 0.5 });
    expect(used.report(decisionId, { reward: 0.9 })).toEqual({ kind: 'duplicate' });
    expectSame(used, twin);
  });
});
