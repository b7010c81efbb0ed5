/** 64-bit seeds and sequence numbers cross the border as two unsigned halves. */
// @ts-ignore: decorator
@inline
export function u64Of(low: u32, high: u32): u64 {
  return ((<u64>high) << 32) | low;
}
