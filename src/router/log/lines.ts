/**
 * The lines of a decision log (docs/MATH.md §17, docs/decisions/2026-11-22-decision-log.md). JSON writes every finite f64 so
 * that it reads back the same; what is not known is null, and an infinite option is the string "Infinity".
 */
import { LIBRARY_VERSION } from '../../core/version';
import type { Arm, Arms } from '../../arms/models';
import { ABI_VERSION } from '../../kernel/exports';
import type { DriftDirection } from '../../posterior/drift';
import { decisionIdOf } from '../decisionIds';
import type { StatedAccuracy } from '../../selection/propensities';
import type { ContextChoice } from '../contextDecisions';
import type { ModelChange } from '../modelChanges';
import type { ParsedRouterOptions } from '../options';
import type { LearnedRun } from '../runOutcome';
import { eligibleArms, rowsOf } from '../selectResult';
import type { Decided } from '../decided';
import type { MirroredReport, News } from '../news';
import type { Restart } from '../snapshot/openRouter';
import { routerMembers } from './routerMembers';

/** Grows with every change after which a reader of before would decide otherwise or misread. */
export const LOG_SCHEMA_VERSION = 1;

/** No other line begins so, and inside a string of JSON its quotes would be escaped. */
export const ROUTER_LINE_START = '{"schemaVersion":';

/** First line of a router's log: the options that its decisions depend on. */
export function routerLine(options: ParsedRouterOptions): string {
  return toLine({
    schemaVersion: LOG_SCHEMA_VERSION,
    kind: 'router',
    instanceId: options.instanceId,
    libraryVersion: LIBRARY_VERSION,
    kernelAbi: ABI_VERSION,
    ...routerMembers(options),
    models: Object.fromEntries(options.models),
  });
}

/**
 * The router was restored from a snapshot and goes on: its state is that of the lines before, under the name `formerId`, its models changed since as `models` says, and decides
 * by the options in `changed` from now on.
 */
export function restartLine(instanceId: string, restart: Restart): string {
  const { formerId, sequenceNumber, evidenceVersion, models, changed } = restart;
  return toLine({
    schemaVersion: LOG_SCHEMA_VERSION,
    kind: 'restored',
    instanceId,
    libraryVersion: LIBRARY_VERSION,
    kernelAbi: ABI_VERSION,
    formerId,
    sequenceNumber,
    evidenceVersion,
    ...(models.length > 0 && { models }),
    changed,
  });
}

/** A decision. Mode `off` leaves the propensities out; in mode `deferred` they are null, though a decision drawn from them knows them. */
export function decisionLine(decided: Decided, options: ParsedRouterOptions): string {
  const { request, choice, sequenceNumber, evidenceVersion } = decided;
  const { list } = options.arms;
  const chosen = choice.arm >= 0;
  const drawn = choice.group === undefined;
  const deferred = options.propensity !== 'exact';
  return toLine({
    kind: 'decision',
    decisionId: decisionIdOf(options.instanceId, sequenceNumber),
    sequenceNumber,
    evidenceVersion,
    ...(!drawn && { method: 'fromPropensity' }),
    segment: request.segment ?? null,
    ...(request.clock !== undefined && { clock: request.clock }),
    ...(request.atMs !== undefined && { atMs: request.atMs }),
    ...(request.costWeight !== undefined && { costWeight: request.costWeight }),
    ...(request.rule !== undefined && { rule: request.rule }),
    promptTokens: nullIfNaN(request.promptTokens),
    eligible: eligibleArms(request, options.arms).map((arm) => arm.model),
    model: chosen ? list[choice.arm]!.model : null,
    ...(choice.levels && samplesFields(decided, options)),
    ...(drawn && {
      byFloor: choice.byFloor,
      ...(options.fallback && { byFallback: choice.byFallback }),
      sampledQuality: chosen ? choice.sampledQuality : null,
    }),
    expectedCostUsd: chosen ? choice.expectedCostUsd : null,
    ...(options.latency && {
      tooSlow: choice.tooSlow.map((arm) => list[arm]!.model),
      expectedLatencyMs: chosen ? choice.expectedLatencyMs : null,
      probabilityWithinLimit: chosen ? choice.probabilityWithinLimit : null,
    }),
    ...(choice.context && { context: contextFields(choice.context) }),
    ...(options.propensity === 'off'
      ? {}
      : deferred
        ? NO_PROPENSITIES
        : propensityFields(decided, options.arms)),
  });
}

