/**
 * Is a prompt mathematics? Points for what mathematicians write, a word at a time (docs/decisions/2026-11-22-rules.md): operators between
 * operands, symbols, TeX, and words of the trade. A heuristic for a rule, not a classifier: its recall and precision on recorded
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
    'evaluate factor factors formula fraction fractions function maximum minimum multiple multiply multiplied negative ' +
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
/** 3x, x, n1, 2q2: what may stand beside an operator. */
const OPERAND = /^(?=.)\p{Nd}*\p{L}?\p{Nd}*$/u;

/** Points that a rule asks for where it names none: two terms, or two expressions, or a question for a quantity and its numbers. */
export const MATHEMATICS_POINTS = 2;

const MOST_EXPRESSION_POINTS = 3;
/** "How many …" among so many numbers is a problem in words. */
const NUMBERS_OF_A_PROBLEM = 2;

/** Points of a text's words; more is more mathematics. A term counts once, expressions up to three points. */
export function mathematicsPoints(words: readonly string[]): number {
  const seen = new Set<string>();
  let points = 0;
  let expressions = 0;
  let numbers = 0;
  let asksQuantity = false;
  words.forEach((word, i) => {
    expressions += expressionPoints(words, i);
    if (NUMBER.test(word)) numbers++;
    if (seen.has(word)) return;
    seen.add(word);
    if (TERMS.has(word)) points += 1;
    else if (HALF_TERMS.has(word)) points += 0.5;
    else if (word === 'how')
      asksQuantity = words.some((one, j) => one === 'how' && QUANTITY.has(words[j + 1] ?? ''));
  });
  if (asksQuantity && numbers >= NUMBERS_OF_A_PROBLEM) points += 2;
  return points + Math.min(expressions, MOST_EXPRESSION_POINTS);
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
