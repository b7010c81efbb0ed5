/**
 * Strategy: how much work a draw takes. A wrong squeeze or layer table can leave every distribution intact and cost only
 * speed, so words of the generator, elements that a first test turns down and runs of the slow tests are counted, in the
 * kernel (built with counters put into its source) and in the reference, and held against theory.
 * Not tested here: time (bench/), and whether the draws are right (reference.test.ts and others).
 */
import { beforeAll, describe, expect, test } from 'vitest';
import {
  beta,
  betaEach,
  exponential,
  gamma,
  normal,
  referenceFill,
  RUN_VALUES,
  Stage,
  uniform,
  type Method,
} from '../reference/runs';
import {
  Counts,
  EXPONENTIAL_EDGES,
  LAYERS,
  logAcceptance,
  NORMAL_EDGES,
  SQUEEZE,
} from '../reference/samplers';
import { compileKernel, replaceOnce, type Patches } from '../support/compileKernel';
import { twoSidedQuantile } from '../support/normalQuantile';

const SEED = 99n;
const DRAWS = 40_960;
/** Standard errors allowed, at 1e-3 shared by some 40 comparisons. */
const LARGEST_SCORE = twoSidedQuantile(1e-3 / 40);

/** Standard errors between `hits` of `trials` and the probability `p`. */
function score(hits: number, trials: number, p: number): number {
  return Math.abs(hits - trials * p) / Math.sqrt(trials * p * (1 - p));
}

/** ∫ φ(z) f(z) dz over |z| <= 9 by Simpson's rule; the integrands have at most kinks, so some 1e-7 is left. */
function expectation(f: (z: number) => number): number {
  const panels = 20_000;
  const h = 18 / panels;
  let sum = 0;
  for (let i = 0; i <= panels; i++) {
    const z = -9 + i * h;
    const weight = i === 0 || i === panels ? 1 : i % 2 ? 4 : 2;
    sum += weight * Math.exp(-0.5 * z * z) * f(z);
  }
  return (sum * h) / 3 / Math.sqrt(2 * Math.PI);
}

/** Share of candidates that Marsaglia & Tsang's method accepts. */
function gammaAcceptance(shape: number): number {
  const d = shape - 1 / 3;
  const least = -Math.sqrt(9 * d);
  return expectation((z) => (z <= least ? 0 : Math.exp(Math.min(0, logAcceptance(z, d)))));
}

/** Share of candidates that the squeeze lets pass. */
function squeezeAcceptance(shape: number): number {
  const d = shape - 1 / 3;
  return expectation((z) => Math.max(0, 1 - SQUEEZE * ((z * z * z * z) / (9 * d))));
}

/** Mean of the layers' shares accepted by the first test. */
function firstAcceptance(edges: readonly number[]): number {
  const layers = edges.slice(0, LAYERS);
  return layers.reduce((sum, edge, j) => sum + edges[j + 1]! / edge, 0) / LAYERS;
}

interface Probe {
  readonly memory: WebAssembly.Memory;
  readonly squeeze: { readonly value: number };
  allocate(bytes: number): number;
  reset(): void;
  runWords(): number;
  settlingWords(): number;
  exactTests(): number;
  settlingStreams(stage: number): number;
  settledArms(): number;
  fillFrom(seed: bigint, distribution: number, count: number, p: number, q: number): void;
  fillEach(seed: bigint, count: number, shapes: number): void;
  draw(sequence: bigint, bytes: number, shapes: number): void;
  accepted(z: number, u: number, d: number): number;
}

