import { ArmList } from '../arms/armList';
import { requireId } from '../core/validation';
import type { Kernel } from '../kernel/kernel';
import { Evidence } from '../posterior/evidence';
import { evidenceShape } from '../posterior/evidenceState';
import type { SegmentPosteriors } from '../posterior/segmentPosteriors';
import type { MergedEvidence } from './mergeEvidence';

/** What several replicas together believe; plain JSON. */
export interface MergedPosteriors {
  /** Rewards observed by all of them, undecayed. */
  readonly evidenceReports: number;
  /** φ: how much less than a coin rewards vary within a cell, in [0.05, 1]. */
  readonly dispersion: number;
  /** κ: observations that the pooled mean of a cell is worth. */
  readonly priorStrengthOfCells: number;
  /** Requests without a segment first, then in code-unit order, the shared row last. */
  readonly segments: readonly SegmentPosteriors[];
}

/** @param segment undefined = all, null = that of requests without one @throws {ParameterError} */
export function readMergedPosteriors(
  kernel: Kernel,
  merged: MergedEvidence,
  segment: string | null | undefined,
): MergedPosteriors {
  const asked = segment === undefined || segment === null ? segment : requireId('segment', segment);
  const arms = armsOf(merged);
  const { halfLife, priorMean, priorStrength, clock } = evidenceShape(merged.evidence);
  const prior = { priorMean, priorStrength, halfLifeRequests: halfLife };
  const evidence = new Evidence(kernel, arms, prior, merged.segments.length);
  evidence.restore(merged.evidence);
  const segments = merged.segments.flatMap((name, row): SegmentPosteriors[] => {
    if (asked !== undefined && name !== asked) return [];
    const posteriors = evidence.posteriors(row, clock, NaN);
    const models = arms.list.map(({ index, model }) => [model, posteriors[index]!] as const);
    const shared = name === true;
    return [{ segment: shared ? null : name, shared, models: Object.fromEntries(models) }];
  });
  return {
    evidenceReports: evidence.reports,
    dispersion: evidence.dispersion,
    priorStrengthOfCells: evidence.priorStrengthOfCells,
    segments,
  };
}

/** Prices and priors stand in the block. */
function armsOf({ arms }: MergedEvidence): ArmList {
  const list = new ArmList();
  for (const { model, family, usdPerInputToken, usdPerOutputToken } of arms)
    list.add(
      list.next(model, {
        family,
        usdPerMillionInputTokens: (usdPerInputToken ?? NaN) * 1e6,
        usdPerMillionOutputTokens: (usdPerOutputToken ?? NaN) * 1e6,
      }),
    );
  return list;
}
