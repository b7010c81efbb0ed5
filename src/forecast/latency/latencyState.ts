import { ParameterError } from '../../core/errors';
import { NOT_NEGATIVE } from '../../core/validation';
import { LatencyHeader, type LatencyBlock } from './latencyBlock';

/**
 * Is `state` the block of a forecaster like `block`'s owner: of its size, models, providers and half-life, every number finite,
 * weights and squares not negative?
 * @throws {ParameterError}
 */
export function checkLatencyState(state: unknown, block: LatencyBlock): void {
  if (!(state instanceof Uint8Array) || state.length !== block.bytes)
    throw new ParameterError('state', `a Uint8Array of ${block.bytes} bytes`, state);
  const bytes = state.slice();
  const numbers = new Float64Array(bytes.buffer);
  const own = block.export();
  const shape = [LatencyHeader.Models, LatencyHeader.HalfLife];
  const equal = shape.every((at) =>
    bytes.subarray(at, at + 8).every((byte, i) => byte === own[at + i]),
  );
  if (!equal || !block.hasGroupsOf(bytes))
    throw new ParameterError('state', 'of the same models, providers and half-life', state);
  const figure = (at: LatencyHeader) => numbers[at / 8]!;
  const landmark = figure(LatencyHeader.Landmark);
  const halfLife = figure(LatencyHeader.HalfLife);
  const clock = figure(LatencyHeader.Clock);
  const sound =
    NOT_NEGATIVE.contains(figure(LatencyHeader.Reports)) &&
    NOT_NEGATIVE.contains(clock) &&
    Number.isInteger(landmark) &&
    landmark >= 0 &&
    (halfLife === Infinity ? landmark === 0 : landmark * halfLife <= clock * (1 + 1e-12)) &&
    areMoments(block.sumsOf(numbers));
  if (!sound) throw new ParameterError('state', 'made of finite sums', state);
}

/** Largest logarithm that a mean may be, far beyond a month in ms and 1e12 tokens, and largest sum of weights: 2^53 reports of 2^65. */
const LARGEST_MEAN = 1e3;
const LARGEST_WEIGHT = 1e36;
/** Sums below this, of forgotten reports, are rounded too much to be compared. */
const LEAST_WEIGHT = 1e-280;

/** Are the sums, three arrays a component, those of weights >= 0, of logarithms and of their squares? */
function areMoments(sums: readonly Float64Array[]): boolean {
  return [0, 3, 6].every((component) =>
    sums[component]!.every((weight, model) => {
      const sum = sums[component + 1]![model]!;
      const squares = sums[component + 2]![model]!;
      const known = weight >= 0 && weight <= LARGEST_WEIGHT && squares >= 0 && Number.isFinite(sum);
      if (!known || !Number.isFinite(squares)) return false;
      if (weight < LEAST_WEIGHT) return Math.abs(sum) < 1e-200 && squares < 1e-200;
      const [mean, square] = [sum / weight, squares / weight];
      return (
        Math.abs(mean) <= LARGEST_MEAN &&
        square <= LARGEST_MEAN * LARGEST_MEAN &&
        mean * mean <= square * (1 + 1e-6) + 1e-6
      );
    }),
  );
}
