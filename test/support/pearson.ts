import { gammaCdf } from './gammaCdf';

/**
 * Probability that counts at least this far from `expected` come about by chance: Pearson's statistic against the chi-square
 * distribution with one degree of freedom less than there are cells. Cells should expect 5 or more.
 */
export function chiSquareP(counts: readonly number[], expected: readonly number[]): number {
  const statistic = counts.reduce(
    (sum, count, i) => sum + (count - expected[i]!) ** 2 / expected[i]!,
    0,
  );
  return 1 - gammaCdf(statistic / 2, (counts.length - 1) / 2);
}
