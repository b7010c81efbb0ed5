// Writes test/distributions/golden.json: bit patterns that every build and every host of the kernel must reproduce, made with
// the raw exports of build/kernel.wasm, so that hosts in other languages can do the same. Run it only when a change of
// draws is meant ("value-breaking" in the changelog).
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';

const DISTRIBUTIONS = { uniform: 0, normal: 1, exponential: 2, gamma: 3, beta: 4 };
const SEEDS = ['0', '7', '9007199254740991', '18446744073709551615'];
const BLOCK = 1024;
/** Values hashed: enough to pass through wedges, tails and slow tests of every sampler. */
const HASHED = 8192;

/** A case per code path: which one stands behind it. */
const CASES = [
  ['uniform', [0, 1], 'the generator'],
  ['uniform', [-3, 5], 'location and scale'],
  ['uniform', [1, 1 + 2 ** -51], 'redrawn where rounding reaches the upper end'],
  ['normal', [0, 1], 'ziggurat'],
  ['normal', [-7, 0.01], 'location and scale'],
  ['exponential', [1], 'ziggurat'],
  ['exponential', [3], 'rate'],
  ['gamma', [1, 1], 'shape 1: exponential'],
  ['gamma', [1.5, 2], 'squeeze often fails'],
  ['gamma', [4.5, 1], 'logarithm and series in the exact test'],
  ['gamma', [500, 1], 'squeeze'],
  ['gamma', [1e15, 1], 'series only'],
  ['gamma', [0.3, 1], 'boosted'],
  ['gamma', [0.001, 1], 'boosted, subnormal and 0'],
  ['beta', [1, 1], 'two Gammas'],
  ['beta', [8, 3], 'two Gammas'],
  ['beta', [3000, 500], 'two Gammas'],
  ['beta', [0.5, 0.5], 'log space'],
  ['beta', [2, 0.25], 'log space, one shape above 1'],
  ['beta', [0.001, 0.001], 'log space, subnormal, 0 and 1'],
  ['beta', [1e-300, 1e-300], 'two points'],
];

const module = new WebAssembly.Module(
  readFileSync(new URL('../build/kernel.wasm', import.meta.url)),
);

function draw(distribution, [p, q = 0], seed) {
  const kernel = new WebAssembly.Instance(module, {}).exports;
  const sampler = kernel.allocate(kernel.sampler_bytes());
  const out = kernel.allocate(HASHED * 8);
  const bits = BigInt(seed);
  kernel.sampler_init(sampler, Number(bits & 0xffffffffn), Number(bits >> 32n));
  kernel.sampler_fill(sampler, DISTRIBUTIONS[distribution], HASHED, p, q, out);
  return new Uint8Array(kernel.memory.buffer.slice(out, out + HASHED * 8));
}

/** Four values from index `from`, as the hexadecimal digits of their bits. */
function hex(bytes, from) {
  const view = new DataView(bytes.buffer);
  const word = (i) =>
    view
      .getBigUint64(i * 8, true)
      .toString(16)
      .padStart(16, '0');
  return [0, 1, 2, 3].map((i) => word(from + i));
}

function vector([distribution, parameters, path], seed) {
  const bytes = draw(distribution, parameters, seed);
  return {
    distribution,
    parameters,
    path,
    seed,
    first: hex(bytes, 0),
    acrossBlocks: hex(bytes, BLOCK - 2),
    sha256: createHash('sha256').update(bytes).digest('hex'),
  };
}

const { devDependencies, version } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
);
const golden = {
  program: 'scripts/make-golden-vectors.mjs',
  versions: {
    thompsonite: version,
    assemblyscript: devDependencies.assemblyscript,
    node: process.version,
  },
  notes:
    `first: values 0-3; acrossBlocks: values ${BLOCK - 2}-${BLOCK + 1}; both as big-endian digits of the IEEE 754 bits. ` +
    `sha256: of values 0-${HASHED - 1}, little-endian. Seeds are decimal. Parameters as in docs: uniform low, high; ` +
    'normal mean, sd; exponential rate; gamma shape, scale; beta a, b.',
  blockValues: BLOCK,
  hashedValues: HASHED,
  vectors: CASES.flatMap((entry) => SEEDS.map((seed) => vector(entry, seed))),
};
const target = new URL('../test/distributions/golden.json', import.meta.url);
const style = { ...(await resolveConfig(target)), parser: 'json' };
writeFileSync(target, await format(JSON.stringify(golden), style));
console.log(`${golden.vectors.length} vectors`);
