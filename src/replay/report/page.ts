import { PAGE_STYLE } from './pageStyle';
import type { PlotSpec } from './plotStyle';
import { renderSvg } from './renderSvg';

/** Nothing may load or run, even if a hostile name slipped through the escaping. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** A page that stands alone. @param title and body: ready HTML */
export function pageHtml(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<h1>${title}</h1>
${body}
</body>
</html>
`;
}

/** A plot with a caption of ready HTML. */
export async function figureHtml(spec: PlotSpec, caption: string): Promise<string> {
  return `<figure>\n${await renderSvg(spec)}\n<figcaption>${caption}</figcaption>\n</figure>`;
}

/** Names and values of ready HTML. */
export function factsHtml(rows: readonly (readonly [string, string])[]): string {
  return `<dl>\n${rows.map(([name, value]) => `<dt>${name}</dt><dd>${value}</dd>`).join('\n')}\n</dl>`;
}

/** A table of ready HTML cells. */
export function tableHtml(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const heads = head.map((cell) => `<th scope="col">${cell}</th>`).join('');
  const body = rows.map((row) => `<tr>${row.map((cell) => `<td>${cell}</td>`).join('')}</tr>`);
  return `<div class="wide"><table><thead><tr>${heads}</tr></thead><tbody>\n${body.join('\n')}\n</tbody></table></div>`;
}
