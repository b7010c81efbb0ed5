/**
 * Strategy: the resampling counts are recovered by summing unit columns; every other sum must then be a plain loop over
 * them. Quantiles against known values.
 * Not here: the intervals built from them (estimates.test.ts), the generator's quality (test/random).
 */
import { describe, expect, it } from 'vitest';
import { Generator } from '../../src/random/generator';
import { Bootstrap, percentileInterval, quantile } from '../../src/replay/bootstrap';

/** Sums of some dozen products in the same order. */
const TOLERANCE = 1e-12;

const unitColumns = (rows: number) =>
  Array.from({ length: rows }, (_, row) =>
    Float64Array.from({ length: rows }, (_, i) => (i === row ? 1 : 0)),
  );

/** resamples × rows */
const countsOf = (bootstrap: Bootstrap, rows: number) => bootstrap.resampledSums(unitColumns(rows));

describe('resampled sums', () => {
  const rows = 37;
  const generator = new Generator(6, 0);
  const columns = Array.from({ length: 21 }, () =>
    Float64Array.from({ length: rows }, () => generator.unit() - 0.3),
  );
  const counts = countsOf(new Bootstrap(rows, 40, 5), rows);

  it('draw as many rows as there are, each count a whole number', () => {
    for (let b = 0; b < 40; b++) {
      const own = counts.subarray(b * rows, (b + 1) * rows);
      expect(own.every((count) => Number.isInteger(count) && count >= 0)).toBe(true);
      expect(own.reduce((sum, count) => sum + count, 0)).toBe(rows);
    }
  });

  it.each([1, 7, 8, 9, 21])('are the plain sums of %i columns', (width) => {
    const shown = columns.slice(0, width);
    const sums = new Bootstrap(rows, 40, 5).resampledSums(shown);
    expect(sums).toHaveLength(40 * width);
    for (let b = 0; b < 40; b++) {
      shown.forEach((column, j) => {
        const plain = column.reduce((sum, value, row) => sum + counts[b * rows + row]! * value, 0);
        expect(Math.abs(sums[b * width + j]! - plain)).toBeLessThan(TOLERANCE);
      });
    }
  });

  it('use the same resamples for whatever is summed, in any order', () => {
    const bootstrap = new Bootstrap(rows, 40, 5);
    const wide = bootstrap.resampledSums(columns);
    const narrow = bootstrap.resampledSums([columns[20]!]);
    expect(countsOf(bootstrap, rows)).toEqual(counts);
    for (let b = 0; b < 40; b++) expect(narrow[b]).toBe(wide[b * 21 + 20]);
  });

  it('follow the seed, and resamples differ', () => {
    expect(countsOf(new Bootstrap(rows, 40, 5), rows)).toEqual(counts);
    expect(countsOf(new Bootstrap(rows, 40, 6), rows)).not.toEqual(counts);
    const resamples = Array.from({ length: 40 }, (_, b) =>
      counts.subarray(b * rows, (b + 1) * rows).join(),
    );
    expect(new Set(resamples).size).toBe(40);
  });

  it('have the mean and variance of multinomial counts', () => {
    const many = countsOf(new Bootstrap(10, 20_000, 11), 10);
    const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    for (let row = 0; row < 10; row++) {
      const own = Array.from({ length: 20_000 }, (_, b) => many[b * 10 + row]!);
      // sd of the mean .0067, of the variance about .011: five of each.
      expect(Math.abs(mean(own) - 1)).toBeLessThan(0.034);
      expect(Math.abs(mean(own.map((c) => (c - 1) ** 2)) - 0.9)).toBeLessThan(0.055);
    }
  });

  it('round the number of resamples up to a multiple of four', () => {
    const bootstrap = new Bootstrap(3, 6, 1);
    expect(bootstrap.resamples).toBe(8);
    expect(countsOf(bootstrap, 3)).toHaveLength(24);
    expect(bootstrap.seedCounts(2)).toHaveLength(16);
  });
});

describe('seed counts', () => {
  it('draw as many seeds as there are, apart from the rows', () => {
    const bootstrap = new Bootstrap(5, 40, 5);
    const counts = bootstrap.seedCounts(5);
    for (let b = 0; b < 40; b++) {
      expect(counts.subarray(b * 5, b * 5 + 5).reduce((sum, count) => sum + count, 0)).toBe(5);
    }
    expect(counts).not.toEqual(countsOf(bootstrap, 5));
    expect(bootstrap.seedCounts(5)).toEqual(counts);
  });
});

describe('quantiles', () => {
  it('are those of type 7', () => {
    // R: quantile(c(1, 2, 4, 8), c(0, .1, .25, .5, .75, 1))
    const values = Float64Array.of(1, 2, 4, 8);
    const expected = [1, 1.3, 1.75, 3, 5, 8];
    [0, 0.1, 0.25, 0.5, 0.75, 1].forEach((p, i) =>
      expect(quantile(values, p)).toBeCloseTo(expected[i]!, 12),
    );
    expect(quantile(Float64Array.of(7), 0.3)).toBe(7);
    expect(quantile(new Float64Array(0), 0.5)).toBeNaN();
  });

  it('give the central 95 %, whatever the order and without NaN', () => {
    const values = Float64Array.from({ length: 101 }, (_, i) => (37 * i) % 101);
    const [low, high] = percentileInterval(values);
    expect(low).toBeCloseTo(2.5, 12);
    expect(high).toBeCloseTo(97.5, 12);
    expect(percentileInterval(Float64Array.of(NaN, 3, NaN))).toEqual([3, 3]);
    expect(percentileInterval(Float64Array.of(NaN))).toEqual([NaN, NaN]);
    // Sorted as numbers, not as text.
    expect(percentileInterval(Float64Array.of(10, 9))[0]).toBeCloseTo(9.025, 12);
  });
});
