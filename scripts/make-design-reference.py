"""Writes test/regression/designReference.json: scikit-learn's BayesianRidge on the 14-feature design of prompts and models.

Run with numpy, scipy and scikit-learn installed, after npm ci and npm run build: python scripts/make-design-reference.py
The design is made by test/regression/promptDesign.ts with the features of this library; sums of its columns stand in the reference, so
that a change of a feature is noticed. Everything else here is scikit-learn's.
"""

import json
import math
import pathlib
import subprocess

import numpy
import scipy
import sklearn
from sklearn.linear_model import BayesianRidge

ROOT = pathlib.Path(__file__).parent.parent
SHOWN = 12
OPTIONS = [
    ("defaults", {}),
    ("settings of the published predictor", {"tol": 1e-4, "max_iter": 300}),
    ("no intercept", {"fit_intercept": False}),
    ("tight", {"tol": 1e-10, "max_iter": 1000}),
]


def solve(x, y, options):
    model = BayesianRidge(**options).fit(x, y)
    mean, sd = model.predict(x[:SHOWN], return_std=True)
    return {
        "coefficients": [float(v) for v in model.coef_],
        "intercept": float(model.intercept_),
        "noisePrecision": float(model.alpha_),
        "weightPrecision": float(model.lambda_),
        "iterations": int(model.n_iter_),
        "mean": [float(v) for v in mean],
        "sd": [float(v) for v in sd],
    }


run = ["npx", "tsx", "test/regression/printPromptDesigns.ts"]
printed = json.loads(subprocess.run(run, cwd=ROOT, check=True, capture_output=True, text=True).stdout)
cases = []
for design in printed["designs"]:
    y = numpy.array(design["targets"])
    x = numpy.array(design["features"]).reshape(len(y), 14)
    # Exactly rounded sums do not depend on who adds.
    sums = [math.fsum(column) for column in x.T] + [math.fsum(y)]
    for name, options in OPTIONS:
        cases.append({"design": design["name"], "options": name, "rows": len(y), "sums": sums, "expected": solve(x, y, options)})

head = {
    "program": "scripts/make-design-reference.py",
    "versions": {"scikit-learn": sklearn.__version__, "numpy": numpy.__version__, "scipy": scipy.__version__, "node": printed["node"]},
}
lines = ",\n".join(json.dumps(case) for case in cases)
path = ROOT / "test" / "regression" / "designReference.json"
path.write_text('{"program": %s,\n"versions": %s,\n"cases": [\n%s\n]}\n' % (json.dumps(head["program"]), json.dumps(head["versions"]), lines))
print(f"{len(cases)} cases")
