import type { Kernel } from '../kernel/kernel';
import { loadKernelSync } from '../kernel/load';
import type { Seed } from '../random/seed';
import { MOST_SAMPLES } from './options';

let shared: { kernel: Kernel; out: number } | undefined;

/**
 * Seeds for the samples of one decision, whole numbers in [0, 2^31 - 1]: the stream of (seed, purpose 'best-of-n', sequence
 * number), so the first k are the same for every n.
 */
export function sampleSeeds(
  { seed, sequenceNumber }: { readonly seed: Seed; readonly sequenceNumber: number },
  n: number,
): Uint32Array {
  const { kernel, out } = (shared ??= open());
  const high = Math.floor(sequenceNumber / 2 ** 32);
  kernel.raw.best_of_seeds(seed.low, seed.high, sequenceNumber >>> 0, high, n, out);
  return kernel.u32(out, n).slice();
}

function open(): { kernel: Kernel; out: number } {
  const kernel = loadKernelSync().instantiate();
  return { kernel, out: kernel.allocate(4 * MOST_SAMPLES) };
}
