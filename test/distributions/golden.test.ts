/**
 * Strategy: bit patterns per code path, made by scripts/make-golden-vectors.mjs from the raw exports, through the facade: at
 * several seeds, across the boundary of a block, after chunked fills, and a hash over 8,192 values that passes through the
 * rare paths. A change here is value-breaking and belongs in the changelog.
 * Not tested here: whether the values are right (every other file of this folder).
 */
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { Sampler } from '../../src/random/sampler';
import golden from './golden.json';

type Vector = (typeof golden.vectors)[number];

function draw(sampler: Sampler, { distribution, parameters }: Vector, count: number): Float64Array {
  const [p, q] = parameters as [number, number];
  switch (distribution) {
    case 'uniform':
      return sampler.uniform(p, q, count);
    case 'normal':
      return sampler.normal(p, q, count);
    case 'exponential':
      return sampler.exponential(p, count);
    case 'gamma':
      return sampler.gamma(p, q, count);
    case 'beta':
      return sampler.beta(p, q, count);
  }
  throw new Error(`no sampler for ${distribution}`);
}

function hex(values: Float64Array): string[] {
  const view = new DataView(values.buffer, values.byteOffset, values.byteLength);
  // The kernel's memory and every host of V8 are little-endian.
  const word = (i: number) =>
    view
      .getBigUint64(i * 8, true)
      .toString(16)
      .padStart(16, '0');
  return Array.from(values, (_, i) => word(i));
}

const named = golden.vectors.map((vector) => ({
  ...vector,
  name: `${vector.distribution}(${vector.parameters.join(', ')}) of seed ${vector.seed}: ${vector.path}`,
}));

describe.each(named)('$name', (vector) => {
  const { blockValues, hashedValues } = golden;
  const sampler = () => new Sampler({ seed: BigInt(vector.seed) });

  test('starts as recorded', () => {
    expect(hex(draw(sampler(), vector, 4))).toEqual(vector.first);
  });

  test('crosses the block boundary as recorded, after chunked fills', () => {
    const chunked = sampler();
    for (const count of [1, 1000, blockValues - 2 - 1001]) draw(chunked, vector, count);
    expect(hex(draw(chunked, vector, 4))).toEqual(vector.acrossBlocks);
  });

  test('has the recorded hash', () => {
    const bytes = new Uint8Array(draw(sampler(), vector, hashedValues).buffer);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(vector.sha256);
  });
});

test('the file names the program and the versions that made it', () => {
  expect(golden.program).toBe('scripts/make-golden-vectors.mjs');
  expect(Object.keys(golden.versions)).toEqual(['thompsonite', 'assemblyscript', 'node']);
  const seeds = new Set(golden.vectors.map(({ seed }) => seed));
  expect(seeds).toContain(String(2n ** 64n - 1n));
});
