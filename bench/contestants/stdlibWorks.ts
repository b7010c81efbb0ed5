/** @stdlib's random numbers, in the form its documentation recommends for many draws: a generator made once by `factory`. */
import beta from '@stdlib/random-base-beta';
import gamma from '@stdlib/random-base-gamma';
import { posteriors, STREAM, units } from '../data';
import type { Works } from '../works';
import { meanOf, shareOfLastArm } from './checksums';

const SEEDED = { seed: 1 };

export const stdlibWorks: Works = {
  beta: {
    stdlib: (operations, { a = 1, b = 1 }) => {
      const draw = beta.factory(a, b, SEEDED);
      const out = new Float64Array(operations);
      return () => {
        for (let i = 0; i < out.length; i++) out[i] = draw();
        return () => meanOf(out);
      };
    },
  },

  'beta-own': {
    stdlib: (operations) => {
      const draw = beta.factory(SEEDED);
      const a = units(operations, STREAM.shapesA, 1, 200);
      const b = units(operations, STREAM.shapesB, 1, 200);
      const out = new Float64Array(operations);
      return () => {
        for (let i = 0; i < out.length; i++) out[i] = draw(a[i]!, b[i]!);
        return () => meanOf(out);
      };
    },
  },

  gamma: {
    stdlib: (operations, { shape = 1 }) => {
      const draw = gamma.factory(shape, 1, SEEDED);
      const out = new Float64Array(operations);
      return () => {
        for (let i = 0; i < out.length; i++) out[i] = draw();
        return () => meanOf(out) / shape;
      };
    },
  },

  'decisions-common': {
    stdlib: (operations, { arms = 8 }) => {
      const { a, b, costs } = posteriors(arms);
      return decide(operations, arms, a, b, (_, k) => costs[k]!);
    },
  },

  'decisions-own': {
    stdlib: (operations, { arms = 8 }) => {
      const { a, b } = posteriors(arms);
      const costs = units(operations * arms, STREAM.ownCosts, 0, 0.1);
      return decide(operations, arms, a, b, (i, k) => costs[i * arms + k]!);
    },
  },
};

function decide(
  operations: number,
  arms: number,
  a: Float64Array,
  b: Float64Array,
  costOf: (decision: number, arm: number) => number,
) {
  const draws = Array.from(a, (shape, k) => beta.factory(shape, b[k]!, { seed: k + 1 }));
  const out = new Int32Array(operations);
  return () => {
    for (let i = 0; i < out.length; i++) {
      let best = 0;
      let most = -Infinity;
      for (let k = 0; k < arms; k++) {
        const utility = draws[k]!() - costOf(i, k);
        if (!(utility > most)) continue;
        most = utility;
        best = k;
      }
      out[i] = best;
    }
    return () => shareOfLastArm(out, arms);
  };
}
