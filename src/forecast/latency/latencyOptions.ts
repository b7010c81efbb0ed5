import { ParameterError } from '../../core/errors';
import {
  HALF_LIFE,
  optionalNumber,
  requireId,
  requireNumber,
  requireObject,
  requireOptions,
  TOKENS,
  type Interval,
} from '../../core/validation';
import { byCodeUnit, MOST_ARMS } from '../../arms/models';
import type { CompiledKernel } from '../../kernel/load';
import type { LatencyReport } from './latencyBlock';

/** Milliseconds of one answer: up to a month. */
export const LATENCY_MS: Interval = {
  text: 'in [0, 3e9]',
  contains: (v) => v >= 0 && v <= 3e9,
};

export interface LatencyForecasterOptions {
  /** Who serves each model, by the model's id: models of one provider borrow from each other. 1 to 4,096. */
  readonly models: Readonly<Record<string, { readonly provider: string }>>;
  /** Clock units after which a report weighs half, >= 0.001. @defaultValue Infinity: nothing is forgotten */
  readonly halfLife?: number;
  /** @defaultValue `loadKernelSync()` */
  readonly kernel?: CompiledKernel;
}

/** How long one answer took. */
export interface LatencyObservation {
  readonly model: string;
  /** From the request to the last token, in [0, 3e9]; less than 0.1 counts as 0.1. */
  readonly latencyMs: number;
  /** From the request to the first token, <= latencyMs. @defaultValue not known */
  readonly firstTokenMs?: number;
  /** In [0, 1e12]; 0 counts as a half. @defaultValue not known */
  readonly outputTokens?: number;
  /** Time of the call, in the units of the half-life; reports may come late. @defaultValue the latest clock seen */
  readonly clock?: number;
}

export interface ParsedModels {
  /** Dense index of each model, in code-unit order of the ids. */
  readonly indexOf: ReadonlyMap<string, number>;
  readonly ids: readonly string[];
  /** Each model's provider. */
  readonly providers: readonly string[];
  /** Index of each model's provider. */
  readonly groups: readonly number[];
}

/** @throws {ParameterError} */
export function parseLatencyOptions(value: unknown): {
  readonly models: ParsedModels;
  readonly halfLife: number;
} {
  const options = requireOptions('options', value, ['models', 'halfLife', 'kernel']);
  return {
    models: parseModels(options['models']),
    halfLife: optionalNumber('options.halfLife', options['halfLife'], HALF_LIFE, Infinity),
  };
}

function parseModels(value: unknown): ParsedModels {
  const models = new Map(Object.entries(requireObject('options.models', value)));
  if (models.size === 0 || models.size > MOST_ARMS)
    throw new ParameterError(
      'options.models',
      `an object of 1 to ${MOST_ARMS} models`,
      `${models.size} models`,
    );
  const ids = [...models.keys()].sort(byCodeUnit);
  const providers = ids.map((id) => {
    const path = `options.models[${JSON.stringify(requireId('id in options.models', id))}]`;
    const { provider } = requireOptions(path, models.get(id), ['provider']);
    return requireId(`${path}.provider`, provider);
  });
  return {
    ids,
    providers,
    groups: groupsOf(providers),
    indexOf: new Map(ids.map((id, i) => [id, i])),
  };
}

/** Dense indices of names, in the order of their first appearance. */
export function groupsOf(names: readonly string[]): number[] {
  const known = [...new Set(names)];
  const indexOf = new Map(known.map((name, i) => [name, i]));
  return names.map((name) => indexOf.get(name)!);
}

const OBSERVATION_KEYS = ['model', 'latencyMs', 'firstTokenMs', 'outputTokens', 'clock'];
/** Clocks are exact beside their half-life up to here. */
const MOST_HALF_LIVES = Number.MAX_SAFE_INTEGER;

/** @throws {ParameterError} */
export function parseObservation(
  parameter: string,
  value: unknown,
  { indexOf }: ParsedModels,
  halfLife: number,
  latestClock: number,
): { readonly model: number; readonly report: LatencyReport } {
  const given = requireOptions(parameter, value, OBSERVATION_KEYS);
  const latencyMs = requireNumber(`${parameter}.latencyMs`, given['latencyMs'], LATENCY_MS);
  const most = Math.min(Number.MAX_SAFE_INTEGER, MOST_HALF_LIVES * halfLife);
  const clocks = { text: `in [0, ${most}]`, contains: (v: number) => v >= 0 && v <= most };
  return {
    model: requireModel(`${parameter}.model`, given['model'], indexOf),
    report: {
      latencyMs,
      firstTokenMs: optionalNumber(
        `${parameter}.firstTokenMs`,
        given['firstTokenMs'],
        firstTokenWithin(latencyMs),
        NaN,
      ),
      outputTokens: optionalNumber(`${parameter}.outputTokens`, given['outputTokens'], TOKENS, NaN),
      clock: optionalNumber(`${parameter}.clock`, given['clock'], clocks, latestClock),
    },
  };
}

/** The first token cannot come after the last. */
export function firstTokenWithin(latencyMs: number): Interval {
  return {
    text: Number.isNaN(latencyMs)
      ? 'given with latencyMs only'
      : `in [0, ${latencyMs}], the latency`,
    contains: (v) => v >= 0 && v <= latencyMs,
  };
}

/** @throws {ParameterError} */
export function requireModel(
  parameter: string,
  value: unknown,
  indexOf: ReadonlyMap<string, number>,
): number {
  const index = typeof value === 'string' ? indexOf.get(value) : undefined;
  if (index !== undefined) return index;
  throw new ParameterError(parameter, 'the id of a model of this forecaster', value);
}
