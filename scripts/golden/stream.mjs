// Single uniforms of addressed streams, at seeds and indices that use both halves.
import { halves } from './recorder.mjs';

const SEEDS = ['0', '7', '18446744073709551615'];
const INDICES = ['0', '1', '4294967296', '9007199254740991'];
const SELECTION = 0;
const SHADOW = 9;

export function record(vector) {
  for (const seed of SEEDS) {
    vector(`the first uniform of streams of seed ${seed}`, (kernel) => {
      for (const purpose of [SELECTION, SHADOW])
        for (const index of INDICES)
          kernel.call('stream_unit', ...halves(seed), purpose, ...halves(index));
    });
  }
}
