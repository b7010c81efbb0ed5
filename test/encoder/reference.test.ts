/**
 * Strategy: the kernel's principal directions against numpy's singular value decomposition of the same bits of data (reference.json, made by
 * scripts/make-encoder-reference.py), up to the sign of each direction; and the text's n-grams against a slow reading of the same rules.
 * Not here: laws and bad input of the encoder (promptEncoder.test.ts), the named features (features.test.ts).
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CollectedPrompts } from '../../src/forecast/encoder/collectedPrompts';
import { EncoderBlock, EncoderHeader } from '../../src/forecast/encoder/encoderBlock';
import { BUCKETS, PromptCounts } from '../../src/forecast/features/promptCounts';
import { loadKernelSync } from '../../src/kernel/load';
import { slowGrams } from '../reference/grams';
import { makeTable, type Case } from './data';

interface Expected {
  readonly rank: number;
  readonly energyShare: number;
  readonly rows: readonly number[];
  /** First directions of those rows. */
  readonly features: readonly (readonly number[])[];
  /** Sums of squares of those rows over all directions. */
  readonly squares: readonly number[];
}

const { cases } = JSON.parse(
  readFileSync(resolve(import.meta.dirname, 'reference.json'), 'utf8'),
) as { cases: readonly (Case & { expected: Expected })[] };

/** The basis is kept in f32, whose relative error is 6e-8, and hundreds of products add up. */
const CLOSE = 1e-5;
/** What twelve steps may leave uncaught where more prompts than iterated vectors have a flat spectrum. */
const UNCAUGHT = 2e-3;
/** Vectors iterated by the kernel: up to as many prompts, Rayleigh–Ritz is exact. */
const VECTORS = 160;

/** Features of all rows by the kernel, projections only. */
function project(given: Case): { block: EncoderBlock; features: Float64Array[] } {
  const kernel = loadKernelSync().instantiate();
  const block = new EncoderBlock(kernel, given.inputs, given.dense);
  const surface = new Float64Array(10);
  const prompts = new CollectedPrompts();
  const rows = makeTable(given).map((row) => {
    const indices = Uint32Array.from(row.keys()).filter((j) => row[j] !== 0);
    const values = row.filter((value) => value !== 0);
    prompts.add(indices, values);
    return { surface, indices, values, length: indices.length, inputs: given.inputs };
  });
  expect(prompts.count).toBe(given.prompts);
  block.fit(loadKernelSync().instantiate(), prompts);
  const out = kernel.allocate(136 * 8);
  const features = rows.map((row) => {
    block.put(row);
    block.encode(out);
    return kernel.f64(out + 64, 128).slice();
  });
  return { block, features };
}

describe('directions against numpy', () => {
  test.each(cases.map((given) => [given.name, given] as const))('%s', (_, given) => {
    const { expected } = given;
    const { block, features } = project(given);
    expect(block.figure(EncoderHeader.Rank)).toBe(expected.rank);
    const energyShare = block.figure(EncoderHeader.Energy);
    const exact = given.prompts <= VECTORS;
    const tolerance = exact || given.dense ? CLOSE : UNCAUGHT;
    expect(Math.abs(energyShare / expected.energyShare - 1)).toBeLessThan(tolerance);
    expect(energyShare).toBeLessThan(expected.energyShare * (1 + CLOSE));
    const shown = Math.min(expected.features[0]!.length, expected.rank);
    for (let j = 0; j < shown; j++) {
      const theirs = expected.features.map((row) => row[j]!);
      const ours = expected.rows.map((row) => features[row]![j]!);
      const sign = Math.sign(theirs.reduce((sum, value, i) => sum + value * ours[i]!, 0));
      theirs.forEach((value, i) => {
        expect(Math.abs(sign * ours[i]! - value)).toBeLessThan(10 * tolerance);
      });
    }
    expected.rows.forEach((row, i) => {
      const square = features[row]!.reduce((sum, value) => sum + value * value, 0);
      // A single prompt may lose more than the average of all.
      expect(Math.abs(square / expected.squares[i]! - 1)).toBeLessThan(50 * tolerance);
    });
  });

  test.each(cases.map((given) => [given.name, given] as const))(
    '%s: mean square 1 on average, directions uncorrelated, largest first',
    (_, given) => {
      const { features } = project(given);
      const product = (i: number, j: number) =>
        features.reduce((sum, row) => sum + row[i]! * row[j]!, 0) / given.prompts;
      const squares = Array.from({ length: given.expected.rank }, (_, j) => product(j, j));
      const mean = squares.reduce((sum, value) => sum + value, 0) / squares.length;
      expect(Math.abs(mean - 1)).toBeLessThan(CLOSE);
      for (let j = 1; j < squares.length; j++) {
        expect(squares[j]!).toBeLessThan(squares[j - 1]! * (1 + CLOSE));
        expect(Math.abs(product(j, j - 1))).toBeLessThan(CLOSE * squares[0]!);
        expect(Math.abs(product(j, 0))).toBeLessThan(CLOSE * squares[0]!);
      }
      for (const row of features)
        expect(row.slice(given.expected.rank).every((value) => value === 0)).toBe(true);
    },
  );
});

describe('n-grams against a slow reading', () => {
  const TEXTS = [
    '',
    ' \n\t ',
    'One',
    'The quick brown fox — jumps over the lazy dog; the quick one!',
    'GPT4 has 2.5e3 tokens... (a+b)=c^2, `code` {x}',
    'ÀÉÎ åßç ÷ × ЖУК жук ΑΒΓ',
    '我喜欢喝茶。 ありがとう！ ภาษาไทย',
    'emoji 😀😀 and a lone \ud800 surrogate \udc00\udc00',
    'don’t stop\u200bhere\u00a0now',
    'word '.repeat(100),
  ];

  test.each(TEXTS.map((text) => [JSON.stringify(text).slice(0, 40), text]))('%s', (_, text) => {
    const counts = new PromptCounts();
    counts.count('what stood there before must be gone');
    counts.count(text);
    const ours = new Map(
      Array.from({ length: counts.length }, (_, i) => [counts.indices[i]!, counts.values[i]!]),
    );
    expect(ours.size).toBe(counts.length);
    expect([...ours].sort(([a], [b]) => a - b)).toEqual(
      [...slowGrams(text, BUCKETS)].sort(([a], [b]) => a - b),
    );
  });
});
