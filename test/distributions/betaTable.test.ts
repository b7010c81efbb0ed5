/**
 * Strategy: the quantile table on words made for the purpose: every cell of every octave of both sides, its ends included.
 * A draw for the uniform v/2 must cut off a tail of that probability, relative to itself, by @stdlib's incomplete beta
 * function (held against closed forms here first). And a table is the same however it was filled.
 * Not tested here: draws as they come (test/random/quantileTables), refusals (test/random/betaMisuse).
 */
import betaCdf from '@stdlib/stats-base-dists-beta-cdf';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { compileKernel } from '../support/compileKernel';

/** Octaves of v, the smallest v being 2^-53. */
const OCTAVES = 53;
const CELLS = 16;
/** Words that one call takes: those of a run. */
const MOST_WORDS = 128;

interface Probe {
  readonly memory: WebAssembly.Memory;
  allocate(bytes: number): number;
  tableBytes(): number;
  build(table: number, a: number, b: number): void;
  draws(table: number, words: number, bytes: number, out: number): void;
}

/** A word, the tail probability times 2 that it stands for, and the tail's side: 0 below, 1 above. */
interface Probed {
  readonly word: bigint;
  readonly v: number;
  readonly side: number;
}

/** A word whose mantissa is `m`: v = (m + 1/2) 2^-52. Bits 1–11 are of no account, so they vary. */
function probed(m: bigint, side: number, noise: number): Probed {
  const word = (m << 12n) | (BigInt((noise * 0x9e5) & 0x7ff) << 1n) | BigInt(side);
  return { word, v: (Number(m) + 0.5) * 2 ** -52, side };
}

/** Of each cell of the octave (2^-(k+1), 2^-k): its first and last words and two between, on both sides. */
function wordsOfOctave(k: number): Probed[] {
  // v lies in the octave for m in [2^(51 - k), 2^(52 - k)): 16 cells, or fewer words than that in the deepest ones.
  const first = k === OCTAVES - 1 ? 0n : 1n << BigInt(51 - k);
  const count = first === 0n ? 1n : first;
  const cells = count < CELLS ? count : BigInt(CELLS);
  const width = count / cells;
  const offsets = [0n, width / 3n, (width * 7n) / 9n, width - 1n];
  const list: Probed[] = [];
  for (let cell = 0n; cell < cells; cell++) {
    for (const offset of new Set(offsets)) {
      for (const side of [0, 1])
        list.push(probed(first + cell * width + offset, side, list.length));
    }
  }
  return list;
}

const BY_OCTAVE = Array.from({ length: OCTAVES }, (_, k) => wordsOfOctave(k));
const GRID = BY_OCTAVE.flat();

let probe: Probe;
let words: number;
let out: number;

beforeAll(async () => {
  probe = await compileKernel<Probe>(`
import { betaTableDraws, buildBetaTable, BETA_TABLE_BYTES } from './assembly/distributions/betaTable';
export { allocate } from './assembly/memory/arena';
export function tableBytes(): usize { return BETA_TABLE_BYTES; }
export function build(table: usize, a: f64, b: f64): void { buildBetaTable(table, a, b); }
export function draws(table: usize, words: usize, bytes: usize, out: usize): void {
  betaTableDraws(table, words, bytes, out);
}`);
  words = probe.allocate(GRID.length * 8);
  out = probe.allocate(GRID.length * 8);
});

/** A table of Beta(a, b), in memory that held `before` if given. */
function tableOf(a: number, b: number, before?: readonly [number, number]): number {
  const table = probe.allocate(probe.tableBytes());
  if (before !== undefined) {
    probe.build(table, ...before);
    drawn(table, GRID);
  }
  probe.build(table, a, b);
  return table;
}

/** The draws of an even number of words. */
function drawn(table: number, list: readonly Probed[]): Float64Array {
  new BigUint64Array(probe.memory.buffer, words, list.length).set(list.map(({ word }) => word));
  for (let i = 0; i < list.length; i += MOST_WORDS) {
    const count = Math.min(MOST_WORDS, list.length - i);
    probe.draws(table, words + i * 8, count * 8, out + i * 8);
  }
  return new Float64Array(probe.memory.buffer, out, list.length).slice();
}

/** Distance from |x| to the next larger f64. */
function spacing(x: number): number {
  return x < 2 ** -1022 ? 2 ** -1074 : 2 ** (Math.floor(Math.log2(x)) - 52);
}

