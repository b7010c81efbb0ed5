import type { Arm, NewArm } from '../arms/armList';
import { LatencyBlock } from '../forecast/latency/latencyBlock';
import { groupsOf } from '../forecast/latency/latencyOptions';
import type { Kernel } from '../kernel/kernel';
import { halfLifeOf } from '../posterior/options';
import type { DecisionPolicyOptions } from '../selection/decisionPolicy';
import { latencyPolicy } from '../selection/latency';
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

export function policyOptions(
  options: ParsedRouterOptions,
  replayed: boolean,
): DecisionPolicyOptions {
  const { arms, fallback, riskWeight, latency, context, explainableDecisions } = options;
  return {
    arms: arms.list.length,
    fallback,
    trusted: fallback ? arms.indexOf.get(fallback.model)! : -1,
    riskWeight,
    latency: latency !== undefined,
    context: context !== undefined,
    traces: replayed ? 0 : explainableDecisions,
  };
}
