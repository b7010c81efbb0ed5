/**
 * What a careful engineer writes without WebAssembly: a 32-bit generator, the polar method, Marsaglia & Tsang's Gamma, the
 * host's Math. The baseline of the benchmarks.
 */

/** xoshiro128++ with splitmix32 seeding. */
export class PlainRandom {
  #a = 0;
  #b = 0;
  #c = 0;
  #d = 0;
  #spare = NaN;

  seed(seed: number, sequence: number): void {
    let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(sequence, 0xc2b2ae35);
    const next = () => {
      state = (state + 0x9e3779b9) | 0;
      let z = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
      z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
      return z ^ (z >>> 15);
    };
    this.#a = next();
    this.#b = next();
    this.#c = next();
    this.#d = next() | 1;
    this.#spare = NaN;
  }

  #next32(): number {
    const sum = (this.#a + this.#d) | 0;
    const result = (((sum << 7) | (sum >>> 25)) + this.#a) | 0;
    const t = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= t;
    this.#d = (this.#d << 11) | (this.#d >>> 21);
    return result >>> 0;
  }

  /** 53-bit uniform on (0, 1). */
  unit(): number {
    return ((this.#next32() >>> 5) * 67108864 + (this.#next32() >>> 6) + 0.5) / 9007199254740992;
  }

  normal(): number {
    if (this.#spare === this.#spare) {
      const spare = this.#spare;
      this.#spare = NaN;
      return spare;
    }
    let u: number, v: number, s: number;
    do {
      u = 2 * this.unit() - 1;
      v = 2 * this.unit() - 1;
      s = u * u + v * v;
    } while (s >= 1);
    const factor = Math.sqrt((-2 * Math.log(s)) / s);
    this.#spare = v * factor;
    return u * factor;
  }

  gamma(shape: number): number {
    if (shape < 1) return this.gamma(shape + 1) * Math.pow(this.unit(), 1 / shape);
    const d = shape - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const z = this.normal();
      const base = 1 + c * z;
      if (base <= 0) continue;
      const v = base * base * base;
      const u = this.unit();
      const z2 = z * z;
      if (u < 1 - 0.0331 * z2 * z2) return d * v;
      if (Math.log(u) < 0.5 * z2 + d * (1 - v + Math.log(v))) return d * v;
    }
  }

  beta(a: number, b: number): number {
    const x = this.gamma(a);
    return x / (x + this.gamma(b));
  }
}
