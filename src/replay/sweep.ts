import { averageGapRecovered, callPerformanceThreshold, type CurvePoint } from './frontier';
import type { Frontier } from './result';
import { strongestArm } from './policies/constant';
import { columnMeans, type OutcomeTable } from './table';

/** Penalties of a strong call, in units of quality: g = cost difference / willingness to pay. */
const LARGEST_PENALTY = 0.6;
const PENALTY_STEPS = 24;
/** Neighbouring points whose mean shares differ by more are bisected … */
const LARGEST_GAP = 0.1;
/** … this often at most: a policy may jump, as one of few segments must. */
const MOST_BISECTIONS = 8;

/** Runs a policy at a cost weight and gives the arm of every row for each seed. */
export type SweepRunner = (costWeight: number, knownCostUsd: Float64Array) => readonly Int32Array[];

interface SweepPoint {
  readonly penalty: number;
  /** By seed. */
  readonly seeds: readonly {
    readonly share: number;
    readonly quality: number;
    readonly cost: number;
  }[];
}

/** The frontier of one policy: a sweep over willingness to pay in which each call of an arm costs the arm's table mean. */
export function sweepPolicy(policy: string, table: OutcomeTable, run: SweepRunner): Frontier {
  const arms = table.arms.list.length;
  const cost = columnMeans(table.costUsd, table.rows, arms);
  const quality = columnMeans(table.quality, table.rows, arms);
  const strong = strongestArm(table);
  const weak = cost.indexOf(Math.min(...cost));
  // Where the best arm is also the cheapest there is nothing to trade; the dearest then sets the scale.
  const difference = cost[strong]! - cost[weak]! || Math.max(...cost) - cost[weak]! || 1;
  const evaluate = (penalty: number): SweepPoint => ({
    penalty,
    seeds: run(penalty / difference, cost).map((chosen) => summarise(table, chosen, strong)),
  });
  const points = bisect(evaluate);
  const mean = (point: SweepPoint, field: 'share' | 'quality' | 'cost') =>
    point.seeds.reduce((sum, seed) => sum + seed[field], 0) / point.seeds.length;
  const twoModels = arms === 2;
  return {
    policy,
    points: points.map((point) => ({
      willingnessToPayUsd: point.penalty === 0 ? null : difference / point.penalty,
      quality: mean(point, 'quality'),
      costUsdPer1000: 1000 * mean(point, 'cost'),
      strongShare: mean(point, 'share'),
    })),
    ...(twoModels
      ? gapMetrics(points, quality, cost, strong)
      : { apgr: null, apgrCost: null, cpt50: null, cpt80: null }),
  };
}

/** The grid of penalties, refined until neighbouring mean shares are close. */
function bisect(evaluate: (penalty: number) => SweepPoint): SweepPoint[] {
  let points = Array.from({ length: PENALTY_STEPS + 1 }, (_, i) =>
    evaluate((LARGEST_PENALTY * i) / PENALTY_STEPS),
  );
  for (let round = 0; round < MOST_BISECTIONS; round++) {
    const refined = points.flatMap((point, i) => {
      const next = points[i + 1];
      if (!next || Math.abs(meanShare(next) - meanShare(point)) <= LARGEST_GAP) return [point];
      return [point, evaluate((point.penalty + next.penalty) / 2)];
    });
    if (refined.length === points.length) break;
    points = refined;
  }
  return points;
}

function meanShare(point: SweepPoint): number {
  return point.seeds.reduce((sum, seed) => sum + seed.share, 0) / point.seeds.length;
}

function summarise(table: OutcomeTable, chosen: Int32Array, strong: number) {
  const arms = table.arms.list.length;
  let calls = 0;
  let quality = 0;
  let cost = 0;
  chosen.forEach((arm, row) => {
    calls += arm === strong ? 1 : 0;
    quality += table.quality[row * arms + arm]!;
    cost += table.costUsd[row * arms + arm]!;
  });
  return { share: calls / table.rows, quality: quality / table.rows, cost: cost / table.rows };
}

/** Means over seeds of the metrics of each seed's curve. */
function gapMetrics(
  points: readonly SweepPoint[],
  quality: Float64Array,
  cost: Float64Array,
  strong: number,
) {
  const weak = 1 - strong;
  const seeds = points[0]!.seeds.length;
  const [low, high] = [quality[weak]!, quality[strong]!];
  if (!(high > low)) return { apgr: null, apgrCost: null, cpt50: null, cpt80: null };
  const mean = (
    metric: (curve: CurvePoint[]) => number,
    share: (seed: { share: number; cost: number }) => number,
  ) => {
    let sum = 0;
    for (let seed = 0; seed < seeds; seed++) {
      sum += metric(
        points.map(({ seeds: all }) => ({ share: share(all[seed]!), quality: all[seed]!.quality })),
      );
    }
    return sum / seeds;
  };
  const byShare = (point: { share: number }) => point.share;
  // Where one model is dear on the other's cheap requests, a policy can leave [0, 1]; the area is read inside it.
  const byCost = (point: { cost: number }) =>
    Math.min(1, Math.max(0, (point.cost - cost[weak]!) / (cost[strong]! - cost[weak]!)));
  const costsDiffer = cost[strong]! > cost[weak]!;
  return {
    apgr: mean((curve) => averageGapRecovered(curve, low, high), byShare),
    apgrCost: costsDiffer ? mean((curve) => averageGapRecovered(curve, low, high), byCost) : null,
    cpt50: mean((curve) => callPerformanceThreshold(curve, low, high, 0.5), byShare),
    cpt80: mean((curve) => callPerformanceThreshold(curve, low, high, 0.8), byShare),
  };
}
