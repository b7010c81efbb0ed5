/**
 * Strategy: runs of bestOfN whose calls are held back and let go by the test, so that every order of events is chosen; a property
 * over random worlds against the definition; what happens behind the end must be heard by nobody.
 * Not tested here: the statistics of repeats (statistics.test.ts), the kernel's streams (test/random).
 */
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { bestOfN } from '../../src/best-of-n/bestOfN';
import type { BestOfNOptions, SampleCall } from '../../src/best-of-n/options';
import { ParameterError } from '../../src/core/errors';

type Options = BestOfNOptions<string>;
const answerOf = ({ sample }: { sample: number }) => ({ answer: `a${sample}`, costUsd: 0.25 });

/** n answers of the given scores, unless told otherwise. */
function run(scores: readonly unknown[], more: Partial<Options> = {}) {
  return bestOfN<string>({
    prompt: 'p',
    arm: 'm',
    n: scores.length,
    generate: answerOf,
    proxyReward: ({ sample }) => scores[sample] as number,
    ...more,
  });
}

/** A promise that the test settles. */
function deferred<T>() {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((yes, no) => ((resolve = yes), (reject = no)));
  return { promise, resolve, reject };
}

/** Lets every promise that can go on go on. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('the best', () => {
  test('is the highest score, with all samples and costs', async () => {
    const result = await run([0.2, 0.9, -3]);
    expect(result).toMatchObject({
      kind: 'best',
      best: { sample: 1, answer: 'a1', score: 0.9, costUsd: 0.25 },
      costUsd: 0.75,
      unknownCosts: 0,
      failures: [],
    });
    expect(result.samples.map((s) => s.kind === 'scored' && s.score)).toEqual([0.2, 0.9, -3]);
    expect(result.durationMs).toBeGreaterThanOrEqual(0);
  });

  test('of equal scores is the first by number, whichever was done first', async () => {
    const calls = [deferred<{ answer: string }>(), deferred<{ answer: string }>()];
    const running = run([1, 1], { generate: ({ sample }) => calls[sample]!.promise });
    calls[1]!.resolve({ answer: 'late number, early answer' });
    await settle();
    calls[0]!.resolve({ answer: 'first' });
    expect(await running).toMatchObject({ best: { sample: 0, answer: 'first' }, unknownCosts: 2 });
  });

  test('hands prompt, arm and answer on', async () => {
    const seen: unknown[] = [];
    await bestOfN({
      prompt: { text: 'p' },
      arm: { model: 'm', n: 1 },
      n: 1,
      generate: ({ prompt, arm, sample }) => ({ answer: [prompt.text, arm.model, sample] }),
      proxyReward: ({ prompt, arm, answer }) => (seen.push(prompt, arm, answer), 1),
    });
    expect(seen).toEqual([{ text: 'p' }, { model: 'm', n: 1 }, ['p', 'm', 0]]);
  });

  test('of random worlds is what the definition says', async () => {
    const world = fc.record({
      samples: fc.array(
        fc.record({
          score: fc.oneof(fc.integer({ min: -2, max: 2 }), fc.constant(NaN)),
          fails: fc.constantFrom('no', 'no', 'generate', 'proxyReward'),
          turns: fc.nat({ max: 3 }),
        }),
        { minLength: 1, maxLength: 9 },
      ),
      maxConcurrent: fc.integer({ min: 1, max: 10 }),
    });
    await fc.assert(
      fc.asyncProperty(world, async ({ samples, maxConcurrent }) => {
        let running = 0;
        let most = 0;
        const turn = async (sample: number, where: string) => {
          for (let i = 0; i < samples[sample]!.turns; i++) await Promise.resolve();
          if (samples[sample]!.fails === where) throw new Error(where);
        };
        const result = await run(
          samples.map(({ score }) => score),
          {
            maxConcurrent,
            generate: async ({ sample }) => {
              most = Math.max(most, ++running);
              await turn(sample, 'generate').finally(() => running--);
              return answerOf({ sample });
            },
            proxyReward: async ({ sample }) => {
              await turn(sample, 'proxyReward');
              return samples[sample]!.score;
            },
          },
        );
        const good = samples.flatMap(({ score, fails }, sample) =>
          fails === 'no' && !Number.isNaN(score) ? [{ score, sample }] : [],
        );
        const highest = Math.max(...good.map(({ score }) => score));
        const first = good.find(({ score }) => score === highest);
        expect(result.kind === 'best' ? result.best.sample : undefined).toBe(first?.sample);
        expect(result.failures.length).toBe(samples.length - good.length);
        expect(most).toBeLessThanOrEqual(maxConcurrent);
        const generated = samples.filter(({ fails }) => fails !== 'generate').length;
        expect(result.costUsd).toBeCloseTo(0.25 * generated, 12);
        expect(result.unknownCosts).toBe(samples.length - generated);
      }),
      { numRuns: 200, seed: 11 },
    );
  });
});

describe('failures', () => {
  test('of some samples leave the best of the rest', async () => {
    const result = await run([0.1, 0.5, 0.9, 0.4], {
      generate: ({ sample }) => {
        if (sample === 2) throw new TypeError('down');
        return answerOf({ sample });
      },
    });
    expect(result).toMatchObject({
      kind: 'best',
      best: { sample: 1 },
      costUsd: 0.75,
      unknownCosts: 1,
    });
    expect(result.failures).toEqual([
      {
        kind: 'failed',
        sample: 2,
        failure: 'generate',
        error: new TypeError('down'),
        started: true,
        costUsd: undefined,
      },
    ]);
  });

  test('of a generation without an answer are the generation’s, of a score that is none the score’s', async () => {
    const run = (generation: unknown, score: unknown) =>
      bestOfN({
        prompt: '',
        arm: '',
        n: 1,
        generate: () => generation as { answer: string },
        proxyReward: () => score as number,
      });
    for (const generation of [{}, { text: 'a' }]) {
      const { failures } = await run(generation, 1);
      expect(failures).toMatchObject([{ failure: 'generate', error: { name: 'ParameterError' } }]);
    }
    expect((await run({ answer: undefined }, 1)).kind).toBe('best');
    const message = async (score: unknown) =>
      ((await run({ answer: '' }, score)).failures[0]!.error as Error).message;
    expect(await message(NaN)).toBe('score of sample 0 must be a finite number, got NaN');
    expect(await message('5')).toBe('score of sample 0 must be a finite number, got "5"');
  });

  test('of all are a value', async () => {
    const result = await run([1, 1], { generate: () => Promise.reject(new Error('down')) });
    expect(result).toMatchObject({ kind: 'no-sample', costUsd: 0, unknownCosts: 2 });
    expect(result.failures.map(({ failure }) => failure)).toEqual(['generate', 'generate']);
    expect(result).not.toHaveProperty('best');
  });

  test.each([NaN, Infinity, -Infinity, '1', undefined, null])(
    'score %s is an error of its sample, whose cost still counts',
    async (score) => {
      const result = await run([score, 0.3]);
      expect(result).toMatchObject({ best: { sample: 1 }, costUsd: 0.5, unknownCosts: 0 });
      expect(result.failures[0]).toMatchObject({
        sample: 0,
        failure: 'proxyReward',
        costUsd: 0.25,
      });
      expect(result.failures[0]!.error).toBeInstanceOf(ParameterError);
    },
  );

  test.each([undefined, null, 'text', { answer: 'a', costUsd: NaN }, { answer: 'a', costUsd: -1 }])(
    'generation %s is an error of its sample',
    async (generation) => {
      const result = await run([0.1, 0.9], {
        generate: ({ sample }) => (sample === 0 ? answerOf({ sample }) : (generation as never)),
      });
      expect(result).toMatchObject({ best: { sample: 0 }, unknownCosts: 1 });
      expect(result.failures).toMatchObject([{ sample: 1, failure: 'generate' }]);
    },
  );
});

describe('the end before the end', () => {
  const unhandled = vi.fn();
  process.on('unhandledRejection', unhandled);
  afterEach(async () => {
    vi.useRealTimers();
    await settle();
    expect(unhandled).not.toHaveBeenCalled();
  });

  /** A signal that counts its listeners. */
  function counted() {
    const controller = new AbortController();
    const add = vi.spyOn(controller.signal, 'addEventListener');
    const remove = vi.spyOn(controller.signal, 'removeEventListener');
    return { controller, listeners: () => add.mock.calls.length - remove.mock.calls.length, add };
  }

  test('an abort keeps what is scored, and reaches the calls', async () => {
    const { controller, listeners, add } = counted();
    const calls = [0, 1, 2, 3].map(() => deferred<{ answer: string; costUsd?: number }>());
    const signals: AbortSignal[] = [];
    const running = run([0.5, 0.9, 0.9, 0.9], {
      maxConcurrent: 2,
      signal: controller.signal,
      generate: ({ sample, signal }) => (signals.push(signal), calls[sample]!.promise),
    });
    await settle();
    calls[0]!.resolve({ answer: 'done', costUsd: 0.1 });
    await settle();
    const reason = new Error('the user left');
    controller.abort(reason);
    const result = await running;
    expect(result).toMatchObject({ kind: 'best', best: { sample: 0 }, unknownCosts: 2 });
    expect(result.failures).toMatchObject([
      { sample: 1, failure: 'aborted', error: reason, started: true },
      { sample: 2, failure: 'aborted', error: reason, started: true },
      { sample: 3, failure: 'aborted', error: reason, started: false },
    ]);
    expect(signals.map((signal) => signal.aborted)).toEqual([true, true, true]);
    expect(signals[0]!.reason).toBe(reason);
    expect(add).toHaveBeenCalledTimes(1);
    expect(listeners()).toBe(0);
    // What comes behind the end changes nothing and starts nothing.
    calls[1]!.resolve({ answer: 'late', costUsd: 9 });
    calls[2]!.reject(new Error('late'));
    await settle();
    expect(signals.length).toBe(3);
    expect(result.costUsd).toBe(0.1);
  });

  test('a signal that is aborted already starts nothing', async () => {
    const generate = vi.fn(answerOf);
    const { listeners } = counted();
    const result = await run([1, 1], { generate, signal: AbortSignal.abort() });
    expect(result).toMatchObject({ kind: 'no-sample', costUsd: 0, unknownCosts: 0 });
    expect(generate).not.toHaveBeenCalled();
    expect(listeners()).toBe(0);
  });

  test('a generator may abort the run while it is called', async () => {
    const controller = new AbortController();
    const generate = vi.fn(({ sample }: SampleCall<string, string>) => {
      controller.abort();
      return answerOf({ sample });
    });
    const result = await run([1, 1, 1], { generate, signal: controller.signal });
    expect(generate).toHaveBeenCalledTimes(1);
    expect(result.kind).toBe('no-sample');
  });

  test('an ordinary end leaves no listener and no timer', async () => {
    vi.useFakeTimers();
    const { controller, listeners } = counted();
    await run([1, NaN], { signal: controller.signal, timeoutMs: 1000 });
    expect(listeners()).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('the deadline ends calls that never come back', async () => {
    vi.useFakeTimers();
    let aborted = false;
    const running = run([0.4, 0.9], {
      timeoutMs: 50,
      generate: ({ sample, signal }) => {
        if (sample === 0) return answerOf({ sample });
        return new Promise((_, reject) =>
          signal.addEventListener('abort', () => {
            aborted = true;
            reject(signal.reason as Error);
          }),
        );
      },
    });
    await vi.advanceTimersByTimeAsync(50);
    const result = await running;
    expect(aborted).toBe(true);
    expect(result).toMatchObject({
      kind: 'best',
      best: { sample: 0 },
      durationMs: expect.any(Number),
    });
    expect(result.failures).toMatchObject([{ sample: 1, failure: 'timeout', started: true }]);
    expect((result.failures[0]!.error as Error).name).toBe('TimeoutError');
    expect(vi.getTimerCount()).toBe(0);
  });

  test('a score behind the end is not asked for', async () => {
    const controller = new AbortController();
    const call = deferred<{ answer: string }>();
    const proxyReward = vi.fn(() => 1);
    const running = run([1], {
      generate: () => call.promise,
      proxyReward,
      signal: controller.signal,
    });
    controller.abort();
    await running;
    call.resolve({ answer: 'late' });
    await settle();
    expect(proxyReward).not.toHaveBeenCalled();
  });
});

