import type { CircuitState } from '../breaker/state';
import type { GroupFields, PropensityDecision } from '../selection/decision';
import type { Decided } from './decided';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * The result of a decision drawn from propensities: a plain object, whose prototype is that of every other.
 *
 * Perf: made by a constructor all the same. V8 watches where literals stand whose objects outlive a collection, as those of a batch under way do, and
 * from then on makes all that stand there in the old generation, where every result that is dropped waits for a full collection: two to three times the time of a batch.
 * What a constructor makes is always young.
 */
export const PropensityRecord = function (
  this: Writable<PropensityDecision>,
  decided: Decided,
  fields: GroupFields,
  decisionId: string,
  breaker: CircuitState | undefined,
): void {
  this.kind = 'decision';
  this.method = 'fromPropensity';
  this.decisionId = decisionId;
  this.sequenceNumber = decided.sequenceNumber;
  this.model = fields.model;
  this.segment = fields.segment;
  this.expectedCostUsd = fields.expectedCostUsd;
  this.eligible = fields.eligible;
  this.excluded = fields.excluded;
  this.evidenceReports = decided.evidenceReports;
  this.evidenceVersion = decided.evidenceVersion;
  this.propensity = fields.propensity;
  this.propensities = fields.propensities;
  this.propensityAccuracy = fields.propensityAccuracy;
  this.expectedLatencyMs = fields.expectedLatencyMs;
  this.probabilityWithinLimit = fields.probabilityWithinLimit;
  this.breaker = breaker;
  this.letThrough = fields.letThrough;
  this.rule = fields.rule;
  this.willingnessToPayUsd = fields.willingnessToPayUsd;
} as unknown as new (
  decided: Decided,
  fields: GroupFields,
  decisionId: string,
  breaker: CircuitState | undefined,
) => PropensityDecision;
PropensityRecord.prototype = Object.prototype;
// Perf: V8 keeps a field that has always been a number as an object of its own, made anew with each record; one that was undefined once holds whatever it is
// given, and records made from a record share its numbers.
new PropensityRecord({} as Decided, {} as GroupFields, '', undefined);
