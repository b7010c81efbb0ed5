import { hashToken } from './hash';

/** What an indicator word points to; the order is that of the features, after the counts before them. */
export const enum Indicator {
  Requirement = 4,
  Coding = 5,
  Creative = 6,
  Analysis = 7,
  Math = 8,
  Knowledge = 9,
}

/**
 * Whole words (English) and symbols that point to a kind of task. A word may stand in one list only: the lists tell tasks apart. They are
 * this library's own choice, made by hand; nothing was fitted.
 */
const WORDS: readonly (readonly [Indicator, string])[] = [
  [
    Indicator.Requirement,
    'if unless must should only exactly least most without except each every both either neither otherwise ' +
      'ensure avoid include exclude given following constraint constraints requirement requirements rule rules step steps then ?',
  ],
  [
    Indicator.Coding,
    'code coding program programming programmer function functions class classes method methods algorithm ' +
      'algorithms implement implementation debug debugging bug bugs compile compiler syntax script scripts ' +
      'python java javascript typescript rust golang sql html css php ruby kotlin swift bash shell regex api ' +
      'json xml yaml array arrays string strings variable variables loop loops recursion recursive pointer ' +
      'database query queries software developer github git docker linux unix def return const import int void ' +
      'boolean null async await lambda { } ` ;',
  ],
  [
    Indicator.Creative,
    'story stories poem poems poetry song songs lyrics haiku sonnet limerick fiction fictional novel creative ' +
      'creatively imagine imaginary imagination invent character characters plot scene dialogue narrative ' +
      'tale fairy script screenplay rhyme rhymes joke jokes funny humorous slogan tagline brainstorm ideas ' +
      'draft compose essay blog letter speech roleplay pretend metaphor',
  ],
  [
    Indicator.Analysis,
    'analyze analyse analyzing analysing analysis analyses analytical compare comparing comparison contrast ' +
      'evaluate evaluating evaluation assess assessment critique criticize review examine examining interpret ' +
      'interpretation summarize summarise summary discuss argue argument arguments reason reasons reasoning ' +
      'logic logical infer inference deduce conclusion conclude evidence implications impact pros cons ' +
      'advantages disadvantages strengths weaknesses causes effects strategy statement statements premise ' +
      'hypothesis pattern patterns',
  ],
  [
    Indicator.Math,
    'math maths mathematics mathematical calculate calculation compute solve equation equations algebra ' +
      'geometry calculus arithmetic integral derivative differentiate integrate matrix matrices vector vectors ' +
      'polynomial polynomials probability probabilities statistics theorem proof prove prime primes divisor ' +
      'fraction fractions decimal percent percentage sum product difference quotient remainder divide divided ' +
      'multiply multiplied plus minus times square root cube triangle circle angle radius area volume perimeter ' +
      'number numbers integer integers digit digits factor factors equals = ^ × ÷ √ ∑ ∫ ± ≤ ≥ ≈ ∞',
  ],
  [
    Indicator.Knowledge,
    'who what when where which whom whose define definition meaning means history historical capital country ' +
      'countries president king queen war century year born died invented discovered founded located author ' +
      'fact facts explain describe science scientific biology chemistry physics geography medicine medical law ' +
      'legal economics philosophy religion culture language planet animal species population',
  ],
];

const SLOTS = 4096;

/**
 * Hash of a token -> what it points to, by open addressing. Perf: looked up for every token; a Map would box each hash.
 */
class IndicatorTable {
  readonly #hashes = new Int32Array(SLOTS);
  readonly #indicators = new Uint8Array(SLOTS);

  constructor() {
    for (const [indicator, words] of WORDS)
      for (const word of words.split(' ')) this.#add(hashToken(word), indicator);
  }

  /** The `Indicator`, 0 for none. */
  find(hash: number): number {
    for (let slot = hash & (SLOTS - 1); ; slot = (slot + 1) & (SLOTS - 1)) {
      const indicator = this.#indicators[slot]!;
      if (indicator === 0 || this.#hashes[slot] === hash) return indicator;
    }
  }

  /** The first list that has a word keeps it. */
  #add(hash: number, indicator: Indicator): void {
    if (this.find(hash) > 0) return;
    let slot = hash & (SLOTS - 1);
    while (this.#indicators[slot]! > 0) slot = (slot + 1) & (SLOTS - 1);
    this.#hashes[slot] = hash;
    this.#indicators[slot] = indicator;
  }
}

let table: IndicatorTable | undefined;

export function indicatorTable(): IndicatorTable {
  return (table ??= new IndicatorTable());
}
