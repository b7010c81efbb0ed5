// Writes assembly/distributions/zigguratTables.ts: the 257 layer edges of the 256-layer ziggurats for the normal
// and the exponential density (Marsaglia & Tsang 2000, doi:10.18637/jss.v005.i08). The edge of the base layer is
// solved here by bisection, so no constant is taken on trust; the file it writes is data and is committed.
import { writeFileSync } from 'node:fs';

const LAYERS = 256;

/** Edges X[0..256]: X[1] = r, X[256] = 0, X[0] = v/f(r) the width of the base strip that stands for the tail too. */
function edges(r, density, inverse, tailArea) {
  const v = r * density(r) + tailArea(r);
  const x = [v / density(r), r];
  let y = density(r);
  for (let i = 2; i < LAYERS; i++) {
    y += v / x[i - 1];
    x.push(y < 1 ? inverse(y) : NaN);
  }
  x.push(0);
  // The layers close when the last one, of height 1 - f(X[255]), has area v too.
  return { x, excess: y + v / x[LAYERS - 1] - 1 };
}

function solve(lo, hi, density, inverse, tailArea) {
  // excess falls as r grows (smaller layers); NaN means the stack went over the top: r too small.
  for (let i = 0; i < 200; i++) {
    const mid = (lo + hi) / 2;
    const { excess } = edges(mid, density, inverse, tailArea);
    if (!(excess <= 0)) lo = mid;
    else hi = mid;
  }
  return edges(hi, density, inverse, tailArea);
}

// Area of the normal tail by a continued fraction (Lentz), relative error < 1e-15 for r near 3.65.
function normalTail(r) {
  let f = r;
  for (let k = 200; k >= 1; k--) f = r + k / f;
  return Math.exp(-0.5 * r * r) / f;
}

const normal = solve(
  3,
  4,
  (x) => Math.exp(-0.5 * x * x),
  (y) => Math.sqrt(-2 * Math.log(y)),
  normalTail,
);
const exponential = solve(
  7,
  8,
  (x) => Math.exp(-x),
  (y) => -Math.log(y),
  (r) => Math.exp(-r),
);

const rows = (x) => {
  const lines = [];
  for (let i = 0; i < x.length; i += 4)
    lines.push(
      '    ' +
        x
          .slice(i, i + 4)
          .map((v) => v.toString())
          .join(', ') +
        ',',
    );
  return lines.join('\n').replace(/\b0,$/, '0.0,');
};
const text = `// Written by scripts/make-ziggurat-tables.mjs; do not edit.
// 257 layer edges: [0] width of the base strip, [1] = r, decreasing to [256] = 0.

/** Edge of the normal base layer, r. */
export const NORMAL_R: f64 = ${normal.x[1]};
/** Edge of the exponential base layer, r. */
export const EXPONENTIAL_R: f64 = ${exponential.x[1]};

export const NORMAL_EDGES = memory.data<f64>(
  [
${rows(normal.x)}
  ],
  16,
);

export const EXPONENTIAL_EDGES = memory.data<f64>(
  [
${rows(exponential.x)}
  ],
  16,
);
`;
writeFileSync(new URL('../assembly/distributions/zigguratTables.ts', import.meta.url), text);
console.log(
  `normal r ${normal.x[1]} closes within ${normal.excess}; exponential r ${exponential.x[1]} closes within ${exponential.excess}`,
);
