import type { Kernel } from '../kernel/kernel';
import { loadKernelSync } from '../kernel/load';

let kernel: Kernel | undefined;
let address = 0;
let capacity = 0;

/** The kernel of the statistics of repeats, with room for `values` f64 at `address` until the next call. */
export function workspace(values: number): { kernel: Kernel; address: number } {
  if (kernel === undefined || values > capacity) {
    // Memory is never taken back: a larger room is a new instance.
    const fresh = loadKernelSync().instantiate();
    address = fresh.allocate(8 * values);
    kernel = fresh;
    capacity = values;
  }
  return { kernel, address };
}
