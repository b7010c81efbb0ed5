import type { RegretPoint, ReplayResult, ReplaySeries } from '../result';
import { isFixedModel, policyOrder } from './baselines';
import { labelsOf, shortName } from './names';
import {
  colours,
  dashes,
  GREY,
  INK,
  PLOT_CONFIG,
  PLOT_WIDTH,
  type PlotLayer,
  type PlotSpec,
} from './plotStyle';
import { fixed, whole } from './numbers';

const HEIGHT = 340;
/** Points of a line that a reader can tell apart at this width; more only swell the page. */
const MOST_POINTS = 200;
/** A line is drawn if it ends below this many times the regret of the policy that the page is about. */
const OFF_THE_PLOT = 4;

/** Cumulative regret against `segment-means` by request, with the 5–95 % range over seeds. */
export function regretPlot(result: ReplayResult, series: ReplaySeries): PlotSpec {
  const byPolicy = groupByPolicy(series.regret);
  const { shown, hidden } = split(byPolicy, series.sharesOf);
  const lastFirst = shown.sort((a, b) => finalOf(byPolicy, b) - finalOf(byPolicy, a));
  const labels = labelsOf(lastFirst);
  const values = lastFirst.flatMap((policy) =>
    thin(byPolicy.get(policy) ?? []).map((point) => ({
      ...point,
      policy: labels.get(policy) ?? '',
    })),
  );
  return {
    title: {
      text: 'Cumulative regret against the best model of each segment in hindsight',
      subtitle: [subtitle(lastFirst, byPolicy, labels), ...offThePlot(hidden, byPolicy)],
    },
    description:
      'Lines of cumulative regret by request, with bands from the 5 % to the 95 % quantile',
    width: PLOT_WIDTH,
    height: HEIGHT,
    data: { values },
    layer: [zeroLine(), ...lineLayers([...labels.values()], styleOf(result, lastFirst))],
    config: PLOT_CONFIG,
  };
}

/**
 * Policies whose line would flatten all others are named below the title instead, and so are fixed models, whose lines are
 * straight. The policy that the page is about is always drawn.
 */
function split(groups: ReadonlyMap<string, readonly RegretPoint[]>, subject: string) {
  const limit = OFF_THE_PLOT * Math.max(Math.abs(finalOf(groups, subject)), 1);
  const isShown = (policy: string) =>
    policy === subject || (!isFixedModel(policy) && Math.abs(finalOf(groups, policy)) <= limit);
  const policies = [...groups.keys()];
  return {
    shown: policies.filter(isShown),
    hidden: policies.filter((policy) => !isShown(policy) && !isFixedModel(policy)),
  };
}

function offThePlot(
  policies: readonly string[],
  groups: ReadonlyMap<string, readonly RegretPoint[]>,
): string[] {
  if (policies.length === 0) return [];
  const ends = policies.map(
    (policy) => `${shortName(policy)} ${fixed(finalOf(groups, policy), 0)}`,
  );
  return [`Off the plot: ${ends.join(', ')}`];
}

interface LineStyle {
  readonly colours: string[];
  readonly dashes: number[][];
}

/** Colours follow `policyOrder`, so that a policy has one colour on the whole page. */
function styleOf(result: ReplayResult, policies: readonly string[]): LineStyle {
  const order = policyOrder(result, policies);
  const allColours = colours(order.length);
  const allDashes = dashes(order.length);
  return {
    colours: policies.map((policy) => allColours[order.indexOf(policy)] ?? GREY),
    dashes: policies.map((policy) => allDashes[order.indexOf(policy)] ?? [1, 0]),
  };
}

function groupByPolicy(points: readonly RegretPoint[]): Map<string, RegretPoint[]> {
  const groups = new Map<string, RegretPoint[]>();
  for (const point of points) {
    const group = groups.get(point.policy);
    if (group) group.push(point);
    else groups.set(point.policy, [point]);
  }
  for (const group of groups.values()) group.sort((a, b) => a.request - b.request);
  return groups;
}

function finalOf(groups: ReadonlyMap<string, readonly RegretPoint[]>, policy: string): number {
  return groups.get(policy)?.at(-1)?.mean ?? 0;
}

/** Every k-th point, and always the last, which the legend's order and the subtitle speak of. */
function thin(points: readonly RegretPoint[]): RegretPoint[] {
  const step = Math.ceil(points.length / MOST_POINTS);
  return points.filter((_, i) => i % step === 0 || i === points.length - 1);
}

function subtitle(
  policies: readonly string[],
  groups: ReadonlyMap<string, readonly RegretPoint[]>,
  labels: ReadonlyMap<string, string>,
): string {
  const least = policies.at(-1);
  if (least === undefined) return 'No regret was recorded';
  const end = groups.get(least)?.at(-1);
  return `Least at the end: ${labels.get(least) ?? ''}, ${fixed(end?.mean ?? 0, 1)} utility units after ${whole(end?.request ?? 0)} requests`;
}

function zeroLine(): PlotLayer {
  return {
    data: { values: [{}] },
    mark: { type: 'rule', color: INK, opacity: 0.5 },
    encoding: { y: { datum: 0 } },
  };
}

function lineLayers(domain: string[], style: LineStyle): PlotLayer[] {
  const x = {
    field: 'request',
    type: 'quantitative' as const,
    title: 'Requests decided',
    scale: { nice: false },
    axis: { format: ',d', tickCount: 8 },
  };
  const title = 'Cumulative regret (utility)';
  const color = {
    field: 'policy',
    type: 'nominal' as const,
    title: 'Most regret first',
    // The band is pale; its entry in the shared legend must not be.
    legend: { symbolOpacity: 1 },
    scale: { domain, range: style.colours },
  };
  return [
    {
      mark: { type: 'area', opacity: 0.16 },
      encoding: {
        x,
        y: { field: 'low', type: 'quantitative', title },
        y2: { field: 'high' },
        color,
      },
    },
    {
      mark: { type: 'line', strokeWidth: 1.8 },
      encoding: {
        x,
        y: { field: 'mean', type: 'quantitative', title },
        color,
        strokeDash: { ...color, scale: { domain, range: style.dashes } },
      },
    },
  ];
}
