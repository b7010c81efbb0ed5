/** The Python library `bayesian-router` as a process: through worlds that were drawn beforehand, and against the clock. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../root';
import type { Choices } from './figures';
import type { World } from './world';

/** Everything that its constructor takes beside models and rewards; what is left out is at its default. */
export type LibraryOptions = Readonly<Record<string, number | string>>;

export interface LibraryConfig {
  readonly name: string;
  readonly options?: LibraryOptions;
  /** Shapes of the arms' Beta priors. @defaultValue (1, 1) each */
  readonly priors?: (world: World, seed: number) => readonly (readonly [number, number])[];
  /** 'validity': the quality is the reward. @defaultValue 'composite', its default */
  readonly reward?: 'composite' | 'validity';
  /** One router for each segment. @defaultValue false: one for all, as it knows no segments */
  readonly bySegment?: boolean;
  /** In the first `warmUp` requests the arms of these indices answer in turn, and are told to `update`. */
  readonly known?: readonly number[];
  readonly warmUp?: number;
}

export interface LibraryRun {
  readonly choices: readonly Choices[];
  /** Of each seed: request and arm of each mirrored call. */
  readonly shadows: readonly (readonly (readonly [number, number])[])[];
}

const SCRIPT = join(ROOT, 'bench/live/bayesianRouterPeer.py');

/** Programs are taken from `--python`, THOMPSONITE_BENCH_PYTHON, the environment in build/peers, or the path. */
export class BayesianRouter {
  readonly #python: string;
  readonly versions: Readonly<Record<string, string>>;

  private constructor(python: string, versions: Readonly<Record<string, string>>) {
    this.#python = python;
    this.versions = versions;
  }

  /** The library, or a sentence that says why it is not here. */
  static find(python: string): BayesianRouter | string {
    const { stdout, error, status } = spawnSync(python, [SCRIPT, '--version'], {
      encoding: 'utf8',
    });
    if (error) return `bayesian-router is absent: ${python} did not start (${error.message})`;
    if (status !== 0) return `bayesian-router is absent: ${python} ended with status ${status}`;
    const greeting = JSON.parse(stdout) as { absent?: string; versions?: Record<string, string> };
    if (greeting.versions) return new BayesianRouter(python, greeting.versions);
    return `bayesian-router is absent from ${python}: ${greeting.absent} (pip install bayesian-router==0.1.1)`;
  }

  /** Seconds of CPU for so many pairs of select and update, and for as many selects. */
  time(
    arms: number,
    pairs: number,
  ): { readonly pairSeconds: number; readonly selectSeconds: number } {
    const names = Array.from({ length: arms }, (_, i) => `model-${i}`);
    return this.#start({ kind: 'timing', arms: names, pairs }) as never;
  }

  /** Its choices in each world, with the seeds beside them. */
  run(worlds: readonly World[], seeds: readonly number[], config: LibraryConfig): LibraryRun {
    const { options, reward, known, warmUp, priors, bySegment } = config;
    const world = worlds[0]!;
    const folder = mkdtempSync(join(tmpdir(), 'bayesian-router-'));
    try {
      const choicesFile = join(folder, 'choices');
      const worldsFile = join(folder, 'worlds');
      writeFileSync(worldsFile, bytesOf(worlds));
      const { shadows } = this.#start({
        kind: 'lives',
        ...{ options, reward, known, warmUp },
        arms: world.arms,
        requests: world.requests,
        seeds,
        worlds: worldsFile,
        choices: choicesFile,
        ...(priors && { priors: worlds.map((one, i) => priors(one, seeds[i]!)) }),
        ...(bySegment && { rows: worlds.map(rowsOf) }),
      }) as { shadows: LibraryRun['shadows'] };
      const all = readFileSync(choicesFile);
      return {
        choices: worlds.map((_, i) => all.subarray(i * world.requests, (i + 1) * world.requests)),
        shadows,
      };
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  #start(job: object): object {
    const folder = mkdtempSync(join(tmpdir(), 'bayesian-router-'));
    try {
      const file = join(folder, 'job.json');
      writeFileSync(file, JSON.stringify(job));
      const { stdout, stderr, status } = spawnSync(this.#python, [SCRIPT, file], {
        encoding: 'utf8',
        maxBuffer: 2 ** 30,
      });
      if (status !== 0) throw new Error(`bayesian-router failed: ${stderr}`);
      return JSON.parse(stdout) as object;
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
}

function bytesOf(worlds: readonly World[]): Uint8Array {
  const arrays = worlds.flatMap(({ quality, latencyMs }) => [quality, latencyMs]);
  const all = new Float64Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const array of arrays) {
    all.set(array, at);
    at += array.length;
  }
  return new Uint8Array(all.buffer);
}

function rowsOf({ segments }: World): number[] {
  const names = [...new Set(segments)];
  return segments.map((segment) => names.indexOf(segment));
}