const SOURCE = `
import { allocate as allocateBytes } from './assembly/memory/arena';
import { fill, fillBetasEach } from './assembly/distributions/fill';
import { initSampler, resetOpened, SAMPLER_BYTES, streamsOpened } from './assembly/distributions/sampler';
import { accepts, countedExactTests, resetExactTests, SQUEEZE } from './assembly/distributions/gamma';
import { countedSettled, DRAW_ARRAYS, drawQualitiesInto, resetSettled } from './assembly/decision/draw';
import { countedRunWords, countedWords, resetWords, streamBase } from './assembly/rng/stream';
import { makeEdges } from './assembly/distributions/zigguratEdges';
makeEdges();
const SAMPLER = allocateBytes(SAMPLER_BYTES);
const STREAM = allocateBytes(32);
const OUT = allocateBytes(${DRAWS * 8});
const SCRATCH = allocateBytes(DRAW_ARRAYS * 32768);
export const squeeze: f64 = SQUEEZE;
export function allocate(bytes: usize): usize { return allocateBytes(bytes); }
export function runWords(): u32 { return countedRunWords; }
export function settlingWords(): u32 { return countedWords; }
export function exactTests(): u32 { return countedExactTests; }
export function settlingStreams(stage: u32): u32 { return streamsOpened(stage); }
export function settledArms(): u32 { return countedSettled; }
export function reset(): void {
  resetOpened();
  resetExactTests();
  resetSettled();
  resetWords();
}
export function fillFrom(seed: u64, distribution: i32, count: u32, p: f64, q: f64): void {
  initSampler(SAMPLER, seed);
  fill(SAMPLER, distribution, count, p, q, OUT);
}
export function fillEach(seed: u64, count: u32, shapes: usize): void {
  initSampler(SAMPLER, seed);
  fillBetasEach(SAMPLER, count, shapes, shapes + 8 * <usize>count, OUT);
}
export function draw(sequence: u64, bytes: usize, shapes: usize): void {
  drawQualitiesInto(STREAM, streamBase(1, 0), sequence, bytes, shapes, SCRATCH, OUT);
}
export function accepted(z: f64, u: f64, d: f64): bool {
  const y = z / sqrt(9 * d);
  return accepts(z, u, y, (1 + y) * (1 + y) * (1 + y), d);
}`;

/** Replaces an anchor of a source and puts declarations at its end. */
function counting(anchor: string, replacement: string, declarations: string) {
  return (text: string) => `${replaceOnce(text, anchor, replacement)}\n${declarations}\n`;
}

const NEXT_U64 = '  const result = rotl(s0 + s3, 23) + s0;';
const FILL_FOUR = 'export function fillFour(state: usize, bytes: usize, out: usize): void {';
const OPEN = '(sampler: usize, element: usize, stage: u64): usize {';

const PATCHES: Patches = {
  'assembly/rng/stream.ts': (text) =>
    counting(
      NEXT_U64,
      `  countedWords++;\n${NEXT_U64}`,
      `export let countedWords: u32 = 0;
      export let countedRunWords: u32 = 0;
      export function resetWords(): void { countedWords = 0; countedRunWords = 0; }`,
    )(replaceOnce(text, FILL_FOUR, `${FILL_FOUR}\n  countedRunWords += <u32>(bytes >> 3);`)),
  'assembly/distributions/sampler.ts': counting(
    OPEN,
    `${OPEN}\n  opened += <u64>1 << (stage * 16);`,
    // 16 bits a stage.
    `let opened: u64 = 0;
    export function resetOpened(): void { opened = 0; }
    export function streamsOpened(stage: u32): u32 { return <u32>(opened >> (<u64>stage * 16)) & 0xffff; }`,
  ),
  'assembly/distributions/gamma.ts': counting(
    '  return log(u) < ',
    '  countedExactTests++;\n  return log(u) < ',
    `export let countedExactTests: u32 = 0;
    export function resetExactTests(): void { countedExactTests = 0; }`,
  ),
  'assembly/decision/draw.ts': counting(
    '  const a = load<f64>(shapes);',
    '  countedSettled++;\n  const a = load<f64>(shapes);',
    `export let countedSettled: u32 = 0;
    export function resetSettled(): void { countedSettled = 0; }`,
  ),
};

const Distribution = { UNIFORM: 0, NORMAL: 1, EXPONENTIAL: 2, GAMMA: 3, BETA: 4 } as const;

let probe: Probe;

