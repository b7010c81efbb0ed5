import { ParameterError } from '../../core/errors';
import { requireId, requireObject, requireOptions } from '../../core/validation';
import { resolveTokenModel, type TokenModel } from './options';

/**
 * The state of a TokenForecaster as bytes, little-endian: six u32 (magic, version, then the lengths in bytes of the three parts that follow, and 0), a description
 * as JSON in UTF-8, the kernel's tree, the encoder's state; each padded to 8 bytes.
 */
const MAGIC = 0x46545354; // 'TSTF'
const VERSION = 1;
const HEADER_BYTES = 24;
/** Of the tree (assembly/hierarchy/layout.ts). */
const TREE_MAGIC = 0x54485354;
const TREE_VERSION = 1;
/** Offsets of the tree's numbers: from there on all are f64. */
const FIRST_NUMBER = 32;
const TREE_HALF_LIFE = 48;

export interface TokenDescription {
  readonly models: readonly TokenModel[];
  /** `null`: the forecaster has an encoder. */
  readonly ownFeatures: { readonly dimensions: number; readonly surface: number } | null;
  /** `null`: nothing is forgotten. */
  readonly halfLife: number | null;
}

export interface TokenState {
  readonly description: TokenDescription;
  readonly tree: Uint8Array;
  /** Empty: none. */
  readonly encoder: Uint8Array;
}

export function writeTokenState({ description, tree, encoder }: TokenState): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(description));
  const parts = [text, tree, encoder];
  const lengths = parts.map((part) => part.length);
  const state = new Uint8Array(HEADER_BYTES + lengths.reduce((sum, n) => sum + padded(n), 0));
  const header = new DataView(state.buffer);
  [MAGIC, VERSION, ...lengths, 0].forEach((value, i) => header.setUint32(4 * i, value, true));
  let at = HEADER_BYTES;
  for (const part of parts) {
    state.set(part, at);
    at += padded(part.length);
  }
  return state;
}

/** @throws {ParameterError} for bytes that are no such state, as far as that shows before a forecaster is made of it */
export function readTokenState(state: unknown): TokenState {
  if (!(state instanceof Uint8Array)) throw new ParameterError('state', 'a Uint8Array', state);
  if (state.length < HEADER_BYTES)
    throw new ParameterError('state.length', `>= ${HEADER_BYTES}`, state.length);
  const header = new DataView(state.buffer, state.byteOffset, HEADER_BYTES);
  const word = (i: number) => header.getUint32(4 * i, true);
  if (word(0) !== MAGIC || word(1) !== VERSION)
    throw new ParameterError('state', `a token forecaster of version ${VERSION}`, state);
  const lengths = [word(2), word(3), word(4)];
  const bytes = HEADER_BYTES + lengths.reduce((sum, n) => sum + padded(n), 0);
  if (state.length !== bytes) throw new ParameterError('state.length', String(bytes), state.length);
  let at = HEADER_BYTES;
  const [text, tree, encoder] = lengths.map((length) => {
    const part = state.slice(at, at + length);
    at += padded(length);
    return part;
  }) as [Uint8Array, Uint8Array, Uint8Array];
  return { description: readDescription(text), tree: checkTree(tree), encoder };
}

function readDescription(text: Uint8Array): TokenDescription {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(text));
  } catch {
    throw new ParameterError('state.description', 'JSON', text);
  }
  const keys = ['models', 'ownFeatures', 'halfLife'];
  const description = requireOptions('state.description', value, keys);
  if (!Array.isArray(description['models']))
    throw new ParameterError('state.description.models', 'an array', description['models']);
  const models = readModels(description['models']);
  return { ...description, models } as unknown as TokenDescription;
}

/** In the order of the state, which that of the tree's records is. */
function readModels(values: readonly unknown[]): TokenModel[] {
  const models = values.map((value, i) => {
    const { id, ...rest } = requireObject(`state.models[${i}]`, value);
    return resolveTokenModel(`state.models[${i}]`, requireId(`state.models[${i}].id`, id), rest);
  });
  if (new Set(models.map(({ id }) => id)).size !== models.length)
    throw new ParameterError('state.models', 'of different ids', values);
  return models;
}

/** Every number of a tree is finite but the half-life, which may be infinite. */
function checkTree(tree: Uint8Array): Uint8Array {
  const view = new DataView(tree.buffer, tree.byteOffset, tree.length);
  const known = tree.length >= FIRST_NUMBER && tree.length % 8 === 0;
  if (!known || view.getUint32(0, true) !== TREE_MAGIC || view.getUint32(4, true) !== TREE_VERSION)
    throw new ParameterError('state.tree', `a tree of layout version ${TREE_VERSION}`, tree);
  for (let offset = FIRST_NUMBER; offset < tree.length; offset += 8) {
    if (offset === TREE_HALF_LIFE || Number.isFinite(view.getFloat64(offset, true))) continue;
    throw new ParameterError(
      `state.tree[${offset}]`,
      'the first byte of a finite f64',
      view.getFloat64(offset, true),
    );
  }
  return tree;
}

function padded(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}
