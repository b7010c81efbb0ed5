/** This library, as a caller uses it: through the facade, results copied out of the kernel into the caller's arrays. */
import { fitBayesianRidge } from '../../src/forecast/bayesianRidge';
import { OnlineRidge } from '../../src/forecast/onlineRidge';
import { loadKernelSync } from '../../src/kernel/load';
import { Sampler } from '../../src/random/sampler';
import { ReplayEngine } from '../../src/replay/engine';
import { argmaxUtilityInto } from '../../src/selection/argmax';
import { propensitiesInto } from '../../src/selection/propensities';
import { PropensityChooser } from '../../src/selection/propensityChooser';
import { TableChooser } from '../../src/selection/tableChooser';
import { posteriors, regression, STREAM, units } from '../data';
import type { Prepare, Works } from '../works';
import { meanOf, shareOfLastArm } from './checksums';
import { ARMS, COST_WEIGHT, replayWorld } from './replayWorld';

/** Posteriors of very unequal widths, all shapes at least 1. */
const UNEQUAL = [
  [1, 1],
  [8, 3],
  [120.5, 37.2],
  [3000, 500],
  [2, 5],
  [1e5, 3e4],
  [40, 12],
  [1e6, 2e5],
] as const;

/** Sets of propensities under the costs of `posteriors`; the checksum is the sum of one set. */
function propensitySets(shapesOf: (arm: number) => readonly [number, number]): Prepare {
  return (operations, { arms = 8 }) => {
    const shapes = Array.from({ length: arms }, (_, arm) => shapesOf(arm));
    const input = {
      alphas: Float64Array.from(shapes, ([a]) => a),
      betas: Float64Array.from(shapes, ([, b]) => b),
      utilityOffsets: posteriors(arms).costs,
    };
    const out = new Float64Array(arms);
    return () => {
      for (let i = 0; i < operations; i++) propensitiesInto(input, out);
      return () => out.reduce((sum, p) => sum + p, 0);
    };
  };
}

