/**
 * Strategy: real files in a folder of their own: plain and packed, whole and broken, with bad lines between good ones; then
 * how a table is laid out: which models are arms, which rows are used, in what order.
 * Not here: single lines (parseRequest.test.ts), the recorded tables (test/cli/recorded.test.ts).
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { DataError } from '../../src/core/errors';
import { readTable, type ReadTableOptions } from '../../src/replay/readTable';

const folder = mkdtempSync(join(tmpdir(), 'thompsonite-readTable-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;

/** Writes a file of its own name and gives its path. */
function file(content: string | Buffer, suffix = '.jsonl'): string {
  const path = join(folder, `t${files++}${suffix}`);
  writeFileSync(path, content);
  return path;
}

async function read(path: string, changes: Partial<ReadTableOptions> = {}) {
  const problems: string[] = [];
  const options = {
    modelsFile: undefined,
    limit: Infinity,
    strict: false,
    onBadLine: (e: DataError) => problems.push(e.message),
  };
  const table = await readTable(path, { ...options, ...changes });
  return { table, problems: problems.map((problem) => problem.replace(path, 'FILE')) };
}

const line = (id: string | number, changes: object = {}, models: Record<string, object> = {}) =>
  JSON.stringify({
    id: String(id),
    promptTokens: 10,
    outcomes: { a: { quality: 1, costUsd: 0.1 }, b: { quality: 0, costUsd: 0.2 }, ...models },
    ...changes,
  });
const lines = (count: number) => Array.from({ length: count }, (_, i) => line(i));

describe('reading a table', () => {
  it('gives the same plain and packed, however its last line ends', async () => {
    const text = lines(5).join('\n');
    const { table } = await read(file(text));
    expect([table.rows, table.requests, table.skippedLines]).toEqual([5, 5, 0]);
    for (const other of [
      file(`${text}\n`),
      file(`${text}\n\n \n`),
      file(gzipSync(text), '.jsonl.gz'),
    ]) {
      expect({ ...(await read(other)).table, name: table.name }).toEqual(table);
    }
  });

  it('is named after its file', async () => {
    expect((await read(file(gzipSync(line(1)), 'name.jsonl.gz'))).table.name).toMatch(/^t\d+name$/);
  });

  it('splits lines at "\\n" only, and bears "\\r" before it', async () => {
    const text = [line(1, { prompt: 'a\u2028b\u2029c\u0085d' }), line(2)].join('\r\n');
    const { table, problems } = await read(file(`${text}\r\n`));
    expect([table.rows, problems]).toEqual([2, []]);
    expect(table.promptLengths[0]).toBe(10);
  });

  it('reads lines that are cut by the reader’s chunks', async () => {
    const long = 'é\u2028'.repeat(50_000);
    const { table } = await read(
      file([line(1, { prompt: long, promptTokens: undefined }), line(2)].join('\n')),
    );
    expect(table.promptLengths[0]).toBe(long.length / 4);
  });

  it('stops at the limit and does not complain of what follows', async () => {
    const { table, problems } = await read(file([...lines(3), '{bad'].join('\n')), { limit: 2 });
    expect([table.rows, problems]).toEqual([2, []]);
  });

  it('names file and line of each bad line, counts it and goes on', async () => {
    const { table, problems } = await read(
      file([line(1), '', '{"id":3}', 'x', line(1), line(2)].join('\n')),
    );
    expect([table.rows, table.requests, table.skippedLines]).toEqual([2, 2, 3]);
    expect(problems.map((problem) => problem.split(': ')[0])).toEqual([
      'FILE:3',
      'FILE:4',
      'FILE:5',
    ]);
    expect(problems[2]).toContain('id must be unique in the file, got "1"');
  });

  it('does not reserve the id of a bad line', async () => {
    const bad = line(1, { promptTokens: -1 });
    expect((await read(file([bad, line(1)].join('\n')))).table.rows).toBe(1);
  });

  it('ends at the first bad line when strict', async () => {
    const path = file([line(1), 'x', line(2)].join('\n'));
    await expect(read(path, { strict: true })).rejects.toThrow(`${path}:2: `);
  });

  it.each(['__proto__', 'constructor'])('takes %s for a model and a segment', async (name) => {
    const text = `{"id":"${name}","segment":"${name}","outcomes":{"${name}":{"quality":1,"costUsd":0.1}}}`;
    const { table } = await read(file(text));
    expect(table.arms.list.map((arm) => arm.model)).toEqual([name]);
    expect(table.segmentNames).toEqual([name]);
  });
});

