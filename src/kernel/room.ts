import type { Kernel } from './kernel';

/**
 * Memory that grows. It doubles, because the kernel takes no memory back: what has been outgrown is never more than what is in use.
 */
export class Room {
  readonly #kernel: Kernel;
  #address = 0;
  #bytes = 0;

  constructor(kernel: Kernel, bytes = 0) {
    this.#kernel = kernel;
    if (bytes > 0) this.reserve(bytes);
  }

  /** 0 before anything was reserved. */
  get address(): number {
    return this.#address;
  }

  /**
   * Makes room for `bytes` in all and returns its address. Where that changes, the new memory is zero, and what was at the old one
   * still stands there, to be copied.
   * @throws {KernelError} when the host refuses the memory; nothing has changed then
   */
  reserve(bytes: number): number {
    if (bytes <= this.#bytes) return this.#address;
    const more = Math.max(bytes, Math.min(2 * this.#bytes, 2 ** 32 - 1));
    this.#address = this.#kernel.allocate(this.#bytes === 0 ? bytes : more);
    this.#bytes = this.#bytes === 0 ? bytes : more;
    return this.#address;
  }
}
