import type { PlotSpec } from './plotStyle';

/** Draws a plot without a browser. vega is large and loads here, when a report is wanted, not with the library. */
export async function renderSvg(spec: PlotSpec): Promise<string> {
  const [{ compile }, vega] = await Promise.all([import('vega-lite'), import('vega')]);
  const view = new vega.View(vega.parse(compile(spec).spec), { renderer: 'none' });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}
