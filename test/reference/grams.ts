/**
 * Hashed word 1–2-grams by regular expressions, whole-number arithmetic on BigInt and strings: docs/MATH.md §18 read slowly. Only for texts
 * whose units stand in the ranges named here.
 */

const SYMBOLS = '!-/:-@\\[-`{-~¡-©«-´¶-¹»-¿×÷\u2010-\u2027\u3001-\u303f\uff01';
const IDEOGRAPHS = '\u0e00-\u0eff\u3040-\u30ff\u4e00-\u9fff';
const SPACES = '\u0000- \u007f-\u00a0\u2000-\u200f';
const TOKEN = new RegExp(
  `[0-9]+|[${SYMBOLS}]|[${IDEOGRAPHS}]|[^0-9${SYMBOLS}${IDEOGRAPHS}${SPACES}]+`,
  'g',
);

const MASK = 0xffffffffn;

export function slowTokens(text: string): string[] {
  // ß is no capital, and these letters have one small letter each, one unit long.
  const folded = text.replace(/[A-ZÀ-ÖØ-ÞΑ-ΫЀ-Я]/g, (letter) => letter.toLowerCase());
  return folded.match(TOKEN) ?? [];
}

export function slowGrams(text: string, buckets: number): Map<number, number> {
  const hashes = slowTokens(text).map(hash);
  const grams = [...hashes];
  for (let i = 1; i < hashes.length; i++) grams.push(pair(hashes[i - 1]!, hashes[i]!));
  const counts = new Map<number, number>();
  for (const gram of grams) {
    const bucket = Number((mix(gram) * BigInt(buckets)) >> 32n);
    counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
  }
  return counts;
}

function hash(token: string): bigint {
  let h = 0x811c9dc5n;
  for (let i = 0; i < token.length; i++)
    h = ((h ^ BigInt(token.charCodeAt(i))) * 0x01000193n) & MASK;
  return h;
}

function pair(a: bigint, b: bigint): bigint {
  return ((a * 0x9e3779b1n) & MASK) ^ (((b << 15n) & MASK) | (b >> 17n));
}

function mix(h: bigint): bigint {
  h = ((h ^ (h >> 16n)) * 0x85ebca6bn) & MASK;
  h = ((h ^ (h >> 13n)) * 0xc2b2ae35n) & MASK;
  return h ^ (h >> 16n);
}
