import { MOST_ROUTED_SAMPLES, ROUTED_SAMPLES } from '../../arms/models';
import { ParameterError } from '../../core/errors';
import { parseJsonLine } from '../../core/json';
import {
  FINITE,
  NOT_NEGATIVE,
  optionalChoice,
  requireId,
  requireNumber,
  requireObject,
  TOKENS,
  UNIT,
  wholeBetween,
  type Interval,
} from '../../core/validation';
import { DRIFT_DIRECTIONS, type DriftDirection } from '../../posterior/drift';
import { firstTokenWithin, LATENCY_MS } from '../../forecast/latency/latencyOptions';
import type { ParsedRequest, RouteRequest } from '../../selection/request';
import type { ModelChange } from '../modelChanges';
import { parseRouterOptions, type ParsedRouterOptions } from '../options';
import type { BatchMethod } from '../batchRequests';
import type { MirroredReport, News } from '../news';
import type { LearnedRun } from '../runOutcome';
import { infiniteFromText, type ChangedMembers } from './routerMembers';

/** A decision as it was logged. */
export interface LoggedDecision {
  readonly decisionId: string;
  readonly sequenceNumber: number;
  readonly evidenceVersion: number;
  readonly method: BatchMethod;
  /** Unchecked: the router's own check reads it. */
  readonly request: RouteRequest;
  /** undefined = no model was eligible. */
  readonly model: string | undefined;
  readonly byFloor: boolean;
  /** Of routers that forget by time. */
  readonly clock: number | undefined;
  /** Of routers that count spend over windows of time. */
  readonly atMs: number | undefined;
  /** Of routers with a budget. */
  readonly costWeight: number | undefined;
  /** Of routers with a fallback. */
  readonly byFallback: boolean;
  /** NaN without a model, and where no quality was drawn. */
  readonly sampledQuality: number;
  /** NaN without a model. */
  readonly expectedCostUsd: number;
  /** Likewise, and without latencies. */
  readonly expectedLatencyMs: number;
  /** undefined = not filled in. */
  readonly propensity: number | undefined;
  readonly propensities: readonly number[] | undefined;
  /** Of routers that read prompts. */
  readonly context: LoggedContext | undefined;
  /** Of routers with (model, n) arms. */
  readonly n: number | undefined;
  /** Most samples of each of the eligible models; undefined = as many as the router takes. */
  readonly maxSamples: readonly number[] | undefined;
  readonly samplePropensities: readonly (readonly number[])[] | undefined;
}

/** What stands for the prompt. */
export interface LoggedContext {
  readonly byContext: boolean;
  readonly share: number;
  readonly forecasts: NonNullable<ParsedRequest['forecasts']>;
}

/** A report as it was learned; NaN = nothing. */
export interface LoggedReport extends News {
  /** undefined = no alarm. */
  readonly drift: DriftDirection | undefined;
  readonly decisionId: string;
  readonly evidenceVersion: number;
}

/** A router that was restored from a snapshot. */
export interface LoggedRestart {
  readonly instanceId: string;
  /** Its name before. */
  readonly formerId: string;
  readonly sequenceNumber: number;
  /** With these changes of the models. */
  readonly evidenceVersion: number;
  readonly models: readonly Omit<LoggedChange, 'instanceId' | 'evidenceVersion'>[];
  /** Options that it decides by since, unchecked; null: left out since. */
  readonly changed: ChangedMembers;
}

/** A change of the models as it was logged. */
export interface LoggedChange {
  readonly instanceId: string;
  readonly evidenceVersion: number;
  readonly action: ModelChange['action'];
  /** Unchecked, as are the next: the router's own checks read them. */
  readonly model: unknown;
  readonly options: unknown;
  readonly prices: unknown;
}

const ACTIONS: readonly ModelChange['action'][] = ['add', 'retire', 'reprice'];

