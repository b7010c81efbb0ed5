/**
 * Strategy: e^x and log x of whole arrays against the host's functions, across the kernel's chunks; bad input leaves the target alone.
 * Not here: their last places (test/math/expLog.test.ts), their bits (golden vectors).
 */
import { expect, test } from 'vitest';
import { ParameterError } from '../../src/core/errors';
import { expInto, logInto } from '../../src/posterior/special';

/** More than one call of the kernel takes. */
const COUNT = 10_000;
const numbers = Float64Array.from({ length: COUNT }, (_, i) => (i - 5000) / 10);

test('e^x', () => {
  const out = expInto(numbers, new Float64Array(COUNT));
  numbers.forEach((x, i) => {
    expect(Math.abs(out[i]! - Math.exp(x))).toBeLessThanOrEqual(4e-16 * Math.exp(x));
  });
  expect([...expInto(Float64Array.of(-Infinity, Infinity), new Float64Array(2))]).toEqual([
    0,
    Infinity,
  ]);
});

test('log x', () => {
  const positive = numbers.map((x) => Math.abs(x));
  const out = logInto(positive, new Float64Array(COUNT));
  positive.forEach((x, i) => {
    if (x === 0) expect(out[i]).toBe(-Infinity);
    else expect(out[i]).toBeCloseTo(Math.log(x), 14);
  });
});

test.each([
  ['exp of NaN', () => expInto(Float64Array.of(0, NaN), target)],
  ['log of a negative number', () => logInto(Float64Array.of(1, -1e-300), target)],
  ['log of NaN', () => logInto(Float64Array.of(1, NaN), target)],
  ['another length', () => expInto(new Float64Array(3), target)],
])('%s is refused', (_, call) => {
  target.fill(7);
  expect(call).toThrow(ParameterError);
  expect([...target]).toEqual([7, 7]);
});

const target = new Float64Array(2);
