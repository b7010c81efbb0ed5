import type { Arms } from '../arms/models';
import { requireId } from '../core/validation';
import type { SegmentPosteriors } from '../posterior/segmentPosteriors';
import type { RouterState } from './state';

export type { SegmentPosteriors } from '../posterior/segmentPosteriors';

/** What is believed as of the latest decision; plain JSON. */
export interface RouterPosteriors {
  readonly evidenceVersion: number;
  readonly evidenceReports: number;
  /** φ: how much less than a coin rewards vary within a cell, in [0.05, 1]. */
  readonly dispersion: number;
  /** κ: observations that the pooled mean of a cell is worth at most; fewer where the model has few reports (docs/MATH.md §6). */
  readonly priorStrengthOfCells: number;
  /** In the order in which they were first seen. */
  readonly segments: readonly SegmentPosteriors[];
}

/** @param segment undefined = all, null = that of requests without one @throws {ParameterError} */
export function readPosteriors(
  state: RouterState,
  arms: Arms,
  segment: string | null | undefined,
): RouterPosteriors {
  const name =
    segment === undefined || segment === null ? undefined : requireId('segment', segment);
  const rows = segment === undefined ? state.segments.rows() : state.segments.rowsOf(name);
  const { evidence } = state;
  return {
    evidenceVersion: state.evidenceVersion,
    evidenceReports: evidence.reports,
    dispersion: evidence.dispersion,
    priorStrengthOfCells: evidence.priorStrengthOfCells,
    segments: rows.map(({ row, ...named }) => {
      const posteriors = state.posteriorsOfRow(row);
      const models = arms.list.map(({ index, model }) => [model, posteriors[index]!] as const);
      // Own properties whatever the ids are called.
      return { ...named, models: Object.fromEntries(models) };
    }),
  };
}