beforeAll(async () => {
  probe = await compileKernel<Probe>(SOURCE, PATCHES);
});

interface Work {
  /** Words of the runs, a value. */
  readonly wordsEach: number;
  readonly settlingWords: number;
  readonly exactTests: number;
  /** Settling streams opened, a stage. */
  readonly settled: readonly number[];
}

/** What `action`, which makes DRAWS values, costs the kernel. */
function workOf(action: () => void): Work {
  probe.reset();
  action();
  return {
    wordsEach: probe.runWords() / DRAWS,
    settlingWords: probe.settlingWords(),
    exactTests: probe.exactTests(),
    settled: Object.values(Stage).map((stage) => probe.settlingStreams(stage)),
  };
}

function workOfFill(distribution: number, p: number, q: number): Work {
  return workOf(() => probe.fillFrom(SEED, distribution, DRAWS, p, q));
}

function countsOf(method: Method, counts = new Counts()): Counts {
  referenceFill(SEED, DRAWS, method, counts);
  return counts;
}

/** What the reference did, in the kernel's terms. */
function expectedWork(method: Method, counts: Counts): Work {
  return {
    wordsEach: method.words / RUN_VALUES,
    settlingWords: counts.words,
    exactTests: counts.exactTests,
    settled: counts.settled,
  };
}

describe('the layer tables', () => {
  test.each([
    ['normal', NORMAL_EDGES, (x: number) => Math.exp(-0.5 * x * x)],
    ['exponential', EXPONENTIAL_EDGES, (x: number) => Math.exp(-x)],
  ])('of the %s stack 1,024 layers of one area', (_, edges, density) => {
    const area = edges[0]! * density(edges[1]!);
    for (let j = 1; j < LAYERS; j++) {
      const layer = edges[j]! * (density(edges[j + 1]!) - density(edges[j]!));
      expect(layer / area).toBeCloseTo(1, 9); // Differences of densities lose six digits near the top.
    }
    expect(edges[LAYERS]).toBe(0);
  });

  test('have base strips that stand for the tails', () => {
    // Width X[0] at the height f(r) has the area of r f(r) and of all beyond r.
    const r = EXPONENTIAL_EDGES[1]!;
    expect(EXPONENTIAL_EDGES[0]! * Math.exp(-r)).toBeCloseTo((r + 1) * Math.exp(-r), 12);
    const x = NORMAL_EDGES[1]!;
    let tail = 0; // Simpson's rule on [r, r + 8].
    const h = 8 / 4000;
    for (let i = 0; i <= 4000; i++) {
      const weight = i === 0 || i === 4000 ? 1 : i % 2 ? 4 : 2;
      tail += ((weight * h) / 3) * Math.exp(-0.5 * (x + i * h) ** 2);
    }
    const area = NORMAL_EDGES[0]! * Math.exp(-0.5 * x * x);
    expect(area / (x * Math.exp(-0.5 * x * x) + tail)).toBeCloseTo(1, 11); // Simpson's error is some 1e-12.
  });
});

