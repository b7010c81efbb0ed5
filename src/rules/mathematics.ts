import { withoutAddresses } from './addresses';
import { LONGEST_READ, wordsOf } from './words';

/**
 * Is a prompt mathematics? Points for what mathematicians write, a word at a time (docs/decisions/2026-11-22-rules.md): operators between
 * operands, symbols, TeX, and words of the trade; addresses, dates and the like are not looked at. A heuristic for a rule, not a classifier: its recall and precision on recorded
 * prompts are in docs/RESULTS.md.
 */

/** Words that hardly stand outside mathematics. */
const TERMS = new Set(
  (
    'algebra algebraic arithmetic asymptote bijection binomial calculus coefficient coefficients congruent cosine denominator ' +
    'derivative derivatives determinant differentiable diophantine divisible eigenvalue eigenvalues eigenvector ellipse equation ' +
    'equations exponent factorial fibonacci gcd geometry homomorphism hypotenuse inequality integer integers integral integrals ' +
    'isomorphic isomorphism lcm lemma logarithm modulo monotone multiplicative numerator parabola permutation permutations ' +
    'perpendicular polygon polynomial polynomials quadratic quotient remainder sine sqrt subgroup surjective tangent theorem ' +
    'triangle trigonometric vertices'
  ).split(' '),
);
/** Words that weigh half: they stand elsewhere too. */
const HALF_TERMS = new Set(
  (
    'add angle area average calculate circle compute convergent cube decimal degree diameter digits divide divided equal equals ' +
    'evaluate factor factors formula fraction fractions function irrational maximum minimum multiple multiply multiplied negative ' +
    'number numbers percent perimeter positive prime primes probability product proof prove radius rational real ratio rectangle ' +
    'ring root roots sequence series simplify slope solve square squared subtract sum times value variable variables vector matrix ' +
    'volume'
  ).split(' '),
);
/** After "how". */
const QUANTITY = new Set(['many', 'much', 'long', 'far', 'old', 'fast', 'tall']);
const OPERATORS = new Set([...'+-*/^=<>×÷·−≤≥≠≈']);
/** Beyond ASCII, whose | and ~ stand everywhere. */
const SYMBOL = /^(?![\0-\x7f])[\p{Sm}π∞]$/u;
const NUMBER = /^\p{Nd}+$/u;
/** 3x, x, n1, 2q2: what may stand beside an operator. In scripts that write no spaces a letter is a word. */
const OPERAND =
  /^(?=.)\p{Nd}*(?:(?![\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}])\p{L})?\p{Nd}*$/u;
const DIGIT = /\p{Nd}/u;
const WORD = /^[\p{L}\p{M}\p{N}_]/u;
const SUPERSCRIPTS = /[⁰¹²³⁴-⁹ⁿ]+/g;
/** What a superscript is no power of: a word, whose footnote it is, and a metre. */
const NO_BASE = /(?:\p{L}\p{L}|(?<!\p{L})m)$/u;

/** What asks for the value of the expression behind it, by itself … */
const ASKING = new Set(
  (
    'calculate compute evaluate solve simplify expand factor factorise factorize whats calcule calculer calculez résous résoudre ' +
    'calcula calcular resuelve berechne berechnen löse вычисли вычислите реши решите посчитай 算 求 解'
  ).split(' '),
);
/** … and behind a word of a question. */
const COPULAS = new Set('is are s does equals ist sind es est font будет'.split(' '));
const QUESTIONS = new Set(
  'what how much was wieviel viel qué que cuánto cuanto combien quanto сколько'.split(' '),
);
/** What may follow such an expression; another word makes it a name, as in "24/7 support". */
const AFTER = new Set(
  'of for mod modulo equal equals to and using by in 等 是 的 は の'.split(' '),
);

/** Points that a rule asks for where it names none: two terms, or two expressions, or a question for a value or a quantity. */
export const MATHEMATICS_POINTS = 2;

const MOST_EXPRESSION_POINTS = 3;
/** "How many …" among so many numbers is a problem in words. */
const NUMBERS_OF_A_PROBLEM = 2;

