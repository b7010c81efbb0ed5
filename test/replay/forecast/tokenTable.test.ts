/**
 * Strategy: tables of a few lines, with what is kept and what is counted written out; splits as sets: parts that are disjoint, of the right
 * size, never divide a prompt, and change with the seed.
 * Not here: lines that cannot be read (test/replay/readTable.test.ts), the command's messages (test/cli/forecast.test.ts).
 */
import { describe, expect, test } from 'vitest';
import { assembleTokenTable } from '../../../src/replay/forecast/tokenTable';
import { splitTable } from '../../../src/replay/forecast/split';
import { promptOf, recorded, simulated, tokenTable, type Answer } from './tables';

const plain = (count: number): Answer[] =>
  Array.from({ length: count }, (_, i) => ({ prompt: promptOf(i), tokens: { a: i + 1 } }));

describe('the table', () => {
  const table = tokenTable(
    [
      { prompt: 'one', tokens: { b: 8, a: 0, c: NaN } },
      { prompt: undefined, tokens: { a: 3 } },
      { prompt: 'two', tokens: { c: NaN } },
      { prompt: 'one', tokens: { a: 2 } },
      { prompt: '', tokens: { a: 1 } },
      ...plain(10),
    ],
    { a: 'f', b: 'f' },
  );

  test('keeps answers of known length to known prompts, and counts the others', () => {
    expect(table).toMatchObject({
      requests: 15,
      requestsWithoutPrompt: 1,
      outcomesWithoutTokens: 2,
    });
    expect([table.rows, table.zeroTokenRows, table.prompts.length]).toEqual([14, 1, 12]);
    expect([...table.tokens.slice(0, 4)]).toEqual([8, 0, 2, 1]);
    expect([...table.rowPrompts.slice(0, 4)]).toEqual([0, 0, 0, 1]);
    expect([...table.rowRequests.slice(0, 4)]).toEqual([0, 0, 1, 2]);
  });

  test('an empty prompt is one; 0 tokens are log ½', () => {
    expect(table.prompts.slice(0, 2)).toEqual(['one', '']);
    expect(table.logTokens[0]).toBeCloseTo(Math.log(8), 15);
    expect(table.logTokens[1]).toBeCloseTo(Math.log(0.5), 15);
  });

  test('models in code-unit order with their families; one of unknown family is alone', () => {
    const { models, families } = tokenTable(
      [...plain(9), { prompt: 'p', tokens: { z: 1, c: 1, b: 1, B: 1 } }],
      { b: 'f', a: 'f', z: 'g' },
    );
    expect(models.map(({ model, family }) => [model, families[family]])).toEqual([
      ['B', undefined],
      ['a', 'f'],
      ['b', 'f'],
      ['c', undefined],
      ['z', 'g'],
    ]);
    expect(new Set(models.map(({ family }) => family)).size).toBe(4);
  });

  test.each([
    [[{ tokens: { a: 1 } }], /holds no prompts: none of its 1 requests has the field "prompt"/],
    [[], /holds no request that can be used/],
    [plain(9), /at least 10 different prompts with outputTokens, got 9/],
    [plain(20).map((one) => ({ ...one, prompt: 'p' })), /10 different prompts .* got 1$/],
    [plain(20).map((one) => ({ ...one, tokens: { a: NaN } })), /10 requests .* got 0$|got 0$/],
  ])('too little of it is refused', (answers, message) => {
    const source = { file: 'f', name: 'n', models: new Map(), skippedLines: 0 };
    expect(() => assembleTokenTable({ ...source, requests: recorded(answers) })).toThrow(message);
  });
});

describe('a split', () => {
  const table = tokenTable(
    // 50 prompts, each asked twice, by two models.
    [...plain(50), ...plain(50)].map((one) => ({ ...one, tokens: { a: 1, b: 2 } })),
  );
  const promptsOf = (rows: Uint32Array) =>
    new Set(Array.from(rows, (row) => table.rowPrompts[row]!));

  test('never divides a prompt and leaves a fifth untouched', () => {
    const test = splitTable(table, 1, 'test');
    const validation = splitTable(table, 1, 'validation');
    expect(validation.training).toEqual(test.training);
    const parts = [test.training, validation.heldOut, test.heldOut];
    expect(parts.map((rows) => rows.length)).toEqual([120, 40, 40]);
    expect(parts.map((rows) => promptsOf(rows).size)).toEqual([30, 10, 10]);
    expect(new Set(parts.flatMap((rows) => [...promptsOf(rows)])).size).toBe(50);
    expect(test.seenBefore).toBe(0);
  });

  test('is the seed’s: the same again, another for another seed', () => {
    const held = (seed: number) => [...splitTable(table, seed, 'test').heldOut];
    expect(held(3)).toEqual(held(3));
    expect(held(3)).not.toEqual(held(4));
    const often = new Map<number, number>();
    for (let seed = 0; seed < 200; seed++)
      for (const prompt of promptsOf(splitTable(table, seed, 'test').heldOut))
        often.set(prompt, (often.get(prompt) ?? 0) + 1);
    // Binomial(200, 1/5): 40 ± 5.7, and 50 of them.
    expect(Math.min(...often.values())).toBeGreaterThan(40 - 5 * 5.7);
    expect(Math.max(...often.values())).toBeLessThan(40 + 5 * 5.7);
    expect(often.size).toBe(50);
  });

  test('tells the training prompts in the order in which they come', () => {
    const { training, trainingPrompts } = splitTable(table, 1, 'test');
    expect([...trainingPrompts]).toEqual([...promptsOf(training)]);
  });

  test('goes by time where every request has one, and tells which prompts come again', () => {
    const answers = plain(10).flatMap((one, i) => [
      { ...one, at: 100 - i },
      { ...one, at: 200 - i },
    ]);
    const timed = tokenTable(answers);
    const { training, heldOut, seenBefore } = splitTable(timed, 5, 'test');
    expect(splitTable(timed, 6, 'test').training).toEqual(training);
    const when = (rows: Uint32Array) => Array.from(rows, (row) => answers[row]!.at);
    expect(when(training)).toEqual([91, 92, 93, 94, 95, 96, 97, 98, 99, 100, 191, 192]);
    expect(when(heldOut)).toEqual([197, 198, 199, 200]);
    expect(seenBefore).toBe(4);
    const oneWithout = tokenTable([...answers, ...plain(1)]);
    expect(oneWithout.atSeconds).toBeUndefined();
  });

  test('of a table of every shape has no empty part', () => {
    for (const prompts of [10, 11, 12, 13, 17, 100]) {
      const { training, heldOut } = splitTable(simulated(prompts, 2), 1, 'test');
      expect(training.length / 2).toBe(Math.round(0.6 * prompts));
      expect(heldOut.length / 2).toBe(prompts - Math.round(0.8 * prompts));
    }
  });
});
