/**
 * Strategy: every sampler, and the draws of a decision, against a slow reference that reads the same words: thousands of draws
 * agree to the rounding of exp and log, so acceptances, branches and the order of words are all as specified.
 * Not tested here: the distributions themselves (a mistake of method made in both would pass): samplers.property,
 * fixedPoints.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { Sampler } from '../../src/random/sampler';
import { Purpose, streamBase } from '../reference/rng';
import {
  beta,
  betaEach,
  exponential,
  gamma,
  normal,
  referenceFill,
  Stage,
  uniform,
} from '../reference/runs';
import { Counts, EXPONENTIAL_EDGES, NORMAL_EDGES, referenceQualities } from '../reference/samplers';
import { betaCell, shiftedCell } from '../support/cells';
import { compileKernel } from '../support/compileKernel';
import betaCdf from '@stdlib/stats-base-dists-beta-cdf';
import { ksCritical, ksStatistic } from '../support/ks';

/** Relative difference allowed: some ulps of exp and log, of |log x| more where a draw is made in log space. */
const CLOSE = 1e-12;
/** Subnormal draws are only multiples of 2^-1074; both sides round. */
const SUBNORMAL = 2 ** -1073;
const DRAWS = 5000;
/** Of the ziggurats' alone: enough for each kind of tail. */
const ZIGGURAT_DRAWS = 100_000;

function expectClose(draws: Float64Array, expected: Float64Array): void {
  let worst = 0;
  draws.forEach((x, i) => {
    const exact = expected[i]!;
    const scale = Math.abs(exact) * (1 + Math.abs(Math.log(Math.abs(exact) || 1)));
    const difference = Math.max(0, Math.abs(x - exact) - SUBNORMAL);
    worst = Math.max(worst, difference === 0 ? 0 : difference / scale);
  });
  expect(draws.length).toBe(expected.length);
  expect(worst).toBeLessThan(CLOSE);
}

const SEEDS = [1n, 2n ** 64n - 3n];

describe.each(SEEDS)('seed %s', (seed) => {
  test('normals', () => {
    const expected = referenceFill(seed, ZIGGURAT_DRAWS, normal);
    expectClose(new Sampler({ seed }).normal(0, 1, ZIGGURAT_DRAWS), expected);
    const moved = expected.map((z) => 5 + 3 * z);
    expectClose(new Sampler({ seed }).normal(5, 3, ZIGGURAT_DRAWS), moved);
  });

  test('exponentials', () => {
    const expected = referenceFill(seed, ZIGGURAT_DRAWS, exponential);
    expectClose(new Sampler({ seed }).exponential(1, ZIGGURAT_DRAWS), expected);
    const scaled = expected.map((x) => x / 8);
    expectClose(new Sampler({ seed }).exponential(8, ZIGGURAT_DRAWS), scaled);
  });

  test.each([0.001, 0.05, 0.3, 0.999, 1, 1.001, 4.5, 500, 3e5, 1e15])('Gamma(%d)', (shape) => {
    const expected = referenceFill(seed, DRAWS, gamma(shape));
    expectClose(new Sampler({ seed }).gamma(shape, 1, DRAWS), expected);
  });

  test.each([
    [1, 1],
    [0.5, 0.5],
    [8, 3],
    [120.5, 37.2],
    [3000, 500],
    [0.05, 20],
    [1, 0.3],
    [1e-3, 1e-3],
    [1e-300, 0.4],
    [1e-300, 3e-300],
    [1e15, 1e15],
  ])('Beta(%d, %d)', (a, b) => {
    const expected = referenceFill(seed, DRAWS, beta(a, b));
    expectClose(new Sampler({ seed }).beta(a, b, DRAWS), expected);
  });

  test('Betas of their own shapes, below 1 among them', () => {
    const pool = [1, 1.5, 2, 8, 30, 900, 4e4, 1e9, 1e15, 0.9, 0.5, 0.04, 1e-3, 1e-300];
    const alphas = Float64Array.from({ length: DRAWS }, (_, i) => pool[(i * 5) % pool.length]!);
    const betas = Float64Array.from({ length: DRAWS }, (_, i) => pool[(i * 3 + (i >> 4)) % 14]!);
    const expected = referenceFill(seed, DRAWS, betaEach(alphas, betas));
    expectClose(new Sampler({ seed }).betaInto(alphas, betas, new Float64Array(DRAWS)), expected);
  });

  test('uniforms whose rounding reaches the upper end', () => {
    const [low, high] = [1, 1 + 2 ** -51];
    const counts = new Counts();
    const expected = referenceFill(seed, DRAWS, uniform(low, high), counts);
    expect(new Sampler({ seed }).uniform(low, high, DRAWS)).toEqual(expected);
    expect(counts.settled[Stage.VALUE]).toBeGreaterThan(DRAWS / 5);
  });
});