/**
 * Units in the last place (on the upper side: of 1) that rounding may move x: from an octave's anchor x is carried on over
 * 16 cells, and a draw is rounded twice more. It shows where x has a large shape's whole weight next to 1.
 */
const ROUNDING = 6;

/**
 * Relative error of the tail probability that a draw cuts off, apart from the rounding of x: the probability meant
 * is compared with those of x some units down and up.
 */
function relativeError(x: number, { v, side }: Probed, a: number, b: number): number {
  // As seen from its end: 1 - x has the spacing of x, or of 1 where x is small.
  const t = side === 0 ? x : 1 - x;
  const step = ROUNDING * spacing(side === 0 ? x : 0.75);
  const tail = (at: number) =>
    at <= 0 ? 0 : at >= 1 ? 1 : side === 0 ? betaCdf(at, a, b) : betaCdf(at, b, a);
  const meant = v / 2;
  return Math.max(0, tail(t - step) - meant, meant - tail(t + step)) / meant;
}

/** The largest relative errors, an octave. */
function errorsByOctave(a: number, b: number): number[] {
  const draws = drawn(tableOf(a, b), GRID);
  let i = 0;
  return BY_OCTAVE.map((list) =>
    list.reduce((worst, entry) => Math.max(worst, relativeError(draws[i++]!, entry, a, b)), 0),
  );
}

describe('the judge', () => {
  /** What @stdlib's function may be off, relatively. */
  const JUDGE = 1e-14;

  test('has the closed forms in its deepest tails', () => {
    for (let k = 1; k <= 54; k++) {
      const p = 2 ** -k;
      // Beta(a, 1): x^a. Beta(1, b): 1 - (1 - x)^b. Beta(1/2, 1/2): the arcsine law.
      for (const shape of [0.1, 0.5, 1, 3, 80]) {
        const x = p ** (1 / shape);
        expect(Math.abs(betaCdf(x, shape, 1) / Math.exp(shape * Math.log(x)) - 1)).toBeLessThan(
          1e-12, // Math.log's last digit, times the shape
        );
        const y = -Math.expm1(Math.log1p(-p) / shape);
        const exact = -Math.expm1(shape * Math.log1p(-y));
        expect(Math.abs(betaCdf(y, 1, shape) / exact - 1)).toBeLessThan(JUDGE);
      }
      const arcsine = (2 / Math.PI) * Math.asin(Math.sqrt(p));
      expect(Math.abs(betaCdf(p, 0.5, 0.5) / arcsine - 1)).toBeLessThan(JUDGE);
    }
  });

  test.each([
    [8, 3],
    [3, 8],
    [120, 37],
    [3000, 500],
    [500, 3000],
  ])('has the binomial sum of Beta(%i, %i)', (a, b) => {
    const mean = a / (a + b);
    const sd = Math.sqrt((mean * (1 - mean)) / (a + b + 1));
    for (const z of [-7, -5, -3, -1, 0, 1]) {
      const x = mean + z * sd;
      if (x <= 0 || x >= 1) continue;
      // P(at least a of n = a + b - 1): all terms positive; the first by factors, in pairs so that none underflows.
      const n = a + b - 1;
      let log = a * Math.log(x) + (b - 1) * Math.log1p(-x);
      for (let j = 1; j < b; j++) log += Math.log((a + j) / j);
      let sum = 0;
      let ratio = 1;
      for (let j = a; j <= n; j++) {
        sum += ratio;
        ratio *= ((n - j) / (j + 1)) * (x / (1 - x));
      }
      // log is some 1e4 of terms: its rounding is 1e-12.
      expect(Math.abs(betaCdf(x, a, b) / (Math.exp(log) * sum) - 1)).toBeLessThan(1e-11);
    }
  });
});

