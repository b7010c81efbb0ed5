/**
 * Strategy: what comes out follows the distributions that the options name. Frequencies are held against the exact binomial's normal
 * approximation, continuous values against their CDFs by Kolmogorov–Smirnov, all at one level divided by the number of checks.
 * Tokens are whole and so are compared at medians large enough for the rounding not to matter.
 * Not tested here: the kernel's samplers themselves (test/distributions).
 */
import normalCdf from '@stdlib/stats-base-dists-normal-cdf';
import { expect, test } from 'vitest';
import { betaCdfInto } from '../../src/posterior/special';
import { type ModelSimulator, type SimulatedReply } from '../../src/simulator';
import { twoSidedQuantile } from '../support/normalQuantile';
import { ksCritical } from '../support/ks';
import { MODELS, world } from './world';

const CHECKS = 14;
const LEVEL = 1e-4 / CHECKS;
const COUNT = 20_000;
const Z = twoSidedQuantile(LEVEL);

function expectFrequency(hits: number, count: number, probability: number) {
  const sd = Math.sqrt(count * probability * (1 - probability));
  expect(Math.abs(hits - count * probability)).toBeLessThan(Z * sd);
}

function expectDistribution(values: number[], cdf: (x: number) => number) {
  const sorted = Float64Array.from(values).sort();
  const n = sorted.length;
  let distance = 0;
  sorted.forEach((x, i) => {
    distance = Math.max(distance, (i + 1) / n - cdf(x), cdf(x) - i / n);
  });
  expect(distance).toBeLessThan(ksCritical(n, LEVEL));
}

const logNormalCdf = (median: number, logSd: number) => (x: number) =>
  normalCdf(Math.log(x / median), 0, logSd);

function replies(one: ModelSimulator, model: string, count = COUNT): SimulatedReply[] {
  return [...one.requests(count)].map((request) => one.call(model, request));
}

test('segments, arrivals and prompts', () => {
  const one = world({ arrivals: { requestsPerSecond: 4 } });
  const requests = [...one.requests(COUNT)];
  const code = requests.filter(({ segment }) => segment === 'code');
  expectFrequency(code.length, COUNT, 1 / 4);
  const gaps = requests.map(({ atMs }, i) => atMs - (requests[i - 1]?.atMs ?? 0));
  expectDistribution(gaps, (x) => 1 - Math.exp(-x / 250));
  expectDistribution(
    code.map(({ promptTokens }) => promptTokens),
    logNormalCdf(2000, 0.3),
  );
  expectDistribution(
    requests.map(({ lengthFactor }) => lengthFactor),
    logNormalCdf(1, 0.5),
  );
});

test('right and wrong answers', () => {
  const one = world();
  const chat = [...one.requests(COUNT)].filter(({ segment }) => segment === 'chat');
  const right = chat.filter((request) => {
    const reply = one.call('sharp', request);
    return reply.kind === 'answer' && reply.quality === 1;
  });
  expectFrequency(right.length, chat.length, 0.9);
});

test('graded answers', () => {
  const grades = replies(world(), 'graded', 4000).map((reply) =>
    reply.kind === 'answer' ? reply.quality : NaN,
  );
  const [a, b] = [Float64Array.of(4.8), Float64Array.of(1.2)];
  expectDistribution(
    grades,
    (x) => betaCdfInto(Float64Array.of(x), a, b, 'lower', new Float64Array(1))[0]!,
  );
});

test('errors', () => {
  const errors = replies(world(), 'flaky').flatMap((reply) =>
    reply.kind === 'error' ? [reply] : [],
  );
  const limited = errors.filter(({ error }) => error === 'rateLimited');
  expectFrequency(limited.length, COUNT, 0.2);
  expectFrequency(errors.length - limited.length, COUNT, 0.1);
  expect(limited.every(({ retryAfterMs, status }) => retryAfterMs === 2000 && status === 429)).toBe(
    true,
  );
  expect(errors.find(({ error }) => error === 'server')).toMatchObject({ status: 503 });
});

test('tokens and times', () => {
  const models = {
    m: {
      ...MODELS.graded,
      outputTokens: { median: 1e5, logSd: 0.6 },
      firstTokenMs: { median: 700, logSd: 0.2 },
      perOutputTokenMs: { median: 20, logSd: 0.1 },
      timeoutMs: Infinity,
    },
  };
  const answers = replies(world({ models, lengthLogSd: 0 }), 'm').flatMap((reply) =>
    reply.kind === 'answer' ? [reply] : [],
  );
  expectDistribution(
    answers.map(({ outputTokens }) => outputTokens),
    logNormalCdf(1e5, 0.6),
  );
  expectDistribution(
    answers.map(({ firstTokenMs }) => firstTokenMs),
    logNormalCdf(700, 0.2),
  );
  expectDistribution(
    answers.map(
      ({ latencyMs, firstTokenMs, outputTokens }) => (latencyMs - firstTokenMs) / outputTokens,
    ),
    logNormalCdf(20, 0.1),
  );
});
