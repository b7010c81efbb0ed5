/**
 * Strategy: the generator and its seeding against published outputs and a reference in big integers: through
 * uniforms for bulk fills, and through a small module that exports the stream functions themselves.
 * Not tested here: the quality of xoshiro256++ (its authors') and what is made of the words (test/distributions).
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { loadKernelSync } from '../../src/kernel/load';
import { Sampler } from '../../src/random/sampler';
import { seedFrom } from '../../src/random/seed';
import { StreamPurpose, streamUnit } from '../../src/random/streams';
import {
  fourWords,
  mix64,
  pairedWords,
  Purpose,
  ReferenceStream,
  splitMix64,
  streamBase,
} from '../reference/rng';
import { referenceFill, uniform } from '../reference/runs';
import { compileKernel } from '../support/compileKernel';

const SEEDS = [0n, 1n, 7n, 2n ** 53n - 1n, 0x9e3779b97f4a7c15n, 2n ** 64n - 1n];
const INDICES = [0n, 1n, 2n, 1023n, 2n ** 32n, 2n ** 53n + 1n, 2n ** 64n - 1n];

describe('the reference itself', () => {
  test('is xoshiro256++: outputs of the authors’ C program from state {1, 2, 3, 4}', () => {
    const stream = new ReferenceStream([1n, 2n, 3n, 4n]);
    // As published with rand_xoshiro (vectors made by xoshiro256plusplus.c).
    for (const word of [
      41943041n,
      58720359n,
      3588806011781223n,
      3591011842654386n,
      9228616714210784205n,
      9973669472204895162n,
      14011001112246962877n,
      12406186145184390807n,
      15849039046786891736n,
      10450023813501588000n,
    ]) {
      expect(stream.nextU64()).toBe(word);
    }
  });

  test('is SplitMix64: outputs of the authors’ C program from seed 1234567', () => {
    const words = [1, 2, 3, 4, 5].map((i) => splitMix64(1234567n, i));
    expect(words).toEqual([
      6457827717110365317n,
      3203168211198807973n,
      9817491932198370423n,
      4593380528125082431n,
      16408922859458223821n,
    ]);
    expect(splitMix64(0n, 1)).toBe(0xe220a8397b1dcdafn);
    expect(mix64(0n)).toBe(0n);
  });
});

describe('bulk uniforms', () => {
  test.each(SEEDS)('equal the reference bit for bit over three blocks, seed %s', (seed) => {
    const expected = referenceFill(seed, 2500, uniform(0, 1));
    expect(new Sampler({ seed }).uniform(0, 1, 2500)).toEqual(expected);
  });

  test('do not depend on whether the seed is a number or a bigint', () => {
    const draws = (seed: number | bigint) => new Sampler({ seed }).uniform(0, 1, 100);
    expect(draws(2 ** 53 - 1)).toEqual(draws(2n ** 53n - 1n));
  });

  test('stay below the upper end where rounding would reach it', () => {
    const high = 1 + Number.EPSILON;
    const draws = new Sampler({ seed: 3 }).uniform(1, high, 1000);
    expect(draws.every((x) => x === 1)).toBe(true);
    const wide = new Sampler({ seed: 3 }).uniform(
      -Number.MAX_VALUE / 2,
      Number.MAX_VALUE / 2,
      1000,
    );
    expect(wide.every((x) => x >= -Number.MAX_VALUE / 2 && x < Number.MAX_VALUE / 2)).toBe(true);
  });
});

describe('single uniforms', () => {
  test('are the first of their streams', () => {
    const { raw } = loadKernelSync().instantiate();
    for (const seed of SEEDS) {
      for (const index of [0, 1, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1]) {
        const stream = ReferenceStream.at(streamBase(seed, Purpose.SHADOW), BigInt(index));
        const unit = streamUnit(raw, seedFrom('seed', seed), StreamPurpose.SHADOW, index);
        expect(unit).toBe(Number(stream.nextU64() >> 11n) / 2 ** 53);
      }
    }
  });
});

interface Probe {
  readonly memory: WebAssembly.Memory;
  allocate(bytes: number): number;
  base(seed: bigint, purpose: number): bigint;
  seed(stream: number, base: bigint, index: bigint): void;
  next(stream: number): bigint;
  openUnit(bits: bigint): number;
  seedAndFill(stream: number, base: bigint, index: bigint, count: number, out: number): void;
  seedFour(base: bigint, index: bigint, state: number): void;
  fillFour(state: number, bytes: number, out: number): void;
}

describe('streams', () => {
  let probe: Probe;
  let stream: number;
  let out: number;

  beforeAll(async () => {
    probe = await compileKernel<Probe>(`
import { nextU64, seedStream, streamBase, toOpenUnit } from './assembly/rng/stream';
export { fillFour, seedAndFill, seedFour } from './assembly/rng/stream';
export { allocate } from './assembly/memory/arena';
export function base(seed: u64, purpose: u32): u64 { return streamBase(seed, purpose); }
export function seed(stream: usize, base: u64, index: u64): void { seedStream(stream, base, index); }
export function next(stream: usize): u64 { return nextU64(stream); }
export function openUnit(bits: u64): f64 { return toOpenUnit(bits); }`);
    stream = probe.allocate(128);
    out = probe.allocate(8192);
  });

  function next(count: number): bigint[] {
    return Array.from({ length: count }, () => BigInt.asUintN(64, probe.next(stream)));
  }

  test('give the published words', () => {
    new BigUint64Array(probe.memory.buffer, stream, 4).set([1n, 2n, 3n, 4n]);
    expect(next(3)).toEqual([41943041n, 58720359n, 3588806011781223n]);
  });

  test('have the reference’s base keys, one a purpose', () => {
    const bases = SEEDS.flatMap((seed) =>
      Object.values(Purpose).map((purpose) => {
        const base = BigInt.asUintN(64, probe.base(seed, purpose));
        expect(base).toBe(streamBase(seed, purpose));
        return base;
      }),
    );
    expect(new Set(bases).size).toBe(bases.length);
  });

  test('start where the reference starts, for every seed and index', () => {
    for (const seed of SEEDS) {
      const base = streamBase(seed, Purpose.SELECTION);
      for (const index of INDICES) {
        probe.seed(stream, base, index);
        const reference = ReferenceStream.at(base, index);
        expect(next(20)).toEqual(Array.from({ length: 20 }, () => reference.nextU64()));
      }
    }
  });

  test.each([0, 2, 6, 96, 1024])('fill %i words from pairs, and read on in the first', (count) => {
    for (const index of INDICES) {
      const base = streamBase(5n, Purpose.SELECTION);
      const expected = pairedWords(base, index, count);
      probe.seedAndFill(stream, base, index, count, out);
      const words = new BigUint64Array(probe.memory.buffer, out, count);
      expect([...words]).toEqual(expected.words);
      expect(next(5)).toEqual(Array.from({ length: 5 }, () => expected.stream.nextU64()));
    }
  });

  test('go on by fours: words in pieces are the words in one', () => {
    for (const index of INDICES) {
      const base = streamBase(5n, Purpose.SAMPLER);
      probe.seedFour(base, index, stream);
      const words: bigint[] = [];
      for (const count of [4, 128, 0, 640, 32]) {
        probe.fillFour(stream, count * 8, out);
        words.push(...new BigUint64Array(probe.memory.buffer, out, count));
      }
      expect(words).toEqual(fourWords(base, index, words.length));
    }
  });

  test('keep open uniforms off both ends', () => {
    expect(probe.openUnit(0n)).toBe(2 ** -53);
    expect(probe.openUnit(2n ** 64n - 1n)).toBe(1 - 2 ** -53);
  });
});
