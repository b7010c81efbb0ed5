/** Strategy: any JSON value, with numbers that JSON has not and keys that look like their tag, reads back the same. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonBytes, parseJsonBytes } from '../../src/memory/jsonSection';

const key = fc.oneof(fc.constantFrom('$number', '$$number', '$$$number', 'number'), fc.string());
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(NaN, Infinity, -Infinity, 'NaN', 'openai', null, true),
    fc.double().map((number) => number + 0),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(key, tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
}));

test('values read back', () => {
  fc.assert(
    fc.property(value!, (one) => {
      expect(parseJsonBytes(jsonBytes(one), 'x')).toEqual(one);
    }),
    { seed: 8, numRuns: 2000 },
  );
});

test.each([{ $number: 'openai' }, { $number: 'NaN' }, { $$number: { $number: Infinity } }])(
  '%j reads back, though it looks like a tag',
  (one) => expect(parseJsonBytes(jsonBytes(one), 'x')).toEqual(one),
);
