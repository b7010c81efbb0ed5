import type { KernelExports } from '../kernel/exports';
import type { Seed } from './seed';

/** Purposes of the kernel's streams that TypeScript draws from (`Purpose` in assembly/rng/stream.ts). */
export const StreamPurpose = { SHADOW: 9 } as const;

/**
 * The first uniform on [0, 1) of the stream (seed, purpose, index). Streams are addressed: drawing from one moves no other.
 * @param index whole number in [0, 2^53)
 */
export function streamUnit(raw: KernelExports, seed: Seed, purpose: number, index: number): number {
  return raw.stream_unit(seed.low, seed.high, purpose, index >>> 0, Math.floor(index / 2 ** 32));
}
