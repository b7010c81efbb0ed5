/**
 * Chooses the settings of model rot: of each grid in rotSettings.ts the one with the least median requests to leave among those
 * whose regret is not above the library's, before the rot and in worlds that do not rot; of equals the one of least regret. Worlds of
 * seeds 1 to 40: compare.ts scores others.
 *
 * node scripts/run-live-bench.mjs rotChoice --python PYTHON
 */
import { parseArgs } from 'node:util';
import { BayesianRouter } from './bayesianRouter';
import { pythonOf } from './pythonOf';
import { libraryRow, rotWorlds, thompsoniteRow, type RotRow } from './rot';
import { ROT_KINDS } from './rotSettings';
import { tableText } from './tableText';

const SEEDS = Array.from({ length: 40 }, (_, i) => i + 1);

const { values } = parseArgs({
  options: { python: { type: 'string' }, all: { type: 'boolean', default: false } },
});
const library = BayesianRouter.find(pythonOf(values.python));
if (typeof library === 'string') throw new Error(library);

for (const kind of ROT_KINDS) {
  const worlds = rotWorlds(kind, SEEDS);
  const bars = kind.library.map((config) => libraryRow(kind, worlds, library, SEEDS, config));
  const rows = bars.map((row) => line('', row));
  for (const [family, settings] of Object.entries(kind.grid)) {
    const all = settings.map((setting) => thompsoniteRow(kind, worlds, SEEDS, setting));
    if (values.all) rows.push(...all.map((row) => line(family, row)));
    for (const bar of bars) {
      const [best] = all.filter((row) => noMoreRegret(row, bar)).sort(byRequestsThenRegret);
      rows.push(best ? line(`${family}: ${bar.contestant}`, best) : [family, 'none', '', '', '']);
    }
  }
  console.log(
    tableText(
      kind.name,
      ['chosen for the regret of', 'setting', 'requests', 'before', 'without'],
      rows,
    ),
  );
}

function noMoreRegret(row: RotRow, bar: RotRow): boolean {
  return (
    row.regretBeforeRot.mean <= bar.regretBeforeRot.mean &&
    row.regretWithoutRot.mean <= bar.regretWithoutRot.mean
  );
}

function byRequestsThenRegret(a: RotRow, b: RotRow): number {
  return (
    a.requestsToLeave.median - b.requestsToLeave.median ||
    a.regretWithoutRot.mean - b.regretWithoutRot.mean
  );
}

function line(of: string, row: RotRow): string[] {
  return [
    of,
    row.contestant,
    String(row.requestsToLeave.median),
    row.regretBeforeRot.mean.toFixed(5),
    row.regretWithoutRot.mean.toFixed(5),
  ];
}
