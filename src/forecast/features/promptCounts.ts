import { HASH_START, hashPair, hashUnit, mixHash } from './hash';
import { indicatorTable } from './indicators';
import { Unit, unitTables } from './units';

/** Buckets of the hashed n-grams. */
export const BUCKETS = 4096;
/** A bucket is the top 12 bits of the mixed hash. */
const BUCKET_SHIFT = 20;

/** Units read at each end of a long prompt. What a prompt is about stands at its start, what is asked often at its end. */
export const LONGEST_END = 16_384;

/** Counts for the named features (assembly/encoder/surface.ts). */
export const SURFACE_COUNTS = 10;
const enum Surface {
  Units,
  Words,
  WordUnits,
  Sentences,
}

const LINE_FEED = 0x0a;

/**
 * Counts a prompt: its word 1–2-grams by bucket, and what the named features are made of. Tokens are words, runs of digits, single
 * ideographs and single symbols; a bigram is two tokens in a row. Of a prompt longer than 2 · 16,384 units the first and the last
 * 16,384 are read, so time and memory are bounded.
 *
 * One object serves many prompts: the arrays are overwritten by the next.
 */
export class PromptCounts {
  /** `SURFACE_COUNTS` numbers. */
  readonly surface = new Float64Array(SURFACE_COUNTS);
  /** Buckets that the prompt has n-grams in, in the order met; `length` of them. */
  readonly indices = new Uint32Array(BUCKETS);
  /** N-grams in each of them. */
  readonly values = new Float64Array(BUCKETS);
  length = 0;
  readonly #kinds = unitTables().kinds;
  readonly #folded = unitTables().folded;
  readonly #indicators = indicatorTable();
  readonly #tokens = new Int32Array(LONGEST_END * 2);
  /** Bucket -> its place in `indices`, valid if `indices` agrees. */
  readonly #places = new Uint16Array(BUCKETS);

  count(prompt: string): void {
    this.length = 0;
    this.surface.fill(0);
    this.surface[Surface.Units] = prompt.length;
    if (prompt.length <= 2 * LONGEST_END) {
      this.#read(prompt, 0, prompt.length);
    } else {
      this.#read(prompt, 0, LONGEST_END);
      this.#read(prompt, prompt.length - LONGEST_END, prompt.length);
    }
  }

  #read(prompt: string, start: number, end: number): void {
    const tokens = this.#tokenise(prompt, start, end);
    this.#countIndicators(tokens);
    this.#countGrams(tokens);
  }

  /** Writes the hashes of the tokens, counts words and sentences, and returns the number of tokens. */
  #tokenise(prompt: string, start: number, end: number): number {
    const [kinds, folded, tokens, surface] = [
      this.#kinds,
      this.#folded,
      this.#tokens,
      this.surface,
    ];
    let count = 0;
    let words = 0;
    let wordUnits = 0;
    let sentences = 0;
    let wordsBefore = 0;
    for (let i = start; i < end;) {
      const unit = prompt.charCodeAt(i);
      const kind: Unit = kinds[unit]!;
      const first = i++;
      if (kind === Unit.Space) {
        if (unit !== LINE_FEED || words === wordsBefore) continue;
        sentences++;
        wordsBefore = words;
        continue;
      }
      let hash = hashUnit(HASH_START, folded[unit]!);
      if (kind === Unit.Letter || kind === Unit.Digit) {
        for (let next; i < end && kinds[(next = prompt.charCodeAt(i))] === kind; i++)
          hash = hashUnit(hash, folded[next]!);
      }
      tokens[count++] = hash;
      if (kind !== Unit.Symbol) {
        words++;
        wordUnits += i - first;
      } else if (
        words > wordsBefore &&
        endsSentence(unit, i < end ? kinds[prompt.charCodeAt(i)]! : Unit.Space)
      ) {
        sentences++;
        wordsBefore = words;
      }
    }
    surface[Surface.Words]! += words;
    surface[Surface.WordUnits]! += wordUnits;
    surface[Surface.Sentences]! += words > wordsBefore ? sentences + 1 : sentences;
    return count;
  }

  #countIndicators(tokens: number): void {
    for (let i = 0; i < tokens; i++) {
      const indicator = this.#indicators.find(this.#tokens[i]!);
      if (indicator > 0) this.surface[indicator]!++;
    }
  }

  #countGrams(tokens: number): void {
    const [hashes, places, indices, values] = [
      this.#tokens,
      this.#places,
      this.indices,
      this.values,
    ];
    let length = this.length;
    // Even steps are tokens, odd ones the pair of a token and the one after it.
    for (let step = 0; step < 2 * tokens - 1; step++) {
      const i = step >> 1;
      const hash = step & 1 ? hashPair(hashes[i]!, hashes[i + 1]!) : hashes[i]!;
      const bucket = mixHash(hash) >>> BUCKET_SHIFT;
      const place = places[bucket]!;
      if (place < length && indices[place] === bucket) {
        values[place]!++;
        continue;
      }
      places[bucket] = length;
      indices[length] = bucket;
      values[length++] = 1;
    }
    this.length = length;
  }
}

/** . ! ? where no word goes on (3.14 does), and their full-width forms anywhere. */
function endsSentence(unit: number, next: Unit): boolean {
  if (unit === 0x2e || unit === 0x21 || unit === 0x3f)
    return next === Unit.Space || next === Unit.Symbol;
  return unit === 0x3002 || unit === 0xff01 || unit === 0xff1f;
}
