/**
 * Strategy: every work of the contestants written in TypeScript runs at a tiny size, so that it never rots, and they agree on
 * what they compute; the arithmetic of ratios and verdicts is checked on made-up times; a contestant that is absent is named.
 * Not tested here: speed, which has no place in tests, and what numpy and Rust compute, which the benchmark itself compares.
 */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { CASES, nameOf, type BenchCase } from '../../bench/cases';
import { coldStart } from '../../bench/coldStart';
import { runCase } from '../../bench/contest';
import { plainWorks } from '../../bench/contestants/plainWorks';
import { stdlibWorks } from '../../bench/contestants/stdlibWorks';
import { thompsoniteWorks } from '../../bench/contestants/thompsoniteWorks';
import { unitAt } from '../../bench/data';
import { readOptions } from '../../bench/options';
import { startProcess, type Absent, type Contestant } from '../../bench/peers/lineProcess';
import { ratiosOf, spreadOf } from '../../bench/quantiles';
import { FIGURES } from '../../bench/report/figures';
import { resultsMarkdown } from '../../bench/report/markdown';
import { aimsText, caseText } from '../../bench/report/text';
import { kernelSize } from '../../bench/sizes';
import { judge } from '../../bench/verdicts';
import { doTurn, nextRepetitions, type Works } from '../../bench/works';
import { renderSvg } from '../../src/replay/report/renderSvg';

const ROUNDS = { shortWarmUps: 0, warmUps: 1, counted: 4, leastNanoseconds: 0 };

/** Rows of the regressions here: the agreement of the sums is the same at any size. */
const FEW_ROWS = 300;

/** A case that runs in milliseconds. Fewer draws lie further apart: six standard errors grow with their root. */
function tiny(one: BenchCase): BenchCase {
  const operations = Math.min(one.operations, one.work === 'replay' ? 4000 : 2000);
  const random = /draw|decision/.test(one.unit) && one.work !== 'replay';
  return {
    ...one,
    operations,
    parameters: { ...one.parameters, ...(one.parameters['rows'] ? { rows: FEW_ROWS } : {}) },
    tolerance: one.tolerance * (random ? Math.sqrt(one.operations / operations) : 1),
  };
}

/** A contestant in this process. */
function here(name: string, works: Works): Contestant {
  return {
    name,
    versions: {},
    take: (turn) => Promise.resolve(doTurn(works, turn)),
    close: () => undefined,
  };
}

const contestants: readonly (Contestant | Absent)[] = [
  here('thompsonite', thompsoniteWorks),
  here('plain', plainWorks),
  here('stdlib', stdlibWorks),
  { name: 'numpy', absent: 'no Python here' },
];

test.each(CASES.map((one) => [one.id, one] as const))('%s: contestants agree', async (_, one) => {
  const judged = judge(await runCase(tiny(one), contestants, ROUNDS));
  expect(judged.disagreeing).toEqual([]);
  const scripted = one.entrants.filter(
    ({ process }) => process === 'plain' || process === 'stdlib',
  );
  const timed = judged.lines.map(({ entrant }) => entrant);
  for (const entrant of scripted) expect(timed).toContain(entrant);
  for (const { nanoseconds } of judged.lines) expect(nanoseconds.min).toBeGreaterThanOrEqual(0);
});

test('an absent contestant is named with the reason, and its aims are not measured', async () => {
  const one = tiny(CASES.find(({ id }) => id === 'argmax')!);
  const judged = judge(await runCase(one, contestants, ROUNDS));
  expect(caseText(judged)).toContain('numpy expression, numpy in place: not timed, no Python here');
  expect(aimsText([judged])).toMatch(/Argmax.*numpy expression.*peer absent/);
});

test('ratios are made round by round, and their spread is by quartiles', () => {
  expect(spreadOf([4, 1, 3, 2, 5])).toEqual({ min: 1, lower: 2, median: 3, upper: 4, max: 5 });
  expect(spreadOf([1, 2]).median).toBe(1.5);
  // Medians alone would give 20/2 = 10.
  expect(ratiosOf([10, 20, 90], [1, 4, 2])).toMatchObject({ min: 5, median: 10, max: 45 });
  expect(ratiosOf([12, 20, 90], [1, 5, 2])).toMatchObject({ min: 4, median: 12, max: 45 });
});

/** A result of made-up times: ours, then numpy's two generators. */
function madeUp(ours: number, pcg: number, sfc: number, checksum = 0.5) {
  const one = CASES.find(({ id }) => id === 'beta-8-3')!;
  const times = new Map([
    ['thompsonite table', ours],
    ['numpy PCG64', pcg],
    ['numpy SFC64', sfc],
  ]);
  const timed = one.entrants.flatMap((entrant) => {
    const time = times.get(nameOf(entrant, one.work));
    if (time === undefined) return [];
    return [
      {
        entrant,
        nanoseconds: [time, time, time],
        checksums: [entrant.variant === 'SFC64' ? checksum : 0.5],
      },
    ];
  });
  return judge({ case: one, timed, notTimed: [] });
}

test('each aim is judged against its peer', () => {
  const [first, second] = madeUp(2, 60, 28).verdicts;
  expect(first).toMatchObject({ reached: 'goal', line: { entrant: { variant: 'PCG64' } } });
  expect(second).toMatchObject({ reached: 'floor', line: { entrant: { variant: 'SFC64' } } });
  expect(second!.line!.ratio!.median).toBe(14);
  expect(madeUp(2, 23, 30).verdicts[0]!.reached).toBe('missed');
});

