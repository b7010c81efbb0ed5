/**
 * Strategy: the command as a real process on small tables: what it prints, where, with which exit code. What the scores mean is tested in
 * test/replay/forecast; recorded tables are forecast in forecastRecorded.test.ts.
 */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Generator } from '../../src/random/generator';
import type { ForecastResult } from '../../src/replay/forecast/result';
import { files, folderOf, thompsonite } from './run';

const FAMILY = { a1: 'a', a2: 'a', a3: 'a', b: 'b' };
const MODELS = JSON.stringify(
  Object.fromEntries(
    Object.entries(FAMILY).map(([model, family]) => [
      model,
      { family, usdPerMillionInputTokens: 1, usdPerMillionOutputTokens: 2 },
    ]),
  ),
);
const WORDS = ['list', 'prove', 'explain', 'code', 'why', 'haiku', 'sum', 'translate'];
const generator = new Generator(1, 0);

/** A request; longer prompts get longer answers. Fields given replace the good ones. */
function line(i: number, changes: object = {}): string {
  const words = Array.from({ length: 1 + (i % 9) }, () => WORDS[generator.index(8)]!);
  const tokens = () => Math.ceil(20 * (1 + words.length) * (0.5 + generator.unit()));
  return JSON.stringify({
    id: `r${i}`,
    prompt: `${words.join(' ')} ${i}`,
    outcomes: Object.fromEntries(
      Object.keys(FAMILY).map((model) => [model, { outputTokens: tokens() }]),
    ),
    ...changes,
  });
}

const lines = Array.from({ length: 60 }, (_, i) => line(i));
const good = `${lines.join('\n')}\n`;

function table(text: string, name = 'table.jsonl', models = MODELS): string {
  return files({ [name]: text, 'table.models.json': models });
}

function json(...args: string[]): ForecastResult {
  const { status, stdout, stderr } = thompsonite('forecast', ...args, '--json');
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return JSON.parse(stdout) as ForecastResult;
}

