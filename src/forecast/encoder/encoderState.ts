import { ParameterError } from '../../core/errors';
import { NOT_NEGATIVE, requireNumber, wholeBetween, type Interval } from '../../core/validation';
import { BUCKETS } from '../features/promptCounts';
import type { CollectedPrompts } from './collectedPrompts';
import { EncoderHeader } from './encoderBlock';
import { FREEZE_AFTER, INPUTS, MOST_INPUTS, requireVector } from './encoderOptions';

/**
 * The state of a PromptEncoder as bytes, little-endian: eight u32 (below), then the kernel's block once frozen, before that the prompts so far:
 * starts (prompts + 1 u32), inputs (u32 an entry), a u32 of padding if those are odd in number, values (f64 an entry).
 */
const MAGIC = 0x45505354; // 'TSPE'
const VERSION = 1;
const HEADER_BYTES = 32;
/** 'TSEN' and its version (assembly/encoder/layout.ts). */
const BLOCK_MAGIC = 0x4e455354;
const BLOCK_VERSION = 1;
const DIRECTIONS = 128;

export interface EncoderShape {
  /** 0: no vector seen yet. */
  readonly inputs: number;
  readonly dense: boolean;
  readonly freezeAfterPrompts: number;
}

export interface EncoderContents extends EncoderShape {
  /** The kernel's block, if frozen. */
  readonly block: Uint8Array | undefined;
  /** Prompts so far, if not. */
  readonly prompts: readonly { readonly indices: Uint32Array; readonly values: Float64Array }[];
}

export function writeEncoderState(
  { inputs, dense, freezeAfterPrompts }: EncoderShape,
  contents: Uint8Array | CollectedPrompts,
): Uint8Array {
  const frozen = contents instanceof Uint8Array;
  const parts = frozen ? [contents] : rowParts(contents);
  const counts = frozen ? [0, 0] : [contents.count, contents.indices.length];
  const header = [
    MAGIC,
    VERSION,
    inputs,
    Number(dense),
    freezeAfterPrompts,
    Number(frozen),
    ...counts,
  ];
  const state = new Uint8Array(parts.reduce((sum, { length }) => sum + length, HEADER_BYTES));
  const view = new DataView(state.buffer);
  header.forEach((value, i) => {
    view.setUint32(4 * i, value, true);
  });
  let offset = HEADER_BYTES;
  for (const part of parts) {
    state.set(part, offset);
    offset += part.length;
  }
  return state;
}

function rowParts({ starts, indices, values }: CollectedPrompts): Uint8Array[] {
  const padding = new Uint8Array(4 * ((starts.length + indices.length) % 2));
  return [bytesOf(starts), bytesOf(indices), padding, bytesOf(values)];
}

