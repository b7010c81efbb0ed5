/**
 * Everything that is timed, in the order in which it is shown. A contestant is a process and one of its ways ("variant") of doing
 * the work; the first contestant of a case is ours, the one that the ratios are of.
 */
import type { Parameters } from './protocol';
import type { ProcessName } from './peers/all';

export interface Entrant {
  readonly process: ProcessName;
  readonly variant: string;
}

/** How many times faster than a peer ours shall be. */
export interface Aim {
  /** The fastest of these counts. */
  readonly peers: readonly Entrant[];
  /** What must hold, and what is hoped for. */
  readonly floor: number;
  readonly goal: number;
}

export interface BenchCase {
  readonly id: string;
  readonly title: string;
  /** What an operation is. */
  readonly unit: string;
  /** A job's operations, set-up of the method included: 1e6 draws, 1e5 decisions. */
  readonly operations: number;
  readonly work: string;
  readonly parameters: Parameters;
  readonly entrants: readonly [Entrant, ...Entrant[]];
  readonly aims: readonly Aim[];
  /** How far the checksums of two contestants may lie apart: rounding, or six standard errors of what is random. */
  readonly tolerance: number;
}

const of =
  (process: ProcessName) =>
  (...variants: readonly string[]): Entrant[] =>
    variants.map((variant) => ({ process, variant }));
const ours = (variant: string): Entrant => ({ process: 'thompsonite', variant });
const numpy = of('numpy');
const rust = of('rust');
const [plain] = of('plain')('plain') as [Entrant];
const [stdlib] = of('stdlib')('stdlib') as [Entrant];
const GENERATORS = numpy('PCG64', 'SFC64');
/** One aim for each: numpy's default generator and its fastest; arrays in its default order and in the one that suits it best. */
const each = (entrants: readonly Entrant[], floor: number, goal: number): Aim[] =>
  entrants.map((entrant) => ({ peers: [entrant], floor, goal }));

const DRAWS = 1_000_000;
const DECISIONS = 100_000;
const STANDARD_ERRORS = 6;

const BETA_SHAPES = [
  [1, 1],
  [0.5, 0.5],
  [8, 3],
  [120.5, 37.2],
  [3000, 500],
] as const;

const beta = BETA_SHAPES.map(([a, b]): BenchCase => {
  const variance = (a * b) / ((a + b) * (a + b) * (a + b + 1));
  const goal = 15;
  return {
    id: `beta-${a}-${b}`,
    title: `Beta(${a}, ${b})`,
    unit: 'draw',
    operations: DRAWS,
    work: 'beta',
    parameters: { a, b },
    entrants: [
      ours('table'),
      ours('exact'),
      plain,
      stdlib,
      ...GENERATORS,
      ...rust('two Gamma', 'Beta'),
    ],
    aims: [
      ...each(GENERATORS, 12, goal),
      { peers: rust('two Gamma'), floor: a === 1 ? 2.8 : 5.5, goal: 8 },
    ],
    tolerance: STANDARD_ERRORS * Math.sqrt((2 * variance) / DRAWS),
  };
});

const betaOwn: BenchCase = {
  id: 'beta-own',
  title: 'Beta, own (a, b) ~ U(1, 200)',
  unit: 'draw',
  operations: DRAWS,
  work: 'beta-own',
  parameters: {},
  entrants: [ours('exact'), plain, stdlib, ...GENERATORS, ...rust('two Gamma')],
  aims: each(GENERATORS, 4, 6),
  // The mean of draws whose standard deviations are at most .3.
  tolerance: (STANDARD_ERRORS * 0.3) / Math.sqrt(DRAWS / 2),
};

const gamma = (
  [
    [4.5, 3.6, 4.5],
    [500, 3.6, 4.5],
    [1, 1, 2],
    [0.3, 1.8, 3],
  ] as const
).map(([shape, floor, goal]): BenchCase => ({
  id: `gamma-${shape}`,
  title: `Gamma, shape ${shape}`,
  unit: 'draw',
  operations: DRAWS,
  work: 'gamma',
  parameters: { shape },
  entrants: [
    ours('exact'),
    plain,
    stdlib,
    ...GENERATORS,
    ...(shape === 1 ? numpy('standard_exponential') : []),
    ...rust('Gamma'),
    ...(shape === 1 ? rust('Exp1') : []),
  ],
  aims: each(GENERATORS, floor, goal),
  tolerance: STANDARD_ERRORS * Math.sqrt(2 / shape / DRAWS),
}));

const decisionTolerance = STANDARD_ERRORS * Math.sqrt((2 * 0.25) / DECISIONS);

