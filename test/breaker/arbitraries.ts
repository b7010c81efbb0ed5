/** Random breakers and random lives for them. */
import fc from 'fast-check';
import type { ErrorClass, ErrorEffect } from '../../src/index';
import type { ModelOptions } from './model';

export const ERROR_CLASSES: readonly ErrorClass[] = [
  'rateLimited',
  'quota',
  'auth',
  'timeout',
  'contentFilter',
  'badRequest',
  'server',
  'network',
  'other',
];

const EFFECTS: readonly ErrorEffect[] = [
  ...Array<ErrorEffect>(8).fill('failure'),
  'ignored',
  'ignored',
  'open',
  'openIfRetryAfter',
  'openIfRetryAfter',
  'isolate',
];

const WINDOWS = fc.oneof(
  fc.record({
    kind: fc.constant('calls' as const),
    calls: fc.integer({ min: 1, max: 8 }),
    maxAgeMs: fc.constantFrom(50, 1_000, Infinity),
  }),
  fc.record({
    kind: fc.constant('time' as const),
    durationMs: fc.constantFrom(10, 50, 100, 1_000),
    buckets: fc.constantFrom(1, 2, 3, 5, 7),
  }),
);

/** Small numbers, so that every rule is met often. */
export const OPTIONS: fc.Arbitrary<ModelOptions> = fc
  .record({
    window: WINDOWS,
    minimum: fc.integer({ min: 1, max: 5 }),
    failureRate: fc.constantFrom(0.25, 0.5, 0.7, 1),
    slowCallRate: fc.constantFrom(0.5, 1),
    slowCallMs: fc.constantFrom(10, Infinity),
    cooldownMs: fc.constantFrom(1, 20, 100),
    cooldownFactor: fc.constantFrom(1, 2, 3),
    longerBy: fc.constantFrom(0, 150, 1_000),
    maxRetryAfterMs: fc.constantFrom(0, 30, 2_000),
    trialCalls: fc.integer({ min: 1, max: 4 }),
    successShare: fc.nat(3),
    trialTimeoutMs: fc.constantFrom(1, 30, 200),
    effects: fc.array(fc.constantFrom(...EFFECTS), { minLength: 9, maxLength: 9 }),
  })
  .map(({ minimum, longerBy, successShare, effects, ...options }) => ({
    ...options,
    minimumCalls:
      options.window.kind === 'calls' ? Math.min(minimum, options.window.calls) : minimum,
    maxCooldownMs: options.cooldownMs + longerBy,
    trialSuccesses: 1 + (successShare % options.trialCalls),
    effects: Object.fromEntries(
      ERROR_CLASSES.map((name, i) => [name, effects[i]!]),
    ) as ModelOptions['effects'],
  }));

export type Deed =
  | { readonly kind: 'tick' | 'admit' | 'letThrough' | 'isolate' | 'restore' | 'save' }
  | {
      readonly kind: 'success' | 'failure';
      /** Which of the permits given so far, counted from the latest: old ones are stale, used ones duplicates. */
      readonly back: number;
      readonly durationMs: number | undefined;
      readonly errorClass: ErrorClass;
      readonly retryAfterMs: number | undefined;
    };

/** A deed after a step of the caller's clock: mostly short, now and then an idle gap, a leap or a step back. */
export interface Step {
  readonly elapsedMs: number;
  readonly deed: Deed;
}

const report = (kind: 'success' | 'failure') =>
  fc.record({
    kind: fc.constant(kind),
    back: fc.oneof({ weight: 4, arbitrary: fc.nat(3) }, { weight: 1, arbitrary: fc.nat(40) }),
    durationMs: fc.constantFrom(undefined, 0, 5, 10, 11, 500, Infinity),
    errorClass: fc.constantFrom(...ERROR_CLASSES),
    retryAfterMs: fc.constantFrom(undefined, undefined, 0, 1, 25, 700, 1e9, Infinity),
  });

const simple = (kind: 'tick' | 'admit' | 'letThrough' | 'isolate' | 'restore' | 'save') =>
  fc.constant({ kind });

export const STEPS: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({
    elapsedMs: fc.oneof(
      { weight: 12, arbitrary: fc.integer({ min: 0, max: 9 }) },
      { weight: 3, arbitrary: fc.integer({ min: 10, max: 120 }) },
      { weight: 1, arbitrary: fc.constantFrom(3_600_000, 1e10, 1e12) },
      { weight: 1, arbitrary: fc.constantFrom(-1, -50, -3_600_000, -1e12) },
    ),
    deed: fc.oneof(
      { weight: 12, arbitrary: simple('admit') },
      { weight: 1, arbitrary: simple('letThrough') },
      { weight: 2, arbitrary: simple('tick') },
      { weight: 5, arbitrary: report('success') },
      { weight: 7, arbitrary: report('failure') },
      { weight: 1, arbitrary: simple('isolate') },
      { weight: 3, arbitrary: simple('restore') },
      { weight: 1, arbitrary: simple('save') },
    ),
  }),
  { minLength: 1, maxLength: 150, size: 'max' },
);
