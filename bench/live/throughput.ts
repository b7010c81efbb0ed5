/**
 * A router at work, one thread: 8 arms, tickets, breakers, deferred propensities. Select + report pairs a second with their slowest
 * hundredth and the heap over ten million of them; beside `bayesian-router` in turns; exact propensities for posteriors alike;
 * batches against its select.
 *
 * Goals: >= 300,000 pairs a second, p99 <= 20 µs, a flat heap; >= 3 times the library's pairs; >= 30,000 exact propensities a second;
 * `selectBatch` with common posteriors >= 40 times its select. Times are of the CPU, but for the slowest hundredth, which is of the clock.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { createRouterSync, type Router, type RouterOptions } from '../../src/index';
import { Generator } from '../../src/random/generator';
import { describeMachine } from '../machine';
import { spreadOf } from '../quantiles';
import { BayesianRouter } from './bayesianRouter';
import { pythonOf } from './pythonOf';
import { tableText } from './tableText';

const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '10000000' },
    rounds: { type: 'string', default: '9' },
    python: { type: 'string' },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(
    'node --expose-gc scripts/run-live-bench.mjs throughput [--pairs N] [--rounds N] [--python PYTHON] [--json FILE]',
  );
  process.exit(0);
}

const ARMS = 8;
const QUALITIES = [0.9, 0.89, 0.88, 0.87, 0.86, 0.85, 0.84, 0.83];
/** Rewards drawn beforehand, so that no time goes into them. */
const REWARDS = 1 << 16;

function routerOf(options: Partial<RouterOptions> = {}): Router {
  const models = QUALITIES.map((_, i) => [
    `model-${i}`,
    { family: `f${i % 4}`, usdPerMillionInputTokens: 0.5, usdPerMillionOutputTokens: 1.5 },
  ]);
  return createRouterSync({
    models: Object.fromEntries(models) as RouterOptions['models'],
    willingnessToPayUsd: 1,
    seed: 1,
    ...options,
  });
}

const generator = new Generator(1, 7);
const luck = Float64Array.from({ length: REWARDS }, () => generator.unit());
const indexOf = new Map(QUALITIES.map((_, i) => [`model-${i}`, i]));

function pair(router: Router, t: number): void {
  const decision = router.select({ promptTokens: 400 });
  if (decision.kind !== 'decision') throw new Error('no decision');
  const right = luck[t & (REWARDS - 1)]! < QUALITIES[indexOf.get(decision.model)!]!;
  router.report(decision.decisionId, { reward: right ? 1 : 0, costUsd: 0.001, latencyMs: 450 });
}

