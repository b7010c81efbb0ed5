/**
 * Strategy: every example runs as a program of its own, says nothing on the error stream, and prints a table or plot whose essential
 * facts are those it is there to show. Bounds are wide: what an example shows must hold, not a figure.
 * Not tested here: snippets of the README and docstrings (test/docs).
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');

/** The last row of the printed tables with these first cells, without them; cells are two spaces or more apart. */
type Cells = (...heads: string[]) => string[];

function run(name: string): { readonly text: string; readonly cells: Cells } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', `examples/${name}`],
    { encoding: 'utf8', cwd: ROOT },
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const rows = stdout.split('\n').map((line) => line.trim().split(/ {2,}/));
  const cells: Cells = (...heads) => {
    const row = rows.findLast((one) => heads.every((head, i) => one[i] === head));
    if (!row) throw new Error(`no row ${heads.join(', ')} in\n${stdout}`);
    return row.slice(heads.length);
  };
  return { text: stdout, cells };
}

const examples: Record<string, (printed: ReturnType<typeof run>) => void> = {
  'routing.ts': ({ cells }) => {
    const calls = (segment: string, model: string) => Number(cells(segment, model)[0]);
    const all = ['chat', 'code'].map((segment) =>
      ['small', 'medium', 'large'].map((model) => calls(segment, model)),
    );
    expect(all.flat().reduce((a, b) => a + b)).toBe(2000);
    // Chat needs no large model, code no small one.
    expect(calls('chat', 'large')).toBeLessThan(200);
    expect(calls('code', 'small')).toBeLessThan(200);
  },
  'anyClient.ts': ({ text, cells }) => {
    expect(text).toMatch(/gpt-like closed → open \(error\)/);
    expect(text).toMatch(/gpt-like half-open → closed \(trial-successes\)/);
    const [before, outage, after] = ['before', 'outage', 'after'].map((phase) =>
      cells(phase).map((cell) => Number.parseFloat(cell)),
    ) as [number[], number[], number[]];
    // Of the requests, those that the failing provider answered; nobody goes without an answer, or nearly so.
    expect(outage[1]).toBe(0);
    expect(before[1]! / before[0]!).toBeGreaterThan(0.5);
    expect(after[1]! / after[0]!).toBeGreaterThan(0.5);
    for (const [requests, , , unanswered] of [before, outage, after])
      expect(unanswered! / requests!).toBeLessThan(0.05);
    // Retry-After is heeded: two minutes cost a few calls, not one a request.
    expect(outage[5]).toBeLessThan(20);
  },
  'coldStart.ts': ({ cells }) => {
    const learned = (prior: string) => Number(cells(prior).at(-1));
    const uniform = learned('uniform: nothing is believed');
    // A third at most.
    expect(3 * learned('family: as good as their relatives')).toBeLessThanOrEqual(uniform);
    expect(3 * learned('experts’ guesses')).toBeLessThanOrEqual(uniform);
  },
  'bestOf.ts': ({ cells }) => {
    const [right, usd, utility, thrice] = cells('routed, up to three times').map((cell) =>
      Number.parseFloat(cell),
    ) as [number, number, number, number];
    const dear = cells('dear, asked once').map((cell) => Number.parseFloat(cell));
    // The cheap model asked three times is right more often than the dear one, at a third of its cost or less.
    expect(thrice).toBeGreaterThan(70);
    expect(right).toBeGreaterThan(dear[0]!);
    expect(3 * usd).toBeLessThan(dear[1]!);
    expect(utility).toBeGreaterThan(dear[2]! + 0.05);
    expect(cells('0.8')).toEqual(['cheap × 3']);
    expect(cells('0.95')).toEqual(['dear × 1']);
  },
  'modelRot.ts': ({ text, cells }) => {
    expect(text).toMatch(/100 % ┤/);
    const [soon, lostLittle] = cells('half-life of 100 requests').map(Number) as [number, number];
    const [late, lostMuch] = cells('forgets nothing') as [string, string];
    expect(soon).toBeLessThan(120);
    expect(late === 'never' || Number(late) > soon).toBe(true);
    expect(Number(lostMuch)).toBeGreaterThan(1.5 * lostLittle);
  },
  'shadow.ts': ({ text, cells }) => {
    expect(text).toMatch(/served by (cheap|trusted) \(\d+\) and (cheap|trusted) \(\d+\)\n/);
    const [pairs, difference, interval] = cells('candidate') as [string, string, string];
    expect(Number(pairs)).toBeGreaterThan(300);
    const [low, high] = interval.split(' – ').map(Number) as [number, number];
    expect(low).toBeLessThan(Number(difference));
    expect(high).toBeGreaterThan(Number(difference));
    expect(low).toBeGreaterThan(0);
    const learned = (model: string) => Number(cells('code', model)[0]);
    expect(learned('candidate')).toBeGreaterThan(learned('trusted'));
  },
};

describe.each(Object.entries(examples))('%s', (name, check) => {
  test('shows what it is there to show', () => {
    check(run(name));
  });
});

test('no example is left out', () => {
  const files = readdirSync(resolve(ROOT, 'examples')).filter((name) => name.endsWith('.ts'));
  expect(files.sort()).toEqual(Object.keys(examples).sort());
});
