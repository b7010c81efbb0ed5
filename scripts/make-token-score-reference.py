"""Writes test/replay/forecast/logNormalReference.json: quantiles, probabilities, means and scores of log-normals.

Run with mpmath and scipy installed: python scripts/make-token-score-reference.py
Quantiles, probabilities and means are scipy's; the continuous ranked probability score is its definition, ∫ (F(x) - 1{x >= y})² dx, integrated
by mpmath at 40 digits, not the closed form that the code uses.
"""

import json
import pathlib

import mpmath
import scipy
from scipy.stats import lognorm

mpmath.mp.dps = 40
LEVELS = [0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975]
CASES = [(0.0, 1.0, 1), (5.6, 0.45, 272), (5.6, 0.45, 40), (5.6, 0.45, 900), (5.6, 0.45, 0), (2.0, 0.01, 7), (2.0, 0.01, 8), (7.5, 2.0, 30000), (7.5, 2.0, 3), (-1.0, 0.3, 1)]


def crps(mu, sd, y):
    """In z = (log x - mu)/sd, where the integrand is smooth on both sides of y."""
    mu, sd = mpmath.mpf(mu), mpmath.mpf(sd)
    size = lambda z: sd * mpmath.e ** (mu + sd * z)
    below = lambda z: mpmath.ncdf(z) ** 2 * size(z)
    above = lambda z: mpmath.ncdf(-z) ** 2 * size(z)
    points = lambda low, high: [low, *[p for p in range(-60, 61) if low < p < high], high]
    if y == 0:
        return mpmath.quad(above, [-400, -200, *points(-60, 60)])  # down to where x itself is nothing
    cut = (mpmath.log(y) - mu) / sd
    return mpmath.quad(below, points(cut - 60, cut)) + mpmath.quad(above, points(cut, cut + 60))


def solve(mu, sd, y):
    law = lognorm(s=sd, scale=float(mpmath.e**mu))
    return {
        "mu": mu,
        "sd": sd,
        "tokens": y,
        "mean": float(law.mean()),
        "quantiles": [float(law.ppf(p)) for p in LEVELS],
        "probability": float(law.cdf(y)),
        "crps": float(crps(mu, sd, y)),
    }


path = pathlib.Path(__file__).parent.parent / "test" / "replay" / "forecast" / "logNormalReference.json"
path.parent.mkdir(parents=True, exist_ok=True)
head = {"program": "scripts/make-token-score-reference.py", "versions": {"scipy": scipy.__version__, "mpmath": mpmath.__version__}}
lines = ",\n".join(json.dumps(solve(*case)) for case in CASES)
path.write_text('{"program": %s,\n"versions": %s,\n"cases": [\n%s\n]}\n' % (json.dumps(head["program"]), json.dumps(head["versions"]), lines))
print(f"{len(CASES)} cases")
