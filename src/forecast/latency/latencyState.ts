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
    block
      .sumsOf(numbers)
      .every((sums, i) => sums.every((sum) => (i % 3 === 1 || sum >= 0) && Math.abs(sum) < 1e300));
  if (!sound) throw new ParameterError('state', 'made of finite sums', state);
}
