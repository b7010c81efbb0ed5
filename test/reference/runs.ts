/**
 * Slow, obvious reference of assembly/distributions/fill.ts and sampler.ts: blocks of 1,024 values with four
 * generators each, runs of 128 whose words come one kind after the other, and a settling stream of its own for whatever
 * a word does not decide (docs/MATH.md §2). What is made of words is in samplers.ts.
 */
import { fourWords, Purpose, ReferenceStream, streamBase, toUnit, toUnit52 } from './rng';
import {
  Counts,
  EXPONENTIAL_EDGES,
  exponentialFrom,
  fromLogs,
  gammaOfWord,
  nextBeta,
  nextNormal,
  normalInside,
  settle,
  TWO_POINTS,
  twoPoints,
} from './samplers';

/** Values of a block, which has four generators of its own, and of a run, whose words are made at once. */
const BLOCK_VALUES = 1024;
export const RUN_VALUES = 128;

/** What a settling stream is for. */
export const Stage = { NORMAL: 0, GAMMA: 1, EXPONENTIAL: 2, VALUE: 3 } as const;

/** How a distribution makes its values. */
export interface Method {
  /** Words of a whole run. */
  readonly words: number;
  /** Value `i` of a run, the value `index` of the sequence. */
  value(run: ReferenceRun, i: number, index: number): number;
}

/** A bulk fill: `count` values of the sequence of `seed`, from its start. */
export function referenceFill(
  seed: bigint,
  count: number,
  method: Method,
  counts = new Counts(),
): Float64Array {
  const out = new Float64Array(count);
  for (let block = 0; block * BLOCK_VALUES < count; block++) {
    const perBlock = (BLOCK_VALUES / RUN_VALUES) * method.words;
    const words = fourWords(streamBase(seed, Purpose.SAMPLER), BigInt(block), perBlock);
    for (let run = 0; run * RUN_VALUES < BLOCK_VALUES; run++) {
      const first = block * BLOCK_VALUES + run * RUN_VALUES;
      const own = words.slice(run * method.words, (run + 1) * method.words);
      const made = new ReferenceRun(own, streamBase(seed, Purpose.SETTLING), first, counts);
      for (let i = 0; i < Math.min(RUN_VALUES, count - first); i++) {
        out[first + i] = method.value(made, i, first + i);
      }
      counts.words += made.settlingWords();
    }
  }
  return out;
}

/** The words of one run, and what is made of them. An element is a word's draw: one or two a value. */
export class ReferenceRun {
  readonly words: readonly bigint[];
  readonly #settlingBase: bigint;
  readonly #first: number;
  readonly #counts: Counts;
  readonly #opened: ReferenceStream[] = [];

  /** `first`: index of the run's first value in the sequence. */
  constructor(words: readonly bigint[], settlingBase: bigint, first: number, counts: Counts) {
    this.words = words;
    this.#settlingBase = settlingBase;
    this.#first = first;
    this.#counts = counts;
  }

  settlingWords(): number {
    return this.#opened.reduce((sum, stream) => sum + stream.words, 0);
  }

