/**
 * Strategy: a good log made bad one line at a time: lines that are not ours are skipped and counted, a gap or a changed line
 * breaks the log from there on, a version that cannot be read ends the run; and the router's own options made bad.
 * Not here: good logs (log.test.ts), how the command line tells of it (test/cli/propensities.test.ts).
 */
import { describe, expect, it } from 'vitest';
import { createRouterSync, DataError, ParameterError, type RouterOptions } from '../../src/index';
import { MODELS } from './routers';
import { drive, logged, refill } from './sessions';

const LINES = drive(logged({ propensity: 'exact', floor: { epsilon: 0.1 } }), 120).lines;
const DECISIONS = LINES.filter((line) => kindOf(line) === 'decision').length;

function kindOf(line: string): string {
  return (JSON.parse(line) as { kind: string }).kind;
}

/** Index of the `nth` line of a kind. */
function at(kind: string, nth: number): number {
  return LINES.map((line, i) => (kindOf(line) === kind ? i : -1)).filter((i) => i >= 0)[nth]!;
}

/** The log with members of one line changed; undefined takes a member out. */
function changed(index: number, members: object): string[] {
  return LINES.map((line, i) =>
    i === index ? JSON.stringify({ ...JSON.parse(line), ...members }) : line,
  );
}

function inserted(index: number, line: string): string[] {
  return [...LINES.slice(0, index), line, ...LINES.slice(index)];
}

describe('lines that are skipped, told and counted', () => {
  it.each([
    ['no JSON', 'something else', /the line must be one JSON object, got "something else"/],
    ['an array', '[1,2]', /the line must be an object/],
    ['a number', '3', /the line must be an object/],
    ['an unknown kind', '{"kind":"other"}', /kind must be "router", "decision", "report"/],
    ['no kind', '{"a":1}', /kind must be .*, got undefined/],
    ['a report that came before', LINES[at('report', 3)]!, /evidenceVersion must be new/],
    ['a decision that came before', LINES[at('decision', 3)]!, /sequenceNumber must be new/],
    [
      'a decision of another router',
      LINES[at('decision', 3)]!.replace('test-', 'other-'),
      /decisionId must be of a router whose line stands before, got "other-3"/,
    ],
    [
      'a report of another router',
      LINES[at('report', 3)]!.replace('test-', 'other-'),
      /decisionId must be of a router whose line stands before/,
    ],
    [
      'an id without a dash',
      '{"kind":"report","decisionId":"x"}',
      /decisionId must be of a router/,
    ],
    ['no id', '{"kind":"report"}', /decisionId must be a string/],
    [
      'a router without a seed',
      JSON.stringify({ ...JSON.parse(LINES[0]!), instanceId: 'b', seed: 5 }),
      /seed must be a string of up to 20 decimal digits, got 5/,
    ],
    [
      'a router with a bad price',
      LINES[0]!.replace('"usdPerMillionInputTokens":0.1', '"usdPerMillionInputTokens":-1'),
      /usdPerMillionInputTokens must be in \[0, 1e9\], got -1/,
    ],
  ])('%s', (_, line, message) => {
    const { filled, problems, summary } = refill(inserted(150, line));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^log\.jsonl:151: /);
    expect(problems[0]).toMatch(message);
    expect(filled).toEqual(LINES.map((one) => one.trimEnd()));
    expect(summary).toMatchObject({ decisions: DECISIONS, unverified: 0, skippedLines: 1 });
    expect(() => refill(inserted(150, line), { strict: true })).toThrow(DataError);
  });

  it('a last line that is cut off', () => {
    const last = LINES.length - 1;
    const cut = LINES[last]!.slice(0, 40);
    const { filled, problems } = refill([...LINES.slice(0, last), cut]);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(
      new RegExp(`^log.jsonl:${last + 1}: the line must be one JSON object`),
    );
    expect(filled).toHaveLength(last);
  });

  it('a line cut off by a crash, with the new start behind it on the same line', () => {
    const again = drive(logged({ instanceId: 'again' }), 30).lines;
    const last = LINES.length - 1;
    const glued = LINES[last]!.slice(0, 40) + again[0]!;
    const { filled, problems, summary } = refill([
      ...LINES.slice(0, last),
      glued,
      ...again.slice(1),
    ]);
    expect(problems).toHaveLength(1);
    expect(filled[last]).toBe(again[0]!.trimEnd());
    expect(summary).toMatchObject({ routers: 2, unverified: 0, skippedLines: 1 });
  });

  it('everything before the router’s line', () => {
    const { problems, summary } = refill([...LINES.slice(1, 4), ...LINES]);
    expect(problems).toHaveLength(3);
    expect(problems[0]).toMatch(/:1: decisionId must be of a router whose line stands before/);
    expect(summary).toMatchObject({ unverified: 0, skippedLines: 3 });
  });
});

