import { requireNumber, type Interval } from '../core/validation';
import type { Kernel } from '../kernel/kernel';

/** Shapes that a quantile table holds. */
export const TABLE_SHAPE: Interval = {
  text: 'in [0.1, 1e6]',
  contains: (v) => v >= 0.1 && v <= 1e6,
};

/** Tables kept, of 98 kB each. */
const MOST_TABLES = 16;

/** The quantile tables of a sampler: those of the shapes used last, built when first asked for. */
export class QuantileTables {
  readonly #kernel: Kernel;
  /** In order of use. */
  readonly #addresses = new Map<string, number>();

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  /** Address of the table of Beta(a, b). */
  of(a: number, b: number): number {
    const key = `${a} ${b}`;
    const known = this.#addresses.get(key);
    const address = known ?? this.#free();
    if (known === undefined) this.#kernel.raw.beta_table_build(address, a, b);
    this.#addresses.delete(key);
    this.#addresses.set(key, address);
    return address;
  }

  /** New memory, or that of the table used longest ago. */
  #free(): number {
    const { raw } = this.#kernel;
    if (this.#addresses.size < MOST_TABLES) return this.#kernel.allocate(raw.beta_table_bytes());
    const [oldest, address] = this.#addresses.entries().next().value!;
    this.#addresses.delete(oldest);
    return address;
  }
}

/**
 * Does `method: 'table'` repay building its table within `draws` draws of one Beta(a, b)? Break-evens, rounded up from both methods
 * timed in turns (some 5,000 draws at (0.5, 0.5) and (1, 1), 15,000 at (8, 3), 45,000 at (3000, 500)): 8,000 draws where a shape
 * is 1 or less, 20,000 where one is below 20, else 50,000. Shapes that no table holds give false.
 * @param a first shape, > 0
 * @param b second shape, > 0
 * @param draws >= 0
 * @throws {ParameterError}
 */
export function quantileTablePays(a: number, b: number, draws: number): boolean {
  const positive: Interval = { text: '> 0', contains: (v) => v > 0 };
  requireNumber('a', a, positive);
  requireNumber('b', b, positive);
  requireNumber('draws', draws, { text: '>= 0', contains: (v) => v >= 0 });
  if (!TABLE_SHAPE.contains(a) || !TABLE_SHAPE.contains(b)) return false;
  const smaller = Math.min(a, b);
  return draws >= (smaller <= 1 ? 8_000 : smaller < 20 ? 20_000 : 50_000);
}