describe('files that cannot be used', () => {
  it.each([
    { name: 'empty', content: '', suffix: '.jsonl', problem: 'holds no request' },
    { name: 'only bad lines', content: '{}\n{}', suffix: '.jsonl', problem: 'holds no request' },
    {
      name: 'empty, packed',
      content: gzipSync(''),
      suffix: '.jsonl.gz',
      problem: 'holds no request',
    },
    {
      name: 'not packed',
      content: lines(3).join('\n'),
      suffix: '.jsonl.gz',
      problem: 'does not hold gzip data',
    },
    {
      name: 'no quality',
      content: line(1, { outcomes: { a: { costUsd: 1 } } }),
      suffix: '.jsonl',
      problem: '95 %',
    },
  ])('$name', async ({ content, suffix, problem }) => {
    const path = file(content, suffix);
    await expect(read(path)).rejects.toThrow(DataError);
    await expect(read(path)).rejects.toThrow(problem);
  });

  it.each([1, 15, 60])('cut off %i bytes before the end of the packed data', async (missing) => {
    const packed = gzipSync(lines(40).join('\n'));
    await expect(
      read(file(packed.subarray(0, packed.length - missing), '.jsonl.gz')),
    ).rejects.toThrow(/gzip data/);
  });

  it('corrupted in the middle of the packed data', async () => {
    const packed = gzipSync(lines(40).join('\n'));
    packed.fill(0xff, 40, 60);
    await expect(read(file(packed, '.jsonl.gz'))).rejects.toThrow(DataError);
  });

  it('missing, or a folder', async () => {
    await expect(read(join(folder, 'nowhere.jsonl'))).rejects.toThrow('no such file');
    await expect(read(folder)).rejects.toThrow('is a folder');
  });
});

describe('models file', () => {
  const models = {
    a: { family: 'f', usdPerMillionInputTokens: 100, usdPerMillionOutputTokens: 200 },
  };
  const modelsFile = (content: string) => file(content, '.models.json');
  const unpriced = line(1, {}, { a: { quality: 1, outputTokens: 30 } });

  it('prices what has no cost of its own', async () => {
    const { table } = await read(file(unpriced), {
      modelsFile: modelsFile(JSON.stringify(models)),
    });
    expect(table.costUsd[0]).toBeCloseTo((10 * 100 + 30 * 200) / 1e6, 15);
    expect(table.costUsd[1]).toBe(0.2);
  });

  it('is found beside the table', async () => {
    const path = file(unpriced);
    writeFileSync(path.replace('.jsonl', '.models.json'), JSON.stringify(models));
    expect((await read(path)).table.arms.list[0]!.usdPerInputToken).toBe(1e-4);
  });

  it.each([
    { name: 'a price', text: unpriced, models: {}, field: 'outcomes["a"].costUsd' },
    {
      name: 'output tokens',
      text: line(1, {}, { a: { quality: 1 } }),
      models,
      field: 'outcomes["a"].outputTokens',
    },
    {
      name: 'prompt tokens',
      text: line(1, { promptTokens: undefined }, { a: { quality: 1, outputTokens: 3 } }),
      models,
      field: 'promptTokens',
    },
  ])(
    'a line without cost and without $name is bad, never free',
    async ({ text, models, field }) => {
      const path = file(`${text}\n${line(2)}`);
      const priced =
        Object.keys(models).length > 0 ? { modelsFile: modelsFile(JSON.stringify(models)) } : {};
      const { table, problems } = await read(path, priced);
      expect(table.rows).toBe(1);
      expect(problems[0]).toContain(`FILE:1: ${field} must be given`);
    },
  );

  it.each([
    '',
    '{',
    '[]',
    'null',
    '{}',
    '{"a":{}}',
    '{"a":{"family":"f","usdPerMillionInputTokens":-1,"usdPerMillionOutputTokens":1}}',
    JSON.stringify({ a: { ...models.a, extra: 1 } }),
  ])('is turned down: %s', async (content) => {
    const path = modelsFile(content);
    await expect(read(file(line(1)), { modelsFile: path })).rejects.toThrow(DataError);
    await expect(read(file(line(1)), { modelsFile: path })).rejects.toThrow(path);
  });

  it('must exist where it is named', async () => {
    await expect(read(file(line(1)), { modelsFile: join(folder, 'none.json') })).rejects.toThrow(
      'no such file',
    );
  });
});

