import type { ArmFlip } from './flips';
import type { TracedDecision } from './traces';

/**
 * An arm's utility as a function of w = 1/willingness to pay (docs/MATH.md §25): base − w · moneyUsd + gain · √(variance + w² doubt²). The last term is
 * risk, and where the prompt decided what was drawn.
 */
interface Curve {
  readonly arm: number;
  readonly base: number;
  readonly moneyUsd: number;
  readonly gain: number;
  readonly variance: number;
  readonly doubtSquared: number;
}

/** Willingness to pay is at least 1e-9. */
const MOST_WEIGHT = 1e9;
/** Curves are searched in steps of this ratio, over six decades each way. */
const STEP = 1.02;
const STEPS = 700;
const HALVINGS = 100;

/**
 * The nearest willingness to pay, by ratio, at which another arm is executed. Exact where utilities are straight lines in w; where they are curves a change that
 * lasts for less than 2 % of the willingness to pay may be missed.
 */
export function willingnessFlip(
  decision: TracedDecision,
  executedFor: (chosen: number) => number,
): ArmFlip | undefined {
  const curves = curvesOf(decision);
  if (!curves) return undefined;
  const search = curves.every(({ gain }) => gain === 0) ? nextLine : nextCurve;
  const start = decision.costWeight;
  const now = executedFor(decision.chosen);
  const found = [true, false].flatMap((up) => {
    const at = search(curves, decision.chosen, start, up, (arm) => executedFor(arm) !== now);
    return at && at.weight > 0 && at.weight <= MOST_WEIGHT ? [at] : [];
  });
  const distance = (weight: number) => (weight > start ? weight / start : start / weight);
  const nearest = found.sort((a, b) => distance(a.weight) - distance(b.weight))[0];
  if (!nearest) return undefined;
  const [from, to] = [1 / start, 1 / nearest.weight];
  return { kind: 'willingness-to-pay', arm: -1, from, to, executed: executedFor(nearest.arm) };
}

/** undefined where money was no object and its share in latency or risk is not known. */
function curvesOf(decision: TracedDecision): Curve[] | undefined {
  const { arms, costWeight, riskWeight, byContext } = decision;
  const curves: Curve[] = [];
  for (const [index, arm] of arms.entries()) {
    if (!arm.eligible) continue;
    // Latency is paid by the second, so its term grows with w as the cost's does.
    const latencyUsd = arm.latency === 0 ? 0 : arm.latency / costWeight;
    const common = { arm: index, moneyUsd: arm.costUsd + latencyUsd, variance: arm.variance };
    if (byContext) {
      const doubtSquared = arm.doubtUsd * arm.doubtUsd;
      const spread = Math.sqrt(arm.variance + costWeight * costWeight * doubtSquared);
      const drawn = spread > 0 ? (arm.quality - arm.mean) / spread : 0;
      curves.push({ ...common, base: arm.mean, gain: drawn - riskWeight, doubtSquared });
    } else {
      const deviation = riskWeight > 0 ? arm.risk / riskWeight : 0;
      const ofCost = Math.max(0, deviation * deviation - arm.variance);
      const doubtSquared = ofCost / (costWeight * costWeight);
      curves.push({ ...common, base: arm.quality, gain: -riskWeight, doubtSquared });
    }
  }
  const known = costWeight > 0 || arms.every(({ latency, risk }) => latency === 0 && risk === 0);
  if (known || byContext) return curves;
  return undefined;
}

interface Crossing {
  readonly weight: number;
  readonly arm: number;
}

/** Walks along the upper envelope of straight lines: w grows towards lesser slopes and falls towards greater ones. */
function nextLine(
  lines: readonly Curve[],
  chosen: number,
  start: number,
  up: boolean,
  flips: (arm: number) => boolean,
): Crossing | undefined {
  let current = lines.find(({ arm }) => arm === chosen)!;
  for (let weight = start; ;) {
    let next: Curve | undefined;
    let nearest = up ? Infinity : 0;
    for (const line of lines) {
      const slope = current.moneyUsd - line.moneyUsd;
      if (up ? !(slope > 0) : !(slope < 0)) continue;
      const crossing = (current.base - line.base) / slope;
      const at = up ? Math.max(weight, crossing) : Math.min(weight, crossing);
      const further = up ? at > nearest : at < nearest;
      // Of several that cross in one point the outermost leads behind it.
      const outer = !next || (up ? line.moneyUsd < next.moneyUsd : line.moneyUsd > next.moneyUsd);
      if (further || !(at > 0) || at === Infinity || (at === nearest && !outer)) continue;
      [next, nearest] = [line, at];
    }
    if (!next) return undefined;
    if (flips(next.arm)) return { weight: nearest, arm: next.arm };
    [current, weight] = [next, nearest];
  }
}

/** Steps until another arm is executed, then halves the step. */
function nextCurve(
  curves: readonly Curve[],
  chosen: number,
  start: number,
  up: boolean,
  flips: (arm: number) => boolean,
): Crossing | undefined {
  let stays = start;
  for (let i = 0; i < STEPS && start > 0; i++) {
    let turns = up ? stays * STEP : stays / STEP;
    if (!flips(bestAt(curves, turns, chosen))) {
      stays = turns;
      continue;
    }
    for (let halving = 0; halving < HALVINGS; halving++) {
      const middle = (stays + turns) / 2;
      if (flips(bestAt(curves, middle, chosen))) turns = middle;
      else stays = middle;
    }
    return { weight: turns, arm: bestAt(curves, turns, chosen) };
  }
  return undefined;
}

/** Of several alike the chosen arm, else the first. */
function bestAt(curves: readonly Curve[], weight: number, chosen: number): number {
  let best = -1;
  let greatest = -Infinity;
  for (const { arm, base, moneyUsd, gain, variance, doubtSquared } of curves) {
    const spread = gain === 0 ? 0 : gain * Math.sqrt(variance + weight * weight * doubtSquared);
    const utility = base - weight * moneyUsd + spread;
    if (!(utility > greatest || (utility === greatest && arm === chosen))) continue;
    [best, greatest] = [arm, utility];
  }
  return best;
}
