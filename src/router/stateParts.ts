import type { Arm, NewArm } from '../arms/armList';
import { LatencyBlock } from '../forecast/latency/latencyBlock';
import { groupsOf } from '../forecast/latency/latencyOptions';
import type { Kernel } from '../kernel/kernel';
import { LevelsBlock } from '../posterior/levels';
import { halfLifeOf } from '../posterior/options';
import type { DecisionPolicyOptions } from '../selection/decisionPolicy';
import { latencyPolicy } from '../selection/latency';
import type { BatchPolicy } from './batch';
import { LevelDecisions } from './levelDecisions';
import type { ParsedRouterOptions } from './options';

/** Models of one provider, or of one family where it is not named, stand together. */
export function latencyBlock(
  options: ParsedRouterOptions,
  kernel: Kernel,
): LatencyBlock | undefined {
  const { latency, posterior, costWeight } = options;
  if (!latency) return undefined;
  const block = new LatencyBlock(kernel, latencyGroups(options), halfLifeOf(posterior));
  block.setPolicy(latencyPolicy(latency, costWeight));
  return block;
}

/** Groups of the arms, and of those to come. */
export function latencyGroups(
  { arms, latency }: ParsedRouterOptions,
  ...coming: readonly NewArm[]
): number[] {
  const providerOf = ({ model, provider }: Arm, family: string) =>
    provider ?? latency?.providers.get(model) ?? family;
  return groupsOf([
    ...arms.list.map((arm) => providerOf(arm, arms.families[arm.family]!)),
    ...coming.map((arm) => providerOf(arm, arm.familyName)),
  ]);
}

/** Decisions among (model, n) arms; undefined without. */
export function levelDecisions(
  { arms, bestOf }: ParsedRouterOptions,
  kernel: Kernel,
  policy: BatchPolicy,
): LevelDecisions | undefined {
  if (!bestOf) return undefined;
  const block = new LevelsBlock(kernel, arms, bestOf);
  return new LevelDecisions(kernel, arms.list.length, policy, block);
}

export function policyOptions(
  options: ParsedRouterOptions,
  replayed: boolean,
): DecisionPolicyOptions {
  const { arms, fallback, riskWeight, latency, context, bestOf, explainableDecisions } = options;
  return {
    arms: arms.list.length,
    fallback,
    trusted: fallback ? arms.indexOf.get(fallback.model)! : -1,
    riskWeight,
    latency: latency !== undefined,
    context: context !== undefined,
    samples: bestOf?.maxSamples ?? 0,
    traces: replayed ? 0 : explainableDecisions,
  };
}