/**
 * Points of a prompt's first 65,536 UTF-16 units; more is more mathematics. A term counts once, expressions up to three points, and a question for the value of
 * an expression ("what is 2+2?") two at least.
 */
export function mathematicsPoints(prompt: string): number {
  const words = wordsOf(withPowers(withoutAddresses(prompt.slice(0, LONGEST_READ))));
  const seen = new Set<string>();
  let points = 0;
  let expressions = 0;
  let numbers = 0;
  let asksQuantity = false;
  let asksValue = false;
  words.forEach((word, i) => {
    const own = expressionPoints(words, i);
    expressions += own;
    if (own > 0) asksValue ||= isNumeric(words, i) && isAsked(words, i);
    if (NUMBER.test(word)) numbers++;
    if (seen.has(word)) return;
    seen.add(word);
    if (TERMS.has(word)) points += 1;
    else if (HALF_TERMS.has(word)) points += 0.5;
    else if (word === 'how')
      asksQuantity = words.some((one, j) => one === 'how' && QUANTITY.has(words[j + 1] ?? ''));
  });
  if (asksQuantity && numbers >= NUMBERS_OF_A_PROBLEM) points += 2;
  const expressed = Math.min(expressions, MOST_EXPRESSION_POINTS);
  return points + (asksValue ? Math.max(expressed, MATHEMATICS_POINTS) : expressed);
}

/** x² as x^2: composition would make it x2. */
function withPowers(text: string): string {
  return text.replace(SUPERSCRIPTS, (power, at: number) =>
    NO_BASE.test(text.slice(Math.max(0, at - 2), at)) ? power : `^${power}`,
  );
}

/** Points of the word at `i` as an operator between operands, as a symbol or as TeX. */
function expressionPoints(words: readonly string[], i: number): number {
  const word = words[i]!;
  if (word === '\\') return /^\p{L}{2,}/u.test(words[i + 1] ?? '') ? 1 : 0;
  if (!OPERATORS.has(word)) return SYMBOL.test(word) ? 1 : 0;
  const before = words[i - 1] ?? '';
  const after = words[i + 1] ?? '';
  const between =
    (OPERAND.test(before) || before === ')') && (OPERAND.test(after) || after === '(');
  if (!between) return 0;
  // 2023-06 and 3/4 may be a date: half.
  return NUMBER.test(before) && NUMBER.test(after) && (word === '-' || word === '/') ? 0.5 : 1;
}

/** Is what stands at `i` an operator on numbers? x86/x64 and F-16 are names. */
function isNumeric(words: readonly string[], i: number): boolean {
  const before = words[i - 1] ?? '';
  const after = words[i + 1] ?? '';
  if (words[i] === '-' || words[i] === '/') return NUMBER.test(before) && NUMBER.test(after);
  return DIGIT.test(before) || DIGIT.test(after);
}

/** Is the value of the expression around `i` asked for, or is it all there is? */
function isAsked(words: readonly string[], i: number): boolean {
  let start = i;
  while (start > 0 && i - start < LONGEST_EXPRESSION && isInExpression(words[start - 1]!)) start--;
  // Of "what's".
  if (words[start] === 's' && words[start - 1] === "'") start++;
  let end = i + 1;
  while (end < words.length && end - i < LONGEST_EXPRESSION && isInExpression(words[end]!)) end++;
  const next = words[end];
  if (next !== undefined && WORD.test(next) && !AFTER.has(next) && words[end - 1] !== '.')
    return false;
  if (words[end - 1] === '=') return true;
  const before = words[start - 1] === ':' ? start - 2 : start - 1;
  if (before < 0) return true;
  const word = words[before]!;
  if (ASKING.has(word)) return true;
  return (
    COPULAS.has(word) && words.slice(Math.max(0, before - 2), before).some((w) => QUESTIONS.has(w))
  );
}

const LONGEST_EXPRESSION = 64;
const PARTS = new Set(['(', ')', '.', ',', ...OPERATORS]);

function isInExpression(word: string): boolean {
  return PARTS.has(word) || OPERAND.test(word) || SYMBOL.test(word);
}
