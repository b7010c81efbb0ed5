/**
 * The level of the lane: the probability that a run of all its files fails although everything is right, for seeds not yet looked
 * at. Each file has a share and divides it by the number of its tests (Bonferroni). Nothing is tried again.
 */
export const FAMILY_WISE = 1e-3;

const SHARES = { distributions: 0.6, streams: 0.2, calibration: 0.2 } as const;

/** Level of each of `tests` tests of a share. */
export function levelOf(share: keyof typeof SHARES, tests: number): number {
  return (FAMILY_WISE * SHARES[share]) / tests;
}
