import { ParameterError } from '../core/errors';
import {
  NOT_NEGATIVE,
  UNIT,
  optionalNumber,
  rejectUnknownKeys,
  requireObject,
  type Interval,
} from '../core/validation';
import type { Kernel } from '../kernel/kernel';
import { loadKernelSync } from '../kernel/load';

/** What a Thompson decision hangs on: independent Beta posteriors and what each arm's utility is lowered by. */
export interface PropensityInput {
  /** First Beta shape of each arm, in (0, 1e15]. */
  readonly alphas: Float64Array;
  /** Second Beta shape of each arm, in (0, 1e15]. */
  readonly betas: Float64Array;
  /** utility = quality - offset: expected cost / willingness to pay and the like. Finite. */
  readonly utilityOffsets: Float64Array;
  /** A byte an arm, 0 = not eligible. @defaultValue all are */
  readonly eligible?: Uint8Array;
  /** ε in [0, 1]: p' = (1 - ε) p + ε baseline. @defaultValue 0 */
  readonly floor?: number;
  /** Weights >= 0 of the floor, normalised over the eligible arms. @defaultValue uniform */
  readonly baseline?: Float64Array;
}

/**
 * 'accurate': every shape is in [0.05, 1e6]; with up to 64 arms the error is <= 1e-10 if all are >= 0.5, else <= 1e-6.
 * 'rough': shapes beyond; probabilities, but with an error that is not stated.
 * 'no-eligible-arm': all 0.
 */
export type PropensityAccuracy = 'accurate' | 'rough' | 'no-eligible-arm';

/** Of propensities where an arm is eligible. */
export type StatedAccuracy = Exclude<PropensityAccuracy, 'no-eligible-arm'>;

const ACCURACIES: readonly PropensityAccuracy[] = ['accurate', 'rough', 'no-eligible-arm'];
const MOST_ARMS = 4096;
const KEYS = ['alphas', 'betas', 'utilityOffsets', 'eligible', 'floor', 'baseline'] as const;
const SHAPE: Interval = { text: 'in (0, 1e15]', contains: (v) => v > 0 && v <= 1e15 };
const OFFSET: Interval = {
  text: 'in [-1e300, 1e300]',
  contains: (v) => v >= -1e300 && v <= 1e300,
};
const WEIGHT: Interval = { text: NOT_NEGATIVE.text, contains: (v) => v >= 0 && v <= 1e300 };

let shared: PropensityKernel | undefined;

/**
 * Writes to `out` the probability with which Thompson sampling chooses each arm: that its utility, a draw from its
 * posterior minus its offset, is the greatest. By quadrature, no simulation (docs/MATH.md §15). Arms that are not
 * eligible have exactly 0; arms that win with a probability below about 1e-12 may have it; the sum is 1.
 *
 * @param out one probability an arm
 * @throws {ParameterError} for bad input; `out` is then as it was
 */
export function propensitiesInto(input: PropensityInput, out: Float64Array): PropensityAccuracy {
  const parsed = parsePropensityInput(input);
  if (!(out instanceof Float64Array)) throw new ParameterError('out', 'a Float64Array', out);
  requireLength('out', out, parsed.alphas.length);
  shared ??= new PropensityKernel(loadKernelSync().instantiate());
  const accuracy = shared.compute(parsed);
  out.set(shared.result(out.length));
  return accuracy;
}

/** @internal A kernel with room for one set of propensities. */
export class PropensityKernel {
  readonly kernel: Kernel;
  /** Address of the propensities computed last. */
  readonly address: number;
  readonly #shapes: number;
  readonly #offsets: number;
  readonly #mask: number;
  readonly #baseline: number;
  #scratch = 0;
  #arms = 0;

  constructor(kernel: Kernel) {
    this.kernel = kernel;
    this.address = kernel.allocate(MOST_ARMS * 8);
    this.#shapes = kernel.allocate(MOST_ARMS * 16);
    this.#offsets = kernel.allocate(MOST_ARMS * 8);
    this.#mask = kernel.allocate(MOST_ARMS);
    this.#baseline = kernel.allocate(MOST_ARMS * 8);
  }

  compute(input: PropensityInput): PropensityAccuracy {
    const { alphas, betas, utilityOffsets, eligible, floor = 0, baseline } = input;
    const { kernel } = this;
    const arms = alphas.length;
    if (arms > this.#arms) {
      // Doubling: what is outgrown is never more than what is in use.
      this.#arms = Math.max(arms, 2 * this.#arms);
      this.#scratch = kernel.allocate(kernel.raw.propensity_scratch_bytes(this.#arms));
    }
    const shapes = kernel.f64(this.#shapes, 2 * arms);
    for (let arm = 0; arm < arms; arm++) {
      shapes[2 * arm] = alphas[arm]!;
      shapes[2 * arm + 1] = betas[arm]!;
    }
    kernel.f64(this.#offsets, arms).set(utilityOffsets);
    if (eligible) kernel.u8(this.#mask, arms).set(eligible);
    if (baseline) kernel.f64(this.#baseline, arms).set(baseline);
    const status = kernel.raw.propensities(
      arms,
      this.#shapes,
      this.#offsets,
      eligible ? this.#mask : 0,
      floor,
      baseline ? this.#baseline : 0,
      this.#scratch,
      this.address,
    );
    return ACCURACIES[status]!;
  }

  result(arms: number): Float64Array {
    return this.kernel.f64(this.address, arms);
  }
}

/** @internal @throws {ParameterError} */
export function parsePropensityInput(value: unknown): PropensityInput {
  const input = requireObject('input', value);
  rejectUnknownKeys('input', input, KEYS);
  const { alphas, betas, utilityOffsets, eligible, floor, baseline } =
    input as unknown as PropensityInput;
  requireNumbers('input.alphas', alphas, SHAPE);
  const arms = alphas.length;
  if (!(arms >= 1 && arms <= MOST_ARMS)) {
    throw new ParameterError('input.alphas.length', `in [1, ${MOST_ARMS}]`, arms);
  }
  requireNumbers('input.betas', betas, SHAPE, arms);
  requireNumbers('input.utilityOffsets', utilityOffsets, OFFSET, arms);
  if (eligible !== undefined) {
    if (!(eligible instanceof Uint8Array)) {
      throw new ParameterError('input.eligible', 'a Uint8Array', eligible);
    }
    requireLength('input.eligible', eligible, arms);
  }
  optionalNumber('input.floor', floor, UNIT, 0);
  if (baseline !== undefined) requireNumbers('input.baseline', baseline, WEIGHT, arms);
  return input as unknown as PropensityInput;
}

function requireNumbers(
  parameter: string,
  values: unknown,
  interval: Interval,
  length?: number,
): void {
  if (!(values instanceof Float64Array)) {
    throw new ParameterError(parameter, 'a Float64Array', values);
  }
  if (length !== undefined) requireLength(parameter, values, length);
  for (let i = 0; i < values.length; i++) {
    if (!interval.contains(values[i]!)) {
      throw new ParameterError(`${parameter}[${i}]`, interval.text, values[i]);
    }
  }
}

function requireLength(parameter: string, array: { length: number }, arms: number): void {
  if (array.length === arms) return;
  throw new ParameterError(`${parameter}.length`, `the number of arms, ${arms}`, array.length);
}
