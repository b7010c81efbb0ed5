/**
 * What a UTF-16 unit is to the reader of prompts, and what it is folded to. Fixed ranges, so that every host and every version of Unicode
 * agrees; letters outside the ranges folded here (ASCII, Latin-1, Greek, Cyrillic) stay as they are. Surrogates count as letters, paired or not.
 */
export const enum Unit {
  /** White space, controls, invisible marks: between words. */
  Space,
  /** Part of a word, with its neighbours. */
  Letter,
  /** Part of a number. */
  Digit,
  /** A word by itself: scripts written without spaces. */
  Ideograph,
  /** Punctuation and symbols: a token by itself, no word. */
  Symbol,
}

/** First and last unit of each range, both included; what is in none is a letter. */
const RANGES: readonly (readonly [Unit, readonly (readonly [number, number])[]])[] = [
  [
    Unit.Symbol,
    [
      [0x21, 0x2f],
      [0x3a, 0x40],
      [0x5b, 0x60],
      [0x7b, 0x7e],
      [0xa1, 0xa9],
      [0xab, 0xb4],
      [0xb6, 0xb9],
      [0xbb, 0xbf],
      [0xd7, 0xd7],
      [0xf7, 0xf7],
      [0x2010, 0x2027],
      [0x2030, 0x205e],
      [0x2070, 0x2bff],
      [0x2e00, 0x2e7f],
      [0x3001, 0x303f],
      [0xfe10, 0xfe1f],
      [0xfe30, 0xfe6f],
      [0xff01, 0xff0f],
      [0xff1a, 0xff20],
      [0xff3b, 0xff40],
      [0xff5b, 0xff65],
      [0xfff0, 0xffff],
    ],
  ],
  [
    Unit.Space,
    [
      [0, 0x20],
      [0x7f, 0xa0],
      [0x1680, 0x1680],
      [0x2000, 0x200f],
      [0x2028, 0x202f],
      [0x205f, 0x206f],
      [0x3000, 0x3000],
      [0xfe00, 0xfe0f],
      [0xfeff, 0xfeff],
    ],
  ],
  [Unit.Digit, [[0x30, 0x39]]],
  [
    Unit.Ideograph,
    [
      [0xe00, 0xeff], // Thai, Lao
      [0x1000, 0x109f], // Myanmar
      [0x1780, 0x17ff], // Khmer
      [0x3040, 0x30ff], // kana
      [0x3400, 0x4dbf],
      [0x4e00, 0x9fff],
      [0xf900, 0xfaff],
    ],
  ],
];

/** Capitals: first, last, distance to the small letter. */
const CAPITALS: readonly (readonly [number, number, number])[] = [
  [0x41, 0x5a, 0x20],
  [0xc0, 0xd6, 0x20],
  [0xd8, 0xde, 0x20],
  [0x391, 0x3ab, 0x20],
  [0x400, 0x40f, 0x50],
  [0x410, 0x42f, 0x20],
];

export interface UnitTables {
  /** `Unit` of every UTF-16 unit. */
  readonly kinds: Uint8Array;
  /** The unit itself, or the small letter of a capital. */
  readonly folded: Uint16Array;
}

let tables: UnitTables | undefined;

/** The tables, made at the first call (192 kB). */
export function unitTables(): UnitTables {
  if (tables) return tables;
  const kinds = new Uint8Array(0x10000).fill(Unit.Letter);
  for (const [kind, ranges] of RANGES)
    for (const [first, last] of ranges) kinds.fill(kind, first, last + 1);
  const folded = Uint16Array.from({ length: 0x10000 }, (_, unit) => unit);
  for (const [first, last, distance] of CAPITALS)
    for (let unit = first; unit <= last; unit++) folded[unit] = unit + distance;
  return (tables = { kinds, folded });
}
