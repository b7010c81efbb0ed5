/**
 * Strategy: the command as a real process on logs that a router has just written: what it writes, where, with which exit code.
 * Not here: the replay of a log and every kind of bad line (test/router/log*.test.ts).
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { restoreRouterSync } from '../../src/index';
import { drive, logged } from '../router/sessions';
import { files, folderOf, thompsonite } from './run';

const CHANGES = {
  floor: { epsilon: 0.15, baseline: 'inverse-cost' },
  posterior: { halfLifeRequests: 100 },
} as const;
const DEFERRED = drive(logged(CHANGES), 1000);
const EXACT = drive(logged({ ...CHANGES, propensity: 'exact' }), 1000);
const LOG = DEFERRED.lines.join('');
const FILLED = [DEFERRED.lines[0], ...EXACT.lines.slice(1)].join('');
/** As the command writes it. */
const CHOSEN = DEFERRED.decisions.length.toLocaleString('en-US');

function log(text: string, name = 'log.jsonl'): string {
  return files({ [name]: text });
}

function propensities(...args: string[]) {
  return thompsonite('propensities', ...args);
}

describe('fills a log in', () => {
  test('on standard output, with the bits of mode exact', () => {
    const { status, stdout, stderr } = propensities(log(LOG));
    expect(stdout).toBe(FILLED);
    expect(status).toBe(0);
    const lines = stderr.split('\n');
    expect(lines[0]).toMatch(
      new RegExp(
        `^${CHOSEN} of [\\d,]+ decisions have their propensity; \\d+ without an eligible model\\.$`,
      ),
    );
    expect(lines[1]).toMatch(/^\d+ reports, 1 router, 0 lines skipped\.$/);
    expect(lines[2]).toMatch(
      /^Propensity: mean 0\.\d+, smallest 0\.\d+; effective sample size .* \d+\.$/,
    );
    const chosen = EXACT.decisions.map(({ propensity }) => propensity!);
    expect(lines[2]).toContain(`smallest ${Math.min(...chosen).toPrecision(4)};`);
    const weights = chosen.map((p) => 1 / p);
    const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
    const size = sum(weights) ** 2 / sum(weights.map((w) => w * w));
    expect(lines[2]).toMatch(new RegExp(` ${Math.round(size).toLocaleString('en-US')}\\.$`));
  });

  test('packed logs too, into files, packed where they are named so', () => {
    const path = log(LOG, 'log.jsonl.gz');
    const out = join(folderOf(path), 'filled.jsonl');
    expect(propensities(path, '--out', out)).toMatchObject({ status: 0, stdout: '' });
    expect(readFileSync(out, 'utf8')).toBe(FILLED);
    expect(propensities(path, '--out', `${out}.gz`).status).toBe(0);
    expect(gunzipSync(readFileSync(`${out}.gz`)).toString()).toBe(FILLED);
    expect(readdirSync(folderOf(path)).sort()).toEqual([
      'filled.jsonl',
      'filled.jsonl.gz',
      'log.jsonl.gz',
    ]);
  });

  test('in place only where that is asked for, whatever name it goes by', () => {
    const path = log(LOG);
    const link = join(folderOf(path), 'link.jsonl');
    symlinkSync(path, link);
    for (const out of [path, link]) {
      const { status, stderr } = propensities(path, '--out', out);
      expect([status, stderr.split('\n')[0]]).toEqual([
        2,
        'thompsonite: --out names LOG itself; add --overwrite if that is meant',
      ]);
    }
    expect(readFileSync(path, 'utf8')).toBe(LOG);
    expect(propensities(path, '--out', path, '--overwrite').status).toBe(0);
    expect(readFileSync(path, 'utf8')).toBe(FILLED);
  });

  test('larger than a pipe holds', () => {
    const { lines } = drive(logged(), 4000);
    const { status, stdout } = propensities(log(lines.join('')));
    expect(status).toBe(0);
    expect(stdout.split('\n')).toHaveLength(lines.length + 1);
  });
});

describe('checks a log', () => {
  test('and writes nothing', () => {
    for (const text of [LOG, FILLED]) {
      const { status, stdout, stderr } = propensities(log(text), '--check');
      expect([status, stdout]).toEqual([0, '']);
      expect(stderr).toMatch(new RegExp(`^${CHOSEN} of `));
    }
  });

  test('with exit code 1 where its replay gives something else', () => {
    const other = FILLED.replace(/"propensity":0\.\d/, '"propensity":0.0');
    const { status, stderr } = propensities(log(other), '--check');
    expect(status).toBe(1);
    expect(stderr).toMatch(/^bad line .*log\.jsonl:\d+: .* replayed, propensity is /);
    expect(stderr).toMatch(/; [\d,]+ not replayable\./);
  });
});