/** The outcome of a mirrored call as it was learned. */
export interface LoggedMirroring extends Omit<MirroredReport, 'sequenceNumber' | 'arm'> {
  readonly decisionId: string;
  readonly evidenceVersion: number;
  readonly model: string;
}

const WEIGHT: Interval = { text: 'in [1e-6, 1]', contains: (v) => v >= 1e-6 && v <= 1 };
const COUNT = wholeBetween(0, Number.MAX_SAFE_INTEGER);

/** @throws {ParameterError} */
export function parseRestartLine(line: Record<string, unknown>): LoggedRestart {
  return {
    instanceId: requireId('instanceId', line['instanceId']),
    formerId: requireId('formerId', line['formerId']),
    sequenceNumber: requireNumber('sequenceNumber', line['sequenceNumber'], COUNT),
    evidenceVersion: requireNumber('evidenceVersion', line['evidenceVersion'], COUNT),
    models: absent(line['models']) ? [] : parseChanges('models', line['models']),
    changed: requireObject('changed', line['changed']),
  };
}

/** Parses a line into an object that says its kind. @throws {ParameterError | SyntaxError} */
export function parseLine(line: string): Record<string, unknown> {
  return requireObject('the line', parseJsonLine(line));
}

/** Options of the router that a log begins with. Members of later versions are not looked at. @throws {ParameterError} */
export function parseRouterLine(line: Record<string, unknown>): ParsedRouterOptions {
  const posterior = requireObject('posterior', line['posterior']);
  return parseRouterOptions({
    models: line['models'],
    willingnessToPayUsd: infiniteFromText(line['willingnessToPayUsd']),
    seed: parseSeed(line['seed']),
    instanceId: requireId('instanceId', line['instanceId']),
    explorationScale: required('explorationScale', line),
    posterior: {
      ...posterior,
      halfLifeRequests: infiniteFromText(posterior['halfLifeRequests']),
      halfLifeMs: infiniteFromText(posterior['halfLifeMs']),
    },
    reward: required('reward', line),
    maxPendingDecisions: required('maxPendingDecisions', line),
    propensity: required('propensity', line),
    floor: required('floor', line),
    ...(line['drift'] !== undefined && { drift: line['drift'] }),
    ...(line['bestOf'] !== undefined && { bestOf: line['bestOf'] }),
    ...(line['fallback'] !== undefined && { fallback: line['fallback'] }),
    ...(line['riskWeight'] !== undefined && { riskWeight: line['riskWeight'] }),
    ...(line['latency'] !== undefined && { latency: line['latency'] }),
    ...(line['context'] !== undefined && { context: parseContextMembers(line['context']) }),
  });
}

function parseContextMembers(value: unknown): unknown {
  const { freezeAfterPrompts } = requireObject('context', value);
  return { freezeAfterPrompts };
}

const FORECASTS = ['means', 'variances', 'costsUsd', 'doubtsUsd'] as const;

/** @throws {ParameterError} */
function parseContextFields(value: unknown): LoggedContext {
  const fields = requireObject('context', value);
  const forecasts = Object.fromEntries(
    FORECASTS.map((name) => [name, requireNumbers(`context.${name}`, fields[name])]),
  );
  return {
    byContext: requireBoolean('context.byContext', fields['byContext']),
    share: requireNumber('context.share', fields['share'], UNIT),
    forecasts: forecasts as LoggedContext['forecasts'],
  };
}

function requireNumbers(key: string, value: unknown): readonly number[] {
  if (!Array.isArray(value)) throw new ParameterError(key, 'an array of numbers', value);
  return value.map((number, i) => requireNumber(`${key}[${i}]`, number, FINITE));
}

