import { MOST_ROUTED_SAMPLES } from '../arms/models';
import { ParameterError } from '../core/errors';
import {
  FINITE,
  rejectUnknownKeys,
  requireNumber,
  requireObject,
  UNIT,
  USD,
} from '../core/validation';

/**
 * What became of one sample of a run, as `bestOfN` gives it; its answer is not looked at. Without a score no answer came, or it could not be
 * scored.
 */
export interface SampleOutcome {
  /** In [0, 1] where it counts as the sample's reward: without a `reward` of the run. Else any finite number. */
  readonly score?: number | undefined;
  /** undefined where it is not known. */
  readonly costUsd?: number | undefined;
  /** False: its turn did not come, it cost nothing. @defaultValue true */
  readonly started?: boolean | undefined;
  readonly kind?: unknown;
  readonly sample?: unknown;
  readonly answer?: unknown;
  readonly failure?: unknown;
  readonly error?: unknown;
}

/** The samples of a run, checked. */
export interface ToldRun {
  readonly length: number;
  /** Of those that have one. */
  readonly scores: readonly number[];
  readonly started: number;
  /** Number of costs known, and their sum. */
  readonly costs: number;
  readonly costUsd: number;
}

/** What a run teaches beside its reward and its cost, both of all samples together. */
export interface LearnedRun {
  /** Samples that came. */
  readonly samples: number;
  /** Their rewards; undefined where only that of the best is known, or none. */
  readonly scores: readonly number[] | undefined;
  /** Samples that cost something. */
  readonly started: number;
}

const KEYS = ['kind', 'sample', 'answer', 'score', 'costUsd', 'failure', 'error', 'started'];

/** Each field is read once. @throws {ParameterError} */
export function parseSamples(parameter: string, value: unknown): ToldRun | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value) || value.length === 0 || value.length > MOST_ROUTED_SAMPLES)
    throw new ParameterError(parameter, `an array of 1 to ${MOST_ROUTED_SAMPLES} samples`, value);
  const scores: number[] = [];
  let started = 0;
  let costs = 0;
  let costUsd = 0;
  // By index: holes are no samples, and the array's own methods may be anything.
  const { length } = value;
  for (let i = 0; i < length; i++) {
    const sample = parseSample(`${parameter}[${i}]`, value[i]);
    if (sample.started) started++;
    if (sample.score !== undefined) scores.push(sample.score);
    if (sample.costUsd === undefined) continue;
    costUsd += sample.costUsd;
    costs++;
  }
  requireNumber(`${parameter}: costUsd of all`, costUsd, USD);
  return { length, scores, started, costs, costUsd };
}

function parseSample(name: string, value: unknown) {
  const sample = requireObject(name, value);
  rejectUnknownKeys(name, sample, KEYS);
  const { score, costUsd, started = true } = sample;
  if (typeof started !== 'boolean')
    throw new ParameterError(`${name}.started`, 'a boolean', started);
  for (const [key, told] of Object.entries({ score, costUsd }))
    if (told !== undefined && !started)
      throw new ParameterError(`${name}.${key}`, 'left out, as it was not started', told);
  return {
    started,
    score: score === undefined ? undefined : requireNumber(`${name}.score`, score, FINITE),
    costUsd: costUsd === undefined ? undefined : requireNumber(`${name}.costUsd`, costUsd, USD),
  };
}

/** What all samples that were started cost: those whose cost is not known as much as the others. NaN where none is known. */
export function costOfRun({ started, costs, costUsd }: ToldRun): number {
  if (started === 0) return 0;
  if (costs === 0) return NaN;
  return costs === started ? costUsd : costUsd * (started / costs);
}

/** Scores stand for rewards where the run has none. @throws {ParameterError} */
export function requireRewards(scores: readonly number[]): readonly number[] {
  const bad = scores.find((score) => !UNIT.contains(score));
  if (bad === undefined) return scores;
  throw new ParameterError(
    'outcome.samples: score',
    'in [0, 1], or with a reward of the run beside it',
    bad,
  );
}