describe('bad lines', () => {
  const cut = LOG.slice(0, -30);

  test('are told, counted and left out; the rest is written', () => {
    const { status, stdout, stderr } = propensities(log(cut));
    expect(status).toBe(0);
    expect(stderr).toMatch(/^bad line .*log\.jsonl:\d+: the line must be one JSON object/);
    expect(stderr).toMatch(/, 1 line skipped\./);
    expect(FILLED.startsWith(stdout)).toBe(true);
  });

  test('end the run with --strict, and leave no file', () => {
    const path = log(cut);
    const out = join(folderOf(path), 'filled.jsonl');
    const { status, stdout, stderr } = propensities(path, '--strict', '--out', out);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^thompsonite: .*log\.jsonl:\d+: the line must be one JSON object/);
    expect(readdirSync(folderOf(path))).toEqual(['log.jsonl']);
  });

  test('are named ten at a time', () => {
    const { stderr } = propensities(log(LOG + 'x\n'.repeat(15)));
    expect(stderr.match(/^bad line .*\/log/gm)).toHaveLength(10);
    expect(stderr).toMatch(/^bad line 5 more lines$/m);
  });

  test('of a later version end the run', () => {
    const { status, stderr } = propensities(
      log(LOG.replace('"schemaVersion":1', '"schemaVersion":2')),
    );
    expect(status).toBe(1);
    expect(stderr).toMatch(/log\.jsonl:1: schemaVersion must be 1 for this program, got 2\n$/);
  });

  test.each([
    ['no log', '{"id":"a","outcomes":{}}\n'],
    ['nothing', ''],
  ])('a file that holds %s', (_, text) => {
    const path = log(text);
    const out = join(folderOf(path), 'filled.jsonl');
    const { status, stderr } = propensities(path, '--out', out);
    expect(status).toBe(1);
    expect(stderr).toMatch(/log\.jsonl: is no decision log: it holds no line of kind "router"\n$/);
    expect(existsSync(out)).toBe(false);
  });

  test('a log that goes on from another names it, and both together are filled', () => {
    const [first, lines] = [drive(logged(), 30), [] as string[]];
    const snapshot = first.router.snapshot();
    const log = (line: string) => lines.push(line);
    const router = restoreRouterSync(snapshot, { explorationScale: 2, instanceId: 'later', log });
    drive({ ...first, router }, 30, 2);
    const alone = propensities(files({ 'log.jsonl': lines.join('') }));
    expect(alone.status).toBe(1);
    expect(alone.stderr).toMatch(
      /log\.jsonl: goes on from the log of router test, .* give both as one file, that one first/,
    );
    const both = files({ 'log.jsonl': [...first.lines, ...lines].join('') });
    expect(propensities(both, '--check')).toMatchObject({ status: 0 });
  });

  test('an output that cannot be written', () => {
    const path = log(LOG);
    const out = join(folderOf(path), 'filled.jsonl');
    // Something is in the way of the part that is written first.
    mkdirSync(`${out}.part`);
    const { status, stderr } = propensities(path, '--out', out);
    expect(status).toBe(1);
    expect(stderr).toMatch(/filled\.jsonl: the filled log was not written: EISDIR/);
    expect(existsSync(out)).toBe(false);
  });

  test('a file that is not there', () => {
    const { status, stderr } = propensities('/nowhere/log.jsonl');
    expect([status, stderr]).toEqual([1, 'thompsonite: /nowhere/log.jsonl: no such file\n']);
  });
});

describe('a wrong command line', () => {
  test.each([
    [[], /propensities takes one LOG, got 0/],
    [['a', 'b'], /propensities takes one LOG, got 2/],
    [[''], /LOG must be the name of a file/],
    [['a', '--check', '--out', 'b'], /--check writes nothing, so it takes no --out/],
    [['a', '--overwrite'], /--overwrite needs --out/],
    [['a', '--out', '/nowhere/b'], /--out must name a file in a folder that can be written/],
    [['a', '--out', ''], /--out must name a file/],
    [['a', '--filled'], /Unknown option '--filled'/],
    [['a', '--strict', '--strict'], /--strict must be given once/],
  ])('%j', (args, message) => {
    const { status, stdout, stderr } = propensities(...args);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/See thompsonite --help\.\n$/);
  });

  test('help', () => {
    expect(propensities('--help')).toMatchObject({ status: 0, stderr: '' });
    expect(propensities('--help').stdout).toMatch(/thompsonite propensities LOG/);
  });
});
