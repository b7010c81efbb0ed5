/**
 * Text as words, for rules that look for words and not for letters inside words: "code" is in "write code!" and not in
 * "decode". A word is a run of letters, marks, digits and underscores of any script; scripts that write no spaces between words
 * (Han, kana, Thai, Lao, Khmer, Myanmar) give one word a character; every other visible character is a word of its own, so that
 * "C++" is three. Case, width and composition do not matter (NFKC, lower case), nor do the dot of İ, characters that are not seen (soft
 * hyphens, zero-width spaces and joiners), and which apostrophe or hyphen is written: "don’t" is "don't".
 */

/** UTF-16 units of a prompt that rules read; what stands behind is not looked at, so that no prompt can hold up a decision. */
export const LONGEST_READ = 65_536;

/** No nested repetition: one pass over the text. */
const WORD =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]\p{M}*|(?:(?![\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}])[\p{L}\p{M}\p{N}_])+|\S/gu;
const ASCII_WORD = /\w+|\S/g;
const ASCII = /^[\0-\x7f]*$/;

const UNSEEN = /\p{Default_Ignorable_Code_Point}/gu;
const APOSTROPHES = /[\u2018\u2019\u201b\u02bc\u02b9\u2032]/g;
/** Hyphens; the minus sign and dashes are not. NFKC makes U+2011 U+2010. */
const HYPHENS = /[\u2010\u2011\u058a\ufe63]/g;
const DOTTED_I = /i\u0307/g;

/** Words of the first 65,536 UTF-16 units of a text. */
export function wordsOf(text: string): readonly string[] {
  const read = text.length > LONGEST_READ ? text.slice(0, LONGEST_READ) : text;
  if (ASCII.test(read)) return read.toLowerCase().match(ASCII_WORD) ?? [];
  const plain = read
    .replace(UNSEEN, '')
    .normalize('NFKC')
    .toLowerCase()
    .replace(DOTTED_I, 'i')
    .replace(APOSTROPHES, "'")
    .replace(HYPHENS, '-');
  return plain.match(WORD) ?? [];
}
