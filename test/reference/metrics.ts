/** Slow, obvious figures that results are compared with. */
import betaCdf from '@stdlib/stats-base-dists-beta-cdf';

export interface BetaShapes {
  readonly alpha: number;
  readonly beta: number;
}

/** Cells of the integral; its error falls with their square and is < 1e-6 for shapes up to some hundred. */
const CELLS = 8000;

/** P(X > Y + shift) of independent Beta variables: ∫ F_Y(x - shift) dF_X(x) by trapezoids. */
export function probabilityGreater(x: BetaShapes, y: BetaShapes, shift = 0): number {
  let sum = 0;
  let [leftX, leftY] = [0, cdf(y, -shift)];
  for (let i = 1; i <= CELLS; i++) {
    const [rightX, rightY] = [cdf(x, i / CELLS), cdf(y, i / CELLS - shift)];
    sum += ((rightX - leftX) * (leftY + rightY)) / 2;
    [leftX, leftY] = [rightX, rightY];
  }
  return sum;
}

function cdf({ alpha, beta }: BetaShapes, t: number): number {
  return betaCdf(Math.min(Math.max(t, 0), 1), alpha, beta);
}

export interface CostQuality {
  readonly costUsd: number;
  readonly quality: number;
}

/** Best quality of any coin between two fixed arms that costs at most `costUsd` on average; NaN if none is that cheap. */
export function bestMixture(arms: readonly CostQuality[], costUsd: number): number {
  const affordable = arms.filter((arm) => arm.costUsd <= costUsd);
  const mixtures = affordable.flatMap((cheap) =>
    arms
      .filter((dear) => dear.costUsd > costUsd)
      .map((dear) => {
        const share = (costUsd - cheap.costUsd) / (dear.costUsd - cheap.costUsd);
        return cheap.quality + share * (dear.quality - cheap.quality);
      }),
  );
  const qualities = [...affordable.map((arm) => arm.quality), ...mixtures];
  return qualities.length === 0 ? NaN : Math.max(...qualities);
}

/** Area under the polygon through `points` (by rising x). */
export function areaUnder(points: readonly (readonly [number, number])[]): number {
  return points.slice(1).reduce((sum, [x, y], i) => {
    const [x0, y0] = points[i]!;
    return sum + ((x - x0) * (y + y0)) / 2;
  }, 0);
}