describe('the ziggurats', () => {
  test('cover little more than the densities: 99.81 % and 99.68 %', () => {
    // Area under the density over that of all layers. (With 256 layers, 99.33 % and 98.90 % are published.)
    const layers = (edges: readonly number[], density: number) => LAYERS * edges[0]! * density;
    const normal = layers(NORMAL_EDGES, Math.exp(-0.5 * NORMAL_EDGES[1]! ** 2));
    expect(Math.sqrt(Math.PI / 2) / normal).toBeCloseTo(0.9981, 4);
    const exponential = layers(EXPONENTIAL_EDGES, Math.exp(-EXPONENTIAL_EDGES[1]!));
    expect(1 / exponential).toBeCloseTo(0.9968, 4);
  });

  test('accept 99.57 % of normals and 99.36 % of exponentials at the first test', () => {
    expect(firstAcceptance(NORMAL_EDGES)).toBeCloseTo(0.9957, 4);
    expect(firstAcceptance(EXPONENTIAL_EDGES)).toBeCloseTo(0.9936, 4);
    const normals = countsOf(normal);
    const p = firstAcceptance(NORMAL_EDGES);
    expect(score(normals.normalInside, normals.normalCandidates, p)).toBeLessThan(LARGEST_SCORE);
    const { exponentialInside: inside, exponentialCandidates: candidates } = countsOf(exponential);
    const q = firstAcceptance(EXPONENTIAL_EDGES);
    expect(score(inside, candidates, q)).toBeLessThan(LARGEST_SCORE);
  });

  test('leave 0.43 % of normals and 0.64 % of exponentials to a settling stream', () => {
    const normals = workOfFill(Distribution.NORMAL, 0, 1);
    const refused = 1 - firstAcceptance(NORMAL_EDGES);
    expect(score(normals.settled[Stage.NORMAL]!, DRAWS, refused)).toBeLessThan(LARGEST_SCORE);
    const exponentials = workOfFill(Distribution.EXPONENTIAL, 1, 0);
    const settled = exponentials.settled[Stage.EXPONENTIAL]!;
    const left = 1 - firstAcceptance(EXPONENTIAL_EDGES);
    expect(score(settled, DRAWS, left)).toBeLessThan(LARGEST_SCORE);
  });
});

describe('a fill takes exactly the reference’s words, tests and settling streams', () => {
  test.each([
    ['uniform', Distribution.UNIFORM, 0, 1, uniform(0, 1), 1],
    ['normal', Distribution.NORMAL, 0, 1, normal, 1],
    ['exponential', Distribution.EXPONENTIAL, 1, 0, exponential, 1],
    ['Gamma(1)', Distribution.GAMMA, 1, 1, exponential, 1], // the short way
    ['Gamma(1.5)', Distribution.GAMMA, 1.5, 1, gamma(1.5), 1.5],
    ['Gamma(0.3)', Distribution.GAMMA, 0.3, 1, gamma(0.3), 2.5],
    ['Beta(8, 3)', Distribution.BETA, 8, 3, beta(8, 3), 3],
    ['Beta(0.5, 0.7)', Distribution.BETA, 0.5, 0.7, beta(0.5, 0.7), 5],
  ] as const)('%s', (_, distribution, p, q, method, wordsEach) => {
    const work = workOfFill(distribution, p, q);
    expect(work).toEqual(expectedWork(method, countsOf(method)));
    expect(work.wordsEach).toBe(wordsEach);
  });

  test('Betas of their own shapes', () => {
    const pool = [1, 1.5, 4, 30, 900];
    const shapes = Float64Array.from(
      { length: 2 * DRAWS },
      (_, i) => pool[(i * 3 + (i >> 4)) % 5]!,
    );
    const address = probe.allocate(shapes.byteLength);
    new Float64Array(probe.memory.buffer, address, shapes.length).set(shapes);
    const method = betaEach(shapes.subarray(0, DRAWS), shapes.subarray(DRAWS));
    const work = workOf(() => probe.fillEach(SEED, DRAWS, address));
    expect(work).toEqual(expectedWork(method, countsOf(method)));
  });
});

describe.each([1.0000001, 1.5, 2, 4.5, 30, 500, 1e6])('Gamma(%d)', (shape) => {
  test('accepts as many candidates and squeezes as many as theory says', () => {
    const counts = countsOf(gamma(shape));
    const { gammaCandidates, gammaAccepted, squeezed } = counts;
    const acceptance = gammaAcceptance(shape);
    const squeeze = squeezeAcceptance(shape);
    expect(gammaAccepted).toBe(DRAWS);
    // Candidates until DRAWS acceptances: the score of a rare event turned round; at 1e6 it never happens.
    const rejected = gammaCandidates - gammaAccepted;
    expect(Math.abs(rejected - gammaCandidates * (1 - acceptance))).toBeLessThan(
      LARGEST_SCORE * Math.sqrt(gammaCandidates * (1 - acceptance)) + 1,
    );
    expect(Math.abs(squeezed - gammaCandidates * squeeze)).toBeLessThan(
      LARGEST_SCORE * Math.sqrt(gammaCandidates * (1 - squeeze)) + 1,
    );
    // The logarithm: once where the squeeze fails, twice for a first candidate that is refused.
    const work = workOfFill(Distribution.GAMMA, shape, 1);
    expect(work).toEqual(expectedWork(gamma(shape), counts));
    // A stream: where the normal fails, or its first candidate; the two depend on each other by some 1e-4 only.
    const settled = 1 - acceptance * firstAcceptance(NORMAL_EDGES);
    expect(score(work.settled[Stage.GAMMA]!, DRAWS, settled)).toBeLessThan(LARGEST_SCORE);
  });
});