describe('a draw cuts off the tail of its word', () => {
  /** Of tails of shapes >= 1, and of any in [0.1, 1): docs/MATH.md §16. */
  const LARGE_SHAPES = 2e-11;
  const SMALL_SHAPES = 5e-8;
  /** What the judge itself is off where both shapes are 1e5 or more: some 1e-10. */
  const HUGE_SHAPES = 2e-10;

  test.each([
    [1, 1],
    [1, 2],
    [2, 1],
    [1, 1.0000001],
    [8, 3],
    [3, 8],
    [120.5, 37.2],
    [3000, 500],
    [40, 1e4],
    [1e6, 1],
    [1, 1e6],
    [1e6, 30],
  ])('of Beta(%d, %d), at least 1, to 2e-11', (a, b) => {
    expect(Math.max(...errorsByOctave(a, b))).toBeLessThan(LARGE_SHAPES);
  });

  test.each([
    [1e6, 1e5],
    [1e6, 1e6],
  ])('of Beta(%d, %d) as well as the judge knows', (a, b) => {
    expect(Math.max(...errorsByOctave(a, b))).toBeLessThan(HUGE_SHAPES);
  });

  test.each([
    [0.5, 0.5],
    [0.1, 0.1],
    [0.1, 5],
    [5, 0.1],
    [0.7, 1.3],
    [200, 0.8],
    [0.999, 0.999],
    [0.1, 1e6],
    [1e6, 0.1],
    [0.5, 1e6],
  ])('of Beta(%d, %d), with a shape below 1, to 5e-8', (a, b) => {
    expect(Math.max(...errorsByOctave(a, b))).toBeLessThan(SMALL_SHAPES);
  });

  test('of shapes anywhere in [0.1, 1e4]', () => {
    const shape = fc.noBias(fc.integer({ min: -1000, max: 4000 })).map((n) => 10 ** (n / 1000));
    fc.assert(
      fc.property(shape, shape, (a, b) => {
        const largest = Math.max(...errorsByOctave(a, b));
        expect(largest).toBeLessThan(Math.min(a, b) >= 1 ? LARGE_SHAPES : SMALL_SHAPES);
      }),
      { seed: 16, numRuns: 40, endOnFailure: true },
    );
  });

  test('in the deepest tails no worse than next to the median: each octave starts anew', () => {
    for (const [a, b] of [
      [8, 3],
      [2, 2],
    ] as const) {
      const errors = errorsByOctave(a, b);
      expect(Math.max(...errors.slice(-10))).toBeLessThan(4 * Math.max(...errors.slice(0, 10)));
    }
  });
});

test('draws fall with v below the median and rise above it', () => {
  for (const [a, b] of [
    [8, 3],
    [0.5, 0.5],
    [3000, 500],
  ] as const) {
    const table = tableOf(a, b);
    const draws = drawn(table, GRID);
    for (const side of [0, 1]) {
      const own = GRID.map(({ v, side: s }, i) => ({ v, s, x: draws[i]! }))
        .filter(({ s }) => s === side)
        .sort((one, two) => one.v - two.v);
      for (let i = 1; i < own.length; i++) {
        const [near, far] = [own[i - 1]!.x, own[i]!.x];
        const rise = side === 0 ? far - near : near - far;
        // Cells meet to the errors of their polynomials, far less than the words of one cell are apart.
        const slack = 1e-6 * (side === 0 ? far : 1 - far) + 2 ** -50;
        expect(rise).toBeGreaterThan(-slack);
      }
    }
  }
});

describe('a table is the same however it was filled', () => {
  const SHAPES = [
    [8, 3],
    [0.3, 7],
    [3000, 500],
  ] as const;

  test.each(SHAPES)('Beta(%d, %d): octave by octave, or the deepest first', (a, b) => {
    const atOnce = drawn(tableOf(a, b), GRID);
    const shallowFirst = tableOf(a, b);
    const deepFirst = tableOf(a, b);
    const pieces = BY_OCTAVE.flatMap((list) => [...drawn(shallowFirst, list)]);
    expect(Float64Array.from(pieces)).toEqual(atOnce);
    const reversed = [...BY_OCTAVE].reverse().map((list) => [...drawn(deepFirst, list)]);
    expect(Float64Array.from(reversed.reverse().flat())).toEqual(atOnce);
  });

  test.each(SHAPES)('Beta(%d, %d): in memory that held another posterior', (a, b) => {
    const fresh = drawn(tableOf(a, b), GRID);
    const reused = tableOf(a, b, [2.5, 700]);
    // Octaves that the new table has not built hold the old one's cells.
    for (const list of BY_OCTAVE.slice(0, 6)) drawn(reused, list);
    expect(drawn(reused, GRID)).toEqual(fresh);
  });

  test('other octaves are left alone until a draw falls into them: lanes of a pair do not matter', () => {
    const [shallow, deep] = [BY_OCTAVE[1]![0]!, BY_OCTAVE[40]![1]!];
    const [first, second] = drawn(tableOf(8, 3), [shallow, deep]);
    expect([...drawn(tableOf(8, 3), [deep, shallow])]).toEqual([second, first]);
    expect([...drawn(tableOf(8, 3), [deep, deep])]).toEqual([second, second]);
    expect([...drawn(tableOf(8, 3), [shallow, shallow])]).toEqual([first, first]);
  });
});
