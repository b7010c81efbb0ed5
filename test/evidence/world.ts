/** What the evidence tests share: a kernel's evidence and the reference fed the same, and random histories of reports. */
import fc from 'fast-check';
import { armsFrom } from '../../src/arms/models';
import { loadKernelSync } from '../../src/kernel/load';
import { Evidence, type ArmPosterior } from '../../src/posterior/evidence';
import {
  ReferenceEvidence,
  type ReferenceArm,
  type ReferencePrior,
  type ReferenceReport,
} from '../reference/evidence';

export interface WorldOptions {
  readonly arms: readonly ReferenceArm[];
  readonly prior: ReferencePrior;
  readonly segments: number;
}

export const DEFAULT_PRIOR: ReferencePrior = {
  priorMean: 0.5,
  priorStrength: 2,
  halfLifeRequests: Infinity,
};

/** `count` arms, the i-th of family `familyOf(i)`, all at the same list price. */
export function plainArms(
  count: number,
  familyOf: (arm: number) => number = (i) => i,
): ReferenceArm[] {
  return Array.from({ length: count }, (_, i) => ({
    family: familyOf(i),
    usdPerInputToken: 1e-6,
    usdPerOutputToken: 2e-6,
  }));
}

/** The kernel's evidence; an arm without a list price is a family of its own, as `armsFrom` has it. */
export function kernelEvidence({ arms, prior, segments }: WorldOptions): Evidence {
  const models = arms.map((arm, i): [string, object | undefined] => [
    `m${i}`,
    Number.isNaN(arm.usdPerInputToken)
      ? undefined
      : {
          family: `f${arm.family}`,
          usdPerMillionInputTokens: arm.usdPerInputToken * 1e6,
          usdPerMillionOutputTokens: arm.usdPerOutputToken * 1e6,
          ...(arm.prior && { prior: arm.prior }),
        },
  ]);
  return new Evidence(
    loadKernelSync().instantiate(),
    armsFrom(new Map(models) as never),
    prior,
    segments,
  );
}

export function referenceEvidence({ arms, prior, segments }: WorldOptions): ReferenceEvidence {
  const families = arms.map((arm, i) => (Number.isNaN(arm.usdPerInputToken) ? -1 - i : arm.family));
  return new ReferenceEvidence(
    arms.map((arm, i) => ({ ...arm, family: families[i]! })),
    prior,
    segments,
  );
}

/** A report at its weight. */
export function take(evidence: Evidence, report: ReferenceReport): void {
  evidence.observeWeighted(report.segment, report.arm, report, report.factor ?? 1);
}

export function observeAll(evidence: Evidence, reports: readonly ReferenceReport[]): Evidence {
  for (const report of reports) take(evidence, report);
  return evidence;
}

export const latestClock = (reports: readonly ReferenceReport[]) =>
  Math.max(0, ...reports.map((r) => r.clock));

/** All posteriors of all segments as of `clock`. */
export function everything(evidence: Evidence, clock: number, promptTokens = NaN): ArmPosterior[] {
  return Array.from({ length: evidence.segments }, (_, s) =>
    evidence.posteriors(s, clock, promptTokens),
  ).flat();
}

/** Largest relative difference of any field; `floorUsd` is what counts as no money at all. */
export function largestDifference(
  a: readonly ArmPosterior[],
  b: readonly ArmPosterior[],
  floorUsd = 1e-12,
): number {
  if (a.length !== b.length) return Infinity;
  const relative = (x: number, y: number, floor: number) =>
    Math.abs(x - y) / Math.max(Math.abs(x), Math.abs(y), floor);
  const differences = a.flatMap((p, i) => {
    const q = b[i]!;
    return [
      relative(p.pooledMean, q.pooledMean, 0),
      relative(p.alpha, q.alpha, 0),
      relative(p.beta, q.beta, 0),
      relative(p.expectedCostUsd, q.expectedCostUsd, floorUsd),
    ];
  });
  // Math.max passes NaN on, so a NaN anywhere fails every bound.
  return Math.max(0, ...differences);
}

