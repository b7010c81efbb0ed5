import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../root';
import { FIGURES } from './figures';
import { resultsMarkdown, type Run } from './markdown';

/** Writes bench/RESULTS.md and its figures. */
export async function writeResults(run: Run): Promise<void> {
  const { renderSvg } = await import('../../src/replay/report/renderSvg');
  const folder = join(ROOT, 'bench/figures');
  mkdirSync(folder, { recursive: true });
  for (const { file, plot } of FIGURES)
    writeFileSync(join(folder, file), inked(await renderSvg(plot(run.judged))));
  writeFileSync(join(ROOT, 'bench/RESULTS.md'), resultsMarkdown(run));
}

/** The report's plots take the page's text colour; a picture in a file has no page. */
function inked(svg: string): string {
  return `${svg.replaceAll('currentColor', '#1f2328')}\n`;
}
