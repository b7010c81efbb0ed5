/**
 * This library beside the Python library `bayesian-router` on the same simulated worlds, whose answers are drawn beforehand: model
 * rot, cold start, reward per dollar. Prints tables; `--json FILE` writes what they are made of.
 *
 * Goals: requests to leave a rotten arm at most half of the library's at no more regret in peace; requests to learn with family or
 * experts' priors at most a third of those with uniform ones; more reward per dollar with the cost in the decision. No goal: speed
 * (throughput.ts).
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { describeMachine } from '../machine';
import { BayesianRouter } from './bayesianRouter';
import { compareColdStart, type ColdStartRow } from './coldStart';
import { compareCost, type CostRow } from './cost';
import type { MeanInterval } from './figures';
import { pythonOf } from './pythonOf';
import { compareRot, type RotRow } from './rot';
import { tableText } from './tableText';

const USAGE = `node scripts/run-live-bench.mjs compare [options]

  --seeds N         worlds of each kind (default 300)
  --python PYTHON   the Python that has bayesian-router (default: THOMPSONITE_BENCH_PYTHON, else build/peers/python, else python3)
  --json FILE       write all figures
  --help
`;

/** Worlds with seeds below are for choosing settings, those from here on for scores. */
const FIRST_SEED = 1001;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '300' },
    python: { type: 'string' },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
const count = Number(values.seeds);
if (!(Number.isInteger(count) && count >= 2 && count <= 100_000))
  throw new Error(`--seeds must be a whole number in [2, 100000], got ${values.seeds}`);
const seeds = Array.from({ length: count }, (_, i) => FIRST_SEED + i);

const found = BayesianRouter.find(pythonOf(values.python));
const library = typeof found === 'string' ? undefined : found;
const machine = describeMachine();
console.log(`${machine.processor}, ${machine.system}, ${machine.date}`);
console.log(typeof found === 'string' ? found : `beside ${JSON.stringify(found.versions)}`);
console.log(`${count} seeds, from ${FIRST_SEED}\n`);

const progress = (text: string) => {
  console.error(`… ${text}`);
};
const rot = compareRot(library, seeds, progress);
const coldStart = compareColdStart(library, seeds, progress);
const cost = compareCost(library, seeds, progress);

console.log(rotText(rot));
console.log(coldStartText(coldStart));
console.log(costText(cost));
if (values.json !== undefined) {
  const versions = library?.versions ?? found;
  const all = { machine, library: versions, seeds: [FIRST_SEED, count], rot, coldStart, cost };
  writeFileSync(values.json, `${JSON.stringify(all, undefined, 1)}\n`);
}

function rotText(rows: readonly RotRow[]): string {
  return tableText(
    'Model rot: the best of three arms (.93, .88, .80) falls to .60 at request 1,000',
    ['world', 'contestant', 'requests to leave (95 %)', 'regret before', 'regret without rot'],
    rows.map(({ world, contestant, requestsToLeave: { median, low, high }, ...regret }) => [
      world,
      contestant,
      `${median} (${low} – ${high})`,
      range(regret.regretBeforeRot, 4),
      range(regret.regretWithoutRot, 4),
    ]),
  );
}

function coldStartText(rows: readonly ColdStartRow[]): string {
  return tableText(
    'Cold start: requests to earn 90 % of the best arm’s reward',
    ['scenario', 'contestant', 'requests (95 %)'],
    rows.map(({ scenario, contestant, requests, low, high }) => [
      scenario,
      contestant,
      `${requests} (${low} – ${high})`,
    ]),
  );
}

function costText(rows: readonly CostRow[]): string {
  return tableText(
    'Reward per dollar: chat and code, three models, a right answer worth 0.05 USD',
    ['contestant', 'reward per USD', 'mean reward', 'USD per 1,000', 'utility'],
    rows.map(({ contestant, rewardPerUsd, meanReward, usdPerThousand, utility }) => [
      contestant,
      range(rewardPerUsd, 0),
      range(meanReward, 4),
      range(usdPerThousand, 2),
      range(utility, 4),
    ]),
  );
}

function range({ mean, low, high }: MeanInterval, digits: number): string {
  return `${mean.toFixed(digits)} ± ${((high - low) / 2).toFixed(digits)}`;
}
