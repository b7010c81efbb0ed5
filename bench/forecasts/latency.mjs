// How well LatencyForecaster's distributions hold on recorded latencies: `npm run eval:latency [FOLDER]`, FOLDER with the recorded
// tables (default ../shared/data). Every figure is of rows that were not learned from when they were forecast. Prints text; a table that is not there
// is named and passed over.
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { LatencyForecaster } from '../../dist/index.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FOLDER = process.argv[2] ?? resolve(ROOT, '../shared/data');
const SEEDS = [1, 2, 3, 4, 5];

const llmperf = read('llmperf_latency.csv', readLlmperf);
if (llmperf) {
  const { rows, errors } = llmperf;
  console.log(
    `llmperf_latency: ${rows.length} answers, ${errors} calls with an error code left out`,
  );
  online('online, in time order, first token told', rows, {});
  online('online, in time order, whole latency only', rows, { first: false });
  halves('first half of each model fitted, second half scored', rows, byTime(rows));
  for (const seed of SEEDS)
    halves(
      `half of each model, seed ${seed}, fitted, other half scored`,
      rows,
      shuffled(rows, seed),
    );
  coldStart(rows);
  each('by provider, first half fitted, second half scored', rows);
}

const drift = read('llmdrift.jsonl.gz', readDrift);
if (drift) {
  console.log(`\nllmdrift: ${drift.length} answers`);
  for (const halfLife of [Infinity, 500, 100]) {
    online(`online, half-life ${halfLife} answers, tokens known`, drift, { halfLife });
    online(`online, half-life ${halfLife} answers, tokens unknown`, drift, {
      halfLife,
      tokens: false,
    });
  }
}

/** Each row is forecast, then learned. */
function online(label, rows, { halfLife = Infinity, first = true, tokens = true }) {
  const forecaster = forecasterOf(rows, halfLife);
  const scores = rows.map((row, clock) => {
    const score = scoreOf(forecaster, row, tokens);
    forecaster.observe({ ...observationOf(row, first), clock });
    return score;
  });
  report(label, scores);
}

/** Rows whose order is below a half of their model's are fitted, the others scored. */
function halves(label, rows, isTraining) {
  const forecaster = forecasterOf(rows);
  forecaster.fit(rows.filter((_, i) => isTraining[i]).map((row) => observationOf(row)));
  report(label, testScores(forecaster, rows, isTraining));
}

function each(label, rows) {
  const isTraining = byTime(rows);
  const forecaster = forecasterOf(rows);
  forecaster.fit(rows.filter((_, i) => isTraining[i]).map((row) => observationOf(row)));
  console.log(`  ${label}`);
  for (const provider of new Set(rows.map((row) => row.provider))) {
    const chosen = rows.map((row, i) => isTraining[i] || row.provider !== provider);
    report(`  ${provider}`, testScores(forecaster, rows, chosen));
  }
}

/** A model that nothing is known of: the others fitted, n of its first half learned, its second half scored. */
function coldStart(rows) {
  const isTraining = byTime(rows);
  for (const count of [0, 1, 3, 10, 30]) {
    const scores = [...new Set(rows.map((row) => row.model))].flatMap((model) => {
      const forecaster = forecasterOf(rows);
      const own = rows.filter((row, i) => isTraining[i] && row.model === model).slice(0, count);
      const others = rows.filter((row, i) => isTraining[i] && row.model !== model);
      forecaster.fit([...others, ...own].map((row) => observationOf(row)));
      return testScores(
        forecaster,
        rows,
        rows.map((row, i) => isTraining[i] || row.model !== model),
      );
    });
    report(`model left out, ${count} of its answers learned`, scores);
  }
}

function forecasterOf(rows, halfLife = Infinity) {
  const models = Object.fromEntries(rows.map(({ model, provider }) => [model, { provider }]));
  return new LatencyForecaster({ models, halfLife });
}

