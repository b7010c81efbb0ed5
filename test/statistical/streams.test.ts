/**
 * Strategy: streams that differ in one part of their address (seed, purpose, index) or are neighbours are held against each other,
 * pair by pair, where the kernel uses them so: the first words of consecutive decisions, blocks, lanes. The stream functions are
 * compiled from the kernel's sources; then the same through what the kernel draws: choices of a router, bulk fills.
 * Not tested here: a stream within itself, which batteries do better (docs/EVIDENCE.md), and distributions.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import normalCdf from '@stdlib/stats-base-dists-normal-cdf';
import { beforeAll, describe, expect, test } from 'vitest';
import type { KernelExports } from '../../src/kernel/exports';
import { Sampler } from '../../src/random/sampler';
import { compileKernel } from '../support/compileKernel';
import { passes } from './judge';
import { levelOf } from './level';
import { Correlation, judgeWords, table, WORD_TESTS, type Named } from './pairs';

/** Where a sequence of words comes from: word `word` of stream (seed + i seedStep, purpose, index + i indexStep), i = 0, 1, … */
interface Source {
  readonly seed?: bigint;
  readonly seedStep?: bigint;
  readonly purpose?: number;
  readonly index?: bigint;
  readonly indexStep?: bigint;
  readonly word?: number;
  /** Words of a fill by two generators side by side (`seedAndFill`); 0 = none. */
  readonly filled?: number;
  /** Whether the words are of four generators in turn (`fillFour`). */
  readonly isOfFour?: boolean;
}

/** Purposes of assembly/rng/stream.ts. */
const SELECTION = 0;
const SAMPLER = 1;
const BOOTSTRAP = 2;
const SETTLING = 5;
const SEED = 20261122n;
const PAIRS = 2 ** 22;
const seeds = { seed: 0n, seedStep: 2n, indexStep: 0n };
/** Steps that keep pairs disjoint: tables of overlapping pairs are no chi-square. */
const second = { indexStep: 2n };
const lanes = { filled: 24, indexStep: 2n };
const blocks = { purpose: SAMPLER, indexStep: 2n };
const four = { purpose: SAMPLER, indexStep: 2n, isOfFour: true };
const settling = { purpose: SETTLING, indexStep: 16n };
const last = -(2n ** 23n);

const PAIRINGS: readonly (readonly [name: string, a: Source, b: Source])[] = [
  ['consecutive decisions, word 0', second, { ...second, index: 1n }],
  ['consecutive decisions, word 1', { ...second, word: 1 }, { ...second, index: 1n, word: 1 }],
  ['consecutive decisions, word 7', { ...second, word: 7 }, { ...second, index: 1n, word: 7 }],
  ['the next decision but one', { indexStep: 4n }, { indexStep: 4n, index: 2n }],
  ['decisions 1,024 apart', { indexStep: 2048n }, { indexStep: 2048n, index: 1024n }],
  ['decisions 2^32 apart', {}, { index: 2n ** 32n }],
  ['decisions 2^63 apart', {}, { index: 2n ** 63n }],
  ['the last sequence numbers', { ...second, index: last }, { ...second, index: last + 1n }],
  ['filled: consecutive, word 1', { ...lanes, word: 1 }, { ...lanes, word: 1, index: 1n }],
  ['filled: consecutive, word 23', { ...lanes, word: 23 }, { ...lanes, word: 23, index: 1n }],
  ['filled: both generators of a decision', lanes, { ...lanes, word: 1 }],
  ['filled: both generators, eighth words', { ...lanes, word: 14 }, { ...lanes, word: 15 }],
  ['filled: the second and the next decision', { ...lanes, word: 1 }, { ...lanes, index: 1n }],
  ['four: first and second generator', four, { ...four, word: 1 }],
  ['four: first and third generator', four, { ...four, word: 2 }],
  ['four: second and fourth generator, later', { ...four, word: 41 }, { ...four, word: 43 }],
  [
    'four: consecutive blocks, fourth generator',
    { ...four, word: 3 },
    { ...four, word: 3, index: 1n },
  ],
  ['four: the fourth and the next block', { ...four, word: 3 }, { ...four, index: 1n }],
  ['settling: neighbouring values', settling, { ...settling, index: 8n }],
  ['settling: stages of a value', settling, { ...settling, index: 1n }],
  ['settling: a value and its block', { purpose: SETTLING }, { purpose: SAMPLER }],
  ['a decision’s first two words', {}, { word: 1 }],
  ['consecutive seeds', seeds, { ...seeds, seed: 1n }],
  ['consecutive seeds, word 3', { ...seeds, word: 3 }, { ...seeds, seed: 1n, word: 3 }],
  ['seeds that differ in bit 32', seeds, { ...seeds, seed: 2n ** 32n }],
  ['seeds that differ in bit 63', seeds, { ...seeds, seed: 2n ** 63n }],
  ['seeds s and s + 1, decision i of both', { seed: 7n }, { seed: 8n }],
  [
    'seed and decision s, s + 1',
    { ...seeds, ...second },
    { seed: 1n, seedStep: 2n, index: 1n, ...second },
  ],
  ['purposes: selection and sampler', {}, { purpose: SAMPLER }],
  ['purposes: sampler and bootstrap', blocks, { purpose: BOOTSTRAP, ...second }],
  ['consecutive blocks, first words', blocks, { ...blocks, index: 1n }],
  ['consecutive blocks, words 100', { ...blocks, word: 100 }, { ...blocks, word: 100, index: 1n }],
  ['a block’s word 99 and the next block', { ...blocks, word: 99 }, { ...blocks, index: 1n }],
];