test('the draws compared take every path: wedges, both tails, rejected candidates', () => {
  const counts = new Counts();
  const normals = referenceFill(SEEDS[0]!, ZIGGURAT_DRAWS, normal, counts);
  expect(counts.normalCandidates).toBeGreaterThan(ZIGGURAT_DRAWS);
  expect(counts.normalCandidates - counts.normalInside).toBeGreaterThan(100);
  expect(counts.normalTails).toBeGreaterThan(0);
  expect(Math.max(...normals)).toBeGreaterThan(NORMAL_EDGES[1]!);
  expect(Math.min(...normals)).toBeLessThan(-NORMAL_EDGES[1]!);
  const exponentials = referenceFill(SEEDS[0]!, ZIGGURAT_DRAWS, exponential, counts);
  expect(counts.exponentialCandidates).toBeGreaterThan(ZIGGURAT_DRAWS);
  expect(Math.max(...exponentials)).toBeGreaterThan(EXPONENTIAL_EDGES[1]!);
  const gammas = new Counts();
  referenceFill(SEEDS[0]!, DRAWS, gamma(1.001), gammas);
  // Candidates below 0, uniforms that need their lower bits, and those that are refused with them.
  expect(gammas.gammaNegative).toBeGreaterThan(0);
  expect(gammas.settled[Stage.GAMMA]).toBeGreaterThan(100);
  expect(gammas.gammaCandidates).toBeGreaterThan(DRAWS + 100);
});

interface Probe {
  readonly memory: WebAssembly.Memory;
  allocate(bytes: number): number;
  draw(base: bigint, sequence: bigint, bytes: number, shapes: number, out: number): void;
}

describe('qualities drawn for a decision', () => {
  /** Largest number of arms here. */
  const ARMS = 4096;
  const BASE = streamBase(17n, Purpose.SELECTION);
  let probe: Probe;
  let addresses: { shapes: number; out: number };

  beforeAll(async () => {
    probe = await compileKernel<Probe>(`
import { allocate as allocateBytes } from './assembly/memory/arena';
import { DRAW_ARRAYS, drawQualitiesInto } from './assembly/decision/draw';
import { makeEdges } from './assembly/distributions/zigguratEdges';
makeEdges();
const STREAM = allocateBytes(32);
const SCRATCH = allocateBytes(DRAW_ARRAYS * ${ARMS * 8});
export function allocate(bytes: usize): usize { return allocateBytes(bytes); }
export function draw(base: u64, sequence: u64, bytes: usize, shapes: usize, out: usize): void {
  drawQualitiesInto(STREAM, base, sequence, bytes, shapes, SCRATCH, out);
}`);
    addresses = { shapes: probe.allocate(ARMS * 16), out: probe.allocate(ARMS * 8) };
  });

  function draw(sequence: bigint, shapes: Float64Array): Float64Array {
    const { buffer } = probe.memory;
    new Float64Array(buffer, addresses.shapes, shapes.length).set(shapes);
    probe.draw(BASE, sequence, shapes.length * 4, addresses.shapes, addresses.out);
    return new Float64Array(buffer, addresses.out, shapes.length / 2).slice();
  }

  /** `arms` arms whose shapes run through `pool`. */
  function shapesOf(arms: number, pool: readonly number[]): Float64Array {
    return Float64Array.from(
      { length: 2 * arms },
      (_, i) => pool[(i * 7 + (i >> 4)) % pool.length]!,
    );
  }

  const POOL = [1, 1.5, 2, 3.3, 8, 12, 30, 120, 900, 4e4, 1e9, 0.9, 0.5, 0.04];

  test.each([2, 4, 8, 32, 254])('agree with the reference, %i arms', (arms) => {
    const shapes = shapesOf(arms, POOL);
    for (let sequence = 0n; sequence < 40n; sequence++) {
      const expected = referenceQualities(BASE, sequence, shapes);
      expectClose(draw(sequence, shapes), expected);
    }
  });

  test('agree with the reference at the ends of the sequence numbers', () => {
    const shapes = shapesOf(8, POOL);
    for (const sequence of [2n ** 32n, 2n ** 53n, 2n ** 64n - 1n]) {
      expectClose(draw(sequence, shapes), referenceQualities(BASE, sequence, shapes));
    }
  });

  /** Decisions a shape pair, all arms alike: ARMS times as many draws. */
  const DECISIONS = 25;
  const COMPARED = 2048;
  const PAIRS = [
    [1, 1],
    [2, 1],
    [8, 3],
    [120.5, 37.2],
    [3000, 500],
    [1e4, 30],
    [0.5, 0.5],
    [0.3, 6],
    [1, 0.2],
  ] as const;
  /** Probability of a false alarm over all pairs. */
  const LEVEL = 1e-3;

  test.each(PAIRS)('follow Beta(%d, %d) over arms and decisions', (a, b) => {
    const shapes = Float64Array.from({ length: 2 * ARMS }, (_, i) => (i % 2 ? b : a));
    const draws = new Float64Array(DECISIONS * ARMS);
    for (let i = 0; i < DECISIONS; i++) draws.set(draw(BigInt(i), shapes), i * ARMS);
    const cdf = (x: number) => betaCdf(x, a, b);
    const statistic = ksStatistic({ draws, cdf, cell: betaCell, points: COMPARED });
    expect(statistic).toBeLessThan(ksCritical(draws.length, LEVEL / PAIRS.length));
  });

  test('are uniform over decisions in each lane of a small router', () => {
    const shapes = shapesOf(4, [1]);
    const decisions = Array.from({ length: 20_000 }, (_, i) => draw(BigInt(i), shapes));
    const critical = ksCritical(decisions.length, LEVEL / 4);
    for (let arm = 0; arm < 4; arm++) {
      const draws = Float64Array.from(decisions, (qualities) => qualities[arm]!);
      const cdf = (x: number) => x;
      const statistic = ksStatistic({ draws, cdf, cell: shiftedCell(0), points: COMPARED });
      expect(statistic).toBeLessThan(critical);
    }
  });
});
