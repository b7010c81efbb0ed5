"""The loop of bench/forecasts/context.mjs in numpy: linear Thompson sampling of quality with the cost expected from the features.

Reads nothing; prints microseconds a decision for each round asked for on standard input, one line each.
"""
import sys
import time

import numpy as np

ARMS, FEATURES, ROWS = 8, 136, 2000


def world():
    rng = np.random.default_rng(1)
    x = rng.standard_normal((ROWS, FEATURES))
    x[:, 0] = 1
    quality = np.clip(0.5 + 0.1 * rng.standard_normal((ROWS, ARMS)), 0, 1)
    cost = np.exp(-7 + 0.5 * rng.standard_normal((ROWS, ARMS)))
    return x, quality, cost


def run(x, quality, cost, rng):
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


def main():
    data = world()
    rng = np.random.default_rng(2)
    run(*data, rng)
    print("ready", flush=True)
    for _ in sys.stdin:
        start = time.perf_counter()
        run(*data, rng)
        print((time.perf_counter() - start) / ROWS * 1e6, flush=True)


main()
