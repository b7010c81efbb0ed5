/** The long soak (bench/live/soak/soak.ts): `node scripts/run-live-bench.mjs soak [--requests N] [--seed N] [--restart N] [--json FILE]`. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { describeMachine } from '../machine';
import { replicaSoak } from './soak/replicas';
import { soak } from './soak/soak';
import { tableText } from './tableText';

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
    restart: { type: 'string', default: '50000' },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(
    'node scripts/run-live-bench.mjs soak [--requests N] [--seed N] [--restart N] [--json FILE]',
  );
  process.exit(0);
}
const requests = Number(values.requests);
const restartEvery = Number(values.restart);
const seed = Number(values.seed);
const started = process.cpuUsage();
const results = [2000, Infinity].map((halfLifeRequests) => ({
  halfLifeRequests,
  ...soak({ requests, seed, storm: 28_000, calm: 14_000, halfLifeRequests, restartEvery }),
}));
const merging = replicaSoak({
  requests: Math.ceil(requests / 3),
  seed,
  storm: 28_000,
  calm: 14_000,
  restartEvery,
  mergeEvery: 10_000,
});
const { user, system } = process.cpuUsage(started);
const heads = ['', ...results.map(({ halfLifeRequests }) => `half-life ${halfLifeRequests}`)];
const rows = Object.keys(results[0]!).map((key) => [
  key,
  ...results.map((result) => {
    const value = (result as unknown as Record<string, unknown>)[key];
    return typeof value === 'object' ? JSON.stringify(value) : String(value);
  }),
]);
console.log(tableText(`Soak, ${requests} requests, seed ${seed}`, heads, rows));
const { replicas, ...merged } = merging;
console.log(`Three replicas, ${Math.ceil(requests / 3)} requests each: ${JSON.stringify(merged)}`);
console.log(`${((user + system) / 1e6).toFixed(1)} s of CPU`);
if (values.json !== undefined)
  writeFileSync(
    values.json,
    `${JSON.stringify({ machine: describeMachine(), results, merging }, undefined, 1)}\n`,
  );
if (
  [...results, ...replicas].some(({ equalBytes, stuck }) => !equalBytes || stuck > 0) ||
  merged.largestRelativeError > 1e-12
)
  process.exit(1);
