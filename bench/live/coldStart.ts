/** Cold start: how many requests pass until the router earns 90 % of the best arm's reward, by what it knows beforehand. */
import { Sampler, type PriorOptions } from '../../src/index';
import type { BayesianRouter, LibraryConfig } from './bayesianRouter';
import type { Choices } from './figures';
import { runThompsonite, type ThompsoniteConfig } from './thompsonite';
import { drawWorld, type World, type WorldPlan } from './world';

/** Mean quality of the models of three families; each model has its own. */
const FAMILIES = {
  a: [0.9, 0.86, 0.88, 0.84],
  b: [0.6, 0.55, 0.62, 0.58],
  c: [0.4, 0.35, 0.45, 0.38],
} as const;

/** Of each family one model has been in use: this many requests each are known of it. */
const KNOWN_REQUESTS = 40;
const KNOWN = ['a/4', 'b/1', 'c/1'];

const LENGTH = 400;
/** Experts' means are off by a normal of this sd, and are worth ten answers. */
const EXPERT_SD = 0.05;
const EXPERT_STRENGTH = 10;
/** The share of the best arm's reward that counts as learned. */
const GOAL = 0.9;
/** Rewards of so many requests are averaged, over all seeds as well. */
const WINDOW = 5;
const RESAMPLES = 400;

export interface ColdStartRow {
  readonly scenario: string;
  readonly contestant: string;
  /** First request from which on the mean expected reward is 90 % of the best arm's, with a 95 % bootstrap interval over seeds. */
  readonly requests: number;
  readonly low: number;
  readonly high: number;
}

const qualities = new Map<string, { readonly family: string; readonly quality: number }>(
  Object.entries(FAMILIES).flatMap(([family, means]) =>
    means.map((quality, i) => [`${family}/${i + 1}`, { family, quality }]),
  ),
);

function plan(families: boolean, requests: number): WorldPlan {
  const models = [...qualities].map(([id, { family, quality }]) => [
    id,
    {
      quality,
      family: families ? family : id,
      usdPerMillionInputTokens: 1,
      usdPerMillionOutputTokens: 4,
      outputTokens: { median: 100 },
    },
  ]);
  return { models: Object.fromEntries(models) as WorldPlan['models'], requests };
}

/** What experts say of each arm: by seed, so that no scenario hangs on one set of opinions. */
function opinions(arms: readonly string[], seed: number): { mean: number; strength: number }[] {
  const noise = new Sampler({ seed: 7_000_000 + seed }).normal(0, EXPERT_SD, arms.length);
  return arms.map((arm, i) => ({
    mean: Math.min(0.98, Math.max(0.02, qualities.get(arm)!.quality + noise[i]!)),
    strength: EXPERT_STRENGTH,
  }));
}

export function compareColdStart(
  library: BayesianRouter | undefined,
  seeds: readonly number[],
  progress: (text: string) => void,
): ColdStartRow[] {
  return [...expertScenario(library, seeds, progress), ...familyScenario(seeds, progress)];
}

/** Nothing has been served yet; experts have opinions on all arms. */
function expertScenario(
  library: BayesianRouter | undefined,
  seeds: readonly number[],
  progress: (text: string) => void,
): ColdStartRow[] {
  const scenario = 'twelve new models, experts’ priors';
  progress(`cold start, ${scenario}`);
  const worlds = seeds.map((seed) => drawWorld(plan(false, LENGTH), seed));
  const expertOf = (world: World, seed: number) =>
    Object.fromEntries(opinions(world.arms, seed).map((prior, i) => [world.arms[i]!, prior]));
  const ours = (contestant: string, priorsOf: (world: World, seed: number) => PriorOptions) =>
    rowOf(
      scenario,
      contestant,
      worlds,
      0,
      (world, seed) => runThompsonite(world, configOf(priorsOf(world, seed)), seed),
      seeds,
    );
  const rows = [
    ours('thompsonite, uniform priors', () => 'uniform'),
    ours('thompsonite, experts’ priors', expertOf),
  ];
  if (!library) return rows;
  const shapes: LibraryConfig['priors'] = (world, seed) =>
    opinions(world.arms, seed).map(
      ({ mean, strength }) => [mean * strength, (1 - mean) * strength] as const,
    );
  const theirs = (config: LibraryConfig) => {
    const { choices } = library.run(worlds, seeds, config);
    return rowOf(
      scenario,
      config.name,
      worlds,
      0,
      (_, seed) => choices[seeds.indexOf(seed)]!,
      seeds,
    );
  };
  return [
    ...rows,
    theirs({ name: 'bayesian-router, uniform priors', reward: 'validity' }),
    theirs({ name: 'bayesian-router, experts’ priors', reward: 'validity', priors: shapes }),
  ];
}

