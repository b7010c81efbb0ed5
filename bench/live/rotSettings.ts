/** What takes part in the worlds of model rot: three ways of noticing, and the grids that their settings are chosen from. */
import type { BreakerOptions, DriftOptions, RouterOptions } from '../../src/index';
import type { LibraryConfig } from './bayesianRouter';
import { validityAndLatency, type ThompsoniteConfig } from './thompsonite';
import type { World } from './world';

export interface RotKind {
  readonly name: string;
  readonly gradeStrength: number | undefined;
  readonly outcome?: NonNullable<ThompsoniteConfig['outcome']>;
  /** Its first is the one whose regret bounds the choice of settings. */
  readonly library: readonly LibraryConfig[];
  /** Chosen by rotChoice.ts on the worlds of seeds 1 to 40, which are not among those scored; the detectors' defaults were chosen elsewhere. */
  readonly settings: readonly RotSetting[];
  readonly grid: Readonly<Record<string, readonly RotSetting[]>>;
}

/** How one contestant notices: forgetting, detectors, breakers that are told of bad answers; undefined = not so. */
export interface RotSetting {
  readonly halfLifeRequests?: number;
  readonly drift?: DriftOptions;
  readonly toldBreaker?: BreakerOptions;
}

/** At most this good, a right or wrong answer is a failure for the library's breaker, and for ours where it is told. */
const GOOD = 0.5;

const NO_BREAKER = { circuit_window_size: 1e9, circuit_failure_threshold: 1e9 };

const HALF_LIVES: readonly RotSetting[] = [
  30, 40, 50, 60, 70, 80, 90, 100, 130, 200, 400, 700, 1000,
].map((halfLifeRequests) => ({ halfLifeRequests }));
const DRIFTS: readonly RotSetting[] = [2, 3, 4, 5.5].flatMap((threshold) =>
  [0.01, 0.03, 0.1, 0.3].map((keep) => ({ drift: { threshold, keep } })),
);
const BOTH: readonly RotSetting[] = [100, 200, 400, 700].flatMap((halfLifeRequests) =>
  DRIFTS.map(({ drift }) => ({ halfLifeRequests, drift: drift! })),
);
/** Failed calls in so many, and the share of them that opens. */
const WINDOWS = [
  [3, 1],
  [4, 0.75],
  [5, 0.6],
  [6, 0.5],
  [8, 0.5],
  [10, 0.4],
  [10, 0.5],
] as const;
const TOLD: readonly RotSetting[] = WINDOWS.map(([calls, failureRate]) => ({
  toldBreaker: badAnswers(calls, failureRate),
}));
const TOLD_AND_DRIFT: readonly RotSetting[] = TOLD.flatMap((told) =>
  [{ threshold: 4, keep: 0.1 }, {}].map((drift) => ({ ...told, drift })),
);

const GRID = { 'half-life': HALF_LIVES, drift: DRIFTS, 'half-life and drift': BOTH };

export const ROT_KINDS: readonly RotKind[] = [
  {
    name: 'graded answers, quality as the reward',
    gradeStrength: 60,
    library: [{ name: 'bayesian-router, defaults', reward: 'validity' }],
    settings: [
      { drift: {} },
      { drift: { threshold: 2, keep: 0.01 } },
      { halfLifeRequests: 80 },
      { halfLifeRequests: 100, drift: { threshold: 3, keep: 0.01 } },
    ],
    grid: GRID,
  },
  {
    name: 'graded answers, composite reward',
    gradeStrength: 60,
    outcome: validityAndLatency,
    library: [{ name: 'bayesian-router, defaults' }],
    settings: [
      { drift: {} },
      { drift: { threshold: 2, keep: 0.01 } },
      { halfLifeRequests: 80 },
      { halfLifeRequests: 100, drift: { threshold: 2, keep: 0.01 } },
    ],
    grid: GRID,
  },
  {
    name: 'right or wrong answers, quality as the reward',
    gradeStrength: undefined,
    library: [
      { name: 'bayesian-router, defaults', reward: 'validity' },
      { name: 'bayesian-router, no breaker', reward: 'validity', options: NO_BREAKER },
    ],
    settings: [
      { toldBreaker: badAnswers(5, 0.6) },
      { toldBreaker: badAnswers(10, 0.5) },
      { drift: {} },
      { drift: { threshold: 3, keep: 0.03 } },
      { halfLifeRequests: 1000 },
    ],
    grid: { ...GRID, 'breaker told': TOLD, 'breaker told and drift': TOLD_AND_DRIFT },
  },
];

/** A breaker that opens where so large a share of the last calls failed; else at its defaults. */
function badAnswers(calls: number, failureRate: number): BreakerOptions {
  return { window: { kind: 'calls', calls }, minimumCalls: calls, failureRate };
}

export function contestantOf(
  { halfLifeRequests, drift, toldBreaker }: RotSetting,
  { outcome }: RotKind,
): ThompsoniteConfig {
  const options: Partial<RouterOptions> = {
    ...(halfLifeRequests !== undefined && { posterior: { halfLifeRequests } }),
    ...(drift && { drift }),
    ...(toldBreaker && { breakers: toldBreaker }),
  };
  const told = toldBreaker && badAnswersAsErrors;
  return {
    name: `thompsonite, ${nameOf({ halfLifeRequests, drift, toldBreaker })}`,
    options,
    ...((told ?? outcome) && { outcome: told ?? outcome! }),
  };
}

/** A caller who throws a bad answer away says two things: the call failed, and what the answer was worth (docs/REPORTS.md). */
function badAnswersAsErrors({ quality, costUsd }: World, place: number) {
  const reward = quality[place]!;
  return { reward, costUsd: costUsd[place]!, ...(reward < GOOD && { error: 'other' as const }) };
}

function nameOf({
  halfLifeRequests,
  drift,
  toldBreaker,
}: {
  [K in keyof RotSetting]: RotSetting[K] | undefined;
}): string {
  const parts = [
    halfLifeRequests === undefined ? [] : [`half-life ${halfLifeRequests}`],
    !drift
      ? []
      : [
          Object.keys(drift).length === 0
            ? 'drift at its defaults'
            : `drift, threshold ${drift.threshold}, keep ${drift.keep}`,
        ],
    !toldBreaker
      ? []
      : [
          `breaker told of bad answers, ${toldBreaker.failureRate! * toldBreaker.minimumCalls!} of ${toldBreaker.minimumCalls}`,
        ],
  ].flat();
  return parts.length > 0 ? parts.join(', ') : 'defaults';
}
