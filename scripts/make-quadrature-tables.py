"""Prints the tables of assembly/quadrature/gauss.ts: the 8-point Gauss-Legendre rule on [0, 1].

Run by hand with mpmath: python scripts/make-quadrature-tables.py
"""
from mpmath import legendre, mp, mpf, polyroots, taylor

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
print(f"""/** Points in (0, 1). */
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
);""")