/** One model of each of three families is in use; nine more arrive, of which nothing is known but their families. */
function familyScenario(
  seeds: readonly number[],
  progress: (text: string) => void,
): ColdStartRow[] {
  const scenario = 'nine new models of three known families';
  progress(`cold start, ${scenario}`);
  const warmUp = KNOWN.length * KNOWN_REQUESTS;
  const config = (priors: PriorOptions): ThompsoniteConfig => ({
    ...configOf(priors),
    eligible: (t) => (t < warmUp ? [KNOWN[t % KNOWN.length]!] : FRESH),
  });
  const ours = (contestant: string, families: boolean, priors: PriorOptions) => {
    const worlds = seeds.map((seed) => drawWorld(plan(families, warmUp + LENGTH), seed));
    return rowOf(
      scenario,
      contestant,
      worlds,
      warmUp,
      (world, seed) => runThompsonite(world, config(priors), seed),
      seeds,
    );
  };
  return [
    ours('thompsonite, uniform priors', true, 'uniform'),
    ours('thompsonite, families unknown', false, 'family'),
    ours('thompsonite, family priors', true, 'family'),
  ];
}

/** The models that nothing is known of. */
const FRESH = [...qualities.keys()].filter((id) => !KNOWN.includes(id));

function configOf(priors: PriorOptions): ThompsoniteConfig {
  return { name: '', options: { priors } };
}

function rowOf(
  scenario: string,
  contestant: string,
  worlds: readonly World[],
  from: number,
  live: (world: World, seed: number) => Choices,
  seeds: readonly number[],
): ColdStartRow {
  const curves = worlds.map((world, i) => rewardsOf(world, live(world, seeds[i]!), from));
  const best = Math.max(...FRESH.map((id) => qualities.get(id)!.quality));
  const everyone = curves.map((_, i) => i);
  const draws = new Sampler({ seed: 1 }).uniform(0, curves.length, RESAMPLES * curves.length);
  const resampled = Array.from({ length: RESAMPLES }, (_, b) =>
    learnedAt(
      curves,
      everyone.map((i) => Math.floor(draws[b * curves.length + i]!)),
      GOAL * best,
    ),
  ).sort((a, b) => a - b);
  return {
    scenario,
    contestant,
    requests: learnedAt(curves, everyone, GOAL * best),
    low: resampled[Math.floor(0.025 * RESAMPLES)]!,
    high: resampled[Math.floor(0.975 * RESAMPLES)]!,
  };
}

/** Expected reward of each request from `from` on. */
function rewardsOf(
  { arms, expected, requests }: World,
  choices: Choices,
  from: number,
): Float64Array {
  return Float64Array.from(
    { length: requests - from },
    (_, t) => expected[(from + t) * arms.length + choices[from + t]!]!,
  );
}

/** The first request, counted from 1, at which the mean of the last few requests over the seeds given reaches the goal. */
function learnedAt(
  curves: readonly Float64Array[],
  seeds: readonly number[],
  goal: number,
): number {
  const length = curves[0]!.length;
  const means = Array.from({ length }, (_, t) => {
    let sum = 0;
    for (const seed of seeds) sum += curves[seed]![t]!;
    return sum / seeds.length;
  });
  for (let t = 0; t < length; t++) {
    const last = means.slice(Math.max(0, t - WINDOW + 1), t + 1);
    if (last.reduce((a, b) => a + b, 0) / last.length >= goal) return t + 1;
  }
  return length;
}
