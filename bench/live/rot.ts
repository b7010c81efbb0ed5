/** Model rot: how soon the router leaves the best of three arms that has gone bad, and what its vigilance costs while nothing happens. */
import type { BayesianRouter, LibraryConfig } from './bayesianRouter';
import {
  meanInterval,
  meanRegret,
  medianInterval,
  requestsToLeave,
  type Choices,
  type MeanInterval,
  type MedianInterval,
} from './figures';
import { ROT_AT, rotPlan } from './rotWorld';
import { runThompsonite, validityAndLatency, type ThompsoniteConfig } from './thompsonite';
import { drawWorld, type World } from './world';

/** Regret is taken from here on: half the way to the rot, when every contestant has found the best arm. */
const SETTLED_AT = 500;

export interface RotRow {
  readonly world: string;
  readonly contestant: string;
  /** Requests from the rot until the rotten arm's share of the last 50 is at most one half. */
  readonly requestsToLeave: MedianInterval;
  /** Expected quality lost a request, from request 500 to the rot. */
  readonly regretBeforeRot: MeanInterval;
  /** The same from request 500 to the end in worlds that do not rot. */
  readonly regretWithoutRot: MeanInterval;
}

interface RotKind {
  readonly name: string;
  readonly gradeStrength: number | undefined;
  readonly thompsonite: readonly ThompsoniteConfig[];
  readonly library: readonly LibraryConfig[];
}

const NO_BREAKER = { circuit_window_size: 1e9, circuit_failure_threshold: 1e9 };

function halfLife(
  halfLifeRequests: number,
  rest: Partial<ThompsoniteConfig> = {},
): ThompsoniteConfig {
  return {
    name: `thompsonite, half-life ${halfLifeRequests}`,
    ...rest,
    options: { posterior: { halfLifeRequests }, ...rest.options },
  };
}

/** Half-lives were chosen on the worlds of seeds 1 to 40, which are not among those scored. */
const KINDS: readonly RotKind[] = [
  {
    name: 'graded answers, quality as the reward',
    gradeStrength: 60,
    thompsonite: [halfLife(100), halfLife(80)],
    library: [{ name: 'bayesian-router, defaults', reward: 'validity' }],
  },
  {
    name: 'graded answers, composite reward',
    gradeStrength: 60,
    thompsonite: [halfLife(130, { outcome: validityAndLatency })],
    library: [{ name: 'bayesian-router, defaults' }],
  },
  {
    name: 'right or wrong answers, quality as the reward',
    gradeStrength: undefined,
    thompsonite: [halfLife(700)],
    library: [
      { name: 'bayesian-router, defaults', reward: 'validity' },
      { name: 'bayesian-router, no breaker', reward: 'validity', options: NO_BREAKER },
    ],
  },
];

export function compareRot(
  library: BayesianRouter | undefined,
  seeds: readonly number[],
  progress: (text: string) => void,
): RotRow[] {
  return KINDS.flatMap((kind) => {
    progress(`model rot, ${kind.name}`);
    const worlds = [true, false].map((rots) =>
      seeds.map((seed) => drawWorld(rotPlan(kind.gradeStrength, rots), seed)),
    ) as [World[], World[]];
    const ours = kind.thompsonite.map((config) =>
      rowOf(kind.name, config.name, worlds, (group) =>
        group.map((world, i) => runThompsonite(world, config, seeds[i]!)),
      ),
    );
    const theirs = !library
      ? []
      : kind.library.map((config) =>
          rowOf(
            kind.name,
            config.name,
            worlds,
            (group) => library.run(group, seeds, config).choices,
          ),
        );
    return [...ours, ...theirs];
  });
}

function rowOf(
  world: string,
  contestant: string,
  [rotting, sound]: [World[], World[]],
  live: (worlds: World[]) => readonly Choices[],
): RotRow {
  const through = live(rotting);
  const control = live(sound);
  const regret = (worlds: World[], choices: readonly Choices[], to: number) =>
    meanInterval(worlds.map((one, i) => meanRegret(one, choices[i]!, SETTLED_AT, to)));
  return {
    world,
    contestant,
    requestsToLeave: medianInterval(through.map((choices) => requestsToLeave(choices, 0, ROT_AT))),
    regretBeforeRot: regret(rotting, through, ROT_AT),
    regretWithoutRot: regret(sound, control, sound[0]!.requests),
  };
}
