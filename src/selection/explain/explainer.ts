import type { CircuitState } from '../../breaker/state';
import type { AnyDecision } from '../decision';
import type { DecisionPolicy, DecisionTrace } from '../decisionPolicy';
import type { ArmExplanation, Explanation, Flip } from './explanation';
import { costDown, flipsOf, qualityUp, relativeChange, rivalsOf, type ArmFlip } from './flips';
import type { DecisionTraces, TracedArm, TracedDecision } from './traces';

/** Keeps the latest decisions beside the kernel's traces of them, and explains them. */
export class Explainer {
  readonly #traces: DecisionTraces;
  readonly #policy: DecisionPolicy;
  readonly #decisions: (AnyDecision | undefined)[] = [];
  readonly #groups: (DecisionTrace | undefined)[] = [];
  readonly #breakers: (readonly CircuitState[] | undefined)[] = [];

  constructor(policy: DecisionPolicy, traces: DecisionTraces) {
    this.#traces = traces;
    this.#policy = policy;
  }

  /** Keeps a decision; `breakers` are the states of all arms' breakers at it, `group` what a decision drawn from propensities saw. */
  note(decision: AnyDecision, breakers?: readonly CircuitState[], group?: DecisionTrace): void {
    const { slots } = this.#policy;
    if (slots === 0) return;
    const slot = decision.sequenceNumber % slots;
    this.#decisions[slot] = decision;
    this.#breakers[slot] = breakers;
    this.#groups[slot] = group;
  }

  /** undefined for a decision that is not kept. @param models ids of the arms, by index */
  explain(sequenceNumber: number, models: readonly string[]): Explanation | undefined {
    const slot = sequenceNumber % this.#policy.slots;
    const decision = this.#decisions[slot];
    if (decision?.sequenceNumber !== sequenceNumber) return undefined;
    const group = this.#groups[slot];
    const trace = group
      ? this.#traces.readGroup(group, models.indexOf(decision.model))
      : this.#traces.read(sequenceNumber);
    if (!trace) return undefined;
    const flips = group ? [] : flipsOf(trace).map((flip) => named(flip, trace, models));
    return {
      kind: 'explanation',
      decisionId: decision.decisionId,
      sequenceNumber,
      segment: decision.segment,
      model: models[trace.arms[trace.executed]!.model]!,
      ...samplesOf(trace.arms[trace.executed]!),
      chosenBy: trace.chosenBy,
      rule: decision.rule,
      greatestUtility: models[trace.arms[trace.chosen]?.model ?? -1],
      expert: trace.byContext ? 'prompt' : 'segment',
      promptShare: undefinedIfNaN(trace.share),
      willingnessToPayUsd: 1 / trace.costWeight,
      propensityAccuracy: trace.accuracy,
      arms: armsOf(trace, decision, models, this.#breakers[slot]),
      flips: flips.sort((a, b) => a.relativeChange - b.relativeChange),
    };
  }
}

function armsOf(
  trace: TracedDecision,
  decision: AnyDecision,
  models: readonly string[],
  breakers: readonly CircuitState[] | undefined,
): ArmExplanation[] {
  const reasons = new Map(decision.excluded.map(({ model, reason }) => [model, reason]));
  const byUtility = trace.chosenBy === 'utility' || trace.chosenBy === 'fallback';
  const rivals = new Set(byUtility ? rivalsOf(trace) : []);
  const greatest = trace.arms[trace.chosen]?.utility ?? NaN;
  return trace.arms.map((arm, index) => ({
    model: models[arm.model]!,
    ...samplesOf(arm),
    eligible: arm.eligible,
    reason: reasons.get(models[arm.model]!),
    breaker: breakers?.[arm.model],
    sampledQuality: undefinedIfNaN(arm.quality),
    meanQuality: arm.mean,
    qualityDeviation: Math.sqrt(arm.variance),
    expectedCostUsd: arm.costUsd,
    costTerm: trace.costWeight * arm.costUsd,
    latencyTerm: arm.latency,
    riskTerm: arm.risk,
    utility: undefinedIfNaN(arm.utility),
    margin: undefinedIfNaN(greatest - arm.utility),
    propensity: arm.propensity,
    confidence: undefinedIfNaN(arm.confidence),
    handsOver: trace.trusted >= 0 && trace.trusted !== index && arm.confidence < trace.confidence,
    qualityToFlip: rivals.has(index) ? qualityUp(trace, index)?.to : undefined,
    costUsdToFlip: rivals.has(index) ? costDown(trace, index)?.to : undefined,
  }));
}

function samplesOf({ n }: TracedArm): { readonly n?: number } {
  return n === undefined ? {} : { n };
}

function named(flip: ArmFlip, { arms }: TracedDecision, models: readonly string[]): Flip {
  const { kind, arm, from, to, executed } = flip;
  const changed = arms[arm];
  const { model: chosen, n } = arms[executed]!;
  return {
    kind,
    model: changed && models[changed.model],
    ...(changed && samplesOf(changed)),
    from,
    to,
    relativeChange: relativeChange(flip),
    chooses: models[chosen]!,
    ...(n !== undefined && { choosesN: n }),
  };
}

function undefinedIfNaN(value: number): number | undefined {
  return Number.isNaN(value) ? undefined : value;
}
