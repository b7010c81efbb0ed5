import { ParameterError } from '../core/errors';
import {
  HALF_LIFE,
  NOT_NEGATIVE,
  POSITIVE,
  requireNumber,
  wholeBetween,
  type Interval,
} from '../core/validation';
import { clockWithin, DIMENSIONS, PRECISION, requirePrecision } from './ridgeOptions';
import { RidgeHeader } from './ridgeWorkspace';

/** As in assembly/regression/layout.ts. */
const MAGIC = 0x52525354;
const VERSION = 2;
const HEADER_BYTES = 160;

/** Dimensions and half-life that a state's header names. @throws {ParameterError} unless it is one of this version */
export function stateShape(state: unknown): { dimensions: number; halfLife: number } {
  if (!(state instanceof Uint8Array)) throw new ParameterError('state', 'a Uint8Array', state);
  if (state.length < HEADER_BYTES)
    throw new ParameterError('state.length', `>= ${HEADER_BYTES}`, state.length);
  const view = new DataView(state.buffer, state.byteOffset, HEADER_BYTES);
  if (view.getUint32(0, true) !== MAGIC || view.getUint32(4, true) !== VERSION)
    throw new ParameterError('state', `an online regression of layout version ${VERSION}`, state);
  const halfLife = view.getFloat64(RidgeHeader.HalfLife, true);
  return {
    dimensions: requireNumber('state.dimensions', view.getUint32(8, true), DIMENSIONS),
    halfLife: requireNumber('state.halfLife', halfLife, HALF_LIFE),
  };
}

/** Checks that a state has `bytes` bytes and finite numbers in them, in range where they have one. @throws {ParameterError} */
export function checkState(state: Uint8Array, bytes: number): void {
  if (state.length !== bytes) throw new ParameterError('state.length', String(bytes), state.length);
  const view = new DataView(state.buffer, state.byteOffset, state.length);
  const figure = (offset: number) => view.getFloat64(offset, true);
  requirePrecision('state.noisePrecision', figure(RidgeHeader.NoisePrecision));
  requirePrecision('state.weightPrecision', figure(RidgeHeader.WeightPrecision));
  const offset = firstNotFinite(state);
  if (offset >= 0)
    throw new ParameterError(`state[${offset}]`, 'the first byte of a finite f64', figure(offset));
  const halfLife = figure(RidgeHeader.HalfLife);
  const clock = requireNumber('state.clock', figure(RidgeHeader.Clock), clockWithin(halfLife));
  const latest = Math.floor(clock / halfLife);
  requireNumber('state.landmark', figure(RidgeHeader.Landmark), wholeBetween(0, latest));
  requireNumber('state.rows', figure(RidgeHeader.Rows), ROWS);
  const now = requireNumber('state.now', figure(RidgeHeader.Now), FROM_ONE);
  requireNumber('state.reference', figure(RidgeHeader.Reference), {
    text: `in [1, ${now}]`,
    contains: (v) => v >= 1 && v <= now,
  });
  const centred = view.getUint32(RidgeHeader.Centred, true);
  requireNumber('state.centred', centred, wholeBetween(0, 0));
  requireNumber('state.solved', view.getUint32(RidgeHeader.Solved, true), wholeBetween(0, 1));
  checkDiagonals(view.getUint32(8, true), figure);
}

const ROWS = wholeBetween(0, Number.MAX_SAFE_INTEGER);
const FROM_ONE: Interval = { text: '>= 1 and finite', contains: (v) => v >= 1 && v < Infinity };

/** Sums of squares are not negative, and inverses of pivots positive. */
function checkDiagonals(dimensions: number, figure: (offset: number) => number): void {
  const stride = 8 * 4 * Math.ceil((dimensions + 2) / 4);
  const inverses = HEADER_BYTES + 2 * stride;
  const gram = inverses + stride;
  for (let i = 0; i < dimensions + 2; i++) {
    const sum = gram + i * (stride + 8);
    requireNumber(`sum of squares at state[${sum}]`, figure(sum), NOT_NEGATIVE);
    const inverse = inverses + 8 * i;
    if (i < dimensions)
      requireNumber(`inverse pivot at state[${inverse}]`, figure(inverse), POSITIVE);
  }
}

/** Whether the state could be restored: all finite, precisions in range. */
export function isRestorable(state: Uint8Array): boolean {
  const view = new DataView(state.buffer, state.byteOffset, state.length);
  return (
    PRECISION.contains(view.getFloat64(RidgeHeader.NoisePrecision, true)) &&
    PRECISION.contains(view.getFloat64(RidgeHeader.WeightPrecision, true)) &&
    firstNotFinite(state) < 0
  );
}

/** Offset of the first number that is not finite, -1 if there is none. */
function firstNotFinite(state: Uint8Array): number {
  const view = new DataView(state.buffer, state.byteOffset, state.length);
  for (let offset = RidgeHeader.Landmark; offset < state.length; offset += 8) {
    // Two flags share 8 bytes there; every other field is a number.
    if (offset === RidgeHeader.Solved) continue;
    if (!Number.isFinite(view.getFloat64(offset, true))) return offset;
  }
  return -1;
}
