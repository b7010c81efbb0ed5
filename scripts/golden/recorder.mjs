// Runs a fresh instance of the kernel and writes down, step by step, what was asked and what came back. The steps are
// all that a host needs (test/golden/README.md has their meaning).
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const at = (path) => new URL(`../../${path}`, import.meta.url);
const module = new WebAssembly.Module(readFileSync(at('build/kernel.wasm')));

/** Export -> { result, parameters }, C types, from the header that is checked against the exports. */
const SIGNATURES = new Map(
  [...readFileSync(at('docs/kernel.h'), 'utf8').matchAll(/^(\w+) (\w+)\(([^)]*)\);$/gm)].map(
    ([, result, name, parameters]) => [
      name,
      { result, parameters: parameters === 'void' ? [] : parameters.split(', ') },
    ],
  ),
);

const scratch = new DataView(new ArrayBuffer(8));

/** The 16 hexadecimal digits of a number's bits, most significant first; NaN has no bits of its own. */
export function hex(value) {
  if (Number.isNaN(value)) return 'nan';
  scratch.setFloat64(0, value);
  return scratch.getBigUint64(0).toString(16).padStart(16, '0');
}

/** Halves of a 64-bit seed, as two arguments. */
export function halves(seed) {
  return [Number(BigInt(seed) & 0xffffffffn), Number(BigInt(seed) >> 32n)];
}

/** A place in memory that a step before has named; `offset` bytes behind its start. */
class Address {
  constructor(name, value, offset = 0) {
    Object.assign(this, { name, value, offset });
  }

  plus(offset) {
    return new Address(this.name, this.value + offset, this.offset + offset);
  }

  get written() {
    return this.offset ? [this.name, this.offset] : this.name;
  }
}

export class Recorder {
  steps = [];
  #kernel = new WebAssembly.Instance(module, {}).exports;

  /** Calls an export; what it returns must be the same everywhere, and is given back. */
  call(name, ...args) {
    const { written, value } = this.#run(name, args);
    const { result } = SIGNATURES.get(name);
    const returns = result === 'double' ? hex(value) : result === 'void' ? undefined : value >>> 0;
    this.steps.push({ call: name, arguments: written, returns });
    return value;
  }

  /** Calls an export that returns an address, which is the build's own affair, and names it. */
  address(as, name, ...args) {
    const { written, value } = this.#run(name, args);
    this.steps.push({ call: name, arguments: written, as });
    return new Address(as, value >>> 0);
  }

  /** Zeroed memory. */
  allocate(as, bytes) {
    return this.address(as, 'allocate', bytes);
  }

  /** Writes numbers as `type`: f64, u32 or u8. */
  write(address, type, values) {
    const view = this.#view();
    values.forEach((value, i) => STORE[type](view, address.value + i * WIDTH[type], value));
    const digits = type === 'f64' ? values.map(hex) : values;
    this.steps.push({ write: address.name, offset: address.offset, [type]: digits });
  }

  /** Writes the addresses of named places, one u32 each. */
  writeAddresses(address, places) {
    const view = this.#view();
    places.forEach(({ value }, i) => view.setUint32(address.value + i * 4, value, true));
    const addresses = places.map(({ name }) => name);
    this.steps.push({ write: address.name, offset: address.offset, addresses });
  }

  /** Fills with `count` f64 low + (high - low) u, u from the generator of the file's notes. */
  writeUniform(address, { seed, count, low, high }) {
    const view = this.#view();
    lcg(seed, count).forEach((x, i) =>
      view.setFloat64(address.value + i * 8, low + (high - low) * (x / 2 ** 32), true),
    );
    const uniform = { seed, count, low, high };
    this.steps.push({ write: address.name, offset: address.offset, uniform });
  }

  /** Fills with `count` u32 below `below` <= 65,536, from the same generator. */
  writeIntegers(address, { seed, count, below }) {
    const view = this.#view();
    lcg(seed, count).forEach((x, i) =>
      view.setUint32(address.value + i * 4, (x >>> 16) % below, true),
    );
    const integers = { seed, count, below };
    this.steps.push({ write: address.name, offset: address.offset, integers });
  }

  /** Records `count` values of `type` at an address; of a NaN that it is one, as its bits are the host's. */
  read(address, type, count) {
    const view = this.#view();
    const value = (i) => LOAD[type](view, address.value + i * WIDTH[type]);
    const values = Array.from({ length: count }, (_, i) => value(i));
    this.steps.push({ read: address.name, offset: address.offset, [type]: values });
    return values;
  }

  /** Records a hash over `bytes` bytes, among which no computed NaN may be. */
  hash(address, bytes) {
    const memory = new Uint8Array(this.#kernel.memory.buffer, address.value, bytes);
    const sha256 = createHash('sha256').update(memory).digest('hex');
    this.steps.push({ read: address.name, offset: address.offset, bytes, sha256 });
  }

  #view() {
    return new DataView(this.#kernel.memory.buffer);
  }

  #run(name, args) {
    const { parameters } = SIGNATURES.get(name);
    if (parameters.length !== args.length) throw new Error(`${name}(${parameters.join(', ')})`);
    const written = args.map((arg, i) => {
      if (arg instanceof Address) return arg.written;
      return parameters[i].startsWith('double') ? hex(arg) : arg;
    });
    const values = args.map((arg) => (arg instanceof Address ? arg.value : arg));
    return { written, value: this.#kernel[name](...values) };
  }
}

const WIDTH = { f64: 8, u32: 4, u8: 1 };
const STORE = {
  f64: (view, at, value) => view.setFloat64(at, value, true),
  u32: (view, at, value) => view.setUint32(at, value, true),
  u8: (view, at, value) => view.setUint8(at, value),
};
const LOAD = {
  f64: (view, at) => hex(view.getFloat64(at, true)),
  u32: (view, at) => view.getUint32(at, true),
  u8: (view, at) => view.getUint8(at),
};

function lcg(seed, count) {
  let x = seed;
  return Array.from({ length: count }, () => (x = (Math.imul(1664525, x) + 1013904223) >>> 0));
}
