import type { ErrorClass } from '../core/errorClass';
import { ParameterError } from '../core/errors';
import { DRAWS_IN_BLOCK, type AddressedDraws } from '../random/addressedDraws';
import { statusOf, type SimulatedAnswer, type SimulatedError, type SimulatedReply } from './answer';
import type { AnswerLuck, ModelLuck } from './luck';
import { wholeTokens } from './requests';
import { qualityIn, type ParsedModel } from './simulatedModel';
import type { ParsedDegradation, ParsedOutage } from './trouble';

/** A simulated model with what ails it now. */
export interface Patient {
  readonly model: ParsedModel;
  readonly luck: ModelLuck;
  degradation: ParsedDegradation;
  outages: ParsedOutage[];
}

/** A request as a call needs it. */
export interface AskedRequest {
  readonly number: number;
  readonly segment: string | undefined;
  readonly promptTokens: number;
  readonly lengthFactor: number;
}

/** A time-out without a limit of its own ends after an hour. */
const LONGEST_WAIT_MS = 3_600_000;

/** The quality to be expected in a segment. @throws {ParameterError} */
export function qualityOf({ model, degradation }: Patient, segment: string | undefined): number {
  const changed = degradation.quality && qualityIn(degradation.quality, segment);
  const quality = changed ?? qualityIn(model.quality, segment);
  if (quality !== undefined) return Math.min(1, quality * degradation.qualityFactor);
  const known = `a segment that models[${JSON.stringify(model.id)}].quality knows`;
  throw new ParameterError('request.segment', known, segment);
}

/** What a model says to a request at a moment. */
export function replyOf(
  patient: Patient,
  asked: AskedRequest,
  attempt: number,
  quality: number,
  nowMs: number,
  draws: AddressedDraws,
): SimulatedReply {
  const luck = patient.luck.of(asked.number, attempt);
  const i = asked.number % DRAWS_IN_BLOCK;
  const answer = answerTo(patient, asked, luck, i);
  const failed = failure(patient, luck, i, nowMs, answer.firstTokenMs);
  if (failed) return failed;
  if (answer.latencyMs > patient.model.timeoutMs)
    return errorOf(patient, 'timeout', undefined, answer.firstTokenMs);
  return { ...answer, quality: grade(patient.model, quality, luck.quality[i]!, draws) };
}

/** What ends a call before its answer. @param firstTokenMs time that errors take */
function failure(
  patient: Patient,
  luck: AnswerLuck,
  i: number,
  nowMs: number,
  firstTokenMs: number,
): SimulatedError | undefined {
  const { model, degradation, outages } = patient;
  const outage = outages.find(
    ({ fromMs, untilMs, share }) => fromMs <= nowMs && nowMs < untilMs && luck.outage[i]! < share,
  );
  if (outage) {
    const { retryAfterMs, untilMs } = outage;
    const wait = retryAfterMs === 'remaining' ? untilMs - nowMs : retryAfterMs;
    return errorOf(patient, outage.error, wait, firstTokenMs);
  }
  let left = luck.error[i]!;
  for (const [error, rate] of degradation.errors ?? model.errors) {
    left -= rate;
    if (left >= 0) continue;
    const wait = error === 'rateLimited' ? model.retryAfterMs : undefined;
    return errorOf(patient, error, wait, firstTokenMs);
  }
  return undefined;
}

function errorOf(
  { model }: Patient,
  error: ErrorClass,
  retryAfterMs: number | undefined,
  firstTokenMs: number,
): SimulatedError {
  const gaveUp = Math.min(model.timeoutMs, LONGEST_WAIT_MS);
  return {
    kind: 'error',
    model: model.id,
    error,
    status: statusOf(error),
    retryAfterMs,
    latencyMs: error === 'timeout' ? gaveUp : Math.min(firstTokenMs, gaveUp),
  };
}

function answerTo(
  { model, degradation }: Patient,
  { promptTokens, lengthFactor }: AskedRequest,
  luck: AnswerLuck,
  i: number,
): Omit<SimulatedAnswer, 'quality'> {
  const { latencyFactor, outputTokensFactor } = degradation;
  const length = model.outputTokens.median * luck.outputTokens[i]!;
  const outputTokens = wholeTokens(length * lengthFactor * outputTokensFactor);
  const firstTokenMs = model.firstTokenMs.median * luck.firstTokenMs[i]! * latencyFactor;
  const perTokenMs = model.perOutputTokenMs.median * luck.perOutputTokenMs[i]! * latencyFactor;
  const { usdPerMillionInputTokens, usdPerMillionOutputTokens } = model.options;
  const input = promptTokens * usdPerMillionInputTokens;
  return {
    kind: 'answer',
    model: model.id,
    promptTokens,
    outputTokens,
    firstTokenMs,
    latencyMs: firstTokenMs + outputTokens * perTokenMs,
    costUsd: (input + outputTokens * usdPerMillionOutputTokens) / 1e6,
  };
}

function grade(
  { gradeStrength }: ParsedModel,
  quality: number,
  u: number,
  draws: AddressedDraws,
): number {
  if (gradeStrength === undefined || quality === 0 || quality === 1) return u < quality ? 1 : 0;
  return draws.betaQuantile(u, quality * gradeStrength, (1 - quality) * gradeStrength);
}
