/**
 * Slow, obvious reference of assembly/rng: whole numbers only, so that its bits are beyond doubt. It counts what
 * it hands out.
 */
const MASK = 2n ** 64n - 1n;
const GOLDEN_GAMMA = 0x9e3779b97f4a7c15n;
const PURPOSE_FACTOR = 0xd1342543de82ef95n;

/** Numbers of the streams' purposes. */
export const Purpose = {
  SELECTION: 0,
  SAMPLER: 1,
  BOOTSTRAP: 2,
  FROM_PROPENSITY: 3,
  FLOOR: 4,
  SETTLING: 5,
  TABLE_SELECTION: 6,
  EXPERT: 7,
  CONTEXT: 8,
  SHADOW: 9,
  BEST_OF_N: 10,
} as const;

/** SplitMix64's finaliser. */
export function mix64(z: bigint): bigint {
  z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK;
  z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK;
  return z ^ (z >> 31n);
}

/** Output `i` (from 1) of SplitMix64 seeded with `seed`. */
export function splitMix64(seed: bigint, i: number): bigint {
  return mix64((seed + GOLDEN_GAMMA * BigInt(i)) & MASK);
}

/** Base key of all streams of one (seed, purpose). */
export function streamBase(seed: bigint, purpose: number): bigint {
  return mix64(splitMix64(seed, 1) ^ (((BigInt(purpose) + 1n) * PURPOSE_FACTOR) & MASK));
}

function rotl(x: bigint, k: bigint): bigint {
  return ((x << k) | (x >> (64n - k))) & MASK;
}

/** xoshiro256++ (Blackman & Vigna 2021), as in the authors' xoshiro256plusplus.c. */
export class ReferenceStream {
  /** Words handed out. */
  words = 0;
  #s: [bigint, bigint, bigint, bigint];

  constructor(state: readonly [bigint, bigint, bigint, bigint]) {
    this.#s = [...state];
  }

  /** The stream `index` of `base`: four outputs of SplitMix64, from output `first`. */
  static at(base: bigint, index: bigint, first = 1): ReferenceStream {
    const key = mix64((base + GOLDEN_GAMMA * index) & MASK);
    const word = (i: number) => splitMix64(key, first + i);
    return new ReferenceStream([word(0), word(1), word(2), word(3)]);
  }

  nextU64(): bigint {
    this.words++;
    const s = this.#s;
    const result = (rotl((s[0] + s[3]) & MASK, 23n) + s[0]) & MASK;
    const t = (s[1] << 17n) & MASK;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotl(s[3], 45n);
    return result;
  }

  /** Uniform on [0, 1): the upper 53 bits. */
  nextUnit(): number {
    return toUnit(this.nextU64());
  }

  /** Uniform on (0, 1): midpoints of 2^52 cells. */
  nextOpenUnit(): number {
    return (Number(this.nextU64() >> 12n) + 0.5) * 2 ** -52;
  }
}

/** 53-bit uniform on [0, 1). */
export function toUnit(bits: bigint): number {
  return Number(bits >> 11n) * 2 ** -53;
}

/** 52-bit uniform on [0, 1). */
export function toUnit52(bits: bigint): number {
  return Number(bits >> 12n) * 2 ** -52;
}

/** 52-bit uniform on [-1, 1): the upper 52 bits in two's complement. */
export function toSignedUnit(bits: bigint): number {
  return Number(BigInt.asIntN(64, bits) >> 12n) * 2 ** -51;
}

/** `count` words of some generators of the stream `index` side by side, outputs in turn; and the generators. */
function wordsInTurn(base: bigint, index: bigint, generators: number, count: number) {
  const all = Array.from({ length: generators }, (_, g) =>
    ReferenceStream.at(base, index, 4 * g + 1),
  );
  const words = Array.from({ length: count }, (_, i) => all[i % generators]!.nextU64());
  return { words, all };
}

/** What `seedAndFill` writes, and the stream it leaves: two generators side by side, the first going on. */
export function pairedWords(
  base: bigint,
  index: bigint,
  count: number,
): { words: bigint[]; stream: ReferenceStream } {
  const { words, all } = wordsInTurn(base, index, 2, count);
  return { words, stream: all[0]! };
}

/** What `fillFour` writes from the start of a stream: four generators side by side. */
export function fourWords(base: bigint, index: bigint, count: number): bigint[] {
  return wordsInTurn(base, index, 4, count).words;
}