describe('seeds', () => {
  const seedsOf = async (n: number, random: Options['random']) => {
    const seeds: (number | undefined)[] = [];
    const generate = (call: SampleCall<string, string>) => {
      seeds[call.sample] = call.seed;
      return answerOf(call);
    };
    await run(new Array(n).fill(1), { random, generate });
    return seeds;
  };

  test('are addressed by seed, decision and sample', async () => {
    const three = await seedsOf(3, { seed: 5, sequenceNumber: 2 ** 40 + 7 });
    const five = await seedsOf(5, { seed: 5n, sequenceNumber: 2 ** 40 + 7 });
    expect(five.slice(0, 3)).toEqual(three);
    expect(new Set(five).size).toBe(5);
    expect(five.every((seed) => Number.isInteger(seed) && seed! >= 0 && seed! < 2 ** 31)).toBe(
      true,
    );
    for (const random of [
      { seed: 6, sequenceNumber: 2 ** 40 + 7 },
      { seed: 5, sequenceNumber: 7 },
      { seed: 5 + 2 ** 32, sequenceNumber: 2 ** 40 + 7 },
    ])
      expect(await seedsOf(3, random)).not.toEqual(three);
  });

  test('are not made unless asked for', async () => {
    expect(await seedsOf(2, undefined)).toEqual([undefined, undefined]);
  });
});

