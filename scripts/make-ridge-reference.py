"""Writes test/regression/reference.json: what scikit-learn's BayesianRidge gives on data that test/regression/data.ts makes too.

Run with numpy, scipy and scikit-learn installed: python scripts/make-ridge-reference.py
Data come from a 32-bit linear congruential generator and sums in a fixed order, so that both sides hold the same bits.
"""

import json
import pathlib
import warnings

import numpy
import scipy
import sklearn
from sklearn.linear_model import BayesianRidge

warnings.filterwarnings("ignore")


class Generator:
    def __init__(self, seed):
        self.state = seed & 0xFFFFFFFF

    def unit(self):
        """Uniform on [-0.5, 0.5), a multiple of 2^-32."""
        self.state = (self.state * 1664525 + 1013904223) & 0xFFFFFFFF
        return self.state / 4294967296 - 0.5

    def bell(self):
        """Sum of four: variance 1/3."""
        return self.unit() + self.unit() + self.unit() + self.unit()


def power_of_two(exponent):
    return float(2**exponent) if exponent >= 0 else 1.0 / float(2**-exponent)


def make(case):
    """Features (rows of lists), targets and sample weights of a case. The order of draws and sums is part of the format."""
    generator = Generator(case["seed"])
    rows, d, kind = case["rows"], case["dimensions"], case["kind"]
    truth = [3 * generator.unit() for _ in range(d)]
    features, targets, weights = [], [], []
    for i in range(rows):
        x = [generator.bell() + case["offset"] for _ in range(d)]
        noise = generator.bell()
        weight = 2 * (generator.unit() + 0.5)
        if kind == "duplicate":
            x[d - 1] = x[0]
        if kind == "sum":
            x[d - 1] = x[0] + x[1]
        if kind == "near":
            x[d - 1] = x[0] + x[1] * power_of_two(-33)
        if kind == "constant":
            x[d - 1] = 0.1
        if kind == "zero":
            x[d - 1] = 0.0
        if kind == "trend":
            x[0] = float(i)
        if kind == "powers":
            for j in range(1, d):
                x[j] = x[j - 1] * x[0]
        if kind in ("scaled", "mild"):
            span = 53 if kind == "scaled" else 8
            x = [v * power_of_two((j * span) // max(1, d - 1) - span // 2) for j, v in enumerate(x)]
        y = case["offset"] + case["noise"] * noise
        for v, w in zip(x, truth):
            y += v * w
        features.append(x)
        targets.append(y if kind != "flat" else 0.3)
        weights.append(weight if i % 7 else 0.0)
    return numpy.array(features), numpy.array(targets), numpy.array(weights)


NAMES = {
    "noisePriorShape": "alpha_1",
    "noisePriorRate": "alpha_2",
    "weightPriorShape": "lambda_1",
    "weightPriorRate": "lambda_2",
    "tolerance": "tol",
    "maxIterations": "max_iter",
    "intercept": "fit_intercept",
    "initialNoisePrecision": "alpha_init",
    "initialWeightPrecision": "lambda_init",
}


def final_evidence(model, x, y, weights, intercept):
    """The log marginal likelihood at the final precisions and at their own coefficients: scores_[-1] mixes in the coefficients before."""
    w = numpy.ones(len(y)) if weights is None else weights
    if intercept:
        x = x - numpy.average(x, axis=0, weights=w)
        y = y - numpy.average(y, weights=w)
    root = numpy.sqrt(w)
    x, y = x * root[:, None], y * root
    s = numpy.linalg.svd(x, compute_uv=False)
    n, d = x.shape
    residuals = float(numpy.sum((y - x @ model.coef_) ** 2))
    return model._log_marginal_likelihood(
        n, d, w.sum(), s**2, model.alpha_, model.lambda_, model.coef_, residuals
    )


def solve(case):
    x, y, weights = make(case)
    options = {NAMES[key]: value for key, value in case["options"].items()}
    weights = weights if case["weighted"] else None
    model = BayesianRidge(compute_score=True, **options).fit(x, y, sample_weight=weights)
    shown = x[: min(4, len(x))]
    mean, sd = model.predict(shown, return_std=True)
    path = [float(v) for v in model.scores_]
    last = path[-1]
    path[-1] = float(final_evidence(model, x, y, weights, options.get("fit_intercept", True)))
    return {
        "coefficients": [float(v) for v in model.coef_],
        "intercept": float(model.intercept_),
        "noisePrecision": float(model.alpha_),
        "weightPrecision": float(model.lambda_),
        "iterations": int(model.n_iter_),
        "logEvidencePath": path,
        "lastScore": last,
        "mean": [float(v) for v in mean],
        "sd": [float(v) for v in sd],
    }


def case(name, rows, dimensions, kind="plain", offset=0.0, noise=1.0, weighted=False, **options):
    return {
        "name": name,
        "seed": sum(ord(c) * (i + 1) for i, c in enumerate(name)) * 7919,
        "rows": rows,
        "dimensions": dimensions,
        "kind": kind,
        "offset": offset,
        "noise": noise,
        "weighted": weighted,
        "options": options,
    }


PRIORS = dict(noisePriorShape=2.0, noisePriorRate=0.5, weightPriorShape=3.0, weightPriorRate=4.0)
CASES = [
    *[case(f"d = {d}", n, d) for d, n in [(1, 30), (2, 40), (3, 50), (5, 60), (14, 500), (64, 400), (128, 600), (256, 700)]],
    *[case(f"no intercept, d = {d}", n, d, intercept=False) for d, n in [(1, 30), (14, 200), (64, 300)]],
    *[case(f"offset 5, d = {d}", n, d, offset=5.0) for d, n in [(1, 30), (14, 200), (64, 300)]],
    case("offset 5, no intercept", 200, 14, offset=5.0, intercept=False),
    case("offset 1e5", 200, 7, offset=1e5),
    *[case(f"weighted, d = {d}", n, d, weighted=True, offset=2.0) for d, n in [(1, 30), (14, 300), (64, 300)]],
    case("weighted, no intercept", 300, 14, weighted=True, offset=2.0, intercept=False),
    case("hyper-priors", 60, 14, **PRIORS),
    case("hyper-priors, weighted", 60, 7, weighted=True, **PRIORS),
    case("flat hyper-priors", 100, 7, noisePriorShape=0.0, noisePriorRate=0.0, weightPriorShape=0.0, weightPriorRate=0.0),
    case("seed library settings", 200, 14, tolerance=1e-4, maxIterations=300),
    case("tight tolerance", 80, 14, tolerance=1e-10, maxIterations=1000),
    case("one iteration", 80, 14, maxIterations=1),
    case("two iterations", 80, 14, maxIterations=2, tolerance=1e-12),
    case("starts", 80, 14, initialNoisePrecision=7.0, initialWeightPrecision=0.2),
    case("much noise", 120, 14, noise=30.0),
    case("little noise", 120, 14, noise=1e-2),
    case("trend", 900, 5, kind="trend"),
    case("mild scales", 200, 9, kind="mild"),
    case("flat target", 50, 4, kind="flat"),
    # ill-conditioned
    case("duplicate", 200, 8, kind="duplicate"),
    case("duplicate, d = 64", 300, 64, kind="duplicate"),
    case("duplicate, weighted", 200, 8, kind="duplicate", weighted=True),
    case("duplicate, no intercept", 200, 8, kind="duplicate", intercept=False),
    case("sum", 200, 8, kind="sum"),
    case("near duplicate", 200, 8, kind="near"),
    case("constant", 200, 8, kind="constant"),
    case("constant, offset", 200, 8, kind="constant", offset=3.0),
    case("zero column", 200, 8, kind="zero", intercept=False),
    case("constant alone", 20, 1, kind="constant"),
    case("scales 1e-8 to 1e8", 200, 9, kind="scaled"),
    case("scales, offset", 200, 9, kind="scaled", offset=2.0),
    case("powers", 200, 10, kind="powers"),
    case("powers, offset 1", 200, 10, kind="powers", offset=1.0),
    case("n < d", 6, 20),
    case("n < d, no intercept", 6, 20, intercept=False),
    case("n < d, d = 256", 40, 256),
    case("n = d", 12, 12),
    case("n = d + 1", 13, 12),
    case("n = 1", 1, 3),
    case("n = 1, no intercept", 1, 3, intercept=False),
    case("n = 2", 2, 2),
    case("no noise", 60, 6, noise=0.0),
]

REFERENCE = {
    "program": "scripts/make-ridge-reference.py",
    "versions": {"scikit-learn": sklearn.__version__, "numpy": numpy.__version__, "scipy": scipy.__version__},
    "cases": [{**c, "expected": solve(c)} for c in CASES],
}

path = pathlib.Path(__file__).parent.parent / "test" / "regression" / "reference.json"
path.parent.mkdir(parents=True, exist_ok=True)
lines = [json.dumps(c) for c in REFERENCE["cases"]]
path.write_text(
    '{"program": %s,\n"versions": %s,\n"cases": [\n%s\n]}\n'
    % (json.dumps(REFERENCE["program"]), json.dumps(REFERENCE["versions"]), ",\n".join(lines))
)
print(f"{len(lines)} cases")
