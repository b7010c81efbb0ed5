/**
 * What is written with operators and is no mathematics: addresses, paths, dates, versions, telephone numbers. A heuristic, a piece of text between spaces
 * at a time.
 */

/** A longer one is an address at most: the others have their lengths. */
const LONGEST = 256;
const EDGES = /^[^\p{L}\p{N}~./\\+]+|[^\p{L}\p{N}/]+$/gu;

const ADDRESS = /:\/\/|@|^www\./i;
const OTHERS: readonly RegExp[] = [
  // 2024-11, 2024/11/22, 2024-11-22T10:00, 22.11.2024, 11/22/24
  /^(?:19|20)\d\d[-/]\d{1,2}$/,
  /^(?:19|20)\d\d([-/.])\d{1,2}\1\d{1,2}(?:T\S*)?$/i,
  /^\d{1,2}([-/.])\d{1,2}\1(?:\d\d|(?:19|20)\d\d)$/,
  // v1.2.3-rc.1
  /^v?\d+(?:\.\d+){2,}(?:[-+]\S*)?$/i,
  // 555-1234, 555-123-4567, +1-555-123-4567
  /^(?:\+?\d{1,3}[-.])?(?:\d{3}[-.)]+\d{3}[-.]|\d{3}-)\d{4}$/,
  // /usr/bin, ~/x, ./x, C:\x
  /^(?:~|\.{0,2})\/.*\p{L}|^[a-z]:[\\/]/iu,
  // a.b/c?x=1
  /\/.*\?[\w-]+=/,
  // Names that are numbers.
  /^(?:24\/7|9\/11|50[/-]50)$/,
];
const OPERATOR = /[=+*^<>×÷√∑∫≤≥≠\\]/;
const FRACTION = /\d\/\d/;
const LETTERS = /\p{L}{2}/u;

/** The text without them; runs of spaces are one. */
export function withoutAddresses(text: string): string {
  return text
    .split(/\s+/)
    .filter((piece) => !isAddress(piece))
    .join(' ');
}

function isAddress(piece: string): boolean {
  if (ADDRESS.test(piece)) return true;
  if (piece.length > LONGEST) return false;
  const bare = piece.replace(EDGES, '');
  if (OTHERS.some((pattern) => pattern.test(bare))) return true;
  // src/a/b.ts, and/or: with words beside a slash, and nothing else that is an operator.
  return bare.includes('/') && LETTERS.test(bare) && !OPERATOR.test(bare) && !FRACTION.test(bare);
}