/** Who decided, and what the context expert forecast of every model: all that a replay needs of the prompt. */
function contextFields({ byContext, share, forecasts }: ContextChoice) {
  return { byContext, share, ...forecasts };
}

/** How many samples, and how many were allowed where that was less than the router takes. */
function samplesFields({ request, choice }: Decided, { arms, bestOf }: ParsedRouterOptions) {
  const { maxSamples = Infinity, caps } = request;
  const n = choice.arm < 0 ? null : choice.levels!.n;
  if (caps === undefined && maxSamples === Infinity) return { n };
  const mostOf = (arm: Arm) =>
    Math.min(arm.maxSamples ?? bestOf!.maxSamples, maxSamples, caps?.[arm.index] ?? Infinity);
  return { n, maxSamples: eligibleArms(request, arms).map(mostOf) };
}

/** The members of a decision's line that a deferred log is filled in with. */
export interface PropensityFields {
  readonly propensity: number | null;
  readonly propensities: readonly number[] | null;
  readonly propensityAccuracy: StatedAccuracy | null;
  /** Of routers with `bestOf`. */
  readonly samplePropensities?: readonly (readonly number[])[];
}

const NO_PROPENSITIES: PropensityFields = {
  propensity: null,
  propensities: null,
  propensityAccuracy: null,
};

export function propensityFields({ request, choice }: Decided, arms: Arms): PropensityFields {
  const { propensities, accuracy, arm, levels } = choice;
  if (!propensities || arm < 0) return NO_PROPENSITIES;
  const eligible = eligibleArms(request, arms);
  const fields = {
    propensity: propensities[arm]!,
    propensities: eligible.map((arm) => propensities[arm.index]!),
    propensityAccuracy: accuracy,
  };
  if (!levels?.propensities) return fields;
  const rows = rowsOf(levels.propensities, arms.list.length);
  return {
    ...fields,
    propensity: rows[arm]![levels.n - 1]!,
    samplePropensities: eligible.map(({ index }) => rows[index]!),
  };
}

/** What a report taught; `evidenceVersion` counts it and the changes of the models. */
export function reportLine(
  decisionId: string,
  evidenceVersion: number,
  news: News,
  drift?: DriftDirection,
): string {
  return toLine({
    kind: 'report',
    decisionId,
    evidenceVersion,
    reward: nullIfNaN(news.reward),
    costUsd: nullIfNaN(news.costUsd),
    promptTokens: nullIfNaN(news.promptTokens),
    ...(!Number.isNaN(news.latencyMs) && {
      latencyMs: news.latencyMs,
      firstTokenMs: nullIfNaN(news.firstTokenMs),
      outputTokens: nullIfNaN(news.outputTokens),
    }),
    ...(news.run && runFields(news.run)),
    // The evidence was widened before this report.
    ...(drift && { drift }),
  });
}

/** Samples that came and that cost something, and their rewards where these are known. */
function runFields({ samples, started, scores }: LearnedRun) {
  return { samples, started, ...(scores && { scores }) };
}

/** A change of the models; it counts as a version of the evidence. */
export function modelLine(
  instanceId: string,
  evidenceVersion: number,
  change: ModelChange,
): string {
  return toLine({ kind: 'model', instanceId, evidenceVersion, ...change });
}

/** What a mirrored call taught of a model that did not serve the request; `evidenceVersion` counts it among the reports. */
export function shadowLine(
  decisionId: string,
  evidenceVersion: number,
  model: string,
  { segment, weight, reward, costUsd, promptTokens }: MirroredReport,
): string {
  return toLine({
    kind: 'shadow',
    decisionId,
    evidenceVersion,
    segment: segment ?? null,
    model,
    weight,
    reward: nullIfNaN(reward),
    costUsd: nullIfNaN(costUsd),
    promptTokens: nullIfNaN(promptTokens),
  });
}

function toLine(value: object): string {
  return `${JSON.stringify(value)}\n`;
}

function nullIfNaN(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