describe('members that are not what they should be', () => {
  it.each([
    ['decision', { sequenceNumber: '7' }, /sequenceNumber must be a whole number/],
    ['decision', { sequenceNumber: 7.5 }, /sequenceNumber must be a whole number/],
    ['decision', { evidenceVersion: -1 }, /evidenceVersion must be a whole number/],
    ['decision', { decisionId: 'test-07' }, /decisionId must be "test-\d+", got "test-07"/],
    ['decision', { segment: undefined }, /segment must be given/],
    ['decision', { segment: '' }, /segment must be a string of 1 to 256/],
    ['decision', { promptTokens: -1 }, /promptTokens must be in/],
    ['decision', { eligible: undefined }, /eligible must be given/],
    ['decision', { eligible: ['nobody'] }, /eligible must be made of ids/],
    ['decision', { model: 5 }, /model must be a string/],
    ['decision', { byFloor: 1 }, /byFloor must be true or false/],
    ['decision', { sampledQuality: 2 }, /sampledQuality must be in \[0, 1\]/],
    ['decision', { expectedCostUsd: '1' }, /expectedCostUsd must be a finite number/],
    ['decision', { propensity: 1.5 }, /propensity must be in \[0, 1\]/],
    ['decision', { propensities: 1 }, /propensities must be an array of numbers/],
    ['decision', { propensities: [0, 'x'] }, /propensities\[1\] must be in/],
    ['report', { evidenceVersion: null }, /evidenceVersion must be a whole number/],
    ['report', { reward: 2 }, /reward must be in \[0, 1\]/],
    ['report', { reward: undefined }, /reward must be in \[0, 1\]/],
    ['report', { reward: null, costUsd: null }, /reward or costUsd must be a number/],
    ['report', { costUsd: -1 }, /costUsd must be >= 0/],
    ['report', { promptTokens: 'x' }, /promptTokens must be in/],
  ])('%s with %j is skipped, and the gap it leaves breaks the log', (kind, members, message) => {
    const index = LINES.findIndex(
      (line, i) => i > 60 && kindOf(line) === kind && !line.includes('null'),
    );
    const { filled, problems, summary } = refill(changed(index, members));
    expect(problems[0]).toMatch(message);
    expect(problems[0]).toMatch(new RegExp(`^log.jsonl:${index + 1}: `));
    expect(problems[1]).toMatch(/the log does not lead to this line/);
    expect(problems).toHaveLength(2);
    expect(filled).toHaveLength(LINES.length - 1);
    expect(summary.skippedLines).toBe(1);
    expect(summary.unverified).toBeGreaterThan(0);
  });
});

