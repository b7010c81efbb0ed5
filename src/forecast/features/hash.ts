/**
 * The 32-bit hashes behind the hashed n-grams: FNV-1a (Fowler, Noll & Vo; RFC 9923) over a token's folded UTF-16 units, each taken
 * whole, and the finaliser of MurmurHash3 (Appleby), after which all bits are fit to choose a bucket.
 */

/** FNV's offset basis: the hash of no unit. */
export const HASH_START = 0x811c9dc5 | 0;

/** The hash of a token with one more unit. */
export function hashUnit(hash: number, unit: number): number {
  return Math.imul(hash ^ unit, 0x01000193);
}

/** The hash of two tokens in this order. */
export function hashPair(first: number, second: number): number {
  return Math.imul(first, 0x9e3779b1) ^ ((second << 15) | (second >>> 17));
}

/** A bijection of 32 bits in which every input bit reaches every output bit. */
export function mixHash(hash: number): number {
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** Hash of a lower-case token given as text. */
export function hashToken(token: string): number {
  let hash = HASH_START;
  for (let i = 0; i < token.length; i++) hash = hashUnit(hash, token.charCodeAt(i));
  return hash;
}