/** Tests of choices and of fills, below. */
const CHOICE_TESTS = 6;
const FILL_TESTS = 16;
const LEVEL = levelOf('streams', PAIRINGS.length * WORD_TESTS + CHOICE_TESTS + FILL_TESTS);

function expectToPass(verdicts: readonly Named[]): void {
  const show = ({ name, statistic, least, largest }: Named) =>
    `${name} ${statistic.toFixed(2)} in [${least.toFixed(2)}, ${largest.toFixed(2)}]`;
  console.log(verdicts.map(show).join('; '));
  expect(verdicts.filter((verdict) => !passes(verdict)).map(show)).toEqual([]);
}

interface Probe {
  readonly memory: WebAssembly.Memory;
  allocate(bytes: number): number;
  words(...args: (number | bigint)[]): void;
}

describe('words of', () => {
  let probe: Probe;
  let out: number;

  beforeAll(async () => {
    probe = await compileKernel<Probe>(`
import { fillFour, nextU64, seedAndFill, seedFour, seedStream, streamBase } from './assembly/rng/stream';
import { allocate as allocateBytes } from './assembly/memory/arena';
const STREAM = allocateBytes(128);
const BUFFER = allocateBytes(8192);
export function allocate(bytes: usize): usize { return allocateBytes(bytes); }
export function words(
  seed: u64, seedStep: u64, purpose: u32, index: u64, indexStep: u64, word: u32, filled: u32, isOfFour: u32,
  count: u32, out: usize,
): void {
  for (let i: u32 = 0; i < count; i++, seed += seedStep, index += indexStep, out += 16) {
    const base = streamBase(seed, purpose);
    if (isOfFour != 0) {
      seedFour(base, index, STREAM);
      fillFour(STREAM, 512, BUFFER);
      store<u64>(out, load<u64>(BUFFER + (word << 3)));
    } else if (filled != 0) {
      seedAndFill(STREAM, base, index, filled, BUFFER);
      store<u64>(out, load<u64>(BUFFER + (word << 3)));
    } else {
      seedStream(STREAM, base, index);
      for (let j: u32 = 0; j < word; j++) nextU64(STREAM);
      store<u64>(out, nextU64(STREAM));
    }
  }
}`);
    out = probe.allocate(PAIRS * 16);
  });

  function write(source: Source, address: number): void {
    const { seed = SEED, seedStep = 0n, purpose = SELECTION, index = 0n, indexStep = 1n } = source;
    const { word = 0, filled = 0, isOfFour = false } = source;
    const at = [index, indexStep, word, filled, Number(isOfFour)];
    probe.words(seed, seedStep, purpose, ...at, PAIRS, address);
  }

  test.each(PAIRINGS)('%s', (_, a, b) => {
    write(a, out);
    write(b, out + 8);
    const pairs = new Uint32Array(probe.memory.buffer, out, PAIRS * 4);
    expectToPass(judgeWords(pairs, LEVEL));
  });

  test('the judges find a stream that is shifted into itself, and one that repeats every other word', () => {
    write({}, out);
    write({ word: 1 }, out + 8);
    const pairs = new Uint32Array(probe.memory.buffer, out, PAIRS * 4);
    for (let i = 0; i < pairs.length; i += 8) pairs[i + 3] = pairs[i + 1]!;
    const failed = judgeWords(pairs, LEVEL).filter((verdict) => !passes(verdict));
    expect(failed.map(({ name }) => name)).toContain('high bits');
    expect(failed.map(({ name }) => name)).toContain('correlation');
  });
});