describe('a broken log', () => {
  const missing = (index: number) => LINES.filter((_, i) => i !== index);
  const broken: [string, string[], RegExp][] = [
    ['a decision is missing', missing(at('decision', 30)), /decision test-30 is missing before it/],
    [
      'a report is missing',
      missing(at('report', 20)),
      /report 21 is missing before it|it was made after/,
    ],
    [
      'another model was chosen',
      changed(at('decision', 0), { model: 'nobody' }),
      /replayed, model is "\w+", not "nobody"/,
    ],
    [
      'another quality was drawn',
      changed(at('decision', 0), { sampledQuality: 0.5 }),
      /replayed, sampledQuality is 0\.\d+, not 0\.5/,
    ],
    [
      'another cost was expected',
      changed(at('decision', 0), { expectedCostUsd: 0.5 }),
      /replayed, expectedCostUsd is/,
    ],
    [
      'the floor chose',
      changed(at('decision', 0), { byFloor: true }),
      /replayed, byFloor is false/,
    ],
    [
      'another propensity was logged',
      changed(at('decision', 0), { propensity: 0.123 }),
      /replayed, propensity is 0\.\d+, not 0\.123/,
    ],
    [
      'other propensities were logged',
      changed(at('decision', 0), { propensities: [0.5, 0.5] }),
      /replayed, propensities is/,
    ],
    ['another seed was logged', changed(0, { seed: '12' }), /replayed, /],
    [
      'a report was changed',
      changed(at('report', 2), { reward: 0.987, costUsd: null }),
      /of the decision is known before it|replayed, /,
    ],
    [
      'a report names a decision that is still to come',
      changed(at('report', 2), { decisionId: 'test-9999' }),
      /decision "test-9999" is not open before it/,
    ],
  ];

  it.each(broken)('where %s: told once, nothing is filled in behind it', (_, lines, message) => {
    const bare = lines.map((line) =>
      line.replace(
        /"propensity":(?!0\.123)[^,]+,"propensities":(?!\[0\.5,0\.5\]).*\}/,
        '"propensity":null,"propensities":null,"propensityAccuracy":null}',
      ),
    );
    const { filled, problems, summary } = refill(bare);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^log\.jsonl:\d+: the log does not lead to this line: /);
    expect(problems[0]).toMatch(message);
    expect(problems[0]).toMatch(/no later propensity of router "test" can be told$/);
    const from = Number(/:(\d+):/.exec(problems[0]!)![1]) - 1;
    expect(filled).toHaveLength(lines.length);
    // What happened is kept as it was logged, …
    expect(filled.slice(from)).toEqual(bare.slice(from).map((line) => line.trimEnd()));
    // … and what came before is filled in.
    for (const line of filled.slice(1, from)) {
      const { kind, model, propensity } = JSON.parse(line) as Record<string, unknown>;
      if (kind === 'decision' && model !== null) expect(propensity).toBeTypeOf('number');
    }
    expect(summary.unverified).toBe(
      bare.slice(from).filter((line) => kindOf(line) === 'decision').length,
    );
    expect(() => refill(bare, { strict: true })).toThrow(DataError);
  });

  it('is whole again where the router starts again', () => {
    const { problems, summary } = refill([...missing(at('decision', 30)), ...LINES]);
    expect(problems).toHaveLength(1);
    expect(summary.filled).toBeGreaterThan(100);
  });

  it('says nothing of the others', () => {
    const twin = drive(logged({ instanceId: 'twin' }), 50).lines;
    const { summary } = refill([...missing(at('decision', 5)), ...twin]);
    expect(summary.filled).toBeGreaterThanOrEqual(5 + 40);
  });
});

describe('a version that cannot be read', () => {
  it.each([
    [{ schemaVersion: 2 }, /^log\.jsonl:1: schemaVersion must be 1 for this program, got 2$/],
    [{ schemaVersion: undefined }, /schemaVersion must be 1 for this program, got undefined/],
    [{ kernelAbi: 0 }, /kernelAbi must be 3 for this program, got 0/],
  ])('%j ends the run', (members, message) => {
    expect(() => refill(changed(0, members))).toThrow(DataError);
    expect(() => refill(changed(0, members))).toThrow(message);
  });
});

describe('options', () => {
  it.each([
    ['propensity', 'always'],
    ['propensity', null],
    ['propensity', 1],
    ['floor', 0.1],
    ['floor', null],
    ['floor', {}],
    ['floor', { epsilon: -0.1 }],
    ['floor', { epsilon: 1.1 }],
    ['floor', { epsilon: NaN }],
    ['floor', { epsilon: '0.1' }],
    ['floor', { epsilon: 0.1, baseline: 'cheapest' }],
    ['floor', { epsilon: 0.1, base: 'uniform' }],
    ['log', 'file.jsonl'],
    ['log', null],
    ['log', {}],
    ['log', { write: 3 }],
  ])('%s = %j', (field, value) => {
    const options = { models: MODELS, willingnessToPayUsd: 1, seed: 1, [field]: value };
    const make = () => createRouterSync(options as RouterOptions);
    expect(make).toThrow(ParameterError);
    expect(make).toThrow(field);
  });
});
