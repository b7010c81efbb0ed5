/**
 * CRC-32C (Castagnoli 1993; RFC 3720, B.4): reflected polynomial 0x82f63b78, initial value and final xor all ones. It finds every burst of up to 32
 * wrong bits, so every flipped byte, and others with probability 1 - 2^-32.
 */
const POLYNOMIAL = 0x82f63b78;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++)
    remainder = remainder & 1 ? (remainder >>> 1) ^ POLYNOMIAL : remainder >>> 1;
  return remainder;
});

/** CRC-32C of `bytes`, a whole number in [0, 2^32). */
export function crc32c(bytes: Uint8Array): number {
  let remainder = 0xffffffff;
  for (const byte of bytes) remainder = TABLE[(remainder ^ byte) & 255]! ^ (remainder >>> 8);
  return (remainder ^ 0xffffffff) >>> 0;
}
