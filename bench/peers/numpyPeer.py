"""numpy, scipy and scikit-learn as a contestant: takes turns as lines of JSON (bench/protocol.ts) until stdin closes.

Each way is what a careful user of the library writes: vectorised, generators and buffers made once, results into existing arrays
where the function has `out=`. Where a library offers several ways they are all here and the harness counts the fastest.
"""

import json
import sys
import time

MOST_REPETITIONS = 100_000


def say(message):
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


try:
    import numpy as np
except ImportError as error:
    say({"absent": f"{sys.executable} has no numpy ({error}); pip install numpy scikit-learn, or npm run bench -- --install-peers"})
    sys.exit(0)

try:
    import sklearn
    from sklearn.linear_model import BayesianRidge
except ImportError:
    sklearn = None

try:
    import scipy
    from scipy.linalg import blas
except ImportError:
    scipy = None


# --- data, as in bench/data.ts ---


def units(length, stream, low=0.0, high=1.0):
    h = np.arange(length, dtype=np.uint32)
    h += np.uint32((stream * 0x9E3779B9) & 0xFFFFFFFF)
    h ^= h >> np.uint32(16)
    h *= np.uint32(0x85EBCA6B)
    h ^= h >> np.uint32(13)
    h *= np.uint32(0xC2B2AE35)
    h ^= h >> np.uint32(16)
    return low + (high - low) * ((h + 0.5) / 2.0**32)


SHAPES_A, SHAPES_B, OWN_COSTS, QUALITY, COST, UNCERTAINTY, FEATURES, WEIGHTS, NOISE, UPDATES, NEW_ROWS = range(1, 12)


def posteriors(arms):
    k = np.arange(arms)
    return 10.0 + k, np.full(arms, 5.0), 0.1 * k / (arms - 1)


def regression(rows, dimensions):
    features = units(rows * dimensions, FEATURES, -0.5, 0.5).reshape(rows, dimensions)
    weights = units(dimensions, WEIGHTS, -0.5, 0.5)
    return features, 1.5 + units(rows, NOISE, -0.15, 0.15) + features @ weights


def generator(variant):
    bits = np.random.SFC64 if variant == "SFC64" else np.random.PCG64
    return np.random.Generator(bits(1))


# --- works: (operations, parameters, variant) -> job; a job does the work and returns a checksum to be called later ---


def beta(n, p, variant):
    rng, a, b = generator(variant), p["a"], p["b"]

    def job():
        out = rng.beta(a, b, size=n)
        return lambda: out.mean()

    return job


def beta_own(n, p, variant):
    rng = generator(variant)
    a, b = units(n, SHAPES_A, 1, 200), units(n, SHAPES_B, 1, 200)

    def job():
        out = rng.beta(a, b)
        return lambda: out.mean()

    return job


def gamma(n, p, variant):
    rng, shape, out = generator(variant), p["shape"], np.empty(n)
    if variant == "standard_exponential":  # the same distribution at shape 1, filled in bulk

        def exponential():
            rng.standard_exponential(out=out)
            return lambda: out.mean()

        return exponential

    def job():
        rng.standard_gamma(shape, out=out)
        return lambda: out.mean() / shape

    return job


def decisions_common(n, p, variant):
    rng = generator(variant)
    a, b, costs = posteriors(p["arms"])

    def job():
        chosen = (rng.beta(a, b, (n, p["arms"])) - costs).argmax(1)
        return lambda: (chosen == p["arms"] - 1).mean()

    return job


def decisions_own(n, p, variant):
    rng = generator(variant)
    a, b, _ = posteriors(p["arms"])
    costs = units(n * p["arms"], OWN_COSTS, 0, 0.1).reshape(n, p["arms"])

    def job():
        utility = rng.beta(a, b, (n, p["arms"]))
        np.subtract(utility, costs, out=utility)
        chosen = utility.argmax(1)
        return lambda: (chosen == p["arms"] - 1).mean()

    return job