export const thompsoniteWorks: Works = {
  beta: {
    exact: (operations, { a = 1, b = 1 }) => {
      const sampler = new Sampler({ seed: 1 });
      const out = new Float64Array(operations);
      return () => {
        sampler.betaInto(a, b, out);
        return () => meanOf(out);
      };
    },
    // A sampler keeps the tables of the shapes used last, so that each job builds its own with a new one.
    table: (operations, { a = 1, b = 1 }) => {
      const out = new Float64Array(operations);
      let seed = 0;
      return () => {
        new Sampler({ seed: seed++ }).betaInto(a, b, out, { method: 'table' });
        return () => meanOf(out);
      };
    },
  },

  'beta-own': {
    exact: (operations) => {
      const sampler = new Sampler({ seed: 1 });
      const alphas = units(operations, STREAM.shapesA, 1, 200);
      const betas = units(operations, STREAM.shapesB, 1, 200);
      const out = new Float64Array(operations);
      return () => {
        sampler.betaInto(alphas, betas, out);
        return () => meanOf(out);
      };
    },
  },

  gamma: {
    exact: (operations, { shape = 1 }) => {
      const sampler = new Sampler({ seed: 1 });
      const out = new Float64Array(operations);
      return () => {
        sampler.gammaInto(shape, 1, out);
        return () => meanOf(out) / shape;
      };
    },
  },

  propensities: {
    equal: propensitySets(() => [8, 3]),
    'very unequal': propensitySets((arm) => UNEQUAL[arm % UNEQUAL.length]!),
  },

  'decisions-common': {
    // The propensities are computed in every job.
    fromPropensity: (operations, { arms = 8 }) => {
      const chooser = new PropensityChooser({ seed: 1 });
      const { a: alphas, b: betas, costs: utilityOffsets } = posteriors(arms);
      const out = new Int32Array(operations);
      let first = 0;
      return () => {
        chooser.chooseInto({ alphas, betas, utilityOffsets }, first, out);
        first += operations;
        return () => shareOfLastArm(out, arms);
      };
    },
  },

  'decisions-own': {
    // The tables are built in every job.
    table: (operations, { arms = 8 }) => {
      const { a: alphas, b: betas } = posteriors(arms);
      const costs = units(operations * arms, STREAM.ownCosts, 0, 0.1);
      const out = new Int32Array(operations);
      let seed = 0;
      return () => {
        new TableChooser({ alphas, betas, seed: seed++ }).chooseInto(costs, { costWeight: 1 }, out);
        return () => shareOfLastArm(out, arms);
      };
    },
  },

  argmax: {
    exact: (operations, { arms = 8, costWeight = 1, riskWeight = 1 }) => {
      const cells = operations * arms;
      const quality = units(cells, STREAM.quality);
      const cost = units(cells, STREAM.cost, 0, 0.01);
      const uncertainty = units(cells, STREAM.uncertainty, 0, 0.1);
      const out = new Int32Array(operations);
      const options = { arms, willingnessToPayUsd: 1 / costWeight, riskWeight };
      return () => {
        argmaxUtilityInto(quality, cost, uncertainty, undefined, out, options);
        return () => meanOf(out);
      };
    },
    resident: (operations, { arms = 8, costWeight = 1, riskWeight = 1 }) => {
      const cells = operations * arms;
      const kernel = loadKernelSync().instantiate();
      const resident = (values: Float64Array) => {
        const address = kernel.allocate(values.byteLength);
        kernel.f64(address, cells).set(values);
        return address;
      };
      const quality = resident(units(cells, STREAM.quality));
      const cost = resident(units(cells, STREAM.cost, 0, 0.01));
      const uncertainty = resident(units(cells, STREAM.uncertainty, 0, 0.1));
      const out = kernel.allocate(4 * operations);
      const weights = [costWeight, riskWeight] as const;
      return () => {
        kernel.raw.argmax_utility(operations, arms, quality, cost, uncertainty, 0, ...weights, out);
        return () => meanOf(kernel.i32(out, operations));
      };
    },
  },

  'ridge-fit': {
    fit: (_, { rows = 2000, dimensions = 14 }) => {
      const { features, targets } = regression(rows, dimensions);
      return () => {
        const { coefficients } = fitBayesianRidge(features, targets, { dimensions });
        return () => meanOf(coefficients);
      };
    },
  },

  'rank-one': {
    // One regression goes on learning: making one costs as much as a thousand small updates. The checksum is a new one's.
    update: (operations, { dimensions = 14 }) => {
      const rows = units(operations * dimensions, STREAM.updates, -0.5, 0.5);
      const targets = Float64Array.from({ length: operations }, (_, i) => rows[i * dimensions]!);
      const options = { dimensions, noisePrecision: 1, weightPrecision: 1 };
      const ridge = new OnlineRidge(options);
      return () => {
        ridge.observe(rows, targets);
        return () => {
          const fresh = new OnlineRidge(options);
          fresh.observe(rows, targets);
          return fresh.predict(rows.subarray(0, dimensions)).epistemicVariance[0]!;
        };
      };
    },
  },

  predict: {
    predict: (operations, { dimensions = 14, fitRows = 2000 }) => {
      const { features, targets } = regression(fitRows, dimensions);
      const fit = fitBayesianRidge(features, targets, { dimensions });
      const rows = units(operations * dimensions, STREAM.newRows, -0.5, 0.5);
      const mean = new Float64Array(operations);
      const sd = new Float64Array(operations);
      return () => {
        fit.predictInto(rows, { mean, sd });
        return () => meanOf(mean) + meanOf(sd);
      };
    },
  },

  replay: {
    exact: (operations) => {
      const table = replayWorld(operations);
      const order = Uint32Array.from({ length: operations }, (_, i) => i);
      const engine = new ReplayEngine(table, {
        flat: false,
        halfLifeRequests: Infinity,
        chunkRequests: 4096,
      });
      let seed = 0;
      return () => {
        const chosen = engine.run({
          seed: seed++,
          order,
          costWeight: COST_WEIGHT,
          explorationScale: 1,
        });
        return () =>
          chosen.reduce((sum, arm, row) => sum + table.quality[row * ARMS + arm]!, 0) / operations;
      };
    },
  },
};