describe('what it prints', () => {
  test('one JSON document with the promised fields', () => {
    const result = json(table(good), '--splits', '2');
    expect(result.schemaVersion).toBe(1);
    expect(result.table).toEqual({
      name: 'table',
      requests: 60,
      skippedLines: 0,
      requestsWithoutPrompt: 0,
      outcomesWithoutTokens: 0,
      zeroTokenRows: 0,
      prompts: 60,
      rows: 240,
      models: 4,
      families: 2,
    });
    const overall = [
      'maeTokens',
      'maeConstantMedian',
      'logR2',
      'coverage95',
      'coverage80',
      'coverage50',
      'crps',
    ];
    for (const scores of [result.overall, ...Object.values(result.models)])
      for (const name of overall) expect(scores, name).toHaveProperty(name, expect.any(Number));
    expect(Object.keys(result.models)).toEqual(Object.keys(FAMILY));
    for (const name of [
      'rowsToConvergePooled',
      'rowsToConvergeUnpooled',
      'maeAtZeroRows',
      'maeAtZeroRowsUnpooled',
    ])
      expect(result.coldStart, name).toHaveProperty(name, expect.any(Number));
    expect(result.evaluation).toMatchObject({ splits: 2, trainingRows: 144, heldOutRows: 48 });
  });

  test('tables for people', () => {
    const { status, stdout, stderr } = thompsonite('forecast', table(good), '--splits', '1');
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^240 answers of 4 models in 2 families to 60 prompts\.$/m);
    expect(stdout).toMatch(/^Left out: nothing\.$/m);
    for (const row of ['pooled', 'unpooled ridge', 'constant median', 'constant mean', 'b'])
      expect(stdout).toMatch(new RegExp(`^${row} +\\d`, 'm'));
    expect(stdout).toMatch(/^ 50 % +\d+\.\d % .*[*|o]/m);
    expect(stdout).toMatch(/^rows of the new model +pooled MAE/m);
    expect(Math.max(...stdout.split('\n').map((text) => text.length))).toBeLessThanOrEqual(125);
  });

  test('one of a kind is told in the singular', () => {
    const text = lines.map((one, i) =>
      JSON.stringify({
        ...(JSON.parse(one) as object),
        outcomes: { b: { outputTokens: 5 + (i % 3) } },
      }),
    );
    const { stdout } = thompsonite('forecast', table(text.join('\n')), '--splits', '1');
    expect(stdout).toMatch(/^60 answers of 1 model in 1 family to 60 prompts\.$/m);
    expect(stdout).toMatch(/^One shuffle by prompt, of seed 1: 60 % trained on, .* held out\.$/m);
    expect(stdout).not.toMatch(/\b1 \w+s\b/);
  });

  test.each([0, 7])('answers of always %d tokens are covered, without errors', (outputTokens) => {
    const text = lines.map((one) =>
      JSON.stringify({ ...(JSON.parse(one) as object), outcomes: { b: { outputTokens } } }),
    );
    const path = table(text.join('\n'));
    const { overall, baselines, reliability } = json(path, '--splits', '2');
    for (const scores of [overall, baselines.constant, baselines.unpooledRidge]) {
      expect(scores.coverage50).toBe(1);
      expect(scores.coverage95).toBe(1);
    }
    expect(reliability.find(({ nominal }) => nominal === 0)!.observed).toBe(0);
    expect(thompsonite('forecast', path, '--splits', '2').stdout).not.toMatch(/0\.00000/);
  });

  test('a report that is whole and needs no network', () => {
    const path = table(good);
    const report = join(folderOf(path), 'report.html');
    const { status, stdout } = thompsonite('forecast', path, '--splits', '1', '--report', report);
    expect([status, stdout.split('\n').at(-2)]).toEqual([0, `Report: ${report}`]);
    const html = readFileSync(report, 'utf8');
    expect(html.match(/<svg/g)).toHaveLength(2);
    expect(html).not.toMatch(/<script|<link|(?:src|href)="https?:|NaN|undefined/);
    expect(readdirSync(folderOf(path)).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  test('names of strangers stay text', () => {
    const hostile = '<img src=x onerror=alert(1)>\u202E';
    const text = lines.map((one) => one.replace('"b":', `${JSON.stringify(hostile)}:`)).join('\n');
    const path = table(text);
    const report = join(folderOf(path), 'report.html');
    const { status, stdout } = thompsonite('forecast', path, '--splits', '1', '--report', report);
    expect(status).toBe(0);
    expect(stdout).not.toContain('\u202E');
    expect(readFileSync(report, 'utf8')).not.toMatch(/<img|\u202E/);
  });

  test('help', () => {
    expect(thompsonite('forecast', '--help')).toMatchObject({ status: 0, stderr: '' });
    expect(thompsonite('--help').stdout).toMatch(/thompsonite forecast TABLE/);
  });
});

describe('reproducibility', () => {
  test('same seed, same bytes; another seed differs; packed tables give the same', () => {
    const first = thompsonite('forecast', table(good), '--json', '--seed', '3', '--splits', '2');
    for (const path of [table(good), table(good, 'table.jsonl.gz')])
      expect(thompsonite('forecast', path, '--json', '--seed', '3', '--splits', '2')).toEqual(
        first,
      );
    const other = thompsonite('forecast', table(good), '--json', '--seed', '4', '--splits', '2');
    expect(other.stdout).not.toBe(first.stdout);
  });

  test('the validation part is another one', () => {
    const [test, validation] = ['test', 'validation'].map((part) =>
      json(table(good), '--splits', '1', '--held-out', part),
    );
    expect(validation!.evaluation.heldOut).toBe('validation');
    expect(validation!.overall.maeTokens).not.toBe(test!.overall.maeTokens);
    expect(validation!.evaluation.heldOutRows).toBe(test!.evaluation.heldOutRows);
  });

  test('requests with a time are split once, by it', () => {
    const timed = lines.map((one, i) => one.replace('{', `{"at":${(i * 7) % 60},`)).join('\n');
    const result = json(table(timed));
    expect(result.evaluation).toMatchObject({ splits: 1, order: 'by time' });
    expect(json(table(timed), '--seed', '8').overall).toEqual(result.overall);
    const { status, stderr } = thompsonite('forecast', table(timed), '--splits', '3');
    expect([status, stderr]).toEqual([
      0,
      'thompsonite: --splits is ignored: every request has its "at", so the table is split once, by time\n',
    ]);
  });
});

describe('what is missing is left out, counted and told', () => {
  test('prompts, tokens and lines', () => {
    const outcomes = {
      a1: {},
      a2: { outputTokens: 0 },
      b: [{ outputTokens: 5 }, { outputTokens: 9 }],
    };
    const text = [
      ...lines,
      line(60, { prompt: undefined }),
      line(61, { outcomes }),
      '{',
      line(1),
    ].join('\n');
    const { status, stdout, stderr } = thompsonite(
      'forecast',
      table(text),
      '--splits',
      '1',
      '--json',
    );
    expect(status).toBe(0);
    expect((JSON.parse(stdout) as ForecastResult).table).toMatchObject({
      requests: 62,
      skippedLines: 2,
      requestsWithoutPrompt: 1,
      outcomesWithoutTokens: 1,
      zeroTokenRows: 1,
      prompts: 61,
      rows: 242,
    });
    expect(stderr).toMatch(/^skipped .*table\.jsonl:63: the line must be one JSON object/m);
    expect(stderr).toMatch(/^skipped .*table\.jsonl:64: id must be unique in the file/m);
    const shown = thompsonite('forecast', table(text), '--splits', '1').stdout;
    expect(shown).toMatch(
      /^Left out: 1 request without a prompt, 1 outcome without a count of tokens, 2 bad lines\. 1 empty answer counts as half a token in logarithms and intervals\.$/m,
    );
    const strict = thompsonite('forecast', table(text), '--strict');
    expect([strict.status, strict.stdout]).toEqual([1, '']);
    expect(strict.stderr).toMatch(/^thompsonite: .*table\.jsonl:63: /);
  });

  test('families: without three of one there is no cold start', () => {
    const path = files({ 'table.jsonl': good });
    expect(json(path, '--splits', '1').coldStart).toMatchObject({
      rowsToConvergePooled: null,
      rowsToConvergeUnpooled: null,
      maeAtZeroRows: null,
      maeAtZeroRowsUnpooled: null,
      modelsLeftOut: 0,
      curve: [],
    });
    expect(thompsonite('forecast', path, '--splits', '1').stdout).toMatch(
      /no family has three models/,
    );
  });
});

describe('the sentence encoder', () => {
  const ROOT = resolve(import.meta.dirname, '../..');

  test.skipIf(!existsSync(join(ROOT, 'node_modules/@energetic-ai/embeddings')))(
    'takes the place of the hashed words',
    () => {
      const few = table(lines.slice(0, 20).join('\n'));
      const result = json(few, '--splits', '1', '--encoder', 'energetic');
      expect(result.evaluation.encoder).toBe('energetic');
      expect(result.overall.maeTokens).not.toBe(json(few, '--splits', '1').overall.maeTokens);
    },
  );

  test('is told to be missing before anything is read', () => {
    const home = mkdtempSync(join(tmpdir(), 'thompsonite-'));
    cpSync(join(ROOT, 'package.json'), join(home, 'package.json'));
    cpSync(join(ROOT, 'dist'), join(home, 'dist'), { recursive: true });
    mkdirSync(join(home, 'node_modules'));
    for (const name of readdirSync(join(ROOT, 'node_modules')))
      if (name !== '@energetic-ai')
        symlinkSync(join(ROOT, 'node_modules', name), join(home, 'node_modules', name));
    const args = [join(home, 'dist/cli/main.js'), 'forecast', '/no/such.jsonl'];
    const run = (...more: string[]) =>
      spawnSync(process.execPath, [...args, ...more], { encoding: 'utf8' });
    expect(run().stderr).toMatch(/no such file/);
    const { status, stderr } = run('--encoder', 'energetic');
    expect(status).toBe(2);
    expect(stderr).toMatch(/^thompsonite: --encoder energetic needs the packages @energetic-ai/);
  });
});

describe('one clear sentence for what cannot be run', () => {
  test.each([
    ['no file', () => '/no/such.jsonl', /\/no\/such\.jsonl: no such file$/],
    ['no lines', () => table(''), /table\.jsonl: (is empty|holds no request that can be used)$/],
    [
      'no prompts',
      () => table(Array.from({ length: 12 }, (_, i) => line(i, { prompt: undefined })).join('\n')),
      /table\.jsonl: holds no prompts: none of its 12 requests has the field "prompt"$/,
    ],
    [
      'no tokens',
      () =>
        table(
          Array.from({ length: 12 }, (_, i) => line(i, { outcomes: { b: { quality: 1 } } })).join(
            '\n',
          ),
        ),
      /table\.jsonl: must hold at least 10 different prompts with outputTokens, got 0$/,
    ],
    [
      'too few prompts',
      () => table(lines.slice(0, 9).join('\n')),
      /at least 10 different prompts with outputTokens, got 9$/,
    ],
    [
      'negative tokens and nothing else',
      () => table(line(0, { outcomes: { b: { outputTokens: -1 } } })),
      /table\.jsonl: holds no request that can be used$/,
    ],
    ['broken models', () => table(good, 'table.jsonl', '{'), /table\.models\.json: is not JSON/],
  ])('%s', (_, make, message) => {
    const { status, stdout, stderr } = thompsonite('forecast', make(), '--json');
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr.trim().split('\n').at(-1)).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});

describe('a wrong command line', () => {
  test.each([
    [[], /forecast takes one TABLE, got 0/],
    [['a', 'b'], /forecast takes one TABLE, got 2/],
    [[''], /TABLE must be the name of a file/],
    [['a', '--splits', '0'], /--splits must be a whole number in \[1, 1000\], got "0"/],
    [['a', '--seed', '-1'], /--seed must be a whole number in \[0, 2147483647\], got "-1"/],
    [['a', '--limit', 'x'], /--limit must be a whole number in .*, got "x"/],
    [['a', '--encoder', 'bert'], /--encoder must be hashed or energetic, got "bert"/],
    [['a', '--held-out', 'all'], /--held-out must be test or validation, got "all"/],
    [
      ['a', '--report', '/nowhere/r.html'],
      /--report must name a file in a folder that can be written/,
    ],
    [['a', '--policy', 'thompson'], /Unknown option '--policy'/],
    [['a', '--json', '--json'], /--json must be given once/],
  ])('%j', (args, message) => {
    const { status, stdout, stderr } = thompsonite('forecast', ...args);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/See thompsonite --help\.\n$/);
    expect(existsSync('/nowhere')).toBe(false);
  });
});