function bytesOf(array: Uint32Array | Float64Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** Reads and checks all of a state. @throws {ParameterError} */
export function readEncoderState(state: unknown): EncoderContents {
  if (!(state instanceof Uint8Array)) throw new ParameterError('state', 'a Uint8Array', state);
  if (state.length < HEADER_BYTES)
    throw new ParameterError('state.length', `>= ${HEADER_BYTES}`, state.length);
  // A copy, because what follows must be aligned.
  const bytes = state.slice();
  const header = new Uint32Array(bytes.buffer, 0, HEADER_BYTES / 4);
  const [magic, version, inputs, dense, freezeAfterPrompts, frozen, prompts, entries] =
    header as unknown as [number, number, number, number, number, number, number, number];
  if (magic !== MAGIC || version !== VERSION)
    throw new ParameterError('state', `a prompt encoder of version ${VERSION}`, state);
  requireNumber('state.dense', dense, wholeBetween(0, 1));
  requireNumber('state.frozen', frozen, wholeBetween(0, 1));
  requireNumber('state.freezeAfterPrompts', freezeAfterPrompts, FREEZE_AFTER);
  const none = dense === 1 && frozen === 0 && prompts === 0;
  requireNumber('state.inputs', inputs, dense === 0 ? exactly(BUCKETS) : none ? NO_INPUTS : INPUTS);
  const shape = { inputs, dense: dense === 1, freezeAfterPrompts };
  const rest = bytes.subarray(HEADER_BYTES);
  if (frozen === 1) return { ...shape, block: checkedBlock(rest, shape), prompts: [] };
  requireNumber('state.prompts', prompts, wholeBetween(0, freezeAfterPrompts - 1));
  return { ...shape, block: undefined, prompts: readRows(rest, shape, prompts, entries) };
}

const NO_INPUTS = wholeBetween(0, MOST_INPUTS);

function exactly(value: number): Interval {
  return { text: String(value), contains: (v) => v === value };
}

function checkedBlock(block: Uint8Array, { inputs, dense }: EncoderShape): Uint8Array {
  const scales = inputs + (inputs % 2);
  requireLength(block, EncoderHeader.Bytes + scales * 8 + inputs * DIRECTIONS * 4);
  const view = new DataView(block.buffer, block.byteOffset, block.length);
  const words = [BLOCK_MAGIC, BLOCK_VERSION, inputs, Number(dense)];
  words.forEach((word, i) => {
    requireNumber(`state.block[${i}]`, view.getUint32(4 * i, true), exactly(word));
  });
  const figure = (offset: number) => view.getFloat64(offset, true);
  requireNumber('state.prompts', figure(EncoderHeader.Prompts), FREEZE_AFTER);
  requireNumber('state.rank', figure(EncoderHeader.Rank), wholeBetween(0, DIRECTIONS));
  requireNumber('state.energyShare', figure(EncoderHeader.Energy), NOT_NEGATIVE);
  const basis = EncoderHeader.Bytes + scales * 8;
  for (let i = 0; i < inputs; i++)
    requireNumber(`state.scales[${i}]`, figure(EncoderHeader.Bytes + 8 * i), NOT_NEGATIVE);
  const values = new Float32Array(block.slice(basis).buffer);
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw new ParameterError(`state.basis[${bad}]`, 'a finite number', values[bad]);
  return block;
}

function readRows(
  rest: Uint8Array,
  { inputs, dense }: EncoderShape,
  prompts: number,
  entries: number,
): EncoderContents['prompts'] {
  const padded = prompts + 1 + entries + ((prompts + 1 + entries) % 2);
  requireLength(rest, 4 * padded + 8 * entries);
  const { buffer, byteOffset } = rest;
  const starts = new Uint32Array(buffer, byteOffset, prompts + 1);
  const indices = new Uint32Array(buffer, byteOffset + 4 * (prompts + 1), entries);
  const values = new Float64Array(buffer, byteOffset + 4 * padded, entries);
  requireNumber('state.starts[0]', starts[0], exactly(0));
  requireNumber(`state.starts[${prompts}]`, starts[prompts], exactly(entries));
  const counts = wholeBetween(1, 2 ** 17);
  return Array.from({ length: prompts }, (_, row) => {
    const [start, end] = [starts[row]!, starts[row + 1]!];
    requireNumber(
      `state.starts[${row + 1}]`,
      end,
      wholeBetween(start, Math.min(entries, start + inputs)),
    );
    const entry = { indices: indices.subarray(start, end), values: values.subarray(start, end) };
    entry.indices.forEach((index, i) => {
      requireNumber(`state.indices[${start + i}]`, index, wholeBetween(0, inputs - 1));
    });
    if (new Set(entry.indices).size !== end - start)
      throw new ParameterError('state.indices', 'different within a prompt', entry.indices);
    if (dense && end > start) requireVector('state.values', entry.values, end - start);
    else for (const value of entry.values) requireNumber('state.values', value, counts);
    return entry;
  });
}

function requireLength(bytes: Uint8Array, length: number): void {
  if (bytes.length !== length)
    throw new ParameterError(
      'state.length',
      String(HEADER_BYTES + length),
      HEADER_BYTES + bytes.length,
    );
}

/** 16 hexadecimal digits: two hashes of 32 bits (FNV-1a over words, with a shift, from two bases). */
export function stateVersion(block: Uint8Array): string {
  const words = new Uint32Array(block.slice().buffer);
  let a = 0x811c9dc5;
  let b = 0x1f83d9ab;
  for (const word of words) {
    a = Math.imul(a ^ word, 0x01000193) ^ (a >>> 15);
    b = Math.imul(b ^ word, 0x01000193) ^ (b >>> 13);
  }
  const hex = (hash: number) => (hash >>> 0).toString(16).padStart(8, '0');
  return hex(a) + hex(b);
}
