import type { ReplayResult, ReplaySeries, SharePoint } from '../result';
import { labelsOf, shortName } from './names';
import { percent } from './numbers';
import { GREY, PALETTE, PLOT_CONFIG, PLOT_WIDTH, type PlotSpec } from './plotStyle';

const HEIGHT = 300;
/** Models with a colour of their own; the rest is one grey area. */
const MOST_MODELS = PALETTE.length;

/** Shares of the models among the requests of `series.sharesOf`, stacked to 100 %. */
export function sharesPlot(_result: ReplayResult, series: ReplaySeries): PlotSpec {
  const models = byTotalShare(series.shares);
  const labels = labelsOf(models.slice(0, MOST_MODELS));
  const rest = models.length - labels.size;
  const domain = [...labels.values()];
  if (rest > 0) domain.push(`${rest} more models`);
  return {
    title: {
      text: `Models that ${shortName(series.sharesOf)} chose, over time`,
      subtitle: subtitle(series.shares, labels),
    },
    description: 'Stacked areas: share of each model among the requests of each stretch of the run',
    width: PLOT_WIDTH,
    height: HEIGHT,
    data: { values: areaValues(series.shares, labels, domain) },
    mark: { type: 'area', line: { strokeWidth: 0.6 }, opacity: 0.85 },
    encoding: encoding(domain),
    config: PLOT_CONFIG,
  };
}

function encoding(domain: string[]) {
  return {
    x: {
      field: 'request',
      type: 'quantitative' as const,
      title: 'Requests decided',
      scale: { nice: false, zero: false },
      axis: { format: ',d', tickCount: 8 },
    },
    y: {
      field: 'share',
      type: 'quantitative' as const,
      stack: 'normalize' as const,
      title: 'Share of requests (%)',
      axis: { format: '.0%' },
    },
    order: { field: 'rank', type: 'quantitative' as const },
    color: {
      field: 'model',
      type: 'nominal' as const,
      title: 'Most chosen first',
      scale: {
        domain,
        range: domain.map((_, i) => PALETTE[i] ?? GREY),
      },
    },
  };
}

function byTotalShare(points: readonly SharePoint[]): string[] {
  const totals = new Map<string, number>();
  for (const { model, share } of points) totals.set(model, (totals.get(model) ?? 0) + share);
  return [...totals].sort((a, b) => b[1] - a[1]).map(([model]) => model);
}

/** One value for each stretch and area, 0 where there was none: stacked areas must not have gaps. */
function areaValues(
  points: readonly SharePoint[],
  labels: ReadonlyMap<string, string>,
  domain: readonly string[],
) {
  const stretches = new Map<number, number[]>();
  const ranks = new Map([...labels.keys()].map((model, rank) => [model, rank]));
  for (const { model, request, share } of points) {
    const sums = stretches.get(request) ?? domain.map(() => 0);
    const rank = ranks.get(model) ?? domain.length - 1;
    sums[rank] = (sums[rank] ?? 0) + share;
    stretches.set(request, sums);
  }
  return [...stretches]
    .sort((a, b) => a[0] - b[0])
    .flatMap(([request, sums]) =>
      sums.map((share, rank) => ({ request, share, rank, model: domain[rank] ?? '' })),
    );
}

function subtitle(points: readonly SharePoint[], labels: ReadonlyMap<string, string>): string {
  const end = Math.max(0, ...points.map((one) => one.request));
  const last = points.filter((one) => one.request === end).sort((a, b) => b.share - a.share)[0];
  if (!last) return 'No choices were recorded';
  const total = points
    .filter((one) => one.request === end)
    .reduce((sum, one) => sum + one.share, 0);
  const name = labels.get(last.model) ?? shortName(last.model);
  return `Most chosen in the last stretch: ${name}, ${percent(last.share / (total || 1))}`;
}