  /** The stream that belongs to an element and a stage alone: each value has room for two elements, each for 4 stages. */
  settling(element: number, stage: number): ReferenceStream {
    const index = (2n * BigInt(this.#first) + BigInt(element)) * 4n + BigInt(stage);
    const stream = ReferenceStream.at(this.#settlingBase, index);
    this.#counts.settled[stage]!++;
    this.#opened.push(stream);
    return stream;
  }

  /** The normal of the element's word; where its first test fails, the element's own stream decides. */
  normal(element: number): number {
    const bits = this.words[element]!;
    const inside = normalInside(bits, this.#counts);
    if (inside !== undefined) return inside;
    const stream = this.settling(element, Stage.NORMAL);
    return settle(bits, stream, this.#counts) ?? nextNormal(stream, this.#counts);
  }

  /** The exponential of word `from` + element. */
  exponential(element: number, from = 0): number {
    const bits = this.words[from + element]!;
    const layer = Number(bits & 1023n);
    const x = toUnit52(bits) * EXPONENTIAL_EDGES[layer]!;
    if (x < EXPONENTIAL_EDGES[layer + 1]!) {
      this.#counts.exponentialCandidates++;
      this.#counts.exponentialInside++;
      return x;
    }
    return exponentialFrom(bits, this.settling(element, Stage.EXPONENTIAL), this.#counts);
  }

  /**
   * The Gamma of an element, shape >= 1. The words of `elements` normals are followed by those of the uniforms, each of
   * which begins with 32 bits: the lower half of a word for an even element, the upper for the odd one after it. The
   * other 53 bits come from the element's own stream, where any of them could matter.
   */
  gamma(element: number, elements: number, shape: number): number {
    const word = this.words[elements + (element >> 1)]!;
    const head = Number(element % 2 ? word >> 32n : word & 0xffffffffn);
    const candidate = { shape, bits: this.words[element]!, head };
    return gammaOfWord(candidate, () => this.settling(element, Stage.GAMMA), this.#counts);
  }
}

/** Uniforms on [low, high), drawn again where rounding reaches the upper end. */
export function uniform(low: number, high: number): Method {
  const scaled = (u: number) => low + u * (high - low);
  return {
    words: RUN_VALUES,
    value: (run, i) => {
      let value = scaled(toUnit(run.words[i]!));
      if (value < high) return value;
      const stream = run.settling(i, Stage.VALUE);
      while (value >= high) value = scaled(stream.nextUnit());
      return value;
    },
  };
}

export const normal: Method = { words: RUN_VALUES, value: (run, i) => run.normal(i) };
export const exponential: Method = { words: RUN_VALUES, value: (run, i) => run.exponential(i) };

/** Gamma(shape, 1): an exponential, Marsaglia & Tsang's, or Gamma(shape + 1) e^(-E/shape). */
export function gamma(shape: number): Method {
  if (shape === 1) return exponential;
  const uniforms = RUN_VALUES / 2;
  const aboveOne = shape > 1 ? shape : shape + 1;
  const value: Method['value'] = (run, i) => run.gamma(i, RUN_VALUES, aboveOne);
  if (shape > 1) return { words: RUN_VALUES + uniforms, value };
  return {
    words: 2 * RUN_VALUES + uniforms,
    value: (run, i, index) =>
      value(run, i, index) * Math.exp(-run.exponential(i, RUN_VALUES + uniforms) / shape),
  };
}

/** Beta(a, b) as X/(X + Y), elements 2i and 2i + 1; below 1 in log-odds, of boosted Gammas. */
export function beta(a: number, b: number): Method {
  const elements = 2 * RUN_VALUES;
  if (a >= 1 && b >= 1) {
    return {
      words: elements + RUN_VALUES,
      value: (run, i) => {
        const x = run.gamma(2 * i, elements, a);
        return x / (x + run.gamma(2 * i + 1, elements, b));
      },
    };
  }
  if (a < TWO_POINTS && b < TWO_POINTS) {
    const value: Method['value'] = (run, i) => twoPoints(a, b, run.settling(2 * i, Stage.VALUE));
    return { words: 0, value };
  }
  /** log of the Gamma of `element`. */
  const logGamma = (run: ReferenceRun, element: number, shape: number) => {
    if (shape >= 1) return Math.log(run.gamma(element, elements, shape));
    const drop = run.exponential(element, elements + RUN_VALUES) / shape;
    return Math.log(run.gamma(element, elements, shape + 1)) - drop;
  };
  return {
    words: 2 * elements + RUN_VALUES,
    value: (run, i) => fromLogs(logGamma(run, 2 * i, a), logGamma(run, 2 * i + 1, b)),
  };
}

/** Beta(alphas[i], betas[i]): as `beta` where both shapes are at least 1, else from the value's own stream. */
export function betaEach(alphas: Float64Array, betas: Float64Array, counts = new Counts()): Method {
  return {
    words: 3 * RUN_VALUES,
    value: (run, i, index) => {
      const [a, b] = [alphas[index]!, betas[index]!];
      if (a >= 1 && b >= 1) return beta(a, b).value(run, i, index);
      return nextBeta(a, b, run.settling(2 * i, Stage.VALUE), counts);
    },
  };
}