describe('laying out a table', () => {
  /** 100 requests, of which `known` have model c's quality. */
  const coverage = (known: number) =>
    Array.from({ length: 100 }, (_, i) =>
      line(i, {}, i < known ? { c: { quality: 0.5, costUsd: 0.3 } } : { c: { costUsd: 0.3 } }),
    );

  it('makes an arm of every model with quality on 95 % of the requests', async () => {
    const { table } = await read(file(coverage(95).join('\n')));
    expect(table.arms.list.map((arm) => arm.model)).toEqual(['a', 'b', 'c']);
    expect([table.rows, table.requests, table.leftOutModels]).toEqual([95, 100, []]);
  });

  it('leaves the others out and keeps their requests', async () => {
    const { table } = await read(file(coverage(94).join('\n')));
    expect(table.arms.list.map((arm) => arm.model)).toEqual(['a', 'b']);
    expect([table.rows, table.leftOutModels]).toEqual([100, ['c']]);
  });

  it('orders models by code units, not by locale', async () => {
    const outcomes = Object.fromEntries(
      ['é', 'b', 'B', 'a10', 'a9', '\u{1f600}', '\uffee'].map((m) => [
        m,
        { quality: 1, costUsd: 1 },
      ]),
    );
    const { table } = await read(file(line(1, { outcomes })));
    expect(table.arms.list.map((arm) => arm.model)).toEqual([
      'B',
      'a10',
      'a9',
      'b',
      'é',
      '\u{1f600}',
      '\uffee',
    ]);
  });

  it('keeps rows in the order of the file and segments in order of appearance', async () => {
    const text = [
      line(1, { segment: 'z' }),
      line(2),
      line(3, { segment: 'z' }),
      line(4, { segment: 'a' }),
    ].join('\n');
    const { table } = await read(file(text));
    expect(table.segmentNames).toEqual(['z', '', 'a']);
    expect([...table.segments]).toEqual([0, 1, 0, 2]);
  });

  it('knows the time only where every request has one', async () => {
    const at = (second: number | undefined) =>
      [line(1, { at: 5 }), line(2, { at: second })].join('\n');
    expect((await read(file(at(-1)))).table.atSeconds).toEqual(Float64Array.of(5, -1));
    expect((await read(file(at(undefined)))).table.atSeconds).toBeUndefined();
  });

  it('lays quality and cost out by row and arm', async () => {
    const { table } = await read(
      file([line(1), line(2, {}, { b: { quality: 0.25, costUsd: 0.7 } })].join('\n')),
    );
    expect([...table.quality]).toEqual([1, 0, 1, 0.25]);
    expect([...table.costUsd]).toEqual([0.1, 0.2, 0.1, 0.7]);
  });
});
