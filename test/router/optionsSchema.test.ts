/**
 * Strategy: the Standard Schema agrees with createRouter on good and bad options, and options survive JSON.
 * Not here: which values are bad (misuse.test.ts).
 */
import { describe, expect, it } from 'vitest';
import { createRouterSync, routerOptionsSchema, type RouterOptions } from '../../src/index';
import { MODELS, model } from './routers';

const { version, vendor, validate } = routerOptionsSchema['~standard'];
const GOOD: RouterOptions = { models: MODELS, willingnessToPayUsd: 0.01 };

/** All that JSON can say. */
const FULL: RouterOptions = {
  ...GOOD,
  seed: 7,
  instanceId: 'i',
  explorationScale: 0.5,
  posterior: { priorMean: 0.6, priorStrength: 3, halfLifeRequests: 500 },
  reward: { validityWeight: 1, errorRewards: { contentFilter: 0, server: 0.2 } },
  maxPendingDecisions: 50,
  pendingTtlMs: 1e300,
  breakers: { window: { kind: 'time', durationMs: 5000 }, effects: { auth: 'isolate' } },
  propensity: 'exact',
  floor: { epsilon: 0.01, baseline: 'inverse-cost' },
  latency: { usdPerSecond: 0.001, limitMs: 9000, providers: { cheap: 'p' } },
};

describe('the schema of the options', () => {
  it('says what it is', () => {
    expect([version, vendor]).toEqual([1, 'thompsonite']);
  });

  it('hands good options on as they are', () => {
    expect(validate(GOOD)).toEqual({ value: GOOD });
    expect((validate(GOOD) as { value: unknown }).value).toBe(GOOD);
  });

  it('takes undefined as createRouter() does', () => {
    expect(validate(undefined)).toEqual({ value: {} });
  });

  it.each([new Error('not today'), 'not today'])(
    'makes an issue of a getter that throws',
    (error) => {
      const options = {
        ...GOOD,
        get seed(): number {
          throw error;
        },
      };
      expect(validate(options)).toEqual({
        issues: [{ message: 'options cannot be read: "not today"', path: [] }],
      });
    },
  );

  it.each<[string, unknown, (string | number)[]]>([
    ['no object', 3, []],
    ['no models', { models: {}, willingnessToPayUsd: 0.01 }, ['models']],
    [
      'a bad price',
      { ...GOOD, models: { 'a.b["': model('a', -1) } },
      ['models', 'a.b["', 'usdPerMillionInputTokens'],
    ],
    ['an unknown option', { ...GOOD, sed: 1 }, []],
    ['a bad breaker', { ...GOOD, breakers: { failureRate: 2 } }, ['breakers', 'failureRate']],
    ['a bad reward', { ...GOOD, reward: { latencyScaleMs: 0 } }, ['reward', 'latencyScaleMs']],
  ])('names %s with the message of createRouter', (_, bad, path) => {
    const { issues } = validate(bad) as { issues: { message: string; path: unknown }[] };
    expect(issues).toHaveLength(1);
    expect(issues[0]!.path).toEqual(path);
    expect(() => createRouterSync(bad as RouterOptions)).toThrow(issues[0]!.message);
  });
});

it('options survive JSON', () => {
  const again = JSON.parse(JSON.stringify(FULL)) as RouterOptions;
  expect(validate(again)).toEqual({ value: FULL });
  expect(createRouterSync(again).select({ segment: 's' })).toEqual(
    createRouterSync(FULL).select({ segment: 's' }),
  );
});
