/** Reward per dollar: what the cost of answers inside the decision is worth, and what ignoring it costs. */
import type { BayesianRouter, LibraryConfig } from './bayesianRouter';
import { meanInterval, type Choices, type MeanInterval } from './figures';
import { runThompsonite } from './thompsonite';
import { drawWorld, type World, type WorldPlan } from './world';

/** Two kinds of requests: chat, where a small model does nearly as well as a large one, and code, where it does not. */
const PLAN: WorldPlan = {
  models: {
    small: model('a', 0.15, 0.6, { chat: 0.9, code: 0.5 }),
    medium: model('a', 0.8, 4, { chat: 0.92, code: 0.78 }),
    large: model('b', 3, 15, { chat: 0.94, code: 0.93 }),
  },
  segments: { chat: { share: 2 }, code: { share: 1, promptTokens: { median: 1500 } } },
  requests: 2000,
};

function model(family: string, input: number, output: number, quality: Record<string, number>) {
  return {
    family,
    usdPerMillionInputTokens: input,
    usdPerMillionOutputTokens: output,
    quality,
    outputTokens: { median: 350 },
  };
}

/** USD that one right answer is worth to the caller of this world. */
const WILLINGNESS_TO_PAY_USD = 0.05;

export interface CostRow {
  readonly contestant: string;
  readonly rewardPerUsd: MeanInterval;
  readonly meanReward: MeanInterval;
  /** USD for 1,000 requests, mirrored calls included. */
  readonly usdPerThousand: MeanInterval;
  /** Reward less cost over willingness to pay, a request. */
  readonly utility: MeanInterval;
}

export function compareCost(
  library: BayesianRouter | undefined,
  seeds: readonly number[],
  progress: (text: string) => void,
): CostRow[] {
  progress('reward per dollar');
  const worlds = seeds.map((seed) => drawWorld(PLAN, seed));
  const ours = (contestant: string, willingnessToPayUsd: number) =>
    rowOf(
      contestant,
      worlds,
      worlds.map((world, i) =>
        runThompsonite(world, { name: contestant, options: { willingnessToPayUsd } }, seeds[i]!),
      ),
    );
  const rows = [
    ours('thompsonite, cost in the decision', WILLINGNESS_TO_PAY_USD),
    ours('thompsonite, cost not minded', Infinity),
  ];
  if (!library) return rows;
  const theirs = (config: LibraryConfig) => {
    const { choices, shadows } = library.run(worlds, seeds, config);
    return rowOf(config.name, worlds, choices, shadows);
  };
  return [
    ...rows,
    theirs({ name: 'bayesian-router, defaults', reward: 'validity' }),
    theirs({
      name: 'bayesian-router, a router for each segment, no shadow',
      reward: 'validity',
      bySegment: true,
      options: { shadow_rate: 0 },
    }),
  ];
}

function rowOf(
  contestant: string,
  worlds: readonly World[],
  choices: readonly Choices[],
  shadows?: readonly (readonly (readonly [number, number])[])[],
): CostRow {
  const lives = worlds.map((world, i) => {
    const k = world.arms.length;
    let [reward, usd] = [0, 0];
    choices[i]!.forEach((arm, t) => {
      reward += world.expected[t * k + arm]!;
      usd += world.costUsd[t * k + arm]!;
    });
    for (const [t, arm] of shadows?.[i] ?? []) usd += world.costUsd[t * k + arm]!;
    return { reward, usd, requests: world.requests };
  });
  const mean = (value: (life: (typeof lives)[number]) => number) => meanInterval(lives.map(value));
  return {
    contestant,
    rewardPerUsd: mean(({ reward, usd }) => reward / usd),
    meanReward: mean(({ reward, requests }) => reward / requests),
    usdPerThousand: mean(({ usd, requests }) => (1000 * usd) / requests),
    utility: mean(
      ({ reward, usd, requests }) => (reward - usd / WILLINGNESS_TO_PAY_USD) / requests,
    ),
  };
}
