import { armsFrom, byCodeUnit, type Arms, type ModelOptions } from '../arms/models';
import { DataError } from '../core/errors';
import type { OutcomeTable, RecordedOutcome, RecordedRequest } from './table';

/** A model is an arm if its quality is known on at least this share of the requests. */
const LEAST_COVERAGE = 0.95;
const CHARACTERS_PER_TOKEN = 4;
/** Samples of a prompt beyond these are not looked at. */
const MOST_RECORDED = 64;

export interface TableSource {
  readonly file: string;
  readonly name: string;
  readonly requests: readonly RecordedRequest[];
  readonly models: ReadonlyMap<string, ModelOptions>;
  readonly skippedLines: number;
}

/**
 * Chooses the arms and lays the requests out densely. Requests that lack the quality of any arm are left out.
 * @throws {DataError} when no request or no arm is left
 */
export function assembleTable({
  file,
  name,
  requests,
  models,
  skippedLines,
}: TableSource): OutcomeTable {
  if (requests.length === 0)
    throw new DataError(file, undefined, 'holds no request that can be used');
  const { chosen, leftOut } = chooseModels(requests);
  if (chosen.length === 0) {
    throw new DataError(
      file,
      undefined,
      'has no model with quality on at least 95 % of the requests',
    );
  }
  const arms = armsFrom(new Map(chosen.map((model) => [model, models.get(model)])));
  const used = requests.filter((request) =>
    chosen.every((model) => hasQuality(request.outcomes.get(model))),
  );
  if (used.length === 0)
    throw new DataError(file, undefined, 'has no request with the quality of every model');
  const segmentNames = [...new Set(used.map((request) => request.segment ?? ''))];
  const segmentIndex = new Map(segmentNames.map((segment, index) => [segment, index]));
  const ordered = requests.every((request) => !Number.isNaN(request.atSeconds));
  return {
    name,
    requests: requests.length,
    skippedLines,
    leftOutModels: leftOut,
    arms,
    rows: used.length,
    segmentNames,
    segments: Uint32Array.from(used, (request) => segmentIndex.get(request.segment ?? '')!),
    atSeconds: ordered ? Float64Array.from(used, (request) => request.atSeconds) : undefined,
    promptTokens: Float64Array.from(used, (request) => request.promptTokens),
    promptLengths: Float64Array.from(used, promptLength),
    ...promptsOf(used),
    quality: matrix(used, arms, (outcome) => outcome.quality),
    costUsd: matrix(used, arms, costOf),
    ...latencies(used, arms),
    ...sampleColumns(used, arms, costOf),
  };

  function costOf(outcome: RecordedOutcome, request: RecordedRequest, arm: number): number {
    if (!Number.isNaN(outcome.costUsd)) return outcome.costUsd;
    const { usdPerInputToken, usdPerOutputToken } = arms.list[arm]!;
    return request.promptTokens * usdPerInputToken + outcome.outputTokens * usdPerOutputToken;
  }
}

/** Tables where an answer's latency is missing have none: no policy could be judged by it. */
function latencies(
  used: readonly RecordedRequest[],
  arms: Arms,
): Pick<OutcomeTable, 'latencyMs' | 'outputTokens'> {
  const known = used.every(({ outcomes }) =>
    arms.list.every(({ model }) => outcomes.get(model)!.latencyMs !== undefined),
  );
  if (!known) return {};
  return {
    latencyMs: matrix(used, arms, (outcome) => outcome.latencyMs!),
    outputTokens: matrix(used, arms, (outcome) => outcome.outputTokens),
  };
}

/** A sample counts where its quality and its cost are known; a model has as many as its poorest row. */
function sampleColumns(
  used: readonly RecordedRequest[],
  arms: Arms,
  costOf: (outcome: RecordedOutcome, request: RecordedRequest, arm: number) => number,
): Pick<OutcomeTable, 'samples'> {
  const samplesOf = (request: RecordedRequest, arm: number) => {
    const outcome = request.outcomes.get(arms.list[arm]!.model)!;
    const all = (outcome.samples ?? [outcome]).map((sample) => ({
      quality: sample.quality,
      costUsd: costOf(sample, request, arm),
    }));
    return all.filter(({ quality, costUsd }) => !Number.isNaN(quality + costUsd));
  };
  if (!used.every(({ outcomes }) => [...outcomes.values()].some(({ samples }) => samples)))
    return {};
  const columns = arms.list.length;
  const cells = used.flatMap((request) => arms.list.map(({ index }) => samplesOf(request, index)));
  const recorded = new Uint32Array(columns).fill(MOST_RECORDED);
  cells.forEach(({ length }, cell) => {
    recorded[cell % columns] = Math.min(recorded[cell % columns]!, length);
  });
  const most = Math.max(...recorded);
  if (most < 2) return {};
  const quality = new Float64Array(cells.length * most).fill(NaN);
  const costUsd = new Float64Array(cells.length * most).fill(NaN);
  cells.forEach((samples, cell) =>
    samples.slice(0, recorded[cell % columns]).forEach((sample, i) => {
      quality[cell * most + i] = sample.quality;
      costUsd[cell * most + i] = sample.costUsd;
    }),
  );
  return { samples: { most, recorded, quality, costUsd } };
}

/** Tables where a request's prompt is missing have none. */
function promptsOf(used: readonly RecordedRequest[]): Pick<OutcomeTable, 'prompts'> {
  const prompts = used.flatMap(({ prompt }) => prompt ?? []);
  return prompts.length === used.length ? { prompts } : {};
}

function chooseModels(requests: readonly RecordedRequest[]): {
  chosen: string[];
  leftOut: string[];
} {
  const known = new Map<string, number>();
  for (const { outcomes } of requests) {
    for (const [model, outcome] of outcomes)
      known.set(model, (known.get(model) ?? 0) + (hasQuality(outcome) ? 1 : 0));
  }
  const models = [...known.keys()].sort(byCodeUnit);
  const isArm = (model: string) => known.get(model)! >= LEAST_COVERAGE * requests.length;
  return { chosen: models.filter(isArm), leftOut: models.filter((model) => !isArm(model)) };
}

function hasQuality(outcome: RecordedOutcome | undefined): boolean {
  return outcome !== undefined && !Number.isNaN(outcome.quality);
}

function promptLength({ promptTokens, promptCharacters }: RecordedRequest): number {
  return Number.isNaN(promptTokens) ? promptCharacters / CHARACTERS_PER_TOKEN : promptTokens;
}

function matrix(
  requests: readonly RecordedRequest[],
  arms: Arms,
  value: (outcome: RecordedOutcome, request: RecordedRequest, arm: number) => number,
): Float64Array {
  const columns = arms.list.length;
  const out = new Float64Array(requests.length * columns);
  requests.forEach((request, row) => {
    for (const { index, model } of arms.list)
      out[row * columns + index] = value(request.outcomes.get(model)!, request, index);
  });
  return out;
}