/** @throws {ParameterError} */
export function parseDecisionLine(line: Record<string, unknown>): LoggedDecision {
  const { segment, promptTokens, model, context } = line;
  const decided = model !== null;
  const method = parseMethod(line['method']);
  const drawn = method === 'draw';
  return {
    decisionId: requireId('decisionId', line['decisionId']),
    sequenceNumber: requireNumber('sequenceNumber', line['sequenceNumber'], COUNT),
    evidenceVersion: requireNumber('evidenceVersion', line['evidenceVersion'], COUNT),
    method,
    request: {
      ...(segment === null ? {} : { segment: required('segment', line) }),
      ...(promptTokens === null ? {} : { promptTokens: required('promptTokens', line) }),
      eligible: required('eligible', line),
    } as RouteRequest,
    model: decided ? requireId('model', model) : undefined,
    byFloor: drawn && requireBoolean('byFloor', line['byFloor']),
    clock: finiteOrAbsent('clock', line),
    atMs: absent(line['atMs']) ? undefined : requireNumber('atMs', line['atMs'], FINITE),
    costWeight: finiteOrAbsent('costWeight', line),
    byFallback: absent(line['byFallback'])
      ? false
      : requireBoolean('byFallback', line['byFallback']),
    // A draw of the context expert is normal.
    sampledQuality:
      decided && drawn
        ? requireNumber('sampledQuality', line['sampledQuality'], context ? FINITE : UNIT)
        : NaN,
    context: absent(context) ? undefined : parseContextFields(context),
    expectedCostUsd: decided
      ? requireNumber('expectedCostUsd', line['expectedCostUsd'], FINITE)
      : NaN,
    expectedLatencyMs: absent(line['expectedLatencyMs'])
      ? NaN
      : requireNumber('expectedLatencyMs', line['expectedLatencyMs'], NOT_NEGATIVE),
    propensity: absent(line['propensity'])
      ? undefined
      : requireNumber('propensity', line['propensity'], UNIT),
    propensities: absent(line['propensities'])
      ? undefined
      : requireShares('propensities', line['propensities']),
    n: absent(line['n']) ? undefined : requireNumber('n', line['n'], ROUTED_SAMPLES),
    maxSamples: listOrAbsent('maxSamples', line, ROUTED_SAMPLES),
    samplePropensities: absent(line['samplePropensities'])
      ? undefined
      : requireList('samplePropensities', line['samplePropensities']).map((row, i) =>
          requireShares(`samplePropensities[${i}]`, row),
        ),
  };
}

/** @throws {ParameterError} */
export function parseModelLine(line: Record<string, unknown>): LoggedChange {
  return {
    instanceId: requireId('instanceId', line['instanceId']),
    evidenceVersion: requireNumber('evidenceVersion', line['evidenceVersion'], COUNT),
    ...parseChange(line),
  };
}

function parseChange(line: Record<string, unknown>): LoggedRestart['models'][number] {
  return {
    action: optionalChoice('action', required('action', line), ACTIONS, 'add'),
    model: line['model'],
    options: line['options'],
    prices: line['prices'],
  };
}

function parseChanges(key: string, value: unknown): LoggedRestart['models'] {
  if (!Array.isArray(value)) throw new ParameterError(key, 'a list of changes', value);
  return value.map((change, i) => parseChange(requireObject(`${key}[${i}]`, change)));
}

/** @throws {ParameterError} */
export function parseReportLine(line: Record<string, unknown>): LoggedReport {
  const reward = numberOrNull('reward', line, UNIT);
  // Tokens at list price may cost more than a caller may name.
  const costUsd = numberOrNull('costUsd', line, NOT_NEGATIVE);
  const latencyMs = numberOrAbsent('latencyMs', line, LATENCY_MS);
  if ([reward, costUsd, latencyMs].every(Number.isNaN))
    throw new ParameterError('reward or costUsd', 'a number', null);
  return {
    decisionId: requireId('decisionId', line['decisionId']),
    evidenceVersion: requireNumber('evidenceVersion', line['evidenceVersion'], COUNT),
    reward,
    costUsd,
    promptTokens: numberOrNull('promptTokens', line, TOKENS),
    latencyMs,
    firstTokenMs: numberOrAbsent('firstTokenMs', line, firstTokenWithin(latencyMs)),
    outputTokens: numberOrAbsent('outputTokens', line, TOKENS),
    run: absent(line['samples']) ? undefined : parseRunFields(line),
    drift: absent(line['drift'])
      ? undefined
      : optionalChoice('drift', line['drift'], DRIFT_DIRECTIONS, 'fallen'),
  };
}

