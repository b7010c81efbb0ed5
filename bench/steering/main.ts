/** Figures of docs/RESULTS.md on steering: forgetting, drift, budgets. Nothing is tuned here; see docs/MATH.md §26 to §28. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readTable } from '../../src/replay/readTable';
import { budget } from './budget';
import { ceiling } from './ceiling';
import { drift } from './drift';
import { halfLife } from './halfLife';

const { values, positionals } = parseArgs({
  options: { tables: { type: 'string' }, seeds: { type: 'string' } },
  allowPositionals: true,
});
const folder = values.tables ?? resolve(import.meta.dirname, '../../../shared/data');
const seeds = Number(values.seeds ?? 100);
const wanted = (name: string) => positionals.length === 0 || positionals.includes(name);

async function onTable(name: string, run: (table: Awaited<ReturnType<typeof readTable>>) => void) {
  const file = join(folder, `${name}.jsonl.gz`);
  if (!existsSync(file)) return console.log(`${name}: passed over, ${file} is not there`);
  run(
    await readTable(file, {
      modelsFile: undefined,
      limit: Infinity,
      strict: true,
      onBadLine: () => undefined,
    }),
  );
}

if (wanted('half-life')) await onTable('llmdrift', (table) => halfLife(table, Math.min(seeds, 20)));
if (wanted('drift')) await onTable('llmdrift', (table) => drift(table, seeds));
if (wanted('budget')) await onTable('paretobandit-val', (table) => budget(table, seeds));

if (wanted('ceiling'))
  await onTable('paretobandit-val', (table) => ceiling(table, Math.min(seeds, 50)));
