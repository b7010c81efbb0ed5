/**
 * Strategy: both commands that write a report, as real processes, told to write it over what they read, by every name that leads there.
 * What a good report holds is tested with each command.
 */
import { linkSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { files, folderOf, line, MODELS, thompsonite } from './run';

const TABLE = `${Array.from({ length: 12 }, (_, i) => line(`r${i}`, { prompt: `p ${i}` })).join('\n')}\n`;

/** A fresh folder with a table and its models file. */
function folder(): (name: string) => string {
  const home = folderOf(files({ 'table.jsonl': TABLE, 'table.models.json': MODELS }));
  mkdirSync(join(home, 'deeper'));
  symlinkSync(home, join(home, 'deeper', 'home'));
  symlinkSync(join(home, 'table.jsonl'), join(home, 'soft.html'));
  linkSync(join(home, 'table.models.json'), join(home, 'hard.html'));
  linkSync(join(home, 'table.jsonl'), join(home, 'next.html.part'));
  writeFileSync(join(home, 'given.json'), MODELS);
  return (name) => join(home, name);
}

describe.each(['forecast', 'replay'])('%s', (command) => {
  test.each([
    ['table.jsonl', 'TABLE'],
    ['deeper/home/table.jsonl', 'TABLE'],
    ['soft.html', 'TABLE'],
    ['next.html', 'TABLE'],
    ['table.models.json', 'the models file'],
    ['hard.html', 'the models file'],
    ['given.json', 'the models file', '--models'],
  ])('writes no report to %s', (report, name, ...models) => {
    const at = folder();
    const { status, stdout, stderr } = thompsonite(
      command,
      at('table.jsonl'),
      '--report',
      at(report),
      ...models.flatMap((option) => [option, at('given.json')]),
    );
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(new RegExp(`^thompsonite: --report names ${name} itself\n`));
    expect(readFileSync(at('table.jsonl'), 'utf8')).toBe(TABLE);
    for (const file of ['table.models.json', 'given.json'])
      expect(readFileSync(at(file), 'utf8')).toBe(MODELS);
  });
});
