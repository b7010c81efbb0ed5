import type { ColdStartCurve, ColdStartPoint } from './coldStart';
import { meanOfNumbers } from './scores';

/** Converged: the error is within this factor of the error with all rows. */
const WITHIN = 1.05;

/** Figures of the cold start; null where no family has three models. */
export interface ColdStartSummary {
  /** Rows of a new model after which the error stays within 5 % of its own error with all rows; linear between two counts. */
  readonly rowsToConvergePooled: number | null;
  readonly rowsToConvergeUnpooled: number | null;
  /** Rows after which the pooled error stays within 5 % of the *unpooled* error with all rows. */
  readonly rowsToUnpooledConverged: number | null;
  readonly maeAtZeroRows: number | null;
  /** Without a row of its own an unpooled model is forecast by the median of all others. */
  readonly maeAtZeroRowsUnpooled: number | null;
  /** Times that a model was left out, over all splits. */
  readonly modelsLeftOut: number;
  /** Errors averaged over the models left out; counts of rows that all of them have. */
  readonly curve: readonly ColdStartPoint[];
}

export function summariseColdStart(curves: readonly ColdStartCurve[]): ColdStartSummary {
  const curve = averageCurve(curves);
  const [first, last] = [curve[0], curve.at(-1)];
  const pooled = (point: ColdStartPoint) => point.maePooled;
  const unpooled = (point: ColdStartPoint) => point.maeUnpooled;
  return {
    rowsToConvergePooled: last ? rowsBelow(curve, pooled, WITHIN * pooled(last)) : null,
    rowsToConvergeUnpooled: last ? rowsBelow(curve, unpooled, WITHIN * unpooled(last)) : null,
    rowsToUnpooledConverged: last ? rowsBelow(curve, pooled, WITHIN * unpooled(last)) : null,
    maeAtZeroRows: first?.maePooled ?? null,
    maeAtZeroRowsUnpooled: first?.maeUnpooled ?? null,
    modelsLeftOut: curves.length,
    curve,
  };
}

/** Mean of the curves at every count that all have; the curves' last points, "all rows", count as one. */
function averageCurve(curves: readonly ColdStartCurve[]): ColdStartPoint[] {
  if (curves.length === 0) return [];
  const shortest = curves.reduce((a, b) => (b.points.length < a.points.length ? b : a));
  return shortest.points.map(({ rows }, i) => {
    const isLast = i === shortest.points.length - 1;
    const points = curves.map((one) => (isLast ? one.points.at(-1)! : one.points[i]!));
    return {
      rows: isLast ? meanOfNumbers(points.map((point) => point.rows)) : rows,
      maePooled: meanOfNumbers(points.map((point) => point.maePooled)),
      maeUnpooled: meanOfNumbers(points.map((point) => point.maeUnpooled)),
    };
  });
}

/** Rows from which on the error stays at or below `limit`, on the straight line through the last point above it; null if it never does. */
function rowsBelow(
  curve: readonly ColdStartPoint[],
  error: (point: ColdStartPoint) => number,
  limit: number,
): number | null {
  const above = curve.findLastIndex((point) => !(error(point) <= limit));
  const [from, to] = [curve[above], curve[above + 1]];
  if (!to) return null;
  if (!from) return to.rows;
  const share = (error(from) - limit) / (error(from) - error(to));
  return from.rows + share * (to.rows - from.rows);
}