def argmax(n, p, variant):
    arms, cost_weight, risk_weight = p["arms"], p["costWeight"], p["riskWeight"]
    quality = units(n * arms, QUALITY).reshape(n, arms)
    cost = units(n * arms, COST, 0, 0.01).reshape(n, arms)
    uncertainty = units(n * arms, UNCERTAINTY, 0, 0.1).reshape(n, arms)

    if variant == "expression":

        def job():
            chosen = (quality - cost_weight * cost - risk_weight * uncertainty).argmax(1)
            return lambda: chosen.mean()

        return job

    utility, scaled, chosen = np.empty((n, arms)), np.empty((n, arms)), np.empty(n, dtype=np.intp)

    def job():
        np.multiply(cost, cost_weight, out=scaled)
        np.subtract(quality, scaled, out=utility)
        np.multiply(uncertainty, risk_weight, out=scaled)
        np.subtract(utility, scaled, out=utility)
        np.argmax(utility, axis=1, out=chosen)
        return lambda: chosen.mean()

    return job


def ridge_fit(n, p, variant):
    features, targets = regression(p["rows"], p["dimensions"])
    if variant == "Fortran order":
        features = np.asfortranarray(features)

    def job():
        model = BayesianRidge().fit(features, targets)
        return lambda: model.coef_.mean()

    return job


def predict(n, p, variant):
    model = BayesianRidge().fit(*regression(p["fitRows"], p["dimensions"]))
    rows = units(n * p["dimensions"], NEW_ROWS, -0.5, 0.5).reshape(n, p["dimensions"])
    if variant == "Fortran order":
        rows = np.asfortranarray(rows)

    def job():
        mean, sd = model.predict(rows, return_std=True)
        return lambda: mean.mean() + sd.mean()

    return job


# Ways of a rank-one update, all from the identity. The state each keeps is what later predictions need: the inverse of the precision
# matrix, or its Cholesky factor; and the sums of x·y, y being the row's first feature.
# The checksum is the variance of a prediction, the first row's.


def rank_one(n, p, variant):
    d = p["dimensions"]
    rows = units(n * d, UPDATES, -0.5, 0.5).reshape(n, d)
    eye = np.eye(d)
    return WAYS[variant](d, rows, eye)


def inverse_in_place(d, rows, eye):
    """Sherman-Morrison on the inverse, every array made once."""
    inverse, outer, v, column, sums, xy = np.empty((d, d)), np.empty((d, d)), np.empty(d), np.empty((d, 1)), np.zeros(d), np.empty(d)
    dot, multiply, subtract, add = np.dot, np.multiply, np.subtract, np.add

    def job():
        inverse[:] = eye
        for x in rows:
            dot(inverse, x, out=v)
            multiply(v, 1.0 / (1.0 + float(dot(x, v))), out=column[:, 0])
            multiply(column, v, out=outer)
            subtract(inverse, outer, out=inverse)
            multiply(x, x[0], out=xy)
            add(sums, xy, out=sums)
        return lambda: rows[0] @ inverse @ rows[0]

    return job


def inverse_outer(d, rows, eye):
    """Sherman-Morrison as it is usually written."""
    sums = np.zeros(d)

    def job():
        inverse = eye.copy()
        for x in rows:
            v = inverse @ x
            inverse -= np.outer(v, v / (1.0 + x @ v))
            sums[:] += x * x[0]
        return lambda: rows[0] @ inverse @ rows[0]

    return job


def refactored(d, rows, eye):
    """The precision matrix itself, factored anew after every row."""
    sums = np.zeros(d)

    def job():
        precision = eye.copy()
        for x in rows:
            precision += np.outer(x, x)
            factor = np.linalg.cholesky(precision)
            sums[:] += x * x[0]
        return lambda: (np.linalg.solve(factor, rows[0]) ** 2).sum()

    return job


def factor_columns(d, rows, eye):
    """The Cholesky factor rotated column by column, the columns vectorised."""
    sums = np.zeros(d)

    def job():
        factor = eye.copy()  # transposed: columns as rows of memory
        for row in rows:
            sums[:] += row * row[0]
            x = row.copy()
            for k in range(d):
                line = factor[k, k:]
                diagonal, value = float(line[0]), float(x[k])
                radius = (diagonal * diagonal + value * value) ** 0.5
                cosine, sine = diagonal / radius, value / radius
                rest = x[k:]
                rotated = cosine * line + sine * rest
                rest *= cosine
                rest -= sine * line
                line[:] = rotated
        return lambda: (np.linalg.solve(factor.T, rows[0]) ** 2).sum()

    return job


