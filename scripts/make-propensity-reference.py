"""Prints test/decision/propensityReference.json: hard cases of the propensities to 25 digits, by mpmath.

p_i = integral of f_i(x) prod_{j != i} F_j(x - c_i + c_j) over x in [0, 1], tanh-sinh between all ends and a few
quantile-like points, F_j by mpmath's hypergeometric series. Run by hand (minutes):
    python scripts/make-propensity-reference.py > test/decision/propensityReference.json
"""
import json
import sys
import mpmath
from mpmath import betainc, exp, log, loggamma, mp, mpf, quad, sqrt

mp.dps = 25
CASES = [
    ([(1, 1), (1, 1)], [0, 0.05]),
    ([(8, 3), (6, 2), (9, 5)], [0, 0.05, 0.02]),
    ([(0.5, 0.5), (0.5, 0.5)], [0, 0.05]),
    ([(0.5, 0.7), (0.6, 0.5)], [0, 1e-15]),
    ([(0.7, 2.2), (2.2, 0.7)], [0, 0.3]),
    ([(8.3, 3.4), (8.3, 3.4)], [0, 0.05]),
    ([(14.4, 9.4), (1.4, 0.96)], [0, 0.04]),
    ([(1.5, 2.5), (1.5, 2.5), (2.5, 1.5)], [0, 0.05, 0.1]),
    ([(120.5, 37.2), (88, 30.5)], [0, 0.01]),
    ([(300, 40), (1, 1), (2.5, 1.2)], [0, 0, 0]),
    ([(2, 3), (3, 2)], [0, 0.9]),
    ([(2000.5, 300.25), (0.5, 0.5)], [0.1, 0]),
    ([(0.1, 3), (3.2, 0.2)], [0.05, 0]),
]


def propensities(shapes, offsets):
    shapes = [(mpf(a), mpf(b)) for a, b in shapes]
    offsets = [mpf(c) for c in offsets]
    arms = range(len(shapes))

    def cdf(j, x):
        if x <= 0:
            return mpf(0)
        if x >= 1:
            return mpf(1)
        return betainc(*shapes[j], 0, x, regularized=True)

    out = []
    for i in arms:
        a, b = shapes[i]
        log_beta = loggamma(a) + loggamma(b) - loggamma(a + b)
        points = {mpf(0), mpf(1)}
        for j in arms:
            shift = offsets[i] - offsets[j]
            mean = shapes[j][0] / sum(shapes[j])
            sd = sqrt(mean * (1 - mean) / (sum(shapes[j]) + 1))
            points |= {shift, 1 + shift} | {mean + z * sd + shift for z in (-8, -4, -1, 1, 4, 8)}
        points = sorted(p for p in points if 0 <= p <= 1)

        def integrand(x, y):
            value = exp((a - 1) * log(x) + (b - 1) * log(y) - log_beta)
            for j in arms:
                if j != i:
                    value *= cdf(j, x - offsets[i] + offsets[j])
            return value

        total = mpf(0)
        for low, high in zip(points[:-1], points[1:]):
            half = (high - low) / 2
            total += quad(lambda t: integrand(low + t, 1 - low - t), [0, half])
            total += quad(lambda t: integrand(high - t, 1 - high + t), [0, half])
        out.append(total)
    return out


cases = []
for shapes, offsets in CASES:
    p = propensities(shapes, offsets)
    print(shapes, offsets, float(sum(p) - 1), file=sys.stderr, flush=True)
    cases.append({'shapes': shapes, 'offsets': offsets, 'propensities': [float(v) for v in p], 'sumMinusOne': float(sum(p) - 1)})
print(json.dumps({'madeBy': f'scripts/make-propensity-reference.py, mpmath {mpmath.__version__}', 'cases': cases}, indent=2))
