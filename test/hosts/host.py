"""A host of kernel.wasm in Python: replays the golden vectors and prints what they gave.

Usage: host.py KERNEL_WASM VECTORS_JSON, in the format of test/golden/README.md. Needs wasmtime (requirements.txt).
"""
import hashlib
import json
import math
import struct
import sys

from wasmtime import Engine, Instance, Module, Store


def number(digits):
    return math.nan if digits == "nan" else struct.unpack(">d", bytes.fromhex(digits))[0]


def bits(value):
    return "nan" if math.isnan(value) else struct.pack(">d", value).hex()


def lcg(seed, count, **_):
    for _ in range(count):
        seed = (1664525 * seed + 1013904223) % 2**32
        yield seed


def encode(step):
    """The bytes of a step's values."""
    if "u8" in step:
        return bytes(step["u8"])
    if "f64" in step:
        return struct.pack(f"<{len(step['f64'])}d", *map(number, step["f64"]))
    if "uniform" in step:
        low, high = step["uniform"]["low"], step["uniform"]["high"]
        values = [low + (high - low) * (x / 2**32) for x in lcg(**step["uniform"])]
        return struct.pack(f"<{len(values)}d", *values)
    made = step.get("integers")
    values = [(x >> 16) % made["below"] for x in lcg(**made)] if made else step["u32"]
    return struct.pack(f"<{len(values)}I", *values)


class Host:
    def __init__(self, engine, module):
        self.store = Store(engine)
        self.exports = Instance(self.store, module, []).exports(self.store)
        self.memory = self.exports["memory"]
        self.names = {}

    def argument(self, value):
        name, offset = value if isinstance(value, list) else (value, 0)
        if isinstance(name, str) and name not in self.names:
            return number(name)
        value = self.names.get(name, name) + offset
        return value - 2**32 if value >= 2**31 else value  # wasmtime takes signed integers

    def run(self, step):
        """Runs one step; gives a pair of what it must give and what it gave, if it checks anything."""
        if "call" in step:
            arguments = [self.argument(value) for value in step["arguments"]]
            result = self.exports[step["call"]](self.store, *arguments)
            if "as" in step:
                self.names[step["as"]] = result % 2**32
            if "returns" in step:
                yield step["returns"], bits(result) if isinstance(result, float) else result % 2**32
        elif "write" in step:
            if "addresses" in step:
                step = {**step, "u32": [self.names[name] for name in step["addresses"]]}
            self.memory.write(self.store, encode(step), self.names[step["write"]] + step["offset"])
        else:
            start = self.names[step["read"]] + step["offset"]
            width = step.get("bytes") or len(encode(step))
            data = bytes(self.memory.read(self.store, start, start + width))
            if "sha256" in step:
                yield step["sha256"], hashlib.sha256(data).hexdigest()
            elif "f64" in step:
                yield step["f64"], [bits(x) for (x,) in struct.iter_unpack("<d", data)]
            else:
                yield encode(step), data


def main(kernel, vectors):
    module = Module.from_file(engine := Engine(), kernel)
    with open(vectors, encoding="utf-8") as file:
        golden = json.load(file)["vectors"]
    checks = failures = 0
    for vector in golden:
        host = Host(engine, module)
        for index, step in enumerate(vector["steps"]):
            for expected, received in host.run(step):
                checks += 1
                if expected != received:
                    failures += 1
                    print(f"{vector['area']}: {vector['name']}, step {index}: {received!r}")
    print(f"{len(golden)} vectors, {checks} checks, {failures} failures")
    return 1 if failures or not checks else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
