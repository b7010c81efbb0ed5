// Exact Thompson propensities, and choices drawn from them.
import { halves } from './recorder.mjs';

/** Shapes (a, b by turns), offsets, and what is special. */
const CASES = [
  ['one arm', [8, 3], [0.1], {}],
  ['two equal arms', [1, 1, 1, 1], [0, 0], {}],
  ['three arms at costs', [8, 3, 120.5, 37.2, 2, 5], [0.05, 0.2, 0.01], {}],
  ['very unequal arms', [1e6, 1e5, 2, 2, 300, 40, 1, 1e4], [0.1, 0, 0.05, 0], {}],
  ['shapes below 1', [0.5, 0.5, 0.05, 0.1, 0.3, 4], [0, 0.01, 0], {}],
  ['shapes out of the region', [0.01, 0.02, 1, 1], [0, 0], {}],
  [
    'a mask and a floor',
    [8, 3, 7, 4, 2, 2, 9, 1],
    [0, 0, 0, 0.3],
    { mask: [1, 0, 1, 1], floor: 0.1 },
  ],
  ['a weighted floor', [8, 3, 7, 4, 2, 2], [0, 0, 0], { floor: 0.25, baseline: [1, 2, 5] }],
  ['only the floor', [8, 3, 7, 4], [0, 0.5], { floor: 1 }],
  ['no eligible arm', [8, 3, 7, 4], [0, 0], { mask: [0, 0] }],
  [
    'sixty-four arms',
    Array.from({ length: 128 }, (_, i) => 1 + ((i * 29) % 64) / 4),
    Array(64).fill(0),
    {},
  ],
];

export function record(vector) {
  for (const [name, shapes, offsets, { mask, floor = 0, baseline }] of CASES) {
    vector(`of ${name}, and choices from them`, (kernel) => {
      const arms = offsets.length;
      const put = (place, type, values, width) => {
        if (!values) return 0;
        const address = kernel.allocate(place, values.length * width);
        kernel.write(address, type, values);
        return address;
      };
      const inputs = [
        put('shapes', 'f64', shapes, 8),
        put('offsets', 'f64', offsets, 8),
        put('mask', 'u8', mask, 1),
      ];
      const weights = put('baseline', 'f64', baseline, 8);
      const scratch = kernel.allocate('scratch', kernel.call('propensity_scratch_bytes', arms));
      const out = kernel.allocate('propensities', arms * 8);
      kernel.call('propensities', arms, ...inputs, floor, weights, scratch, out);
      kernel.read(out, 'f64', arms);
      const choosing = kernel.allocate('choosing', kernel.call('choice_scratch_bytes', arms));
      const rows = 1000;
      const chosen = kernel.allocate('chosen', rows * 4);
      for (const [from, count] of [
        [0, 3],
        [3, rows - 3],
      ]) {
        const key = [...halves(77), ...halves(2n ** 32n - 500n + BigInt(from))];
        kernel.call(
          'choices_from_propensities',
          ...key,
          count,
          arms,
          out,
          choosing,
          chosen.plus(from * 4),
        );
      }
      kernel.read(chosen, 'u32', 6);
      kernel.hash(chosen, rows * 4);
    });
  }
}
