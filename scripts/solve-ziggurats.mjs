// Prints the constants of assembly/distributions/zigguratEdges.ts: for the normal and the exponential density the edge r of the
// base layer at which 1,024 layers of equal area close, and the width X[0] of the base strip (Marsaglia & Tsang 2000,
// doi:10.18637/jss.v005.i08). r is solved here by bisection, so no constant is taken on trust.

const LAYERS = 1024;

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

// Area of the normal tail by a continued fraction, relative error < 1e-15 for r near 4.
function normalTail(r) {
  let f = r;
  for (let k = 200; k >= 1; k--) f = r + k / f;
  return Math.exp(-0.5 * r * r) / f;
}

const normal = solve(
  3,
  6,
  (x) => Math.exp(-0.5 * x * x),
  (y) => Math.sqrt(-2 * Math.log(y)),
  normalTail,
);
const exponential = solve(
  7,
  14,
  (x) => Math.exp(-x),
  (y) => -Math.log(y),
  (r) => Math.exp(-r),
);

for (const [name, { x, excess }] of Object.entries({ normal, exponential })) {
  console.log(`${name}: r = ${x[1]}, X[0] = ${x[0]}; the layers close within ${excess}`);
}
