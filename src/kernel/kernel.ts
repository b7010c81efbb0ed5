import { KernelError } from '../core/errors';
import type { KernelExports } from './exports';

/**
 * One instance of the kernel: its raw exports and its memory.
 *
 * Views are made anew when memory has grown, because growing detaches them; use one at once and do not keep it.
 * Dropping the instance is how its memory is given back.
 */
export class Kernel {
  readonly raw: KernelExports;
  #stale = true;
  #allocations = 0;
  #f64 = new Float64Array(0);
  #u32 = new Uint32Array(0);
  #u8 = new Uint8Array(0);

  constructor(module: WebAssembly.Module) {
    this.raw = new WebAssembly.Instance(module, {}).exports as unknown as KernelExports;
  }

  /** Address of `bytes` zeroed, 16-byte aligned bytes. @throws {KernelError} when the host refuses the memory. */
  allocate(bytes: number): number {
    const address = bytes < 2 ** 32 ? this.raw.allocate(bytes) >>> 0 : 0;
    if (address === 0) throw new KernelError(`the kernel was refused ${bytes} bytes of memory`);
    // Nothing else makes memory grow.
    this.#stale = true;
    this.#allocations++;
    return address;
  }

  /** Grows with every allocation: a view made since the last one is good. */
  get allocations(): number {
    return this.#allocations;
  }

  /** `length` f64 at `address`. */
  f64(address: number, length: number): Float64Array {
    this.#refresh();
    return this.#f64.subarray(address >>> 3, (address >>> 3) + length);
  }

  /** `length` u32 at `address`. */
  u32(address: number, length: number): Uint32Array {
    this.#refresh();
    return this.#u32.subarray(address >>> 2, (address >>> 2) + length);
  }

  /** `length` i32 at `address`. */
  i32(address: number, length: number): Int32Array {
    this.#refresh();
    return new Int32Array(this.raw.memory.buffer, address, length);
  }

  /** `length` bytes at `address`. */
  u8(address: number, length: number): Uint8Array {
    this.#refresh();
    return this.#u8.subarray(address, address + length);
  }

  #refresh(): void {
    // Perf: asking the memory for its buffer takes longer than most views.
    if (!this.#stale) return;
    const buffer = this.raw.memory.buffer as ArrayBuffer;
    this.#f64 = new Float64Array(buffer);
    this.#u32 = new Uint32Array(buffer);
    this.#u8 = new Uint8Array(buffer);
    this.#stale = false;
  }
}
