"""Lives through worlds with `bayesian-router` (PyPI) and times it: the caller is bench/live/bayesianRouter.ts.

Usage: bayesianRouterPeer.py JOB.json   (or --version)

A job names a file of float64 with, for every seed, the qualities and then the latencies (ms) of every request and arm. The
choices of all seeds are written one byte each; a summary line of JSON goes to stdout.
"""

import json
import random
import sys
import time


def main() -> None:
    try:
        import numpy
        from importlib.metadata import version

        import bayesian_router
    except ImportError as error:
        print(json.dumps({"absent": str(error)}))
        return
    versions = {
        "bayesian-router": version("bayesian-router"),
        "numpy": numpy.__version__,
        "python": sys.version.split()[0],
    }
    if sys.argv[1] == "--version":
        print(json.dumps({"versions": versions}))
        return
    with open(sys.argv[1], encoding="utf-8") as file:
        job = json.load(file)
    result = timing(job, bayesian_router, numpy) if job["kind"] == "timing" else lives(job, bayesian_router, numpy)
    print(json.dumps(result))


def router_of(job, bayesian_router, priors=None):
    priors = priors or [[1, 1]] * len(job["arms"])
    models = {
        arm: bayesian_router.ModelConfig(alpha=alpha, beta=beta)
        for arm, (alpha, beta) in zip(job["arms"], priors)
    }
    reward = None
    if job.get("reward") == "validity":
        reward = bayesian_router.CompositeReward(validity_weight=1, latency_weight=0, retry_weight=0)
    return bayesian_router.Router(models=models, reward_fn=reward, **job.get("options", {}))


def seed_all(numpy, seed):
    random.seed(seed)
    numpy.random.seed(seed)


def lives(job, bayesian_router, numpy):
    arms = job["arms"]
    requests = job["requests"]
    index = {arm: i for i, arm in enumerate(arms)}
    shape = (len(job["seeds"]), 2, requests, len(arms))
    worlds = numpy.fromfile(job["worlds"], dtype="<f8").reshape(shape)
    choices = numpy.zeros((len(job["seeds"]), requests), dtype=numpy.uint8)
    known = job.get("known") or []
    shadows = []
    for s, seed in enumerate(job["seeds"]):
        seed_all(numpy, seed)
        rows = job["rows"][s] if "rows" in job else [0] * requests
        priors = job["priors"][s] if "priors" in job else None
        routers = [router_of(job, bayesian_router, priors) for _ in range(max(rows) + 1)]
        quality, latency = (matrix.tolist() for matrix in worlds[s])
        shadowed = []
        for t in range(requests):
            router = routers[rows[t]]

            def tell(update, arm):
                i = index[arm]
                update(arm, latency_ms=latency[t][i], validity_score=quality[t][i], retry_count=0)

            if t < job.get("warmUp", 0):
                arm = arms[known[t % len(known)]]
                tell(router.update, arm)
                choices[s, t] = index[arm]
                continue
            result = router.select()
            choices[s, t] = index[result.model]
            tell(router.update, result.model)
            if result.shadow_model is not None:
                tell(router.update_shadow, result.shadow_model)
                shadowed.append([t, index[result.shadow_model]])
        shadows.append(shadowed)
    choices.tofile(job["choices"])
    return {"shadows": shadows}


def timing(job, bayesian_router, numpy):
    """Seconds of CPU of `pairs` of select + update, and of `pairs` of select alone, after a warm-up."""
    seed_all(numpy, 1)
    router = router_of(job, bayesian_router)
    outcomes = [float(u < 0.9) for u in numpy.random.random(1000)]

    def pairs(count):
        start = time.process_time()
        for t in range(count):
            result = router.select()
            router.update(result.model, latency_ms=450.0, validity_score=outcomes[t % 1000], retry_count=0)
        return time.process_time() - start

    def selects(count):
        start = time.process_time()
        for _ in range(count):
            router.select()
        return time.process_time() - start

    pairs(2000)
    selects(2000)
    return {"pairSeconds": pairs(job["pairs"]), "selectSeconds": selects(job["pairs"])}


main()
