"""Prints test/special/reference.json: special functions at extreme arguments to 30 digits, by mpmath.

The incomplete beta function is summed by Gauss's continued fraction at 40 digits, as mpmath's own series does not
converge at large shapes. Run by hand: python scripts/make-special-reference.py > test/special/reference.json
"""
import json
import mpmath
from mpmath import erfc, exp, log, loggamma, mp, mpf, sqrt

mp.dps = 40
SHAPES = [1e-3, 0.05, 0.5, 1, 2.7, 10, 120.5, 499, 501, 3000, 1e6, 1e8]


def fraction(a, b, x):
    c, d = mpf(1), 1 / (1 - (a + b) * x / (a + 1))
    value, m = d, 0
    while True:
        m += 1
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d, c = 1 / (1 + even * d), 1 + even / c
        value *= d * c
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d, c = 1 / (1 + odd * d), 1 + odd / c
        value *= d * c
        if abs(d * c - 1) < mpf(10) ** -32:
            return value


def tails(a, b, x):
    a, b, x = mpf(a), mpf(b), mpf(x)
    y = 1 - x
    weight = exp(a * log(x) + b * log(y) - (loggamma(a) + loggamma(b) - loggamma(a + b)))
    if x * (a + b + 2) <= a + 1:
        p = weight * fraction(a, b, x) / a
        return p, 1 - p
    q = weight * fraction(b, a, y) / b
    return 1 - q, q


def log_beta(a, b):
    with mp.workdps(400 if min(a, b) < 1e-50 else 60):
        return loggamma(mpf(a)) + loggamma(mpf(b)) - loggamma(mpf(a) + mpf(b))


out = {'madeBy': f'scripts/make-special-reference.py, mpmath {mpmath.__version__}'}
arguments = [1e-300, 1e-10, 0.05, 0.5, 1, 1.4616321449683623, 2, 3.7, 9.999, 10, 120.5, 1e6, 1e15]
out['logGamma'] = [[x, float(loggamma(mpf(x)))] for x in arguments]
wide = [1e-300, 1e-3, 0.5, 1, 9.5, 11.3, 3000, 1e8, 1e15]
out['logBeta'] = [[a, b, float(log_beta(a, b))] for a in wide for b in wide]
out['betaCdf'] = []
for a in SHAPES:
    for b in SHAPES:
        mean = a / (a + b)
        sd = (mean * b / (a + b) / (a + b + 1)) ** 0.5
        for x in [mean + z * sd for z in (-30, -8, -1, 0, 1, 8, 30)] + [1e-12, 0.3, 1 - 1e-6]:
            if not 0 < x < 1:
                continue
            p, q = tails(a, b, x)
            if min(p, q) > mpf(10) ** -290:
                out['betaCdf'].append([a, b, x, float(p), float(q)])
zs = [-38, -30.7, -8, -2.6, -2.4, -1, -1e-10, 0, 0.3, 2.49, 2.51, 5, 20.3, 37.5]
out['normalCdf'] = [[z, float(erfc(-mpf(z) / sqrt(mpf(2))) / 2), float(erfc(mpf(z) / sqrt(mpf(2))) / 2)] for z in zs]
print(json.dumps(out))
