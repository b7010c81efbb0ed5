/** What a careful engineer writes in TypeScript, without WebAssembly and without a library: the baseline in the same runtime. */
import { posteriors, regression, STREAM, units } from '../data';
import type { Works } from '../works';
import { meanOf, shareOfLastArm } from './checksums';
import { plainFit, plainPredictInto } from './plainRidge';
import { plainRankOne, varianceOfFirst } from './plainRankOne';
import { PlainRandom } from './plainRandom';
import { plainReplay, type PlainWorld } from './plainReplay';
import { ARMS, COST_WEIGHT, replayWorld, SEGMENTS } from './replayWorld';

function seeded(): PlainRandom {
  const random = new PlainRandom();
  random.seed(1, 0);
  return random;
}

export const plainWorks: Works = {
  beta: {
    plain: (operations, { a = 1, b = 1 }) => {
      const random = seeded();
      const out = new Float64Array(operations);
      return () => {
        for (let i = 0; i < out.length; i++) out[i] = random.beta(a, b);
        return () => meanOf(out);
      };
    },
  },

  'beta-own': {
    plain: (operations) => {
      const random = seeded();
      const a = units(operations, STREAM.shapesA, 1, 200);
      const b = units(operations, STREAM.shapesB, 1, 200);
      const out = new Float64Array(operations);
      return () => {
        for (let i = 0; i < out.length; i++) out[i] = random.beta(a[i]!, b[i]!);
        return () => meanOf(out);
      };
    },
  },

  gamma: {
    plain: (operations, { shape = 1 }) => {
      const random = seeded();
      const out = new Float64Array(operations);
      return () => {
        for (let i = 0; i < out.length; i++) out[i] = random.gamma(shape);
        return () => meanOf(out) / shape;
      };
    },
  },

  'decisions-common': {
    plain: (operations, { arms = 8 }) => {
      const random = seeded();
      const { a, b, costs } = posteriors(arms);
      const out = new Int32Array(operations);
      return () => {
        for (let i = 0; i < out.length; i++) {
          let best = 0;
          let most = -Infinity;
          for (let k = 0; k < arms; k++) {
            const utility = random.beta(a[k]!, b[k]!) - costs[k]!;
            if (!(utility > most)) continue;
            most = utility;
            best = k;
          }
          out[i] = best;
        }
        return () => shareOfLastArm(out, arms);
      };
    },
  },

  'decisions-own': {
    plain: (operations, { arms = 8 }) => {
      const random = seeded();
      const { a, b } = posteriors(arms);
      const costs = units(operations * arms, STREAM.ownCosts, 0, 0.1);
      const out = new Int32Array(operations);
      return () => {
        for (let i = 0; i < out.length; i++) {
          let best = 0;
          let most = -Infinity;
          for (let k = 0; k < arms; k++) {
            const utility = random.beta(a[k]!, b[k]!) - costs[i * arms + k]!;
            if (!(utility > most)) continue;
            most = utility;
            best = k;
          }
          out[i] = best;
        }
        return () => shareOfLastArm(out, arms);
      };
    },
  },

  argmax: {
    plain: (operations, { arms = 8, costWeight = 1, riskWeight = 1 }) => {
      const cells = operations * arms;
      const quality = units(cells, STREAM.quality);
      const cost = units(cells, STREAM.cost, 0, 0.01);
      const uncertainty = units(cells, STREAM.uncertainty, 0, 0.1);
      const out = new Int32Array(operations);
      return () => {
        for (let i = 0, at = 0; i < out.length; i++) {
          let best = -1;
          let most = -Infinity;
          for (let k = 0; k < arms; k++, at++) {
            const utility = quality[at]! - costWeight * cost[at]! - riskWeight * uncertainty[at]!;
            if (!(utility > most)) continue;
            most = utility;
            best = k;
          }
          out[i] = best;
        }
        return () => meanOf(out);
      };
    },
  },

  'ridge-fit': {
    plain: (_, { rows = 2000, dimensions = 14 }) => {
      const { features, targets } = regression(rows, dimensions);
      return () => {
        const { coefficients } = plainFit(features, targets, dimensions);
        return () => meanOf(coefficients);
      };
    },
  },

  'rank-one': {
    plain: (operations, { dimensions = 14 }) => {
      const rows = units(operations * dimensions, STREAM.updates, -0.5, 0.5);
      return () => {
        const factor = plainRankOne(rows, operations, dimensions);
        return () => varianceOfFirst(rows, factor, dimensions);
      };
    },
  },

  predict: {
    plain: (operations, { dimensions = 14, fitRows = 2000 }) => {
      const { features, targets } = regression(fitRows, dimensions);
      const model = plainFit(features, targets, dimensions);
      const rows = units(operations * dimensions, STREAM.newRows, -0.5, 0.5);
      const mean = new Float64Array(operations);
      const sd = new Float64Array(operations);
      return () => {
        plainPredictInto(model, rows, mean, sd);
        return () => meanOf(mean) + meanOf(sd);
      };
    },
  },

  replay: {
    plain: (operations) => {
      const table = replayWorld(operations);
      const order = Uint32Array.from({ length: operations }, (_, i) => i);
      const world: PlainWorld = {
        arms: ARMS,
        segments: SEGMENTS,
        families: Int32Array.from(table.arms.list, (arm) => arm.family),
        usdPerInputToken: Float64Array.from(table.arms.list, (arm) => arm.usdPerInputToken),
        usdPerOutputToken: Float64Array.from(table.arms.list, (arm) => arm.usdPerOutputToken),
        segmentOf: table.segments,
        promptTokens: table.promptTokens,
        quality: table.quality,
        costUsd: table.costUsd,
      };
      let seed = 0;
      return () => {
        const total = plainReplay(world, order, seed++, COST_WEIGHT);
        return () => total / operations;
      };
    },
  },
};
