"""Prints assembly/quadrature/gauss.ts: the 8-point Gauss-Legendre rule on [0, 1] and its cumulative matrix.

Run by hand with mpmath: python scripts/make-quadrature-tables.py > assembly/quadrature/gauss.ts
"""
from mpmath import mp, mpf, polyroots, legendre, taylor, quad

mp.dps = 60
N = 8
nodes = sorted((1 + mp.re(r)) / 2 for r in polyroots(taylor(lambda x: legendre(N, x), 0, N)[::-1], maxsteps=500, extraprec=500))


def lagrange_integral(l, end):
    """Integral over [0, end] of the polynomial that is 1 at node l and 0 at the others."""
    coefficients = [mpf(1)]
    for m in range(N):
        if m == l:
            continue
        scale = 1 / (nodes[l] - nodes[m])
        grown = [mpf(0)] * (len(coefficients) + 1)
        for i, c in enumerate(coefficients):
            grown[i] -= c * nodes[m] * scale
            grown[i + 1] += c * scale
        coefficients = grown
    return sum(c * end ** (i + 1) / (i + 1) for i, c in enumerate(coefficients))


def rows(values):
    lines = []
    for i in range(0, len(values), 4):
        lines.append('    ' + ', '.join(repr(float(v)) for v in values[i:i + 4]) + ',')
    return '\n'.join(lines)


weights = [lagrange_integral(l, mpf(1)) for l in range(N)]
matrix = [lagrange_integral(l, nodes[k]) for l in range(N) for k in range(N)]
print(f"""/**
 * Gauss-Legendre quadrature with eight points on [0, 1], and the integral from 0 to each point of the polynomial through
 * eight values. Together they are Gauss's collocation method: the integrals of a product of running integrals are of
 * order 16 in the length of a panel (Hairer, Norsett & Wanner 1993, II.7). Written by scripts/make-quadrature-tables.py.
 */

export const PANEL_NODES: usize = {N};

/** Points in (0, 1). */
export const NODES = memory.data<f64>(
  [
{rows(nodes)}
  ],
  16,
);

export const WEIGHTS = memory.data<f64>(
  [
{rows(weights)}
  ],
  16,
);

/** Column after column: what the value at point l adds to the integrals up to points 0 ... 7. */
export const CUMULATIVE = memory.data<f64>(
  [
{rows(matrix)}
  ],
  16,
);""")
