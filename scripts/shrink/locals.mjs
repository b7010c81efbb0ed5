// Numbers the locals of every function so that its bytes look like those of the others. What a number means is free, but a
// compressor predicts a byte from those before it: the same instructions on the same numbers cost next to nothing.
//
// The measure is a model that mixes the frequencies of a byte after the last 1, 2, 3, 4 and 6 bytes, from short to long, as learnt
// from all other functions: close to what brotli makes of it. Numbers of one type are swapped in pairs where that helps.

const ORDERS = [1, 2, 3, 4, 6];
/** A context counts the more beside the shorter ones the more often it was seen. */
const CAUTION = [6, 6, 1.5, 1.5, 1.5];
const LONGEST = 6;
const TABLE_BITS = 20;
/** One byte holds a number below it. */
const MOST_LOCALS = 128;

/** Renumbers in place the locals that are not parameters, once more after every `yield`. */
export function* renumberLocals(functions) {
  const model = new Model();
  const bodies = functions
    .filter(({ params, groups }) => params + count(groups) < MOST_LOCALS)
    .map(laidOut);
  for (const { bytes } of bodies) model.learn(bytes, 1);
  for (;;) {
    for (const body of bodies) {
      model.learn(body.bytes, -1);
      swapWhereItHelps(body, model);
      model.learn(body.bytes, 1);
    }
    for (const { code, places, bytes } of bodies) {
      for (const [i, at] of places) code[i][1] = bytes[at];
    }
    yield;
  }
}

function count(groups) {
  return groups.reduce((sum, [size]) => sum + size, 0);
}

/** A function's bytes; `places`: instruction and byte of every number; `uses`: by number, its bytes. */
function laidOut({ params, groups, code }) {
  const bytes = Uint8Array.from(code.flat());
  const places = [];
  const uses = Array.from({ length: params + count(groups) }, () => []);
  let at = 0;
  for (const [i, instruction] of code.entries()) {
    if (instruction[0] >= 0x20 && instruction[0] <= 0x22) {
      places.push([i, at + 1]);
      uses[instruction[1]].push(at + 1);
    }
    at += instruction.length;
  }
  return { params, groups, code, bytes, places, uses };
}

function swapWhereItHelps({ params, groups, bytes, uses }, model) {
  let first = params;
  for (const [size] of groups) {
    for (let a = first; a < first + size; a++) {
      for (let b = a + 1; b < first + size; b++) trySwap(bytes, uses, a, b, model);
    }
    first += size;
  }
}

function trySwap(bytes, uses, a, b, model) {
  const seen = affected(bytes.length, uses[a], uses[b]);
  const before = model.cost(bytes, seen);
  rename(bytes, uses[a], b);
  rename(bytes, uses[b], a);
  if (model.cost(bytes, seen) < before - 1e-9) [uses[a], uses[b]] = [uses[b], uses[a]];
  else {
    rename(bytes, uses[a], a);
    rename(bytes, uses[b], b);
  }
}

function rename(bytes, places, number) {
  for (const at of places) bytes[at] = number;
}

/** Bytes whose cost depends on those at the places. */
function affected(length, ...places) {
  const all = new Set();
  for (const at of places.flat()) for (let i = at; i <= at + LONGEST && i < length; i++) all.add(i);
  return all;
}

class Model {
  #contexts = ORDERS.map(() => new Int32Array(1 << TABLE_BITS));
  #symbols = ORDERS.map(() => new Int32Array(1 << TABLE_BITS));

  /** Adds (or takes away) all bytes of a function. */
  learn(bytes, sign) {
    for (let at = 0; at < bytes.length; at++) {
      ORDERS.forEach((order, i) => {
        const context = contextHash(bytes, at, order);
        this.#contexts[i][slot(context)] += sign;
        this.#symbols[i][slot(symbolHash(context, bytes[at]))] += sign;
      });
    }
  }

  /** Bits that the bytes at the places cost. */
  cost(bytes, places) {
    let bits = 0;
    for (const at of places) {
      let probability = 1 / 256;
      for (let i = 0; i < ORDERS.length; i++) {
        const context = contextHash(bytes, at, ORDERS[i]);
        const seen = this.#contexts[i][slot(context)];
        if (seen === 0) break; // so is every longer one
        const share = this.#symbols[i][slot(symbolHash(context, bytes[at]))] / seen;
        probability += (seen / (seen + CAUTION[i])) * (share - probability);
      }
      bits -= Math.log2(probability);
    }
    return bits;
  }
}

function contextHash(bytes, at, order) {
  let hash = order;
  for (let i = at - order; i < at; i++)
    hash = Math.imul(hash ^ ((bytes[i] ?? 256) + 1), 0x9e3779b1) ^ (hash >>> 15);
  return hash;
}

function symbolHash(context, byte) {
  return Math.imul(context ^ (byte + 1), 0x85ebca6b);
}

function slot(hash) {
  return Math.imul(hash, 0xc2b2ae35) >>> (32 - TABLE_BITS);
}
