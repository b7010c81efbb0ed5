/**
 * Strategy: the command line as a real process on small tables: what it prints, where, with which exit code. Recorded
 * tables are replayed in recorded.test.ts; the statistics are tested in test/replay.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { ReplayResult } from '../../src/replay/result';
import { files, folderOf, line, MODELS, thompsonite } from './run';

const ids = Array.from({ length: 40 }, (_, i) => 'x'.repeat(1 + (i % 2)) + i);
const good = ids.map((id) => line(id)).join('\n') + '\n';

function table(text: string, name = 'table.jsonl', models: string | undefined = MODELS): string {
  return files({ [name]: text, ...(models === undefined ? {} : { 'table.models.json': models }) });
}

function json(...args: string[]): ReplayResult {
  const { status, stdout, stderr } = thompsonite('replay', ...args, '--json');
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return JSON.parse(stdout) as ReplayResult;
}

/** The result without what a clock decides. */
function bytes(result: ReplayResult): string {
  return JSON.stringify({ ...result, timing: result.timing.decisions });
}

describe('what it prints', () => {
  test('one JSON document with the promised fields', () => {
    const result = json(table(good), '--seeds', '3', '--sweep');
    expect(Object.keys(result)).toEqual([
      'schemaVersion',
      'table',
      'policies',
      'frontier',
      'timing',
    ]);
    expect(result.table).toEqual({
      name: 'table',
      requests: 40,
      usedRequests: 40,
      models: ['big', 'small'],
      leftOutModels: [],
      segments: 2,
      skippedLines: 0,
    });
    const thompson = result.policies.find(({ policy }) => policy === 'thompson')!;
    expect(Object.keys(thompson)).toEqual([
      'policy',
      'seeds',
      'quality',
      'costUsdPer1000',
      'utility',
      'hullGain',
      'hullGainLate',
      'shares',
    ]);
    expect(thompson.seeds).toBe(3);
    expect(thompson.shares['big']! + thompson.shares['small']!).toBeCloseTo(1, 12);
    expect(result.frontier!.map(({ policy }) => policy)).toContain('threshold');
    expect(result.frontier![0]!.points[0]!.willingnessToPayUsd).toBeNull();
    expect(result.frontier![0]!.apgr).toBeTypeOf('number');
  });

  test('the cost of an outcome without costUsd is tokens at list price', () => {
    const result = json(table(good), '--policy', 'fixed:big,fixed:small', '--seeds', '1');
    const costs = result.policies.map((policy) => policy.costUsdPer1000.mean);
    expect(costs[0]).toBeCloseTo(1000 * (100 * 10e-6 + 10 * 30e-6), 9);
    expect(costs[1]).toBeCloseTo(0.1, 9);
  });

  test('a table for people, and a report that is whole and needs no network', () => {
    const path = table(good);
    const report = join(folderOf(path), 'report.html');
    const { status, stdout } = thompsonite('replay', path, '--seeds', '2', '--report', report);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^policy +quality/m);
    expect(stdout).toMatch(/^thompson /m);
    const html = readFileSync(report, 'utf8');
    expect(html.match(/<svg/g)!.length).toBeGreaterThanOrEqual(4);
    expect(html).not.toMatch(/<script|<link|(?:src|href)="https?:/);
    expect(readdirSync(folderOf(path)).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  test('without a table it replays the built-in workload and says that it is synthetic', () => {
    const { status, stdout } = thompsonite(
      'replay',
      '--seeds',
      '1',
      '--limit',
      '300',
      '--policy',
      'thompson',
    );
    expect(status).toBe(0);
    expect(stdout).toMatch(/synthetic/i);
    const { table: summary } = json('--seeds', '1', '--limit', '300', '--policy', 'thompson');
    expect(summary.models.length).toBeGreaterThanOrEqual(6);
    expect(summary.segments).toBeGreaterThanOrEqual(8);
  });

  test('help and version', () => {
    expect(thompsonite('--help')).toMatchObject({ status: 0, stderr: '' });
    expect(thompsonite('replay', '--help').stdout).toMatch(/--willingness-to-pay-usd/);
    for (const [command, own, others] of [
      ['replay', /--willingness-to-pay-usd/, /--splits|--check|snapshot show/],
      ['forecast', /--splits/, /--policy|--check|snapshot show/],
      ['propensities', /--check/, /--policy|--splits|snapshot show/],
      ['snapshot', /snapshot show FILE/, /--policy|--splits|--check/],
    ] as const) {
      const { status, stdout } = thompsonite(command, '--help');
      expect(status).toBe(0);
      expect(stdout).toMatch(own);
      expect(stdout).toMatch(/Exit code/);
      expect(stdout).not.toMatch(others);
      expect(thompsonite('--help').stdout).toMatch(own);
    }
    expect(thompsonite('--version').stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(thompsonite().status).toBe(2);
  });
});

describe('reproducibility', () => {
  test('same seed, same bytes, whatever the chunk; another seed differs', () => {
    const path = table(good);
    const first = bytes(json(path, '--seeds', '4', '--seed', '9', '--sweep'));
    expect(bytes(json(path, '--seeds', '4', '--seed', '9', '--sweep'))).toBe(first);
    expect(
      bytes(json(path, '--seeds', '4', '--seed', '9', '--sweep', '--chunk-requests', '7')),
    ).toBe(first);
    expect(bytes(json(path, '--seeds', '4', '--seed', '10', '--sweep'))).not.toBe(first);
  });

  test('packed and plain tables give the same', () => {
    expect(bytes(json(table(good, 'table.jsonl.gz')))).toBe(bytes(json(table(good))));
  });
});

describe('bad lines are skipped, counted and told; --strict ends the run', () => {
  const bad: [string, string, RegExp][] = [
    ['broken JSON', '{"id": "b", "outcomes": {', /:3: the line must be one JSON object, got "\{/],
    [
      'NaN',
      line('b').replace('"quality":1', '"quality":NaN'),
      /:3: quality must be a finite number, got NaN/,
    ],
    [
      'an infinite number',
      line('b').replace('"quality":1', '"quality":1e999'),
      /:3: .*quality must be in \[0, 1\], got Infinity/,
    ],
    [
      'quality 1.2',
      line('b', { outcomes: { big: { quality: 1.2 } } }),
      /:3: outcomes\["big"\]\.quality must be in \[0, 1\], got 1\.2/,
    ],
    [
      'negative cost',
      line('b', { outcomes: { big: { quality: 1, costUsd: -1 } } }),
      /:3: outcomes\["big"\]\.costUsd must be in \[0, 1e9\], got -1/,
    ],
    [
      'no price and no cost',
      line('b', { outcomes: { other: { quality: 1, outputTokens: 5 } } }),
      /:3: outcomes\["other"\]\.costUsd must be given, because the models file has no price/,
    ],
    [
      'a price without tokens',
      line('b', { outcomes: { big: { quality: 1 } } }),
      /:3: outcomes\["big"\]\.outputTokens must be given where costUsd is not/,
    ],
    [
      'no samples',
      line('b', { outcomes: { big: [] } }),
      /:3: outcomes\["big"\] must be an outcome or a non-empty array/,
    ],
    ['a repeated id', line(ids[0]!), /:3: id must be unique in the file/],
    ['no object', '[1]', /:3: the line must be an object, got \[1\]/],
  ];

  test.each(bad)('%s', (_, badLine, message) => {
    const [one, two, ...rest] = good.split('\n');
    const path = table([one, two, badLine, ...rest].join('\n'));
    const lenient = thompsonite('replay', path, '--seeds', '1', '--policy', 'thompson', '--json');
    expect(lenient.status).toBe(0);
    expect(lenient.stderr).toMatch(message);
    const { table: summary } = JSON.parse(lenient.stdout) as ReplayResult;
    expect(summary).toMatchObject({ skippedLines: 1, requests: 40 });
    const strict = thompsonite('replay', path, '--strict', '--json');
    expect(strict).toMatchObject({ status: 1, stdout: '' });
    expect(strict.stderr).toMatch(message);
    expect(strict.stderr).not.toMatch(/\n\s+at /);
  });
});

describe('one clear sentence for what cannot be run', () => {
  const oneLine = (stderr: string) =>
    expect(stderr.trim().split('\n').length).toBeLessThanOrEqual(2);

  const unreadable: [string, () => string[], RegExp][] = [
    ['missing file', () => ['/no/such.jsonl'], /\/no\/such\.jsonl: no such file/],
    ['an empty table', () => [table('')], /table\.jsonl: holds no request that can be used/],
    [
      'a missing models file',
      () => [table(good), '--models', '/no/models.json'],
      /\/no\/models\.json: no such file/,
    ],
    ['broken models', () => [table(good, 'table.jsonl', '{')], /table\.models\.json: is not JSON/],
    [
      'a bad price',
      () => [
        table(
          good,
          'table.jsonl',
          '{"big":{"family":"f","usdPerMillionInputTokens":-1,"usdPerMillionOutputTokens":1}}',
        ),
      ],
      /models\["big"\]\.usdPerMillionInputTokens must be in \[0, 1e9\], got -1/,
    ],
    [
      'an empty models file',
      () => [table(good, 'table.jsonl', '{}')],
      /models must be an object of 1 to 4096 models, got "0 models"/,
    ],
    [
      'no model with enough quality',
      () => [table('{"id":"a","outcomes":{"big":{"costUsd":1}}}')],
      /no model with quality on at least 95 %/,
    ],
  ];

  test.each(unreadable)('%s: exit 1', (_, args, message) => {
    const { status, stdout, stderr } = thompsonite('replay', ...args());
    expect(stderr).toMatch(message);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    oneLine(stderr);
  });

  test('named .gz without being gzip, and cut off in the middle', () => {
    const path = files({ 'table.jsonl.gz': Buffer.from(good), 'table.models.json': MODELS });
    expect(thompsonite('replay', path).stderr).toMatch(/is named \.gz but does not hold gzip data/);
    const whole = readFileSync(table(good, 'table.jsonl.gz'));
    const cut = files({
      'table.jsonl.gz': whole.subarray(0, whole.length - 20),
      'table.models.json': MODELS,
    });
    expect(thompsonite('replay', cut)).toMatchObject({ status: 1, stdout: '' });
    expect(thompsonite('replay', cut).stderr).toMatch(/ends in the middle of its gzip data/);
  });

  const usage: [string[], RegExp][] = [
    [['--seeds', '0'], /--seeds must be a whole number in \[1, 1000\], got "0"/],
    [['--seeds', 'x'], /--seeds must be/],
    [['--seeds', '-3'], /--seeds must be a whole number in \[1, 1000\], got "-3"/],
    [['--seeds', '3', '--seeds', '4'], /--seeds must be given once/],
    [['--report', tmpdir()], /--report must name a file in a folder/],
    [['--report='], /--report must name a file in a folder/],
    [[''], /TABLE must be the name of a file, got ""/],
    [
      ['--willingness-to-pay-usd', '0'],
      /--willingness-to-pay-usd must be >= 1e-9 \(Infinity allowed\), got "0"/,
    ],
    [['--willingness-to-pay-usd', 'NaN'], /--willingness-to-pay-usd must be/],
    [['--exploration-scale=-1'], /--exploration-scale must be 0 or in \[0\.001, 1000\], got "-1"/],
    [['--half-life-requests', ''], /--half-life-requests must be/],
    [['--limit', '1.5'], /--limit must be a whole number/],
    [
      ['--policy', 'fixed:nope'],
      /--policy fixed: must be a model of the table \(.*gpt-4o.*\), got "nope"/,
    ],
    [['--policy', 'fixed:gpt-4ox3'], /; samples are written with the sign ×: fixed:gpt-4o×3\)/],
    [['--policy', 'best'], /--policy must be among thompson, .*, got "best"/],
    [['--policy', 'random,'], /--policy must be names separated by commas/],
    [['--polcy', 'random'], /Unknown option '--polcy'/],
    [['a.jsonl', 'b.jsonl'], /replay takes one TABLE, got 2/],
    [
      ['--report', '/no/such/folder/r.html'],
      /--report must name a file in a folder that can be written/,
    ],
    [['--models', 'm.json'], /--models needs a TABLE/],
  ];

  test.each(usage)('%j: exit 2', (args, message) => {
    const { status, stdout, stderr } = thompsonite('replay', ...args);
    expect(stderr).toMatch(message);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    oneLine(stderr);
  });

  test('a byte order mark is no part of the first line', () => {
    const { status, stderr } = thompsonite(
      'replay',
      table(`\uFEFF${good}`),
      '--strict',
      '--seeds',
      '1',
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  test('gzip data under a plain name, and an empty file under a packed one', () => {
    const packed = files({ 'table.jsonl': gzipSync(good), 'table.models.json': MODELS });
    expect(thompsonite('replay', packed).stderr).toMatch(/holds gzip data but is not named \.gz/);
    const empty = files({ 'table.jsonl.gz': Buffer.alloc(0), 'table.models.json': MODELS });
    expect(thompsonite('replay', empty).stderr).toMatch(/table\.jsonl\.gz: is empty/);
  });

  test('names that would command the terminal are shown as text', () => {
    const hostile = good.replaceAll('"small"', JSON.stringify('sm\u001b[31mall'));
    const { status, stdout } = thompsonite('replay', table(hostile), '--seeds', '1');
    expect(status).toBe(0);
    expect(stdout).not.toContain('\u001b');
  });

  test('a failed run leaves no report behind', () => {
    const path = table(good.replace('"quality":1', '"quality":2'));
    const report = join(folderOf(path), 'r.html');
    expect(thompsonite('replay', path, '--strict', '--report', report).status).toBe(1);
    expect(existsSync(report)).toBe(false);
  });

  test('an unknown command', () => {
    expect(thompsonite('replya')).toMatchObject({ status: 2, stdout: '' });
  });
});
