/** Strategy: all nine rows of the matrix, written out. Not tested here: where labels come from (test/replay/labels.test.ts). */
import { expect, test } from 'vitest';
import { oraclePolicyOf, type AnswerLabel, type PolicyName } from '../../src/rules/oracleMatrix';
import { thrownBy } from '../support/refusal';

const ROWS: readonly (readonly [AnswerLabel, AnswerLabel, PolicyName])[] = [
  ['right', 'right', 'standard'],
  ['right', 'wrong', 'standard'],
  ['right', 'unknown', 'standard'],
  ['wrong', 'right', 'complex'],
  ['wrong', 'wrong', 'ambiguous'],
  ['wrong', 'unknown', 'complex'],
  ['unknown', 'right', 'complex'],
  ['unknown', 'wrong', 'ambiguous'],
  ['unknown', 'unknown', 'ambiguous'],
];

test.each(ROWS)('medium %s, large %s: %s', (medium, large, policy) => {
  expect(oraclePolicyOf(medium, large)).toBe(policy);
});

test.each([
  ['medium', ['Right', 'right']],
  ['large', ['right', 'x']],
  ['medium', [undefined, undefined]],
] as const)('%s must be a label: %j', (parameter, [medium, large]) => {
  const call = () => oraclePolicyOf(medium as never, large as never);
  expect(thrownBy(call)).toMatchObject({ name: 'ParameterError', parameter });
});

test('the rows are all there are', () => {
  expect(new Set(ROWS.map(([medium, large]) => `${medium} ${large}`)).size).toBe(9);
});