describe('choices of an untaught router of eight equal arms', () => {
  const ARMS = 8;
  const ROWS = 3 * 2 ** 19;
  const RECORD = 6;
  const module = new WebAssembly.Module(
    readFileSync(resolve(import.meta.dirname, '../../build/kernel.wasm')),
  );

  /** Chosen arms and drawn qualities of consecutive decisions. */
  function choices(seed: number): { arms: Float64Array; qualities: Float64Array } {
    const kernel = new WebAssembly.Instance(module, {}).exports as unknown as KernelExports;
    const evidence = kernel.allocate(kernel.evidence_bytes(ARMS, 1, 1));
    const scratch = kernel.allocate(kernel.scratch_bytes(ARMS));
    kernel.evidence_init(evidence, ARMS, 1, 1, Infinity, 0.5, 2);
    for (let arm = 0; arm < ARMS; arm++) kernel.evidence_set_arm(evidence, arm, 0, 0, 0);
    const zeros = kernel.allocate(ROWS * 8);
    const out = kernel.allocate(ROWS * RECORD * 8);
    const inputs = [zeros, zeros, zeros, 0] as const;
    kernel.decide_batch(evidence, scratch, seed, 0, 0, 0, ROWS, ...inputs, 0, 1, 0, out);
    const records = new Float64Array(kernel.memory.buffer, out, ROWS * RECORD);
    const field = (i: number) =>
      Float64Array.from({ length: ROWS }, (_, row) => records[row * RECORD + i]!);
    return { arms: field(0), qualities: field(1) };
  }

  test('three in a row, and those of two seeds, are all equally likely; qualities are uncorrelated', () => {
    const [one, other] = [choices(1), choices(2)];
    const triples = new Float64Array(ARMS ** 3);
    for (let i = 0; i < ROWS; i += 3) {
      triples[(one.arms[i]! * ARMS + one.arms[i + 1]!) * ARMS + one.arms[i + 2]!]!++;
    }
    const couples = new Float64Array(ARMS ** 2);
    for (let i = 0; i < ROWS; i++) couples[one.arms[i]! * ARMS + other.arms[i]!]!++;
    const { qualities } = one;
    const mean = qualities.reduce((sum, q) => sum + q, 0) / ROWS;
    const variance = qualities.reduce((sum, q) => sum + (q - mean) ** 2, 0) / ROWS;
    const correlation = (name: string, others: Float64Array, lag: number) => {
      const judge = new Correlation(mean, variance);
      for (let i = lag; i < ROWS; i++) judge.add(qualities[i - lag]!, others[i]!);
      return judge.judge(name, LEVEL);
    };
    const verdicts = [
      table('triples', triples, LEVEL),
      table('couples of two seeds', couples, LEVEL),
      correlation('lag 1', qualities, 1),
      correlation('lag 2', qualities, 2),
      correlation('lag 1,024', qualities, 1024),
      correlation('two seeds', other.qualities, 0),
    ];
    expect(verdicts.length).toBe(CHOICE_TESTS);
    expectToPass(verdicts);
  });
});

describe('fills: correlations and joint tables at a distance, and of neighbouring seeds', () => {
  const COUNT = 2 ** 22;
  const LAGS = [1, 2, 1024];
  const SIDE = 64;

  /** Index of each value's cell among cells of equal probability. */
  function cells(values: Float64Array, cdf: (x: number) => number): Uint8Array {
    const at = new Uint8Array(COUNT);
    values.forEach((value, i) => (at[i] = Math.min(SIDE - 1, Math.floor(cdf(value) * SIDE))));
    return at;
  }

  test.each([
    ['normal', 0, 1, (s: Sampler) => s.normal(0, 1, COUNT), (x: number) => normalCdf(x, 0, 1)],
    ['Beta(1, 1)', 0.5, 1 / 12, (s: Sampler) => s.beta(1, 1, COUNT), (x: number) => x],
  ] as const)('%s', (_, mean, variance, draw, cdf) => {
    const [values, others] = [draw(new Sampler({ seed: 31 })), draw(new Sampler({ seed: 32 }))];
    const [at, otherAt] = [cells(values, cdf), cells(others, cdf)];
    const verdicts = [...LAGS, 0].flatMap((lag) => {
      const [partners, partnersAt] = lag === 0 ? [others, otherAt] : [values, at];
      const correlation = new Correlation(mean, variance);
      const joint = new Float64Array(SIDE * SIDE);
      for (let i = lag; i < COUNT; i++) {
        correlation.add(values[i - lag]!, partners[i]!);
        if (lag > 0 && Math.floor(i / lag) % 2 === 0) continue; // disjoint pairs only
        joint[at[i - lag]! * SIDE + partnersAt[i]!]!++;
      }
      const name = lag === 0 ? 'two seeds' : `lag ${lag}`;
      return [correlation.judge(name, LEVEL), table(`${name}, joint`, joint, LEVEL)];
    });
    expect(2 * verdicts.length).toBe(FILL_TESTS);
    expectToPass(verdicts);
  });
});
