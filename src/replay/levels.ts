import { byCodeUnit, type Arm } from '../arms/models';
import { expectedBestOf } from '../best-of-n/expectedBest';
import { ParameterError } from '../core/errors';
import type { OutcomeTable, RecordedSampleColumns } from './table';

/** Samples a (model, n) arm may have, as far as they are recorded. */
const LEVELS = [1, 2, 3, 4, 8, 16, 32];

/** Id of a (model, n) arm; one sample is the model itself. */
export function levelId(model: string, n: number): string {
  return n === 1 ? model : `${model}×${n}`;
}

/**
 * The table whose arms are (model, n), with the recorded verifier as proxy reward model: quality and cost of the best of n are their
 * exact expectations over the recorded samples (docs/MATH.md §29), what policies are scored by. Learning policies see drawn samples
 * instead.
 * @throws {ParameterError} where no model has several samples
 */
export function withLevels(base: OutcomeTable): OutcomeTable {
  const { samples, rows } = base;
  if (!samples) {
    const allowed = 'used on tables with several samples of a model for every request';
    throw new ParameterError('--policy of best-of-n arms', allowed, base.name);
  }
  const levels = base.arms.list
    .flatMap((arm) =>
      LEVELS.filter((n) => n <= samples.recorded[arm.index]!).map((n) => levelOf(arm, n)),
    )
    .sort((a, b) => byCodeUnit(a.id, b.id));
  const list = levels.map(({ id, arm, n }, index): Arm => {
    const { family, usdPerInputToken, usdPerOutputToken } = arm;
    return {
      index,
      model: id,
      family,
      usdPerInputToken: n * usdPerInputToken,
      usdPerOutputToken: n * usdPerOutputToken,
    };
  });
  const indexOf = new Map(list.map(({ model, index }) => [model, index]));
  if (indexOf.size < list.length)
    throw new ParameterError('ids of models', 'without another one and ×N behind it', base.name);
  const arms = list.length;
  const quality = new Float64Array(rows * arms);
  const costUsd = new Float64Array(rows * arms);
  levels.forEach(({ arm, n }, index) => {
    const scores = samplesOf(base, samples, samples.quality, arm.index);
    const costs = samplesOf(base, samples, samples.costUsd, arm.index);
    const recorded = samples.recorded[arm.index]!;
    const best = expectedBestOf({ samples: recorded, scores }, n);
    const mean = expectedBestOf({ samples: recorded, scores: costs }, 1);
    for (let row = 0; row < rows; row++) {
      quality[row * arms + index] = best[row]!;
      costUsd[row * arms + index] = n * mean[row]!;
    }
  });
  return {
    ...base,
    arms: { list, families: base.arms.families, indexOf, retired: base.arms.retired },
    quality,
    costUsd,
    latencyMs: undefined,
    outputTokens: undefined,
    samples: undefined,
    levels: {
      base,
      models: Uint32Array.from(levels, ({ arm }) => arm.index),
      samples: Uint32Array.from(levels, ({ n }) => n),
      single: Uint32Array.from(base.arms.list, ({ model }) => indexOf.get(model)!),
    },
  };
}

function levelOf(arm: Arm, n: number) {
  return { id: levelId(arm.model, n), arm, n };
}

/** rows × recorded samples of one model. */
function samplesOf(
  { rows, arms }: OutcomeTable,
  { most, recorded }: RecordedSampleColumns,
  values: Float64Array,
  arm: number,
): Float64Array {
  const count = recorded[arm]!;
  const out = new Float64Array(rows * count);
  for (let row = 0; row < rows; row++) {
    const from = (row * arms.list.length + arm) * most;
    out.set(values.subarray(from, from + count), row * count);
  }
  return out;
}
