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
import { contestantOf, ROT_KINDS, type RotKind, type RotSetting } from './rotSettings';
import { ROT_AT, rotPlan } from './rotWorld';
import { runThompsonite } from './thompsonite';
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

export function compareRot(
  library: BayesianRouter | undefined,
  seeds: readonly number[],
  progress: (text: string) => void,
): RotRow[] {
  return ROT_KINDS.flatMap((kind) => {
    progress(`model rot, ${kind.name}`);
    const worlds = rotWorlds(kind, seeds);
    const ours = kind.settings.map((setting) => thompsoniteRow(kind, worlds, seeds, setting));
    const theirs = kind.library.map((config) =>
      library ? [libraryRow(kind, worlds, library, seeds, config)] : [],
    );
    return [...ours, ...theirs.flat()];
  });
}

/** Worlds that rot, and the same without. */
export type RotWorlds = readonly [rotting: readonly World[], sound: readonly World[]];

export function rotWorlds({ gradeStrength }: RotKind, seeds: readonly number[]): RotWorlds {
  const draw = (rots: boolean) =>
    seeds.map((seed) => drawWorld(rotPlan(gradeStrength, rots), seed));
  return [draw(true), draw(false)];
}

export function thompsoniteRow(
  kind: RotKind,
  worlds: RotWorlds,
  seeds: readonly number[],
  setting: RotSetting,
): RotRow {
  const config = contestantOf(setting, kind);
  return rowOf(kind.name, config.name, worlds, (group) =>
    group.map((world, i) => runThompsonite(world, config, seeds[i]!)),
  );
}

export function libraryRow(
  kind: RotKind,
  worlds: RotWorlds,
  library: BayesianRouter,
  seeds: readonly number[],
  config: LibraryConfig,
): RotRow {
  return rowOf(
    kind.name,
    config.name,
    worlds,
    (group) => library.run(group, seeds, config).choices,
  );
}

function rowOf(
  world: string,
  contestant: string,
  [rotting, sound]: RotWorlds,
  live: (worlds: readonly World[]) => readonly Choices[],
): RotRow {
  const through = live(rotting);
  const control = live(sound);
  const regret = (worlds: readonly World[], choices: readonly Choices[], to: number) =>
    meanInterval(worlds.map((one, i) => meanRegret(one, choices[i]!, SETTLED_AT, to)));
  return {
    world,
    contestant,
    requestsToLeave: medianInterval(through.map((choices) => requestsToLeave(choices, 0, ROT_AT))),
    regretBeforeRot: regret(rotting, through, ROT_AT),
    regretWithoutRot: regret(sound, control, sound[0]!.requests),
  };
}
