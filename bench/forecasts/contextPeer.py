"""The loop of bench/forecasts/context.mjs in numpy, two ways: linear Thompson sampling of quality with the cost expected from the features.

`covariance` keeps the arms' covariances, updated by outer products: numpy's fastest way. `factor` does what the kernel does: a Cholesky factor an arm,
forward substitution for mean, variance and cost, a rank-one update of the factor, column by column.

Each line on standard input asks for a round of both; prints microseconds a decision of each, one line a round.
"""
import sys
import time

import numpy as np
from scipy.linalg import solve_triangular

ARMS, FEATURES, ROWS = 8, 136, 2000
# The slower way is timed on its first rows only: a decision costs the same throughout.
FACTOR_ROWS = 400


def world():
    rng = np.random.default_rng(1)
    x = rng.standard_normal((ROWS, FEATURES))
    x[:, 0] = 1
    quality = np.clip(0.5 + 0.1 * rng.standard_normal((ROWS, ARMS)), 0, 1)
    cost = np.exp(-7 + 0.5 * rng.standard_normal((ROWS, ARMS)))
    return x, quality, cost


def by_covariance(x, quality, cost, rng):
    """Covariances are kept and updated by rank one; coefficients of cost are solved when the rows have grown by half."""
    precision = np.full(FEATURES, 20000.0)
    precision[0] = 32
    noise = 0.12
    covariance = np.repeat(np.diag(1 / precision)[None], ARMS, 0)
    weights = np.zeros((ARMS, FEATURES))
    weights[:, 0] = 0.5
    gram = np.zeros((ARMS, FEATURES, FEATURES))
    costs = np.zeros((ARMS, FEATURES))
    by_cost = np.zeros((ARMS, FEATURES))
    ridge = np.diag(np.full(FEATURES, 100.0))
    rebuild = 4
    for row in range(ROWS):
        f = x[row]
        v = covariance @ f
        deviation = np.sqrt(v @ f)
        expected = np.exp(by_cost @ f + 0.1)
        arm = int(np.argmax(weights @ f + deviation * rng.standard_normal(ARMS) - 50 * np.minimum(expected, 1)))
        gain = v[arm] / (noise + v[arm] @ f)
        weights[arm] += gain * (quality[row, arm] - weights[arm] @ f)
        covariance[arm] -= np.outer(gain, v[arm])
        gram[arm] += np.outer(f, f)
        costs[arm] += f * np.log(cost[row, arm])
        if row + 1 >= rebuild:
            rebuild = row + 1 + max(4, (row + 1) // 2)
            for a in range(ARMS):
                by_cost[a] = np.linalg.solve(gram[a] + ridge, costs[a])
    return weights


def update_factor(lower, z, x, weight, targets):
    """lower @ lower.T += weight x x.T, and of the right-hand sides z their solution (Gill, Golub, Murray & Saunders 1974)."""
    x = np.sqrt(weight) * x
    targets = np.sqrt(weight) * targets
    for k in range(len(x)):
        pivot = lower[k, k]
        radius = np.hypot(pivot, x[k])
        c, s = pivot / radius, x[k] / radius
        column = lower[k:, k].copy()
        lower[k:, k] = c * column + s * x[k:]
        x[k:] = c * x[k:] - s * column
        before = z[k].copy()
        z[k] = c * before + s * targets
        targets = c * targets - s * before


def by_factor(x, quality, cost, rng):
    precision = np.full(FEATURES, 20000.0)
    precision[0] = 32
    noise = 0.12
    lower = np.repeat(np.diag(np.sqrt(noise * precision))[None], ARMS, 0)
    gram = np.zeros((ARMS, FEATURES, FEATURES))
    sums = np.zeros((ARMS, FEATURES, 2))
    sums[:, 0] = noise * 32 * np.array([0.5, -7])
    z = np.stack([np.linalg.solve(lower[a], sums[a]) for a in range(ARMS)])
    ridge = np.diag(noise * precision)
    rebuild = 4
    for row in range(FACTOR_ROWS):
        f = x[row]
        t = np.stack([solve_triangular(lower[a], f, lower=True, check_finite=False) for a in range(ARMS)])
        told = np.einsum("ai,aij->aj", t, z)
        deviation = np.sqrt(noise * np.einsum("ai,ai->a", t, t))
        expected = np.exp(told[:, 1] + 0.1)
        arm = int(np.argmax(told[:, 0] + deviation * rng.standard_normal(ARMS) - 50 * np.minimum(expected, 1)))
        targets = np.array([quality[row, arm], np.log(cost[row, arm])])
        gram[arm] += np.outer(f, f)
        sums[arm] += np.outer(f, targets)
        update_factor(lower[arm], z[arm], f.copy(), 1.0, targets)
        if row + 1 >= rebuild:
            rebuild = row + 1 + max(4, (row + 1) // 2)
            for a in range(ARMS):
                lower[a] = np.linalg.cholesky(gram[a] + ridge)
                z[a] = solve_triangular(lower[a], sums[a], lower=True, check_finite=False)
    return z


def timed(way, data, rng, rows):
    start = time.perf_counter()
    way(*data, rng)
    return (time.perf_counter() - start) / rows * 1e6


def main():
    data = world()
    rng = np.random.default_rng(2)
    by_covariance(*data, rng)
    by_factor(*data, rng)
    print("ready", flush=True)
    for _ in sys.stdin:
        print(timed(by_covariance, data, rng, ROWS), timed(by_factor, data, rng, FACTOR_ROWS), flush=True)


main()
