import { percentileInterval, type Bootstrap } from './bootstrap';
import { hullQuality, staticMixtureHull } from './hull';
import type { Estimate } from './result';
import type { PolicyRuns, SeedRun } from './runs';
import type { OutcomeTable } from './table';

/** What the estimates of one policy need of it. */
export interface PolicyEstimates {
  readonly quality: Estimate;
  readonly costUsdPer1000: Estimate;
  readonly utility: Estimate;
  readonly hullGain: Estimate | null;
  readonly hullGainLate: Estimate | null;
}

/** Four sums a seed: quality and cost of all rows, quality and cost of the late rows. */
const FIELDS = 4;

/** One evaluation: the point estimate, or one resample. */
interface Statistics {
  readonly quality: number;
  readonly cost: number;
  readonly gain: number;
  readonly gainLate: number;
}

/** Sums of one evaluation; offsets into longer arrays. */
interface Sums {
  readonly policy: Float64Array;
  readonly arms: Float64Array;
  readonly seedCounts: Float64Array;
}

/**
 * Means, hull gains and their intervals (docs/MATH.md §10): 2,000 bootstrap resamples of requests and of seeds, the hull
 * made anew in each. Replays are not run again, so the intervals do not cover how learning would have gone on other requests.
 */
export class Estimator {
  readonly #table: OutcomeTable;
  readonly #seeds: readonly SeedRun[];
  readonly #bootstrap: Bootstrap;
  readonly #costWeight: number;
  readonly #armColumns: readonly Float64Array[];
  readonly #armSums: Float64Array;
  readonly #seedCounts: Float64Array;

  constructor(
    table: OutcomeTable,
    seeds: readonly SeedRun[],
    bootstrap: Bootstrap,
    costWeight: number,
  ) {
    this.#table = table;
    this.#seeds = seeds;
    this.#bootstrap = bootstrap;
    this.#costWeight = costWeight;
    this.#armColumns = armColumns(table, seeds);
    this.#armSums = bootstrap.resampledSums(this.#armColumns);
    this.#seedCounts = bootstrap.seedCounts(seeds.length);
  }

