/**
 * The seven named features of a prompt from ten counts (docs/MATH.md §18): length, complexity, and the indicators of coding, creative,
 * analysis, mathematical and knowledge tasks.
 *
 * Counts: 0 UTF-16 units of the whole prompt; of the part read: 1 words, 2 units in words, 3 sentences, 4 requirements, 5 … 9 indicator words.
 */
import { log } from '../math/log';

/** Words per sentence, units per word and requirements at which their third of the complexity is half used up. */
const WORDS_PER_SENTENCE: f64 = 20;
const UNITS_PER_WORD: f64 = 5;
const REQUIREMENTS: f64 = 4;

/** Writes the seven features. */
export function surfaceInto(counts: usize, out: usize): void {
  const words = load<f64>(counts, 8);
  store<f64>(out, log(1 + load<f64>(counts)));
  // a/(a + c) with a = words/sentences, without the inner division: no words give 0, not 0/0.
  const complexity =
    share(words, WORDS_PER_SENTENCE * load<f64>(counts, 24)) +
    share(load<f64>(counts, 16), UNITS_PER_WORD * words) +
    share(load<f64>(counts, 32), REQUIREMENTS);
  store<f64>(out, complexity / 3, 8);
  for (let offset: usize = 0; offset < 40; offset += 8) {
    store<f64>(out + offset, share(load<f64>(counts + offset, 40), 1), 16);
  }
}

/** a/(a + b), 0 for a = 0; a, b >= 0. */
function share(a: f64, b: f64): f64 {
  return a > 0 ? a / (a + b) : 0;
}
