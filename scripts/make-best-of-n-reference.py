"""Writes test/best-of-n/reference.json: beta-binomial fits by scipy's optimiser and best-of-n means by mpmath.

Run by hand (numpy, scipy, mpmath); the result is committed.
"""

import json
import sys

import mpmath
import numpy as np
import scipy
from scipy.optimize import minimize
from scipy.special import betaln


def likelihood(x, t, mean, strength):
    a, b = mean * strength, (1 - mean) * strength
    return float(np.sum(betaln(a + x, b + t - x) - betaln(a, b)))


def fit(x, t):
    def loss(p):
        mean = 1 / (1 + np.exp(-p[0]))
        return -likelihood(x, t, mean, np.exp(p[1]))

    best = None
    for start in (-2.0, 0.0, 2.0, 4.0):
        found = minimize(loss, [0.1, start], method="Nelder-Mead", options={"xatol": 1e-11, "fatol": 1e-13, "maxiter": 20000})
        if best is None or found.fun < best.fun:
            best = found
    return 1 / (1 + np.exp(-best.x[0])), float(np.exp(best.x[1])), -best.fun


def worlds():
    generator = np.random.default_rng(29)
    for name, mean, strength, prompts, trials in [
        ("agreeing", 0.57, 0.4, 400, [3]),
        ("alike", 0.3, 12.0, 300, [5]),
        ("rare", 0.04, 0.7, 500, [3]),
        ("mixed numbers of samples", 0.6, 1.5, 200, [1, 2, 3, 8]),
        ("few", 0.5, 1.0, 6, [3]),
        ("many samples", 0.8, 3.0, 20, [64]),
    ]:
        t = np.array([trials[i % len(trials)] for i in range(prompts)])
        p = generator.beta(mean * strength, (1 - mean) * strength, prompts)
        yield name, generator.binomial(t, p), t


def best_mean(mean, strength, n):
    s, b = mpmath.mpf(strength), (1 - mpmath.mpf(mean)) * mpmath.mpf(strength)
    return float(1 - mpmath.beta(s - b, b + n) / mpmath.beta(s - b, b))


mpmath.mp.dps = 60
fits = []
for name, x, t in worlds():
    mean, strength, log_likelihood = fit(x, t)
    fits.append({"name": name, "successes": x.tolist(), "trials": t.tolist(), "mean": mean, "strength": strength, "logLikelihood": log_likelihood})
grid = [(m, s, n) for m in (0.02, 0.3, 0.57, 0.97) for s in (0.001, 0.4, 3.0, 250.0) for n in (2, 3, 8, 100)]
reference = {
    "program": "scripts/make-best-of-n-reference.py",
    "versions": {"python": sys.version.split()[0], "numpy": np.__version__, "scipy": scipy.__version__, "mpmath": mpmath.__version__},
    "fits": fits,
    "bestMeans": [[m, s, n, best_mean(m, s, n)] for m, s, n in grid],
}
with open("test/best-of-n/reference.json", "w") as file:
    json.dump(reference, file, separators=(",", ":"))
    file.write("\n")
