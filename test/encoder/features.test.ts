/**
 * Strategy: the named features by hand-counted examples, ranges over random texts (properties), and bad input. Indicators must be whole words;
 * a long prompt is read at both ends only; hosts' tables of letters play no part.
 * Not here: n-grams and directions (reference.test.ts), the encoder as a whole (promptEncoder.test.ts).
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  MODEL_FAMILIES,
  MODEL_FEATURES,
  modelFeatures,
  QUERY_FEATURES,
  queryFeatures,
  queryModelFeatures,
} from '../../src/index';
import { LONGEST_END } from '../../src/forecast/features/promptCounts';
import { expectRefusal } from '../support/refusal';

/** n/(1 + n). */
const share = (n: number) => n / (1 + n);

describe('query features', () => {
  test('are seven, by name', () => {
    expect(QUERY_FEATURES).toEqual([
      'length',
      'complexity',
      'coding',
      'creative',
      'analysis',
      'math',
      'knowledge',
    ]);
    expect(Object.keys(queryFeatures('x'))).toEqual(QUERY_FEATURES);
  });

  test('of nothing are zeros', () => {
    const zeros = Object.fromEntries(QUERY_FEATURES.map((name) => [name, 0]));
    expect(queryFeatures('')).toEqual(zeros);
    const { length, ...others } = queryFeatures(' \n\t');
    expect(length).toBeCloseTo(Math.log(4), 14);
    expect({ length: 0, ...others }).toEqual(zeros);
  });

  test('length is the logarithm of all units', () => {
    for (const units of [1, 7, 1000, 1_000_000])
      expect(queryFeatures('a'.repeat(units)).length).toBeCloseTo(Math.log(1 + units), 13);
  });

  test.each([
    // words, sentences, units in words, requirements
    ['Rain falls.', 2, 1, 9, 0],
    ['One two. Three four five! Six', 6, 3, 22, 0],
    ['It must hold, if only once?', 6, 1, 20, 4],
    ['pi is 3.14 not 3.15', 7, 1, 13, 0],
    ['first line\nsecond line\n\nthird', 5, 3, 24, 0],
    ['我喜欢喝茶。你呢？', 7, 2, 7, 0],
  ])('complexity of %j', (text, words, sentences, units, requirements) => {
    const expected =
      words / (words + 20 * sentences) +
      units / (units + 5 * words) +
      requirements / (requirements + 4);
    expect(queryFeatures(text).complexity).toBeCloseTo(expected / 3, 14);
  });

  test.each([
    ['Write a Python function.', { coding: share(2) }],
    ['decode encoded barcodes', { coding: 0 }],
    ['CODE', { coding: share(1) }],
    ['a code-review', { coding: share(1) }],
    ['Write a poem or two haiku, poems', { creative: share(3) }],
    ['Compare and evaluate', { analysis: share(2) }],
    ['Solve the equation x = 3', { math: share(3) }],
    ['summation', { math: 0 }],
    ['Who was the king? Whose?', { knowledge: share(3) }],
    ['kingdom whoever', { knowledge: 0 }],
    ['plain words here', { coding: 0, creative: 0, analysis: 0, math: 0, knowledge: 0 }],
  ])('%j: %j', (text, expected) => {
    expect(queryFeatures(text)).toMatchObject(expected);
  });

  test('a long prompt is read at both ends', () => {
    const text = (middle: string) =>
      'code '.padEnd(LONGEST_END, 'a ') + middle + ' poem'.padStart(LONGEST_END, 'b ');
    const long = queryFeatures(text('c '.repeat(500_000)));
    expect(long).toMatchObject({ coding: share(1), creative: share(1) });
    expect(
      queryFeatures(text('poem code equation king '.repeat(41_667).slice(0, 1_000_000))),
    ).toEqual(long);
    expect(queryFeatures(text('')).coding).toBe(share(1));
  });

  test('stay in their ranges, whatever the units', () => {
    const units = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 60 });
    fc.assert(
      fc.property(units, (codes) => {
        const { length, ...others } = queryFeatures(String.fromCharCode(...codes));
        expect(length).toBeCloseTo(Math.log(1 + codes.length), 13);
        for (const value of Object.values(others)) {
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThan(1);
        }
      }),
      { seed: 4, numRuns: 300 },
    );
  });

  test('refuse what is no string', () => {
    for (const value of [undefined, null, 3, ['a']] as unknown as string[])
      expectRefusal(() => queryFeatures(value), 'prompt', 'a string', value);
  });
});

describe('model features', () => {
  test('are seven, by name, and make fourteen with those of the prompt', () => {
    const model = { family: 'google', billionParameters: 70, typicalOutputTokens: 600 };
    expect(modelFeatures(model)).toEqual({
      family1: 0,
      family2: 0,
      family3: 1,
      family4: 0,
      family5: 0,
      size: 0.5,
      verbosity: 1 / (1 + 300 / 600),
    });
    expect(Object.keys(modelFeatures(model))).toEqual(MODEL_FEATURES);
    const text = 'Compare two sorting functions.';
    expect(queryModelFeatures(text, model)).toEqual(
      Float64Array.of(
        ...Object.values(queryFeatures(text)),
        ...Object.values(modelFeatures(model)),
      ),
    );
  });

  test('what is not known is in the middle, another family is none of the five', () => {
    expect(Object.values(modelFeatures({ family: 'other' }))).toEqual([0, 0, 0, 0, 0, 0.5, 0.5]);
    expect(Object.values(modelFeatures({ family: 'OpenAI' }))).toEqual([0, 0, 0, 0, 0, 0.5, 0.5]);
  });

  test('families of the caller’s own', () => {
    const families = ['a', 'b', 'c', 'd', 'e'];
    expect(modelFeatures({ family: 'e' }, families)).toMatchObject({ family1: 0, family5: 1 });
    expect(modelFeatures({ family: MODEL_FAMILIES[0] }, families).family1).toBe(0);
  });

  test('bad input', () => {
    const text = '> 0 and finite';
    for (const value of [0, -1, NaN, Infinity])
      expectRefusal(
        () => modelFeatures({ family: 'a', billionParameters: value }),
        'model.billionParameters',
        text,
        value,
      );
    expectRefusal(
      () => queryModelFeatures('x', { family: 'a', typicalOutputTokens: 0 }),
      'model.typicalOutputTokens',
      text,
      0,
    );
    const repeated = ['a', 'b', 'c', 'd', 'd'];
    for (const families of [repeated, ['a'], 'abcde'] as unknown as string[][])
      expectRefusal(
        () => modelFeatures({ family: 'a' }, families),
        'families',
        'five different ids',
        families,
      );
    expect(() => modelFeatures({ family: '' })).toThrow('model.family must be a string');
    expect(() => modelFeatures({ family: 'a', size: 3 } as never)).toThrow('with keys among');
  });
});
