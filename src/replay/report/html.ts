import type { ReplayResult, ReplaySeries } from '../result';
import { CAPTIONS, FRONTIER_NOTE, HINDSIGHT_NOTE, POLICIES_NOTE, SYNTHETIC_NOTE } from './captions';
import { usesHindsight } from './baselines';
import { escapeHtml } from './escapeHtml';
import { frontierHtml, modelsHtml, policiesHtml } from './htmlTables';
import { whole } from './numbers';
import { factsHtml, figureHtml, pageHtml } from './page';
import { reportPlots } from './plots';

/**
 * The report as one HTML page that stands alone: inline SVG and CSS, no scripts, no network, light and dark.
 * The same result and series give the same bytes.
 */
export async function reportHtml(result: ReplayResult, series: ReplaySeries): Promise<string> {
  const title = `Replay of ${escapeHtml(result.table.name)}`;
  const figures: string[] = [];
  for (const { name, spec } of reportPlots(result, series))
    figures.push(await figureHtml(spec, CAPTIONS[name]));
  return pageHtml(
    title,
    `${series.synthetic ? `<p class="synthetic" role="note">${SYNTHETIC_NOTE}</p>` : ''}
${facts(result, series)}
${policies(result)}
${frontier(result)}
<h2>Models</h2>
${modelsHtml(result, series)}
${figures.join('\n')}`,
  );
}

function facts({ table }: ReplayResult, series: ReplaySeries): string {
  const names = (list: readonly string[]) =>
    list.length ? `${list.length}: ${list.map(escapeHtml).join(', ')}` : 'none';
  const rows: [string, string][] = [
    ['Requests', `${whole(table.requests)}, of which ${whole(table.usedRequests)} used`],
    ['Models', names(table.models)],
    ['Left-out models', names(table.leftOutModels)],
    ['Segments', whole(table.segments)],
    ['Skipped lines', whole(table.skippedLines)],
    ['Willingness to pay', willingness(series.willingnessToPayUsd)],
    ['Seeds', whole(series.seeds)],
  ];
  return factsHtml(rows);
}

function willingness(value: number): string {
  return value === Infinity
    ? 'unlimited: cost does not count'
    : `USD ${value} for raising one request’s quality from 0 to 1`;
}

function policies({ policies }: ReplayResult): string {
  const hindsight = policies.some((one) => usesHindsight(one.policy));
  return `<h2>Policies</h2>
${policiesHtml(policies)}
<p class="note">${POLICIES_NOTE}</p>
${hindsight ? `<p class="note">${HINDSIGHT_NOTE}</p>` : ''}`;
}

function frontier({ frontier }: ReplayResult): string {
  if (!frontier?.length) return '';
  return `<h2>Frontier</h2>\n${frontierHtml(frontier)}\n<p class="note">${FRONTIER_NOTE}</p>`;
}