  /** Estimates of a policy from its choices. */
  ofRuns(runs: PolicyRuns): PolicyEstimates {
    const columns = policyColumns(this.#table, this.#seeds, runs);
    return this.#summarise(plainSums(columns), this.#bootstrap.resampledSums(columns));
  }

  /** Estimates of a policy that always picks one arm: its sums are already there. */
  ofArm(arm: number): PolicyEstimates {
    const plain = plainSums(this.#armColumns);
    const select = (sums: Float64Array) => this.#armAsPolicy(sums, arm);
    const resampled = new Float64Array(this.#bootstrap.resamples * this.#width);
    for (let b = 0; b < this.#bootstrap.resamples; b++) {
      resampled.set(select(slice(this.#armSums, b, this.#armColumns.length)), b * this.#width);
    }
    return this.#summarise(select(plain), resampled);
  }

  get #width(): number {
    return FIELDS * this.#seeds.length;
  }

  #armAsPolicy(sums: Float64Array, arm: number): Float64Array {
    const arms = this.#table.arms.list.length;
    return Float64Array.from({ length: this.#width }, (_, i) => {
      const late = lateOffset(arms, Math.floor(i / FIELDS)) + 1;
      return [sums[2 * arm]!, sums[2 * arm + 1]!, sums[late + 2 * arm]!, sums[late + 2 * arm + 1]!][
        i % FIELDS
      ]!;
    });
  }

  #summarise(plain: Float64Array, resampled: Float64Array): PolicyEstimates {
    const point = this.#evaluate({
      policy: plain,
      arms: plainSums(this.#armColumns),
      seedCounts: new Float64Array(this.#seeds.length).fill(1),
    });
    const drawn = Array.from({ length: this.#bootstrap.resamples }, (_, b) =>
      this.#evaluate({
        policy: slice(resampled, b, this.#width),
        arms: slice(this.#armSums, b, this.#armColumns.length),
        seedCounts: slice(this.#seedCounts, b, this.#seeds.length),
      }),
    );
    const estimate = (value: (statistics: Statistics) => number): Estimate => ({
      mean: value(point),
      ci95: percentileInterval(Float64Array.from(drawn, value)),
    });
    const unlessUndefined = (e: Estimate) => (Number.isNaN(e.mean) ? null : e);
    return {
      quality: estimate((s) => s.quality),
      costUsdPer1000: estimate((s) => 1000 * s.cost),
      utility: estimate((s) => s.quality - this.#costWeight * s.cost),
      hullGain: unlessUndefined(estimate((s) => s.gain)),
      hullGainLate: unlessUndefined(estimate((s) => s.gainLate)),
    };
  }

  /** Means over seeds; the hull is read once, at the mean cost, on the rows of all seeds together. */
  #evaluate({ policy, arms: armSums, seedCounts }: Sums): Statistics {
    const { rows } = this.#table;
    const arms = this.#table.arms.list.length;
    const sums = new Float64Array(FIELDS);
    // Late rows, then quality and cost of every arm on them: the columns of `armColumns` for one seed, added up.
    const late = new Float64Array(1 + 2 * arms);
    let seeds = 0;
    seedCounts.forEach((count, seed) => {
      if (count === 0) return;
      seeds += count;
      sums.forEach((_, i) => (sums[i]! += count * policy[seed * FIELDS + i]!));
      const from = lateOffset(arms, seed);
      late.forEach((_, i) => (late[i]! += count * armSums[from + i]!));
    });
    const quality = sums[0]! / (seeds * rows);
    const cost = sums[1]! / (seeds * rows);
    const lateRows = late[0]!;
    return {
      quality,
      cost,
      gain: quality - hullQuality(hullFrom(armSums, 0, arms, rows), cost),
      gainLate:
        sums[2]! / lateRows - hullQuality(hullFrom(late, 1, arms, lateRows), sums[3]! / lateRows),
    };
  }
}

/** Columns of `armColumns` before those of a seed. */
function lateOffset(arms: number, seed: number): number {
  return 2 * arms + seed * (1 + 2 * arms);
}

function hullFrom(sums: Float64Array, offset: number, arms: number, rows: number) {
  return staticMixtureHull(
    Array.from({ length: arms }, (_, arm) => ({
      quality: sums[offset + 2 * arm]! / rows,
      costUsd: sums[offset + 2 * arm + 1]! / rows,
    })),
  );
}

/** Quality and cost of every arm; then for every seed the late rows' indicator and the arms' quality and cost on them. */
function armColumns(table: OutcomeTable, seeds: readonly SeedRun[]): Float64Array[] {
  const arms = table.arms.list.length;
  const whole = table.arms.list.flatMap(({ index }) => [
    column(table.rows, (row) => table.quality[row * arms + index]!),
    column(table.rows, (row) => table.costUsd[row * arms + index]!),
  ]);
  const late = seeds.flatMap((seed) => [
    Float64Array.from(seed.late),
    ...whole.map((values) => column(table.rows, (row) => seed.late[row]! * values[row]!)),
  ]);
  return [...whole, ...late];
}

function policyColumns(
  table: OutcomeTable,
  seeds: readonly SeedRun[],
  runs: PolicyRuns,
): Float64Array[] {
  const arms = table.arms.list.length;
  return seeds.flatMap(({ late }, seed) => {
    const chosen = runs.chosenByRow[seed]!;
    const quality = column(table.rows, (row) => table.quality[row * arms + chosen[row]!]!);
    const cost = column(table.rows, (row) => table.costUsd[row * arms + chosen[row]!]!);
    return [
      quality,
      cost,
      quality.map((q, row) => late[row]! * q),
      cost.map((c, row) => late[row]! * c),
    ];
  });
}

function column(rows: number, value: (row: number) => number): Float64Array {
  return Float64Array.from({ length: rows }, (_, row) => value(row));
}

function plainSums(columns: readonly Float64Array[]): Float64Array {
  return Float64Array.from(columns, (values) => values.reduce((sum, value) => sum + value, 0));
}

function slice(array: Float64Array, index: number, length: number): Float64Array {
  return array.subarray(index * length, (index + 1) * length);
}
