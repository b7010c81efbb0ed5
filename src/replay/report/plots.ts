import type { ReplayResult, ReplaySeries } from '../result';
import { costQualityPlot } from './costQualityPlot';
import { frontierPlot } from './frontierPlot';
import type { PlotSpec } from './plotStyle';
import { regretPlot } from './regretPlot';
import { segmentGainsPlot } from './segmentGainsPlot';
import { sharesPlot } from './sharesPlot';

export { costQualityPlot } from './costQualityPlot';
export { frontierPlot } from './frontierPlot';
export type { PlotSpec } from './plotStyle';
export { regretPlot } from './regretPlot';
export { renderSvg } from './renderSvg';
export { segmentGainsPlot } from './segmentGainsPlot';
export { sharesPlot } from './sharesPlot';

export type PlotName = 'costQuality' | 'regret' | 'shares' | 'segmentGains' | 'frontier';

export interface ReportPlot {
  readonly name: PlotName;
  readonly spec: PlotSpec;
}

/** The plots of a report in reading order; one without data is left out. */
export function reportPlots(result: ReplayResult, series: ReplaySeries): ReportPlot[] {
  const plots: ReportPlot[] = [{ name: 'costQuality', spec: costQualityPlot(result, series) }];
  if (result.frontier?.length) {
    plots.push({ name: 'frontier', spec: frontierPlot(result, series, result.frontier) });
  }
  if (series.regret.length) plots.push({ name: 'regret', spec: regretPlot(result, series) });
  if (series.shares.length) plots.push({ name: 'shares', spec: sharesPlot(result, series) });
  if (series.segmentGains.length) {
    plots.push({ name: 'segmentGains', spec: segmentGainsPlot(result, series) });
  }
  return plots;
}