/** Seconds of CPU. */
function cpuSeconds(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

function heapBytes(): number {
  const collect = (globalThis as { gc?: () => void }).gc;
  if (!collect) return NaN;
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}

interface LongRun {
  readonly pairs: number;
  readonly pairsPerSecond: number;
  readonly p50Us: number;
  readonly p99Us: number;
  readonly p999Us: number;
  /** After a collection, at the start and after each tenth. */
  readonly heapMb: readonly number[];
  readonly residentMb: readonly number[];
}

/** Many pairs on end: their rate, the slowest hundredth of them, and what stays in memory. */
function longRun(pairs: number): LongRun {
  const router = routerOf();
  for (let t = 0; t < 200_000; t++) pair(router, t);
  const heapMb = [heapBytes() / 1e6];
  const residentMb = [process.memoryUsage().rss / 1e6];
  // Tenths of a microsecond up to a millisecond; longer ones share the last slot.
  const slots = new Uint32Array(10_001);
  let seconds = 0;
  for (let tenth = 0; tenth < 10; tenth++) {
    const share = Math.floor(pairs / 10);
    // Every second tenth is timed pair by pair, the others as a whole: reading the clock takes time of its own.
    if (tenth % 2) {
      for (let t = 0; t < share; t++) {
        const start = process.hrtime.bigint();
        pair(router, t);
        const tenths = Number(process.hrtime.bigint() - start) / 100;
        slots[Math.min(10_000, Math.floor(tenths))]!++;
      }
    } else {
      seconds += cpuSeconds(() => {
        for (let t = 0; t < share; t++) pair(router, t);
      });
    }
    heapMb.push(heapBytes() / 1e6);
    residentMb.push(process.memoryUsage().rss / 1e6);
  }
  const at = (p: number) => quantileOf(slots, p) / 10;
  return {
    pairs,
    pairsPerSecond: (5 * Math.floor(pairs / 10)) / seconds,
    ...{ p50Us: at(0.5), p99Us: at(0.99), p999Us: at(0.999) },
    heapMb,
    residentMb,
  };
}

function quantileOf(slots: Uint32Array, p: number): number {
  const total = slots.reduce((sum, count) => sum + count, 0);
  let seen = 0;
  return slots.findIndex((count) => (seen += count) >= p * total);
}

interface Contest {
  /** Ours over the library's, round by round. */
  readonly pairRatio: ReturnType<typeof spreadOf>;
  readonly batchRatio: ReturnType<typeof spreadOf>;
  /** The same of batches drawn from their propensities. */
  readonly fromPropensityRatio: ReturnType<typeof spreadOf>;
  readonly libraryPairsPerSecond: number;
  readonly librarySelectsPerSecond: number;
}

/** Rounds in turns: the library's process, then this one's pairs, then batches. */
function contest(library: BayesianRouter, rounds: number): Contest {
  const [pairs, batches, size] = [100_000, 60, 4096];
  const router = routerOf();
  const batching = routerOf();
  const requests = Array.from({ length: size }, () => ({ promptTokens: 400 }));
  for (let t = 0; t < 100_000; t++) pair(router, t);
  for (let t = 0; t < 2000; t++) pair(batching, t);
  const sharing = routerOf();
  for (let t = 0; t < 2000; t++) pair(sharing, t);
  for (let t = 0; t < 10; t++) batching.selectBatch(requests);
  for (let t = 0; t < 30; t++) sharing.selectBatch(requests, { method: 'fromPropensity' });
  const turns = Array.from({ length: rounds }, () => {
    const theirs = library.time(ARMS, 30_000);
    const pairSeconds = cpuSeconds(() => {
      for (let t = 0; t < pairs; t++) pair(router, t);
    });
    const batchSeconds = cpuSeconds(() => {
      for (let t = 0; t < batches; t++) batching.selectBatch(requests);
    });
    const sharedSeconds = cpuSeconds(() => {
      for (let t = 0; t < batches; t++) sharing.selectBatch(requests, { method: 'fromPropensity' });
    });
    return {
      libraryPairs: 30_000 / theirs.pairSeconds,
      librarySelects: 30_000 / theirs.selectSeconds,
      pairs: pairs / pairSeconds,
      batch: (batches * size) / batchSeconds,
      fromPropensity: (batches * size) / sharedSeconds,
    };
  });
  const median = (values: number[]) => spreadOf(values).median;
  return {
    pairRatio: spreadOf(turns.map((turn) => turn.pairs / turn.libraryPairs)),
    batchRatio: spreadOf(turns.map((turn) => turn.batch / turn.librarySelects)),
    fromPropensityRatio: spreadOf(turns.map((turn) => turn.fromPropensity / turn.librarySelects)),
    libraryPairsPerSecond: median(turns.map(({ libraryPairs }) => libraryPairs)),
    librarySelectsPerSecond: median(turns.map(({ librarySelects }) => librarySelects)),
  };
}

/** Decisions a second with exact propensities, when the posteriors of all arms have settled. */
function exactRate(rounds: number): number {
  const router = routerOf({ propensity: 'exact' });
  for (let t = 0; t < 20_000; t++) pair(router, t);
  const decisions = 20_000;
  const rates = Array.from({ length: rounds }, () => {
    const seconds = cpuSeconds(() => {
      for (let t = 0; t < decisions; t++) router.select({ promptTokens: 400 });
    });
    return decisions / seconds;
  });
  return spreadOf(rates).median;
}

const rounds = Number(values.rounds);
const machine = describeMachine();
const found = BayesianRouter.find(pythonOf(values.python));
console.log(`${machine.processor}, ${machine.system}, ${machine.date}\n`);

const long = longRun(Number(values.pairs));
const exact = exactRate(rounds);
const beside = typeof found === 'string' ? undefined : contest(found, rounds);

const whole = (value: number) => Math.round(value).toLocaleString('en-US');
const rows = [
  ['select + report pairs a second', whole(long.pairsPerSecond), '>= 300,000'],
  ['p50, p99, p99.9 of a pair, µs', [long.p50Us, long.p99Us, long.p999Us].join(', '), 'p99 <= 20'],
  [
    `heap after ${whole(long.pairs)} pairs, MB`,
    [0, 5, 10].map((i) => long.heapMb[i]!.toFixed(2)).join(' → '),
    'flat',
  ],
  ['exact propensities a second', whole(exact), '>= 30,000'],
];
if (beside) {
  const ratio = ({ median, lower, upper }: Contest['pairRatio']) =>
    `${median.toFixed(1)} (${lower.toFixed(1)} – ${upper.toFixed(1)})`;
  rows.push(
    ['pairs against bayesian-router’s', ratio(beside.pairRatio), '>= 3'],
    ['selectBatch of 4,096, drawn, against its select', ratio(beside.batchRatio), ''],
    ['the same from propensities', ratio(beside.fromPropensityRatio), '>= 40'],
    [
      'bayesian-router’s pairs, selects a second',
      `${whole(beside.libraryPairsPerSecond)}, ${whole(beside.librarySelectsPerSecond)}`,
      '',
    ],
  );
}
console.log(
  tableText(
    '8 arms, tickets, breakers, deferred propensities',
    ['figure', 'measured', 'goal'],
    rows,
  ),
);
if (typeof found === 'string') console.log(found);
if (values.json !== undefined) {
  const versions = typeof found === 'string' ? found : found.versions;
  const all = { machine, library: versions, rounds, long, exactPerSecond: exact, beside };
  writeFileSync(values.json, `${JSON.stringify(all, undefined, 1)}\n`);
}
