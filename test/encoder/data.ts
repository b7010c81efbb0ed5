/** The data sets of reference.json, made as scripts/make-encoder-reference.py makes them, bit by bit. */

export interface Case {
  readonly name: string;
  readonly seed: number;
  readonly prompts: number;
  readonly inputs: number;
  readonly dense: boolean;
  readonly topics?: number;
  readonly noise?: number;
  readonly awkward?: boolean;
}

/** Uniform on [0, 1), multiples of 2^-32: a 32-bit linear congruential generator. */
export function unitsFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 4294967296;
}

/** A row a prompt. */
export function makeTable(given: Case): Float64Array[] {
  return given.dense ? vectors(given) : counts(given);
}

function counts({ seed, prompts, inputs, topics = 1 }: Case): Float64Array[] {
  const unit = unitsFrom(seed);
  return Array.from({ length: prompts }, (_, row) => {
    const values = new Float64Array(inputs);
    for (let words = 8 + Math.floor(40 * unit()); words > 0; words--) {
      const x = unit();
      const word = Math.floor(inputs * x * x * x) + (row % topics) * (unit() < 0.5 ? 3 : 0);
      values[word % inputs]!++;
    }
    return values;
  });
}

function vectors({ seed, prompts, inputs, noise = 0, awkward = false }: Case): Float64Array[] {
  const unit = unitsFrom(seed);
  const factors = (shift: number) => Array.from({ length: 8 }, (_, k) => (unit() - shift) / 2 ** k);
  const loadings = Array.from({ length: 8 }, () =>
    Array.from({ length: inputs }, () => unit() - 0.5),
  );
  return Array.from({ length: prompts }, () => {
    const own = factors(0.25);
    const values = Float64Array.from({ length: inputs }, (_, j) => {
      let value = (unit() - 0.5) * noise;
      for (let k = 0; k < 8; k++) value += own[k]! * loadings[k]![j]!;
      return awkward ? value * 10 ** (j % 7) : value;
    });
    if (awkward) {
      values[inputs - 1] = values[inputs - 2]!;
      values[0] = 0;
    }
    return values;
  });
}
