// The prompt encoder: named features from counts, directions of hashed counts and of vectors, features once they are frozen.

/** Offsets in the header (assembly/encoder/layout.ts). */
const PROMPTS = 16;

/** Prompts as compressed rows: some n-grams common, some rare, one prompt empty, one that repeats another. */
function rows(kernel, prompts, inputs, valueOf) {
  const entries = Array.from({ length: prompts }, (_, row) => {
    if (row === 3) return [];
    const r = row === 5 ? 4 : row;
    const own = Array.from(
      { length: 2 + (r % 7) },
      (_, i) => (r * r * 31 + i * i * 17 + i) % inputs,
    );
    return [...new Set([0, r % 3, ...own])];
  });
  const flat = entries.flat();
  let end = 0;
  const starts = [0, ...entries.map((row) => (end += row.length))];
  const at = {
    starts: kernel.allocate('starts', starts.length * 4),
    indices: kernel.allocate('indices', flat.length * 4),
    values: kernel.allocate('values', flat.length * 8),
  };
  kernel.write(at.starts, 'u32', starts);
  kernel.write(at.indices, 'u32', flat);
  kernel.write(at.values, 'f64', flat.map(valueOf));
  return { ...at, prompts, entries: flat.length };
}

function block(kernel, inputs, dense) {
  const encoder = kernel.allocate('encoder', kernel.call('encoder_bytes', inputs));
  kernel.call('encoder_init', encoder, inputs, dense);
  return encoder;
}

function fit(kernel, encoder, inputs, { prompts, entries, starts, indices, values }) {
  const bytes = kernel.call('encoder_fit_bytes', inputs, prompts, entries);
  kernel.call(
    'encoder_fit',
    encoder,
    kernel.allocate('scratch', bytes),
    prompts,
    starts,
    indices,
    values,
  );
  kernel.read(encoder.plus(PROMPTS), 'f64', 3);
  kernel.hash(encoder, kernel.call('encoder_bytes', inputs));
}

function encode(kernel, encoder, { prompts, starts, indices, values }, features) {
  const surface = kernel.allocate('surface', prompts * kernel.call('encoder_surface_counts') * 8);
  kernel.writeUniform(surface, { seed: 5, count: prompts * 10, low: 0, high: 40 });
  const out = kernel.allocate('out', prompts * kernel.call('encoder_features') * 8);
  kernel.call('encoder_encode', encoder, prompts, surface, starts, indices, values, out);
  kernel.read(out, 'f64', features);
  kernel.hash(out, prompts * 136 * 8);
}

export function record(vector) {
  vector('named features before the directions are there, of nothing too', (kernel) => {
    const encoder = block(kernel, 4096, 0);
    encode(
      kernel,
      encoder,
      rows(kernel, 6, 4096, () => 1),
      10,
    );
    const zeros = kernel.allocate('zeros', 80);
    const out = kernel.allocate('features', 136 * 8);
    kernel.call('encoder_encode', encoder, 1, zeros, zeros, zeros, zeros, out);
    kernel.read(out, 'f64', 9);
  });

  for (const [name, prompts, inputs] of [
    ['one prompt', 1, 8],
    ['nine prompts, odd inputs', 9, 13],
    ['200 prompts, more than the vectors iterated', 200, 512],
  ]) {
    vector(`directions of hashed counts: ${name}`, (kernel) => {
      const encoder = block(kernel, inputs, 0);
      const data = rows(kernel, prompts, inputs, (_, i) => 1 + ((i * 7) % 5));
      fit(kernel, encoder, inputs, data);
      encode(kernel, encoder, data, 14);
    });
  }

  vector('directions of vectors', (kernel) => {
    const encoder = block(kernel, 20, 1);
    const data = rows(kernel, 40, 20, (_, i) => ((i * 13) % 17) / 4 - 2.125);
    fit(kernel, encoder, 20, data);
    encode(kernel, encoder, data, 14);
  });
}