const decisions: BenchCase[] = [
  {
    id: 'decisions-common',
    title: 'Decisions, K = 8, common costs',
    unit: 'decision',
    operations: DECISIONS,
    work: 'decisions-common',
    parameters: { arms: 8 },
    entrants: [ours('fromPropensity'), plain, stdlib, ...GENERATORS, ...rust('two Gamma')],
    aims: each(GENERATORS, 400, 600),
    tolerance: decisionTolerance,
  },
  {
    id: 'decisions-own',
    title: 'Decisions, K = 8, own costs',
    unit: 'decision',
    operations: DECISIONS,
    work: 'decisions-own',
    parameters: { arms: 8 },
    entrants: [ours('table'), plain, stdlib, ...GENERATORS, ...rust('two Gamma')],
    aims: each(GENERATORS, 14, 25),
    tolerance: decisionTolerance,
  },
];

/** How much longer posteriors of very unequal widths take than equal ones. */
const propensities: BenchCase = {
  id: 'propensities',
  title: 'Propensities, K = 8',
  unit: 'set',
  operations: 100,
  work: 'propensities',
  parameters: { arms: 8 },
  entrants: [ours('equal'), ours('very unequal')],
  aims: [],
  // Both checksums are the sum of the probabilities.
  tolerance: 1e-12,
};

const SKLEARN = numpy('C order', 'Fortran order');

const fits = (
  [
    [2_000, 14, 13, 25],
    [55_000, 14, 13, 25],
    [10_000, 128, 11, 16],
  ] as const
).map(([rows, dimensions, floor, goal]): BenchCase => ({
  id: `ridge-fit-${rows}-${dimensions}`,
  title: `Bayesian ridge fit, ${rows.toLocaleString('en')} × ${dimensions}`,
  unit: 'fit',
  operations: 1,
  work: 'ridge-fit',
  parameters: { rows, dimensions },
  entrants: [ours('fit'), plain, ...SKLEARN],
  aims: each(SKLEARN, floor, goal),
  tolerance: 1e-8,
}));

const NUMPY_WAYS = numpy(
  'inverse in place',
  'inverse, np.outer',
  'refactored',
  'factor by columns',
);

const rankOne = (
  [
    [14, 1000, 40, 65],
    [64, 1000, 6, 9],
    [256, 100, 3, 5],
  ] as const
).map(([dimensions, operations, floor, goal]): BenchCase => ({
  id: `rank-one-${dimensions}`,
  title: `Rank-one update, d = ${dimensions}`,
  unit: 'update',
  operations,
  work: 'rank-one',
  parameters: { dimensions },
  entrants: [ours('update'), plain, ...NUMPY_WAYS, ...numpy('dsymv, dsyr', 'dgemv, dger')],
  aims: [{ peers: NUMPY_WAYS, floor, goal }],
  // Of the variance of a prediction.
  tolerance: 1e-10,
}));

const predict: BenchCase = {
  id: 'predict',
  title: 'Predict mean and sd, d = 14',
  unit: 'row',
  operations: 100_000,
  work: 'predict',
  parameters: { dimensions: 14, fitRows: 2_000 },
  entrants: [ours('predict'), plain, ...SKLEARN],
  aims: each(SKLEARN, 3.5, 6),
  tolerance: 1e-8,
};

const ARGMAX_WAYS = numpy('expression', 'in place');

const argmax: BenchCase = {
  id: 'argmax',
  title: 'Argmax of utilities, K = 8',
  unit: 'row',
  operations: 100_000,
  work: 'argmax',
  parameters: { arms: 8, costWeight: 20, riskWeight: 0.5 },
  entrants: [ours('exact'), plain, ...ARGMAX_WAYS],
  aims: [{ peers: ARGMAX_WAYS, floor: 9, goal: 14 }],
  tolerance: 1e-12,
};

/** Without copying in: what another host of the kernel, or a later stage in it, pays. */
const argmaxResident: BenchCase = {
  ...argmax,
  id: 'argmax-resident',
  title: 'Argmax, K = 8, data in the kernel',
  entrants: [ours('resident'), ...ARGMAX_WAYS],
};

const replay: BenchCase = {
  id: 'replay',
  title: 'Replay, a learned decision',
  unit: 'decision',
  operations: 20_000,
  work: 'replay',
  parameters: {},
  entrants: [ours('exact'), plain],
  aims: [{ peers: [plain], floor: 4, goal: 4 }],
  // Mean rewards of two policies that learn the same way.
  tolerance: 0.03,
};

export const CASES: readonly BenchCase[] = [
  ...beta,
  betaOwn,
  ...gamma,
  ...decisions,
  propensities,
  ...fits,
  ...rankOne,
  predict,
  argmax,
  argmaxResident,
  replay,
];

/** As people read it: "numpy PCG64", "plain TypeScript", "@stdlib". */
export function nameOf({ process, variant }: Entrant, work: string): string {
  if (process === 'plain') return 'plain TypeScript';
  if (process === 'stdlib') return '@stdlib';
  if (process === 'numpy' && (work === 'ridge-fit' || work === 'predict'))
    return `scikit-learn ${variant}`;
  if (process === 'numpy' && variant.startsWith('d')) return `scipy ${variant}`;
  return process === 'rust' ? `Rust ${variant}` : `${process} ${variant}`;
}
