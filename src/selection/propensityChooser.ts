import { ParameterError } from '../core/errors';
import { requireNumber, requireOptions, wholeBetween } from '../core/validation';
import { kernelOf, type CompiledKernel } from '../kernel/load';
import { freshSeed, seedFrom, type Seed } from '../random/seed';
import {
  parsePropensityInput,
  PropensityKernel,
  type PropensityAccuracy,
  type PropensityInput,
} from './propensities';

export interface PropensityChooserOptions {
  /**
   * Whole number in [0, 2^53 - 1] or bigint in [0, 2^64 - 1].
   * @defaultValue drawn from the host's cryptographic generator
   */
  readonly seed?: number | bigint;
  /** @defaultValue `loadKernelSync()` */
  readonly kernel?: CompiledKernel;
}

/** Decisions the kernel draws in one call. */
const CHUNK = 65_536;
const SEQUENCE = wholeBetween(0, Number.MAX_SAFE_INTEGER);

/**
 * Many Thompson decisions at once, drawn from their propensities instead of from the posteriors: the same distribution,
 * hundreds of times faster.
 *
 * Valid only where all decisions share posteriors and offsets: utilities must not depend on the request, and nothing is
 * learned in between. The propensities are rounded to multiples of 2^-32. Up to 32 arms the cumulative sums decide,
 * beyond them an alias table; decision n is the same whatever batch it is drawn in, but it is another one than the
 * router's decision n, which draws from the posteriors.
 *
 * @example
 * ```ts
 * const chooser = new PropensityChooser({ seed: 7 });
 * const chosen = new Int32Array(1000);
 * chooser.chooseInto(
 *   {
 *     alphas: Float64Array.of(8, 5),
 *     betas: Float64Array.of(3, 3),
 *     utilityOffsets: Float64Array.of(0.1, 0),
 *   },
 *   0,
 *   chosen,
 * );
 * ```
 */
export class PropensityChooser {
  readonly #propensities: PropensityKernel;
  readonly #seed: Seed;
  readonly #out: number;
  #scratch = 0;
  #arms = 0;

  /** @throws {ParameterError} for a seed out of range */
  constructor(options: PropensityChooserOptions = {}) {
    requireOptions('options', options, ['seed', 'kernel']);
    this.#seed = options.seed === undefined ? freshSeed() : seedFrom('seed', options.seed);
    this.#propensities = new PropensityKernel(kernelOf(options.kernel).instantiate());
    this.#out = this.#propensities.kernel.allocate(CHUNK * 4);
  }

  /**
   * Writes the arms of decisions `firstSequence`, `firstSequence` + 1, … to `out`; -1 where no arm is eligible.
   * @param firstSequence sequence number of the first decision, a whole number in [0, 2^53 - 1 - out.length]
   * @throws {ParameterError} for bad input; `out` is then as it was
   */
  chooseInto(input: PropensityInput, firstSequence: number, out: Int32Array): PropensityAccuracy {
    const parsed = parsePropensityInput(input);
    if (!(out instanceof Int32Array)) throw new ParameterError('out', 'an Int32Array', out);
    requireNumber('firstSequence', firstSequence, SEQUENCE);
    requireNumber('firstSequence + out.length', firstSequence + out.length, SEQUENCE);
    const { kernel, address } = this.#propensities;
    const arms = parsed.alphas.length;
    if (arms > this.#arms) {
      // Doubling: what is outgrown is never more than what is in use.
      this.#arms = Math.max(arms, 2 * this.#arms);
      this.#scratch = kernel.allocate(kernel.raw.choice_scratch_bytes(this.#arms));
    }
    const accuracy = this.#propensities.compute(parsed);
    for (let start = 0; start < out.length; start += CHUNK) {
      const rows = Math.min(CHUNK, out.length - start);
      const sequence = firstSequence + start;
      kernel.raw.choices_from_propensities(
        this.#seed.low,
        this.#seed.high,
        sequence % 2 ** 32,
        Math.floor(sequence / 2 ** 32),
        rows,
        arms,
        address,
        this.#scratch,
        this.#out,
      );
      out.set(kernel.i32(this.#out, rows), start);
    }
    return accuracy;
  }
}
