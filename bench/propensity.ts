/**
 * Goals: microseconds a set of exact propensities, equal and very unequal posteriors; nanoseconds a decision drawn from
 * them, set-up included, against plain TypeScript draws (see plainRandom.ts) with argmax. Not measured here: numpy.
 */
import { propensitiesInto } from '../src/selection/propensities';
import { PropensityChooser } from '../src/selection/propensityChooser';
import { measure, type Timing } from './measure';
import { PlainRandom } from './plainRandom';

/** One posterior for all arms: uniform; a typical one; one with both ends singular. */
export const EQUAL_SHAPES = [
  [1, 1],
  [8.3, 3.4],
  [0.5, 0.5],
] as const;
/** From the widest to the narrowest posterior, all with much the same mean. */
export const UNEQUAL_SHAPES = [
  [1.5, 1],
  [1e6, 1e5],
  [1.5, 1.2],
  [8, 3],
  [300, 40],
  [2.5, 1.2],
  [5e4, 6e3],
  [30, 4],
] as const;

function inputOf(arms: number, shapes: readonly (readonly [number, number])[]) {
  return {
    alphas: Float64Array.from({ length: arms }, (_, i) => shapes[i % shapes.length]![0]),
    betas: Float64Array.from({ length: arms }, (_, i) => shapes[i % shapes.length]![1]),
    utilityOffsets: Float64Array.from({ length: arms }, (_, i) => (0.05 * i) / arms),
  };
}

/** Propensities of `arms` arms, one set an operation. */
export function propensitySets(arms: number, sets: number, rounds: number): Timing[] {
  const out = new Float64Array(arms);
  const contestants = [...EQUAL_SHAPES.map((shape) => [shape]), UNEQUAL_SHAPES].map((shapes) => {
    const input = inputOf(arms, shapes);
    return {
      name: shapes.length > 1 ? 'very unequal' : `Beta(${shapes[0].join(', ')})`,
      run: () => {
        for (let i = 0; i < sets; i++) propensitiesInto(input, out);
        return () => out[0]!;
      },
    };
  });
  return measure(contestants, sets, rounds, Math.ceil(rounds / 4));
}

/** Decisions of `arms` arms that share posteriors and costs. */
export function decisionsFromPropensity(arms: number, decisions: number, rounds: number): Timing[] {
  const input = inputOf(arms, UNEQUAL_SHAPES);
  const chooser = new PropensityChooser({ seed: 1 });
  const chosen = new Int32Array(decisions);
  const plain = new PlainRandom();
  plain.seed(1, 0);
  const wins = () => chosen.reduce((total, arm) => total + Number(arm === 0), 0);
  return measure(
    [
      {
        name: 'from propensities',
        run: (round) => {
          chooser.chooseInto(input, round * decisions, chosen);
          return wins;
        },
      },
      {
        name: 'plain TypeScript draws',
        run: () => {
          const { alphas, betas, utilityOffsets } = input;
          for (let row = 0; row < decisions; row++) {
            let best = -Infinity;
            for (let arm = 0; arm < arms; arm++) {
              const utility = plain.beta(alphas[arm]!, betas[arm]!) - utilityOffsets[arm]!;
              if (utility > best) {
                best = utility;
                chosen[row] = arm;
              }
            }
          }
          return wins;
        },
      },
    ],
    decisions,
    rounds,
    Math.ceil(rounds / 4),
  );
}