const price = fc.oneof(
  fc.constantFrom(0, 1e-7, 3e-6),
  fc.double({ min: 1e-8, max: 1e-4, noNaN: true }),
);
const arm: fc.Arbitrary<ReferenceArm> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ family: fc.nat(3), usdPerInputToken: price, usdPerOutputToken: price }),
  },
  {
    weight: 1,
    arbitrary: fc.constant({ family: 0, usdPerInputToken: NaN, usdPerOutputToken: NaN }),
  },
);
const prior: fc.Arbitrary<ReferencePrior> = fc.record({
  priorMean: fc.constantFrom(0.5, 0.1, 0.73),
  priorStrength: fc.constantFrom(2, 0.5, 11),
  halfLifeRequests: fc.constantFrom(Infinity, 1, 3.7, 50, 1000),
});

export const worldOptions: fc.Arbitrary<WorldOptions> = fc.record({
  arms: fc.array(arm, { minLength: 1, maxLength: 7 }),
  prior,
  segments: fc.integer({ min: 1, max: 6 }),
});

const missing = (values: fc.Arbitrary<number>) =>
  fc.oneof({ weight: 5, arbitrary: values }, { weight: 1, arbitrary: fc.constant(NaN) });
const binary = fc.constantFrom(0, 1);
// Thousandths: rewards of 1e-300 would only measure how sums of squares underflow.
const graded = fc.integer({ min: 0, max: 1000 }).map((thousandths) => thousandths / 1000);

interface RawReport {
  readonly segment: number;
  readonly arm: number;
  readonly reward: number;
  readonly costUsd: number;
  readonly promptTokens: number;
  /** Half-lives, or requests without one, since the decision before; rarely far beyond the landmark's 64. */
  readonly step: number;
  /** Half-lives that the report comes late by. */
  readonly late: number;
  /** Of the weight of a report. */
  readonly factor: number;
}

function rawReports(rewards: fc.Arbitrary<number>, longest: number): fc.Arbitrary<RawReport[]> {
  const step = fc.oneof(
    { weight: 12, arbitrary: fc.double({ min: 0, max: 0.5, noNaN: true }) },
    { weight: 3, arbitrary: fc.double({ min: 0, max: 40, noNaN: true }) },
    { weight: 1, arbitrary: fc.constantFrom(64, 130, 499, 1300) },
  );
  const late = fc.oneof(
    { weight: 5, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.double({ min: 0, max: 5, noNaN: true }) },
    { weight: 1, arbitrary: fc.constantFrom(60, 1100) },
  );
  return fc.array(
    fc.record({
      segment: fc.nat(),
      arm: fc.nat(),
      reward: missing(rewards),
      costUsd: missing(fc.double({ min: 0, max: 0.5, noNaN: true })),
      promptTokens: missing(fc.double({ min: 0, max: 5000, noNaN: true })),
      step,
      late,
      factor: fc.oneof(
        { weight: 3, arbitrary: fc.constant(1) },
        { weight: 1, arbitrary: fc.constantFrom(0.5, 1e-6, 0.3) },
      ),
    }),
    { maxLength: longest },
  );
}

function place(
  raw: readonly RawReport[],
  { arms, prior: { halfLifeRequests }, segments }: WorldOptions,
): ReferenceReport[] {
  const unit = halfLifeRequests === Infinity ? 1 : halfLifeRequests;
  let clock = 0;
  return raw.map((r) => {
    clock += r.step * unit;
    const at = Math.max(0, clock - r.late * unit);
    return { ...r, segment: r.segment % segments, arm: r.arm % arms.length, clock: at };
  });
}

export interface History {
  readonly options: WorldOptions;
  readonly reports: readonly ReferenceReport[];
}

/** A world and up to `longest` reports in it. */
export function histories(longest: number): fc.Arbitrary<History> {
  return fc
    .tuple(worldOptions, fc.oneof(rawReports(binary, longest), rawReports(graded, longest)))
    .map(([options, raw]) => ({ options, reports: place(raw, options) }));
}
