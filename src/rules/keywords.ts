import { wordsOf } from './words';

/** A tree of words: where a path ends, a keyword does. */
interface Branch {
  readonly next: Map<string, Branch>;
  /** Number of the keyword that ends here, or -1. */
  keyword: number;
}

/**
 * Finds which of a list of keywords, each one or several words, stand in a text as whole words. One pass over the text whatever
 * the number of keywords; its time is bounded by words of the text × words of the longest keyword.
 */
export class KeywordMatcher {
  readonly #root: Branch = branch();
  /** Number of different keywords. */
  readonly size: number;

  /** @param keywords each with at least one word */
  constructor(keywords: readonly string[]) {
    let size = 0;
    for (const keyword of keywords) {
      let at = this.#root;
      for (const word of wordsOf(keyword)) {
        const next = at.next.get(word) ?? branch();
        at.next.set(word, next);
        at = next;
      }
      if (at.keyword < 0) at.keyword = size++;
    }
    this.size = size;
  }

  /** Number of different keywords among `words`, counted up to `enough`. */
  count(words: readonly string[], enough: number): number {
    const found = new Set<number>();
    for (let start = 0; start < words.length && found.size < enough; start++) {
      let at = this.#root.next.get(words[start]!);
      for (let i = start + 1; at !== undefined; i++) {
        if (at.keyword >= 0) found.add(at.keyword);
        if (i === words.length) break;
        at = at.next.get(words[i]!);
      }
    }
    return Math.min(found.size, enough);
  }
}

function branch(): Branch {
  return { next: new Map(), keyword: -1 };
}