function parseRunFields(line: Record<string, unknown>): LearnedRun {
  const samples = requireNumber('samples', line['samples'], ROUTED_SAMPLES);
  const scores = listOrAbsent('scores', line, UNIT);
  if (scores && scores.length !== samples)
    throw new ParameterError('scores', `those of ${samples} samples`, line['scores']);
  const started = requireNumber('started', line['started'], wholeBetween(0, MOST_ROUTED_SAMPLES));
  return { samples, scores, started };
}

function listOrAbsent(
  key: string,
  line: Record<string, unknown>,
  interval: Interval,
): readonly number[] | undefined {
  if (absent(line[key])) return undefined;
  return requireList(key, line[key]).map((one, i) => requireNumber(`${key}[${i}]`, one, interval));
}

function requireList(key: string, value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new ParameterError(key, 'an array', value);
}

/** @throws {ParameterError} */
export function parseShadowLine(line: Record<string, unknown>): LoggedMirroring {
  const reward = numberOrNull('reward', line, UNIT);
  const costUsd = numberOrNull('costUsd', line, NOT_NEGATIVE);
  if (Number.isNaN(reward) && Number.isNaN(costUsd))
    throw new ParameterError('reward or costUsd', 'a number', null);
  return {
    decisionId: requireId('decisionId', line['decisionId']),
    evidenceVersion: requireNumber('evidenceVersion', line['evidenceVersion'], COUNT),
    segment: line['segment'] === null ? undefined : requireId('segment', line['segment']),
    model: requireId('model', line['model']),
    weight: requireNumber('weight', line['weight'], WEIGHT),
    reward,
    costUsd,
    promptTokens: numberOrNull('promptTokens', line, TOKENS),
  };
}

/** A number of a router that is steered; undefined on the lines of others. */
function finiteOrAbsent(key: string, line: Record<string, unknown>): number | undefined {
  return absent(line[key]) ? undefined : requireNumber(key, line[key], NOT_NEGATIVE);
}

function absent(value: unknown): boolean {
  return value === undefined || value === null;
}

function required(key: string, line: Record<string, unknown>): unknown {
  if (line[key] === undefined) throw new ParameterError(key, 'given', undefined);
  return line[key];
}

function numberOrNull(key: string, line: Record<string, unknown>, interval: Interval): number {
  return line[key] === null ? NaN : requireNumber(key, line[key], interval);
}

/** For members that lines of routers without the option lack. */
function numberOrAbsent(key: string, line: Record<string, unknown>, interval: Interval): number {
  return absent(line[key]) ? NaN : requireNumber(key, line[key], interval);
}

function requireBoolean(key: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw new ParameterError(key, 'true or false', value);
}

function requireShares(key: string, value: unknown): readonly number[] {
  if (!Array.isArray(value)) throw new ParameterError(key, 'an array of numbers', value);
  return value.map((share, i) => requireNumber(`${key}[${i}]`, share, UNIT));
}

/** Only what is not as `select` decides is named. */
function parseMethod(value: unknown): BatchMethod {
  if (absent(value)) return 'draw';
  if (value === 'fromPropensity') return value;
  throw new ParameterError('method', '"fromPropensity" or absent', value);
}

function parseSeed(value: unknown): bigint {
  if (typeof value === 'string' && /^\d{1,20}$/.test(value)) return BigInt(value);
  throw new ParameterError('seed', 'a string of up to 20 decimal digits', value);
}
