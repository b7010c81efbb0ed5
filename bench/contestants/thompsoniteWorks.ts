/** This library, as a caller uses it: through the facade, results copied out of the kernel into the caller's arrays. */
import { Sampler } from '../../src/random/sampler';
import { ReplayEngine } from '../../src/replay/engine';
import { argmaxUtilityInto } from '../../src/selection/argmax';
import { STREAM, units } from '../data';
import type { Works } from '../works';
import { meanOf } from './checksums';
import { ARMS, COST_WEIGHT, replayWorld } from './replayWorld';

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
    // table: to come with `method: 'table'`, a table built in every job.
  },

  // beta-own: to come with betaInto(alphas, betas, out).

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

  // propensities (equal, very unequal), decisions-common (from propensities), decisions-own (table): to come.

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
  },

  // ridge-fit, rank-one, predict: to come with fitBayesianRidge and OnlineRidge.

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
