/**
 * Strategy: the facade gives the golden values of bulk fills too: at once, and in chunks that cross the boundary of a block.
 * Not tested here: the raw exports (test/golden), and whether the values are right (test/distributions).
 */
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { Sampler } from '../../src/random/sampler';
import { hex, readGolden, type Vector } from '../golden/replay';

const DISTRIBUTIONS = ['uniform', 'normal', 'exponential', 'gamma', 'beta'] as const;

/** What a vector of one fill asks for, and its three recorded reads. */
function parse({ name, steps }: Vector) {
  const argumentsOf = (call: string) => steps.find((step) => step.call === call)!.arguments!;
  const [, low, high] = argumentsOf('sampler_init') as number[];
  const [, distribution, count, ...digits] = argumentsOf('sampler_fill');
  const [first, acrossBlocks, all] = steps.filter(({ read }) => read);
  const parameters = digits.slice(0, 2).map((bits) => number(bits as string));
  return {
    name,
    seed: (BigInt(high!) << 32n) | BigInt(low!),
    distribution: DISTRIBUTIONS[distribution as number]!,
    parameters: parameters as [number, number],
    count: count as number,
    first: first!.f64!,
    skipped: acrossBlocks!.offset! / 8,
    acrossBlocks: acrossBlocks!.f64!,
    sha256: all!.sha256!,
  };
}

function number(digits: string): number {
  return new DataView(BigUint64Array.of(BigInt(`0x${digits}`)).buffer).getFloat64(0, true);
}

type Fill = ReturnType<typeof parse>;

function draw(sampler: Sampler, { distribution, parameters }: Fill, count: number): Float64Array {
  if (distribution === 'exponential') return sampler.exponential(parameters[0], count);
  return sampler[distribution](...parameters, count);
}

const digits = (values: Float64Array) => Array.from(values, hex);

const fills = readGolden()
  .vectors.filter(({ area, name }) => area === 'sampler' && name.includes(' of seed '))
  .map(parse);

test('there are fills of every distribution', () => {
  expect(new Set(fills.map(({ distribution }) => distribution)).size).toBe(DISTRIBUTIONS.length);
});

describe.each(fills)('$name', (fill) => {
  const sampler = () => new Sampler({ seed: fill.seed });

  test('has the recorded first values and hash', () => {
    const values = draw(sampler(), fill, fill.count);
    expect(digits(values.subarray(0, 4))).toEqual(fill.first);
    const bytes = new Uint8Array(values.buffer);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(fill.sha256);
  });

  test('crosses the block boundary as recorded, after chunked fills', () => {
    const chunked = sampler();
    for (const count of [1, 1000, fill.skipped - 1001]) draw(chunked, fill, count);
    expect(digits(draw(chunked, fill, 4))).toEqual(fill.acrossBlocks);
  });
});