describe('the squeeze', () => {
  test('has the constant 0.0331 · (2/3) · 9', () => {
    expect(probe.squeeze.value).toBeCloseTo(SQUEEZE, 15);
  });

  test('turns down 6.6 % / d of the candidates for large d', () => {
    for (const d of [30, 300, 3e4]) {
      expect((1 - squeezeAcceptance(d + 1 / 3)) * d).toBeCloseTo(0.0331 * 2, 3);
    }
  });

  test('accepts nothing that the exact test refuses, for d from 2/3 to 1e15', () => {
    for (let i = 0; i <= 300; i++) {
      const d = (2 / 3) * 10 ** (i / 20);
      const edge = Math.min(9, Math.sqrt(9 * d));
      for (let j = -400; j <= 400; j++) {
        const z = (edge * j) / 400.5;
        const bound = SQUEEZE * ((z * z * z * z) / (9 * d));
        // log1p keeps both sides, some -z⁴/d, to their last digits.
        if (bound < 1) expect(Math.log1p(-bound) <= logAcceptance(z, d) * (1 - 1e-9)).toBe(true);
      }
    }
  });

  test('and the kernel’s exact test are on the right side of the boundary', () => {
    // A margin of 1e-9 in log u covers the rounding of both evaluations.
    const margin = 1e-9;
    for (const d of [2 / 3, 1, 5, 50, 1e3, 1e5, 1e9, 1e14]) {
      for (const z of [-5, -3, -1.5, -0.4, 0.3, 1, 2.5, 4, 6]) {
        const bound = logAcceptance(z, d);
        if (z <= -Math.sqrt(9 * d) || bound > -4 * margin) continue;
        expect(probe.accepted(z, Math.exp(bound - margin), d)).toBe(1);
        expect(probe.accepted(z, Math.exp(bound + margin), d)).toBe(0);
      }
    }
  });
});

describe('the draws of a decision', () => {
  const ARMS = 1024;
  const DECISIONS = 40;

  /** Arms, of ARMS × DECISIONS, that needed the second pass. */
  function settledOf(a: number, b: number): number {
    const address = probe.allocate(ARMS * 16);
    const shapes = new Float64Array(probe.memory.buffer, address, 2 * ARMS);
    shapes.forEach((_, i) => (shapes[i] = i % 2 ? b : a));
    probe.reset();
    for (let i = 0; i < DECISIONS; i++) probe.draw(BigInt(i), ARMS * 8, address);
    return probe.settledArms();
  }

  test.each([
    [1, 1],
    [8, 3],
    [120.5, 37.2],
    [3000, 500],
  ])('settle Beta(%d, %d) as rarely as normals and squeezes say', (a, b) => {
    // Heads of 32 bits are told from their uniforms by 2^-32 only.
    const normals = firstAcceptance(NORMAL_EDGES) ** 2;
    const p = 1 - normals * squeezeAcceptance(a) * squeezeAcceptance(b);
    expect(score(settledOf(a, b), ARMS * DECISIONS, p)).toBeLessThan(LARGEST_SCORE);
  });

  test('settle every arm with a shape below 1', () => {
    expect(settledOf(0.5, 3)).toBe(ARMS * DECISIONS);
  });
});
