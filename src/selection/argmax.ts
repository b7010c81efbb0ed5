import { ParameterError } from '../core/errors';
import { NOT_NEGATIVE, WILLINGNESS_TO_PAY, requireNumber, wholeBetween } from '../core/validation';
import type { Kernel } from '../kernel/kernel';
import { loadKernelSync } from '../kernel/load';

export interface ArgmaxOptions {
  /** Arms a row: columns of the matrices. */
  readonly arms: number;
  /** USD that one unit of quality is worth; costs weigh 1/willingnessToPayUsd. */
  readonly willingnessToPayUsd: number;
  /** γ: what one unit of uncertainty costs, >= 0. @defaultValue 0 */
  readonly riskWeight?: number;
}

/** Rows the kernel takes in one call. */
const CHUNK_CELLS = 65_536;

let shared: { kernel: Kernel; base: number } | undefined;

/**
 * Writes to `out` the arm of greatest utility of each row:
 * quality - cost / willingnessToPayUsd - riskWeight × uncertainty.
 *
 * Matrices are row-major, rows × arms. Ties go to the cheaper arm, then to the lower index; NaN never wins; a row
 * without an eligible arm gives -1.
 *
 * @param quality rows × arms
 * @param cost USD, rows × arms
 * @param uncertainty rows × arms, or undefined for none
 * @param mask rows × arms bytes, 0 = not eligible, or undefined for all eligible
 * @param out one arm index a row
 * @throws {ParameterError} for lengths that do not match; `out` is then untouched
 */
export function argmaxUtilityInto(
  quality: Float64Array,
  cost: Float64Array,
  uncertainty: Float64Array | undefined,
  mask: Uint8Array | undefined,
  out: Int32Array,
  options: ArgmaxOptions,
): Int32Array {
  const arms = requireNumber('options.arms', options.arms, wholeBetween(1, 4096));
  const costWeight =
    1 /
    requireNumber('options.willingnessToPayUsd', options.willingnessToPayUsd, WILLINGNESS_TO_PAY);
  const riskWeight = requireNumber('options.riskWeight', options.riskWeight ?? 0, NOT_NEGATIVE);
  if (!(out instanceof Int32Array)) throw new ParameterError('out', 'an Int32Array', out);
  const cells = out.length * arms;
  requireArray('quality', quality, Float64Array, cells);
  requireArray('cost', cost, Float64Array, cells);
  if (uncertainty !== undefined) requireArray('uncertainty', uncertainty, Float64Array, cells);
  if (mask !== undefined) requireArray('mask', mask, Uint8Array, cells);

  const { kernel, base } = (shared ??= open());
  const room = CHUNK_CELLS * 8;
  const [costs, uncertainties, masks, chosen] = [1, 2, 3, 4].map((i) => base + i * room) as [
    number,
    number,
    number,
    number,
  ];
  const rowsAtOnce = Math.floor(CHUNK_CELLS / arms);
  for (let row = 0; row < out.length; row += rowsAtOnce) {
    const rows = Math.min(rowsAtOnce, out.length - row);
    const from = row * arms;
    const to = from + rows * arms;
    kernel.f64(base, to - from).set(quality.subarray(from, to));
    kernel.f64(costs, to - from).set(cost.subarray(from, to));
    if (uncertainty) kernel.f64(uncertainties, to - from).set(uncertainty.subarray(from, to));
    if (mask) kernel.u8(masks, to - from).set(mask.subarray(from, to));
    kernel.raw.argmax_utility(
      rows,
      arms,
      base,
      costs,
      uncertainty ? uncertainties : 0,
      mask ? masks : 0,
      costWeight,
      riskWeight,
      chosen,
    );
    out.set(kernel.i32(chosen, rows), row);
  }
  return out;
}

function open(): { kernel: Kernel; base: number } {
  const kernel = loadKernelSync().instantiate();
  return { kernel, base: kernel.allocate(5 * CHUNK_CELLS * 8) };
}

function requireArray(
  parameter: string,
  array: unknown,
  type: typeof Float64Array | typeof Uint8Array,
  length: number,
): void {
  if (!(array instanceof type)) throw new ParameterError(parameter, `a ${type.name}`, array);
  if (array.length === length) return;
  throw new ParameterError(`${parameter}.length`, `rows × arms = ${length}`, array.length);
}
