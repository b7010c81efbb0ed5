import { ParameterError, show } from '../core/errors';
import { parseJsonLine } from '../core/json';
import {
  FINITE,
  LONGEST_ID,
  optionalNumber,
  requireId,
  requireObject,
  TOKENS,
  UNIT,
  USD,
} from '../core/validation';
import { LATENCY_MS } from '../forecast/latency/latencyOptions';
import type { RecordedOutcome, RecordedRequest } from './table';

/** Parses one line of an outcome table. @throws {ParameterError | SyntaxError} naming the field, what is allowed and what came */
export function parseRecordedRequest(line: string): RecordedRequest {
  const request = requireObject('the line', parseJsonLine(line));
  const { prompt } = request;
  if (prompt !== undefined && typeof prompt !== 'string')
    throw new ParameterError('prompt', 'a string', prompt);
  return {
    id: requireId('id', request['id']),
    segment: parseSegment(request['segment']),
    atSeconds: optionalNumber('at', request['at'], FINITE, NaN),
    promptTokens: optionalNumber('promptTokens', request['promptTokens'], TOKENS, NaN),
    prompt,
    promptCharacters: prompt === undefined ? NaN : prompt.length,
    outcomes: parseOutcomes(request['outcomes']),
  };
}

function parseSegment(segment: unknown): string | undefined {
  return segment === undefined ? undefined : requireId('segment', segment);
}

function parseOutcomes(value: unknown): Map<string, RecordedOutcome> {
  const entries = Object.entries(requireObject('outcomes', value));
  if (entries.length === 0)
    throw new ParameterError('outcomes', 'an object with at least one model', value);
  return new Map(
    entries.map(([model, outcome]) => [requireModel(model), firstSample(model, outcome)]),
  );
}

function requireModel(model: string): string {
  if (model.length > 0 && model.length <= LONGEST_ID) return model;
  throw new ParameterError(
    'a model id in outcomes',
    `a string of 1 to ${LONGEST_ID} characters`,
    model,
  );
}

/** The first sample, which carries all of them where there are several. */
function firstSample(model: string, value: unknown): RecordedOutcome {
  const path = `outcomes[${show(model)}]`;
  if (!Array.isArray(value)) return parseOutcome(path, value);
  const samples = value.map((sample: unknown, i) => parseOutcome(`${path}[${i}]`, sample));
  if (samples[0]) return samples.length > 1 ? { ...samples[0], samples } : samples[0];
  throw new ParameterError(path, 'an outcome or a non-empty array of outcomes', value);
}

function parseOutcome(path: string, value: unknown): RecordedOutcome {
  const outcome = requireObject(path, value);
  const { ok } = outcome;
  if (ok !== undefined && typeof ok !== 'boolean')
    throw new ParameterError(`${path}.ok`, 'a boolean', ok);
  const latencyMs = optionalNumber(`${path}.latencyMs`, outcome['latencyMs'], LATENCY_MS, NaN);
  // An answer that could not be parsed and was given no quality is worth nothing.
  const quality = outcome['quality'] === undefined && ok === false ? 0 : outcome['quality'];
  return {
    quality: optionalNumber(`${path}.quality`, quality, UNIT, NaN),
    costUsd: optionalNumber(`${path}.costUsd`, outcome['costUsd'], USD, NaN),
    outputTokens: optionalNumber(`${path}.outputTokens`, outcome['outputTokens'], TOKENS, NaN),
    ...(!Number.isNaN(latencyMs) && { latencyMs }),
  };
}
