import { ParameterError } from '../../core/errors';
import { NOT_NEGATIVE, requireNumber } from '../../core/validation';

/** Little-endian: magic, version, bytes of the block (u32 each), 4 bytes of padding, the clock (f64), the block, the encoder's state. */
const MAGIC = 0x51505354; // 'TSPQ'
const VERSION = 1;
const HEADER_BYTES = 24;

export interface QualityStateParts {
  readonly clock: number;
  readonly block: Uint8Array;
  readonly encoder: Uint8Array;
}

export function joinState({ clock, block, encoder }: QualityStateParts): Uint8Array {
  const state = new Uint8Array(HEADER_BYTES + block.length + encoder.length);
  const header = new DataView(state.buffer);
  [MAGIC, VERSION, block.length].forEach((value, i) => {
    header.setUint32(4 * i, value, true);
  });
  header.setFloat64(16, clock, true);
  state.set(block, HEADER_BYTES);
  state.set(encoder, HEADER_BYTES + block.length);
  return state;
}

/** @throws {ParameterError} */
export function splitState(state: unknown): QualityStateParts {
  if (!(state instanceof Uint8Array)) throw new ParameterError('state', 'a Uint8Array', state);
  if (state.length < HEADER_BYTES)
    throw new ParameterError('state.length', `>= ${HEADER_BYTES}`, state.length);
  const header = new DataView(state.buffer, state.byteOffset, state.byteLength);
  if (header.getUint32(0, true) !== MAGIC || header.getUint32(4, true) !== VERSION)
    throw new ParameterError('state', `a quality forecaster of version ${VERSION}`, state);
  const clock = requireNumber('state.clock', header.getFloat64(16, true), NOT_NEGATIVE);
  const end = HEADER_BYTES + header.getUint32(8, true);
  return { clock, block: state.slice(HEADER_BYTES, end), encoder: state.slice(end) };
}