test.each([
  ['options.n', { n: 0 }],
  ['options.n', { n: 1025 }],
  ['options.n', { n: 1.5 }],
  ['options.n', { n: NaN }],
  ['options.generate', { generate: undefined }],
  ['options.proxyReward', { proxyReward: 3 }],
  ['options.maxConcurrent', { maxConcurrent: 0 }],
  ['options.maxConcurrent', { maxConcurrent: NaN }],
  ['options.timeoutMs', { timeoutMs: NaN }],
  ['options.timeoutMs', { timeoutMs: 2 ** 31 }],
  ['options.timeoutMs', { timeoutMs: 0 }],
  ['options.signal', { signal: null }],
  ['options.signal', { signal: new AbortController() }],
  ['options.random.seed', { random: { seed: -1, sequenceNumber: 0 } }],
  ['options.random.sequenceNumber', { random: { seed: 1 } }],
  ['options.random', { random: { seed: 1, sequenceNumber: 0, purpose: 1 } }],
  ['options', { maxConcurent: 3 }],
])('a bad %s is refused before anything is called', async (parameter, more) => {
  const generate = vi.fn(answerOf);
  const running = run([1, 2], { generate, ...more } as never);
  await expect(running).rejects.toMatchObject({ name: 'ParameterError', parameter });
  expect(generate).not.toHaveBeenCalled();
});

test.each([undefined, null, 3, 'options', []])('options %s are refused', async (options) => {
  await expect(bestOfN(options as never)).rejects.toBeInstanceOf(ParameterError);
});
