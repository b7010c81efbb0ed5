/**
 * Strategy: input that only an exact check turns down: a large value among small ones, arrays that share bytes, states with single
 * numbers changed. Not tested here: types, lengths and ranges of options (online.test.ts, extremes.test.ts).
 */
import { expect, test } from 'vitest';
import { ParameterError } from '../../src/core/errors';
import { OnlineRidge } from '../../src/forecast/onlineRidge';
import { logGammaInto } from '../../src/posterior/special';

function learnt(): OnlineRidge {
  const ridge = new OnlineRidge({ dimensions: 3, noisePrecision: 4, weightPrecision: 1 });
  ridge.observe(Float64Array.of(1, 2, 3, 4, 5, 7), Float64Array.of(1, 2));
  return ridge;
}

test.each([3e54, -1.0000001e50, NaN, Infinity])(
  'a feature or target of %d changes nothing',
  (bad) => {
    for (let place = 0; place < 6; place++) {
      const ridge = learnt();
      const before = ridge.exportState();
      const features = Float64Array.of(1, 2, 3, 4, 5, 6).fill(bad, place, place + 1);
      expect(() => ridge.observe(features, Float64Array.of(1, 2))).toThrow(`features[${place}]`);
      expect(() => ridge.observe(Float64Array.of(1, 2, 3), Float64Array.of(bad))).toThrow(
        'targets',
      );
      expect(ridge.exportState()).toEqual(before);
    }
  },
);

test('many values at the very bound are taken', () => {
  const ridge = new OnlineRidge({ dimensions: 1, noisePrecision: 1, weightPrecision: 1 });
  expect(() =>
    ridge.observe(new Float64Array(500).fill(1e50), new Float64Array(500)),
  ).not.toThrow();
});

test('results must not share bytes with what is read', () => {
  const bytes = new Float64Array(12).fill(2);
  expect(() => logGammaInto(bytes.subarray(0, 8), bytes.subarray(1, 9))).toThrow(ParameterError);
  const alone = logGammaInto(bytes.slice(), new Float64Array(12));
  expect(logGammaInto(bytes, bytes)).toEqual(alone);
  const features = new Float64Array(6).fill(1);
  const mean = features.subarray(0, 2);
  expect(() => learnt().predictInto(features, { mean })).toThrow(/out\.mean.*features/);
  const own = new Float64Array(2);
  expect(() => learnt().predictInto(features, { mean: own, sd: own })).toThrow(
    /out\.sd.*out\.mean/,
  );
});

/** Header fields, then the first inverse pivot and the first sum of squares; a row has eight numbers here. */
test.each([
  [12, 'centred'],
  [16, 'rows'],
  [32, 'landmark'],
  [64, 'now'],
  [72, 'reference'],
  [160 + 2 * 64, 'inverse pivot'],
  [160 + 3 * 64, 'sum of squares'],
])('a state with byte %d changed is refused: %s', (offset, name) => {
  const state = learnt().exportState();
  expect(() => OnlineRidge.fromState(state)).not.toThrow();
  const view = new DataView(state.buffer);
  if (offset === 12) view.setUint32(offset, 2, true);
  else view.setFloat64(offset, -1, true);
  expect(() => OnlineRidge.fromState(state)).toThrow(name);
});
