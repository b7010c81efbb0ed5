/**
 * Strategy: words in several scripts against what a reader would say; matching against a slow, obvious search for a run of words
 * (property); prompts built to be slow stay linear, by the number of words rather than by a clock.
 * Not tested here: which models a rule leaves (ruleChain.test.ts).
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KeywordMatcher } from '../../src/rules/keywords';
import { mathematicsPoints } from '../../src/rules/mathematics';
import { LONGEST_READ, wordsOf } from '../../src/rules/words';

test.each([
  ['Write code, please!', ['write', 'code', ',', 'please', '!']],
  ['C++ and naïve_set', ['c', '+', '+', 'and', 'naïve_set']],
  ['写代码吧 now', ['写', '代', '码', '吧', 'now']],
  ['Ｃｏｄｅ', ['code']],
  ['Привет, мир', ['привет', ',', 'мир']],
  ['cafe\u0301', ['café']],
  ['', []],
  [' \n\t\u2028', []],
])('words of %j', (text, words) => {
  expect(wordsOf(text)).toEqual(words);
});

test.each([
  ['code', 'please decode this', false],
  ['code', 'codes', false],
  ['code', 'code_review', false],
  ['code', 'the CODE.', true],
  ['code', '(code)', true],
  ['c++', 'in C++?', true],
  ['c++', 'in C+', false],
  ['write code', 'write\n  code', true],
  ['write code', 'write the code', false],
  ['art', 'à la carte', false],
  ['art', 'l’art moderne', true],
  ['代码', '请写代码吧', true],
  ['мир', 'мирный', false],
  ['мир', 'и мир', true],
  ['naïve', 'NAI\u0308VE!', true],
  ['__proto__', 'a __proto__ here', true],
  ['constructor', 'nothing here', false],
  ["don't", 'I don’t', true],
  ['don’t', "I DON'T", true],
  ['e-mail', 'my E\u2011mail', true],
  ['e\u2010mail', 'my e-mail', true],
  ['istanbul', 'İstanbul’da', true],
  ['İstanbul', 'ISTANBUL', true],
  ['contract', 'con\u00adtract', true],
  ['contract', 'con\u200btract', true],
  ['con\u200btract', 'contract', true],
  ['می‌خواهم', 'من میخواهم', true],
])('%j in %j: %s', (keyword, text, expected) => {
  expect(new KeywordMatcher([keyword]).count(wordsOf(text), 1)).toBe(expected ? 1 : 0);
});

const word = fc.constantFrom('a', 'b', 'c', 'ab', '+', '代');
const words = fc.array(word, { maxLength: 12 });

test('finds exactly the keywords that stand in the text as runs of words', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.array(word, { minLength: 1, maxLength: 3 }), {
        selector: (k) => wordsOf(k.join(' ')).join(' '),
        minLength: 1,
        maxLength: 5,
      }),
      words,
      (keywords, text) => {
        const all = wordsOf(text.join(' '));
        const found = keywords.filter((keyword) => {
          const run = wordsOf(keyword.join(' '));
          return all.some((_, i) => run.every((one, j) => all[i + j] === one));
        });
        const matcher = new KeywordMatcher(keywords.map((keyword) => keyword.join(' ')));
        expect(matcher.count(all, keywords.length)).toBe(found.length);
        expect(matcher.count(all, 1)).toBe(Math.min(found.length, 1));
      },
    ),
    { seed: 1, numRuns: 300 },
  );
});

test('reads no further than its limit, whatever the prompt', () => {
  const far = `${' '.repeat(LONGEST_READ)}code`;
  expect(wordsOf(far)).toEqual([]);
  // Each is a classic against backtracking, or grows by normalisation.
  for (const hostile of [
    'a'.repeat(1e6),
    `${'a '.repeat(5e5)}!`,
    '\u0301'.repeat(1e6),
    'ﷺ'.repeat(1e6),
    '\\'.repeat(1e6),
    '\ud800'.repeat(1e6),
    '(1+'.repeat(3e5),
    '('.repeat(1e6),
    '1-'.repeat(5e5),
    '²'.repeat(1e6),
    `${'a/'.repeat(5e5)} `,
    'what is 1+1? '.repeat(1e5),
    '\u00ad'.repeat(1e6),
  ]) {
    const found = wordsOf(hostile);
    expect(found.length).toBeLessThanOrEqual(18 * LONGEST_READ);
    expect(Number.isFinite(mathematicsPoints(hostile))).toBe(true);
  }
});

test('keywords that share their beginnings cost no more than their longest at each word', () => {
  const text = Array.from({ length: 20_000 }, () => 'a').join(' ');
  const keywords = Array.from({ length: 32 }, (_, i) => `${'a '.repeat(i)}b`);
  expect(new KeywordMatcher(keywords).count(wordsOf(text), 1)).toBe(0);
});
