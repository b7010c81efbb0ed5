/**
 * Strategy: one good line, then every field made bad one at a time; hostile ids and unusual text.
 * Not here: files and what becomes of bad lines (readTable.test.ts).
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ParameterError } from '../../src/core/errors';
import { parseRecordedRequest } from '../../src/replay/parseRequest';

const GOOD_OUTCOME = { quality: 0.5, outputTokens: 7, costUsd: 0.01, latencyMs: 12, ok: true };
const GOOD = {
  id: 'a/1',
  prompt: 'line\u2028separator\u2029 and é',
  segment: 'math',
  at: -3.5,
  promptTokens: 46,
  outcomes: { m: GOOD_OUTCOME },
};

const parse = (value: object) => parseRecordedRequest(JSON.stringify(value));
const withOutcome = (changes: object) => ({
  ...GOOD,
  outcomes: { m: { ...GOOD_OUTCOME, ...changes } },
});

/** JSON values of the wrong kind for a number, and numbers outside [0, ∞). */
const NOT_AMOUNTS = [-1, -1e-300, '1', true, null, [], {}];
const NOT_IDS = ['', 'x'.repeat(257), 3, null, true, ['a'], {}];

const BAD_FIELDS: Record<string, unknown[]> = {
  id: NOT_IDS,
  prompt: [3, null, false, {}, ['a']],
  segment: NOT_IDS,
  at: ['1', null, true, []],
  promptTokens: NOT_AMOUNTS,
  outcomes: [
    null,
    3,
    'm',
    [],
    {},
    { m: null },
    { m: 3 },
    { m: [] },
    { m: [null] },
    { '': GOOD_OUTCOME },
  ],
};

const BAD_OUTCOME_FIELDS: Record<string, unknown[]> = {
  quality: [...NOT_AMOUNTS, 1.0000001],
  costUsd: NOT_AMOUNTS,
  outputTokens: NOT_AMOUNTS,
  latencyMs: NOT_AMOUNTS,
  ok: [0, 1, 'true', null],
};

const cases = (fields: Record<string, unknown[]>) =>
  Object.entries(fields).flatMap(([field, values]) =>
    values.map((value) => ({ field, value, text: JSON.stringify(value).slice(0, 20) })),
  );

describe('a line of a table', () => {
  it('is read field by field', () => {
    const request = parse(GOOD);
    expect({ ...request, outcomes: [...request.outcomes] }).toEqual({
      id: 'a/1',
      segment: 'math',
      atSeconds: -3.5,
      promptTokens: 46,
      promptCharacters: GOOD.prompt.length,
      prompt: GOOD.prompt,
      outcomes: [['m', { quality: 0.5, costUsd: 0.01, outputTokens: 7 }]],
    });
  });

  it('may leave out everything but id and outcomes', () => {
    const request = parse({ id: 'a', outcomes: { m: {} } });
    expect(request.segment).toBeUndefined();
    expect([request.atSeconds, request.promptTokens, request.promptCharacters]).toEqual([
      NaN,
      NaN,
      NaN,
    ]);
    expect(request.outcomes.get('m')).toEqual({ quality: NaN, costUsd: NaN, outputTokens: NaN });
  });

  it.each(['id', 'outcomes'] as const)('must have %s', (field) => {
    expect(() => parse({ ...GOOD, [field]: undefined })).toThrow(new RegExp(`^${field} must be`));
  });

  it.each(cases(BAD_FIELDS))('is turned down for $field = $text', ({ field, value }) => {
    const bad = { ...GOOD, [field]: value };
    expect(() => parse(bad)).toThrow(ParameterError);
    expect(() => parse(bad)).toThrow(field);
  });

  it.each(cases(BAD_OUTCOME_FIELDS))(
    'is turned down for an outcome’s $field = $text',
    ({ field, value }) => {
      expect(() => parse(withOutcome({ [field]: value }))).toThrow(
        `outcomes["m"].${field} must be`,
      );
    },
  );

  it('is turned down for numbers that JSON writes but f64 does not hold', () => {
    const line = JSON.stringify(GOOD).replace('46', '1e999');
    expect(() => parseRecordedRequest(line)).toThrow('promptTokens must be');
  });

  it.each(['', ' ', '{', '[]', 'null', '3', '"id"', '{"id":"a"}x', '\ufeff{}', 'NaN'])(
    'must be one JSON object, not %s',
    (line) => {
      expect(() => parseRecordedRequest(line)).toThrow(/must be/);
    },
  );

  it('throws one of the two documented errors for any JSON and any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (line) => {
        try {
          parseRecordedRequest(line);
        } catch (error) {
          expect(error instanceof ParameterError || error instanceof SyntaxError).toBe(true);
          expect((error as Error).message).not.toContain('\n');
        }
      }),
      { seed: 61, numRuns: 500 },
    );
  });
});

describe('an outcome', () => {
  const qualityOf = (outcome: unknown) =>
    parse({ ...GOOD, outcomes: { m: outcome } }).outcomes.get('m')!.quality;

  it('of several samples counts by the first', () => {
    expect(qualityOf([{ quality: 0.2 }, { quality: 0.9 }])).toBe(0.2);
  });

  it('has every sample checked', () => {
    expect(() => qualityOf([{ quality: 0.2 }, { quality: 2 }])).toThrow(
      'outcomes["m"][1].quality must be in [0, 1]',
    );
  });

  it('that could not be parsed is worth nothing unless told otherwise', () => {
    expect(qualityOf({ ok: false })).toBe(0);
    expect(qualityOf({ ok: false, quality: 0.4 })).toBe(0.4);
    expect(qualityOf({ ok: true })).toBeNaN();
  });

  it.each(['__proto__', 'constructor', 'toString', 'é\u2028', ' '])(
    'may be of a model called %j',
    (model) => {
      const line = `{"id":${JSON.stringify(model)},"segment":${JSON.stringify(model)},"outcomes":{${JSON.stringify(model)}:{"quality":1}}}`;
      const request = parseRecordedRequest(line);
      expect(request.id).toBe(model);
      expect(request.segment).toBe(model);
      expect([...request.outcomes]).toEqual([
        [model, { quality: 1, costUsd: NaN, outputTokens: NaN }],
      ]);
      expect(({} as Record<string, unknown>)['quality']).toBeUndefined();
    },
  );

  it('may carry fields that mean nothing here', () => {
    expect(parse({ ...withOutcome({ note: 'x' }), extra: [1] }).outcomes.get('m')!.quality).toBe(
      0.5,
    );
  });
});
