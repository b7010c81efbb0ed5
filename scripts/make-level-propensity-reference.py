"""Prints test/best-of-n/levelPropensityReference.json: propensities of (model, n) to 16 digits or more, by mpmath.

p_mn = integral over theta_m where n is m's best of f_m(theta) prod_{j != m} P(V_j < V_m(theta)), by tanh-sinh between all places where anything
changes: the ends, the places where the best n of a model changes (found by bisection from a fine grid), the ends of what is clipped, those of
the other models, and a few quantile-like points. Where V_m is flat the whole mass falls on one value, and ties are settled by cost, then index.
Run by hand (minutes):
    python scripts/make-level-propensity-reference.py > test/best-of-n/levelPropensityReference.json
"""
import json
import sys

import mpmath
from mpmath import betainc, exp, findroot, log, loggamma, mp, mpf, quad, sqrt

mp.dps = 25
# shapes, cost of one sample, most samples, strength, surplus for n = 2, 3, …; then weight of cost and gain.
CASES = [
    ([[(8, 3), 1e-3, 3, 1.0, [0, 0]], [(6, 2), 4e-3, 1, 1.0, [0, 0]]], 30, 1),
    ([[(30, 22), 1e-3, 3, 0.7, [0.03, -0.02]], [(41.5, 20), 2e-3, 3, 2.5, [-0.04, 0.05]], [(90, 20), 6e-3, 2, 1.0, [0.01, 0]]], 40, 1),
    ([[(60, 6), 1e-4, 3, 1.2, [0.06, 0.09]], [(50, 4.5), 3e-4, 3, 0.8, [0.05, 0.02]]], 60, 0.7),
    ([[(14, 9), 1e-3, 3, 1.0, [0.1, 0.08]], [(20, 9.5), 2e-3, 3, 1.5, [0.09, 0.12]]], 0, 1),
    ([[(2.5, 1.6), 2e-3, 4, 3.0, [0, 0, 0]], [(1.4, 2.2), 1e-3, 4, 0.3, [-0.02, 0.04, 0.03]]], 25, 0.5),
    ([[(0.6, 0.8), 1e-3, 2, 1.0, [0.02]], [(0.9, 0.7), 1.5e-3, 2, 1.0, [-0.03]]], 20, 1),
    ([[(800.5, 300), 1e-3, 2, 2.0, [0.01]], [(1200, 300), 2.5e-3, 2, 1.0, [0]], [(12, 4), 2e-3, 2, 0.5, [0.02]]], 50, 1),
    ([[(5, 5), 0, 3, 1.0, [0, 0]]], 10, 1),
]


def propensities(models, weight, gain):
    weight, gain = mpf(weight), mpf(gain)
    models = [
        {"a": mpf(a), "b": mpf(b), "c": mpf(c), "n": n, "s": mpf(s), "surplus": [mpf(0)] + [mpf(x) for x in surplus]}
        for (a, b), c, n, s, surplus in models
    ]

    def raw(m, n, t):
        miss = mpf(1)
        for j in range(n):
            miss *= ((1 - t) * m["s"] + j) / (m["s"] + j)
        return t + gain * (1 - miss - t) + m["surplus"][n - 1] if n > 1 else t

    def quality(m, n, t):
        return min(mpf(1), max(mpf(0), raw(m, n, t)))

    def utility(m, n, t):
        return quality(m, n, t) - weight * n * m["c"]

    def best(m, t):
        found = 1
        for n in range(2, m["n"] + 1):
            if utility(m, n, t) > utility(m, found, t) + mpf(10) ** -22:
                found = n
        return found

    def value(m, t):
        return utility(m, best(m, t), t)

    def bisect(holds, low, high):
        for _ in range(90):
            middle = (low + high) / 2
            low, high = (middle, high) if holds(middle) else (low, middle)
        return (low + high) / 2

    def borders(m):
        grid = sorted({mpf(i) / 600 for i in range(601)} | {mpf(10) ** -k for k in range(3, 15)} | {1 - mpf(10) ** -k for k in range(3, 15)})
        found = []
        for low, high in zip(grid, grid[1:]):
            here, there = best(m, low), best(m, high)
            if here != there:
                found.append(bisect(lambda t: best(m, t) == here, low, high))
        for n in range(2, m["n"] + 1):
            if m["surplus"][n - 1] > 0:
                found.append(bisect(lambda t: raw(m, n, t) < 1, mpf(0), mpf(1)))
        return found

    def below(m, v, strictly):
        """The theta up to which the greatest utility is below v, or not above it."""
        least = mpf(1)
        for n in range(1, m["n"] + 1):
            x = v + weight * n * m["c"]
            holds = (lambda t: quality(m, n, t) < x) if strictly else (lambda t: quality(m, n, t) <= x)
            if not holds(mpf(0)):
                return mpf(0)
            if not holds(mpf(1)):
                least = min(least, bisect(holds, mpf(0), mpf(1)))
        return least

    def cdf(m, t):
        return betainc(m["a"], m["b"], 0, t, regularized=True) if 0 < t < 1 else mpf(t >= 1)

    cuts = [borders(m) for m in models]
    out = []
    for i, m in enumerate(models):
        p = [mpf(0)] * max(len(k["surplus"]) for k in models)
        points = {mpf(0), mpf(1)} | set(cuts[i])
        for j, other in enumerate(models):
            mean = other["a"] / (other["a"] + other["b"])
            sd = sqrt(mean * (1 - mean) / (other["a"] + other["b"] + 1))
            for t in [mpf(0), mpf(1)] + cuts[j] + [min(mpf(1), max(mpf(0), mean + z * sd)) for z in (-10, -5, -2, 0, 2, 5, 10)]:
                points |= {t} if i == j else {below(m, value(other, t), True), below(m, value(other, t), False)}
        points = sorted(points)
        log_beta = loggamma(m["a"]) + loggamma(m["b"]) - loggamma(m["a"] + m["b"])
        for low, high in zip(points, points[1:]):
            if high - low < mpf(10) ** -22:
                continue
            middle = (low + high) / 2
            n = best(m, middle)
            if n > 1 and raw(m, n, middle) >= 1:
                v, cost = value(m, middle), n * m["c"]
                share = cdf(m, high) - cdf(m, low)
                for j, other in enumerate(models):
                    if j == i:
                        continue
                    start, end = below(other, v, True), below(other, v, False)
                    wins = cdf(other, start)
                    inner = sorted({start, end} | {t for t in cuts[j] if start < t < end})
                    for a, b in zip(inner, inner[1:]):
                        if b - a < mpf(10) ** -20:
                            continue
                        price = best(other, (a + b) / 2) * other["c"]
                        if price > cost or (price == cost and j > i):
                            wins += cdf(other, b) - cdf(other, a)
                    share *= wins
                p[n - 1] += share
                continue

            def integrand(t):
                if not 0 < t < 1:
                    return mpf(0)
                f = exp((m["a"] - 1) * log(t) + (m["b"] - 1) * log(1 - t) - log_beta)
                v = utility(m, n, t)
                for j, other in enumerate(models):
                    if j != i:
                        f *= cdf(other, below(other, v, True))
                return f

            p[n - 1] += quad(integrand, [low, high], maxdegree=6)
        out.append([float(x) for x in p])
    return out


result = []
for models, weight, gain in CASES:
    mp.dps = 18
    p = propensities(models, weight, gain)
    print(sum(map(sum, p)) - 1, file=sys.stderr, flush=True)
    result.append({"models": models, "costWeight": weight, "gain": gain, "p": p})
print(json.dumps({"mpmath": mpmath.__version__, "cases": result}, indent=1))