test('a contestant that computed something else is shown up', () => {
  const judged = madeUp(2, 60, 28, 0.6);
  expect(judged.disagreeing).toEqual([{ process: 'numpy', variant: 'SFC64' }]);
  expect(caseText(judged)).toMatch(/numpy SFC64: CHECKSUM DIFFERS/);
});

test('the page and its plots are made, with absent contestants and without', async () => {
  const judged = [madeUp(2, 60, 28), judge({ case: CASES.at(-1)!, timed: [], notTimed: [] })];
  const page = resultsMarkdown({
    machine: { processor: 'P', cores: 2, system: 'S', date: '2026-01-02' },
    contestants,
    judged,
    limits: { size: kernelSize(), coldStart: spreadOf([0.5]) },
    rounds: ROUNDS,
  });
  expect(page).toContain('numpy: absent, no Python here');
  expect(page).toMatch(/Beta\(8, 3\).*\*\*14\.0\*\*.*12\.0.*15\.0/);
  for (const { plot } of FIGURES) expect(await renderSvg(plot(judged))).toMatch(/^<svg/);
});

test('short jobs are repeated until they fill a turn', () => {
  expect(nextRepetitions(1, 1000, 5000)).toBe(5);
  expect(nextRepetitions(4, 5000, 5000)).toBe(4);
  expect(nextRepetitions(1, 1, 5000)).toBe(10);
});

test('data is a hash that other languages can repeat', () => {
  expect([unitAt(0, 0), unitAt(1, 1), unitAt(99_999, 7)]).toMatchInlineSnapshot(`
    [
      1.1641532182693481e-10,
      0.5883937728358433,
      0.6017957703443244,
    ]
  `);
});

const ECHO = `
  console.log(JSON.stringify({ versions: { Echo: '1' } }));
  require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
    const turn = JSON.parse(line);
    if (turn.work === 'die') process.exit(3);
    console.log(JSON.stringify({ nanoseconds: 7, operations: turn.operations, checksum: 1 }));
  });`;

test('a process takes turns, and one that ends in the middle refuses', async () => {
  const program = { program: process.execPath, arguments: ['-e', ECHO] };
  const started = await startProcess('echo', program);
  if (!('take' in started)) throw new Error(started.absent);
  expect(started.versions).toEqual({ Echo: '1' });
  const turn = {
    case: 'c',
    work: 'w',
    variant: 'v',
    parameters: {},
    operations: 5,
    leastNanoseconds: 0,
  };
  expect(await started.take(turn)).toEqual({ nanoseconds: 7, operations: 5, checksum: 1 });
  expect(await started.take({ ...turn, work: 'die' })).toEqual({
    refused: 'its process has ended',
  });
  expect(await started.take(turn)).toEqual({ refused: 'its process has ended' });
});

test('a program that is not on the machine, or says that it cannot, is absent', async () => {
  const missing = await startProcess('numpy', { program: 'no-such-program-here', arguments: [] });
  expect(missing).toMatchObject({ name: 'numpy', absent: expect.stringContaining('ENOENT') });
  const lacking = 'console.log(JSON.stringify({ absent: "no numpy; pip install numpy" }))';
  const started = startProcess('numpy', { program: process.execPath, arguments: ['-e', lacking] });
  expect(await started).toEqual({ name: 'numpy', absent: 'no numpy; pip install numpy' });
});

test.skipIf(spawnSync('python3', ['--version']).status !== 0)(
  'the Python peer greets, with or without numpy (skipped where there is no python3)',
  async () => {
    const script = resolve(import.meta.dirname, '../../bench/peers/numpyPeer.py');
    const started = await startProcess('numpy', { program: 'python3', arguments: [script] });
    if ('absent' in started) expect(started.absent).toMatch(/pip install numpy scikit-learn/);
    else expect(started.versions['numpy']).toBeDefined();
    if ('close' in started) started.close();
  },
);

test('options pick cases and refuse to record half a run', () => {
  expect(readOptions(['--only', '^beta-8']).cases.map(({ id }) => id)).toEqual(['beta-8-3']);
  expect(readOptions(['--quick', '--rounds', '7']).rounds.counted).toBe(7);
  expect(() => readOptions(['--only', 'xyz'])).toThrow('--only xyz matches no case');
  expect(() => readOptions(['--write', '--quick'])).toThrow(/whole run/);
  expect(() => readOptions(['--rounds', '0'])).toThrow(
    'must be a whole number in [1, 1000], got 0',
  );
});

test('every case has an id of its own, and its aims are among its entrants', () => {
  expect(new Set(CASES.map(({ id }) => id)).size).toBe(CASES.length);
  for (const { entrants, aims } of CASES) {
    expect(entrants[0].process).toBe('thompsonite');
    for (const { peers } of aims) for (const peer of peers) expect(entrants).toContainEqual(peer);
  }
});

test('cold start: fresh processes instantiate the kernel', () => {
  const { min, median, max } = coldStart(2);
  expect(min).toBeGreaterThan(0);
  expect(median).toBeGreaterThanOrEqual(min);
  expect(max).toBeGreaterThanOrEqual(median);
});