function observationOf({ model, latencyMs, firstTokenMs, outputTokens }, first = true) {
  const timed = first && firstTokenMs !== undefined;
  return { model, latencyMs, outputTokens, ...(timed && { firstTokenMs }) };
}

function testScores(forecaster, rows, isTraining) {
  return rows.filter((_, i) => !isTraining[i]).map((row) => scoreOf(forecaster, row, true));
}

function scoreOf(forecaster, { model, latencyMs, outputTokens }, tokens) {
  const forecast = forecaster.predict(model, tokens ? { outputTokens } : {});
  return {
    latencyMs,
    p: forecast.probabilityWithin(latencyMs),
    medianMs: forecast.medianMs,
    meanMs: forecast.meanMs,
  };
}

function report(label, scores) {
  const share = (test) => scores.filter(test).length / scores.length;
  const within = (mass) => share(({ p }) => Math.abs(p - 0.5) <= mass / 2).toFixed(3);
  const sorted = scores.map(({ latencyMs, medianMs }) => Math.abs(Math.log(latencyMs / medianMs)));
  sorted.sort((a, b) => a - b);
  const factor = Math.exp(sorted[sorted.length >> 1]).toFixed(2);
  const mean = (value) => scores.reduce((sum, one) => sum + value(one), 0) / scores.length;
  const bias = (mean((one) => one.meanMs) / mean((one) => one.latencyMs)).toFixed(2);
  console.log(
    `  ${label.padEnd(62)} n ${String(scores.length).padStart(5)}  coverage 50/80/95 % ${within(0.5)} ${within(0.8)} ${within(0.95)}` +
      `  above 97.5 % ${share(({ p }) => p > 0.975).toFixed(3)}  median off by ×${factor}  mean/actual ${bias}`,
  );
}

/** Is a row among the first half of its model's, in the order of the file? */
function byTime(rows) {
  return firstHalves(
    rows,
    rows.map((_, i) => i),
  );
}

function shuffled(rows, seed) {
  const keys = rows.map((_, i) => hash(i, seed));
  return firstHalves(rows, keys);
}

function firstHalves(rows, keys) {
  const isTraining = rows.map(() => false);
  const byModel = new Map();
  rows.forEach(({ model }, i) => byModel.set(model, [...(byModel.get(model) ?? []), i]));
  for (const indices of byModel.values()) {
    indices.sort((a, b) => keys[a] - keys[b]);
    for (const i of indices.slice(0, indices.length >> 1)) isTraining[i] = true;
  }
  return isTraining;
}

/** Finaliser of MurmurHash3. */
function hash(index, seed) {
  let h = (index + Math.imul(seed, 0x9e3779b9)) | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function read(name, parse) {
  const file = join(FOLDER, name);
  if (existsSync(file)) return parse(readFileSync(file));
  console.log(`skipped: ${name} is not in ${FOLDER}`);
  return undefined;
}

/** Requests of all models by turns, as they were made. */
function readLlmperf(bytes) {
  const [head, ...lines] = bytes.toString().trim().split(/\r?\n/);
  const names = head.split(',');
  const all = lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(names.map((name, i) => [name, cells[i]]));
  });
  const rows = all
    .filter((row) => row.error_code === '')
    .map((row) => ({
      model: `${row.provider}/${row.model}`,
      provider: row.provider,
      request: Number(row.request),
      latencyMs: 1000 * Number(row.end_to_end_latency_s),
      firstTokenMs: 1000 * Number(row.ttft_s),
      outputTokens: Number(row.output_tokens),
    }))
    .sort((a, b) => a.request - b.request);
  return { rows, errors: all.length - rows.length };
}

function readDrift(bytes) {
  const requests = gunzipSync(bytes).toString().trim().split('\n').map(JSON.parse);
  requests.sort((a, b) => a.at - b.at);
  return requests.flatMap(({ outcomes }) =>
    Object.entries(outcomes).map(([model, { latencyMs, outputTokens }]) => ({
      model,
      provider: 'openai',
      latencyMs,
      outputTokens,
    })),
  );
}
