"""Writes test/encoder/reference.json: principal directions by numpy's SVD of data that test/encoder/data.ts makes too.

Run with numpy installed: python scripts/make-encoder-reference.py
Data come from a 32-bit linear congruential generator, so that both sides hold the same bits.
"""

import json
import pathlib

import numpy

DIRECTIONS = 128
SHOWN = 10
SMALLEST_SHARE = 1e-9


class Generator:
    def __init__(self, seed):
        self.state = seed & 0xFFFFFFFF

    def unit(self):
        """Uniform on [0, 1), a multiple of 2^-32."""
        self.state = (self.state * 1664525 + 1013904223) & 0xFFFFFFFF
        return self.state / 4294967296


def counts(case):
    """Prompts of a few topics: low-numbered words are common, and each topic has its own."""
    generator = Generator(case["seed"])
    table = numpy.zeros((case["prompts"], case["inputs"]))
    for row in range(case["prompts"]):
        for _ in range(8 + int(40 * generator.unit())):
            x = generator.unit()
            word = int(case["inputs"] * x * x * x) + (row % case["topics"]) * (3 if generator.unit() < 0.5 else 0)
            table[row, word % case["inputs"]] += 1
    return table


def vectors(case):
    """Sums of eight factors, each half as large as the one before, and noise; columns scaled by powers of ten, the last two equal, the first zero."""
    generator = Generator(case["seed"])
    inputs = case["inputs"]
    loadings = [[generator.unit() - 0.5 for _ in range(inputs)] for _ in range(8)]
    table = numpy.zeros((case["prompts"], inputs))
    for row in range(case["prompts"]):
        factors = [(generator.unit() - 0.25) / 2**k for k in range(8)]
        for j in range(inputs):
            value = (generator.unit() - 0.5) * case["noise"]
            for k in range(8):
                value += factors[k] * loadings[k][j]
            table[row, j] = value
    if case["awkward"]:
        for j in range(inputs):
            table[:, j] *= float(10 ** (j % 7))
        table[:, inputs - 1] = table[:, inputs - 2]
        table[:, 0] = 0
    return table


def solve(case):
    n = case["prompts"]
    if case["dense"]:
        table = vectors(case)
        square = (table**2).sum(axis=0)
        weights = table * numpy.sqrt(numpy.divide(n, square, out=numpy.zeros_like(square), where=square > 0))
    else:
        table = counts(case)
        frequency = (table > 0).sum(axis=0)
        term = numpy.where(table > 0, 1 + numpy.log(numpy.maximum(table, 1)), 0)
        weights = term * numpy.sqrt(1 + numpy.log((1 + n) / (1 + frequency)))
        weights /= numpy.sqrt((weights**2).sum(axis=1))[:, None]
    left, singular, _ = numpy.linalg.svd(weights, full_matrices=False)
    eigenvalues = singular**2
    rank = min(DIRECTIONS, int((eigenvalues > SMALLEST_SHARE * eigenvalues[0]).sum()))
    energy = eigenvalues[:rank].sum()
    features = left[:, :rank] * singular[:rank] * numpy.sqrt(n * rank / energy)
    rows = [0, 1 % n, n // 2, n - 1]
    return {
        "rank": rank,
        "energyShare": float(energy / eigenvalues.sum()),
        "rows": rows,
        "features": [[float(v) for v in features[row, :SHOWN]] for row in rows],
        "squares": [float(v) for v in (features[rows] ** 2).sum(axis=1)],
    }


CASES = [
    {"name": "counts, fewer prompts than vectors iterated", "prompts": 60, "inputs": 40, "dense": False, "topics": 5},
    {"name": "counts, more prompts, a flat spectrum", "prompts": 300, "inputs": 900, "dense": False, "topics": 30},
    {"name": "counts, fewer inputs than directions", "prompts": 200, "inputs": 30, "dense": False, "topics": 3},
    {"name": "counts, one prompt", "prompts": 1, "inputs": 16, "dense": False, "topics": 1},
    {"name": "vectors, few numbers", "prompts": 50, "inputs": 10, "dense": True, "noise": 0.01, "awkward": False},
    {"name": "vectors, many numbers", "prompts": 300, "inputs": 200, "dense": True, "noise": 0.05, "awkward": False},
    {"name": "vectors, scales, equal and empty numbers", "prompts": 40, "inputs": 12, "dense": True, "noise": 0.05, "awkward": True},
]
for index, case in enumerate(CASES):
    case["seed"] = 100 + index

path = pathlib.Path(__file__).parent.parent / "test" / "encoder" / "reference.json"
lines = [json.dumps({**case, "expected": solve(case)}) for case in CASES]
path.write_text(
    '{"program": "scripts/make-encoder-reference.py",\n"versions": %s,\n"cases": [\n%s\n]}\n'
    % (json.dumps({"numpy": numpy.__version__}), ",\n".join(lines))
)
print(f"{len(lines)} cases")