def scipy_blas(d, rows, eye):
    """Sherman-Morrison by scipy's BLAS on one triangle of the inverse, in place: dsymv, ddot, dsyr, daxpy."""
    symv, syr, ddot, axpy = blas.dsymv, blas.dsyr, blas.ddot, blas.daxpy

    def job():
        inverse, sums, v = np.asfortranarray(eye.copy()), np.zeros(d), np.zeros(d)
        for x in rows:
            symv(1.0, inverse, x, y=v, overwrite_y=1)
            syr(-1.0 / (1.0 + ddot(x, v)), v, a=inverse, overwrite_a=1)
            axpy(x, sums, a=x[0])
        upper = np.triu(inverse)
        return lambda: rows[0] @ (upper + np.triu(upper, 1).T) @ rows[0]

    return job


def scipy_blas_full(d, rows, eye):
    """The same on the full matrix: dgemv and dger, which have the faster kernels."""
    gemv, ger, ddot, axpy = blas.dgemv, blas.dger, blas.ddot, blas.daxpy

    def job():
        inverse, sums, v = np.asfortranarray(eye.copy()), np.zeros(d), np.zeros(d)
        for x in rows:
            gemv(1.0, inverse, x, y=v, overwrite_y=1)
            ger(-1.0 / (1.0 + ddot(x, v)), v, v, a=inverse, overwrite_a=1)
            axpy(x, sums, a=x[0])
        return lambda: rows[0] @ inverse @ rows[0]

    return job


WAYS = {
    "inverse in place": inverse_in_place,
    "inverse, np.outer": inverse_outer,
    "refactored": refactored,
    "factor by columns": factor_columns,
    "dsymv, dsyr": scipy_blas,
    "dgemv, dger": scipy_blas_full,
}

WORKS = {
    "beta": beta,
    "beta-own": beta_own,
    "gamma": gamma,
    "decisions-common": decisions_common,
    "decisions-own": decisions_own,
    "argmax": argmax,
    "ridge-fit": ridge_fit,
    "rank-one": rank_one,
    "predict": predict,
}
NEEDS_SKLEARN = {"ridge-fit", "predict"}
NEEDS_SCIPY = {"dsymv, dsyr", "dgemv, dger"}


# --- turns, as in bench/works.ts ---

prepared = {}
current = None


def do_turn(turn):
    global current
    work, variant, operations = turn["work"], turn["variant"], turn["operations"]
    if work in NEEDS_SKLEARN and sklearn is None:
        return {"refused": "scikit-learn is absent; pip install scikit-learn"}
    if variant in NEEDS_SCIPY and scipy is None:
        return {"refused": "scipy is absent; pip install scipy"}
    if turn["case"] != current:
        prepared.clear()
    current = turn["case"]
    key = (work, variant, operations)
    if key not in prepared:
        prepared[key] = [WORKS[work](operations, turn["parameters"], variant), 1]
    job, repetitions = prepared[key]
    before = time.process_time_ns()
    checksum = job()
    for _ in range(repetitions - 1):
        checksum = job()
    nanoseconds = time.process_time_ns() - before
    prepared[key][1] = next_repetitions(repetitions, nanoseconds, turn["leastNanoseconds"])
    return {"nanoseconds": nanoseconds, "operations": repetitions * operations, "checksum": float(checksum())}


def next_repetitions(repetitions, nanoseconds, least):
    if nanoseconds >= least:
        return repetitions
    wanted = -(-repetitions * least // max(nanoseconds, 1))
    return min(wanted, 10 * repetitions, MOST_REPETITIONS)


def versions():
    found = {"Python": sys.version.split()[0], "numpy": np.__version__}
    if scipy is not None:
        found["scipy"] = scipy.__version__
    if sklearn is not None:
        found["scikit-learn"] = sklearn.__version__
    try:
        from threadpoolctl import threadpool_info

        for pool in threadpool_info():
            found[f"threads of {pool['internal_api']} {pool.get('version')} ({pool['prefix']})"] = str(pool["num_threads"])
    except ImportError:
        pass
    return found


say({"versions": versions()})
for line in sys.stdin:
    try:
        say(do_turn(json.loads(line)))
    except Exception as error:  # one work that fails must not end the run
        say({"refused": f"{type(error).__name__}: {error}"})
