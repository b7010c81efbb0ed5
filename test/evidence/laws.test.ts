/**
 * Strategy: laws of the evidence that hold without any reference: reports commute, forgetting keeps ratios, landmarks
 * are invisible, empty segments change nothing, priors come back out.
 * Not here: the numbers themselves (reference.test.ts), calibration (coverage.test.ts).
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Generator } from '../../src/random/generator';
import type { ArmPosterior, Evidence } from '../../src/posterior/evidence';
import type { ReferenceReport } from '../reference/evidence';
import {
  DEFAULT_PRIOR,
  everything,
  histories,
  kernelEvidence,
  largestDifference,
  latestClock,
  observeAll,
  plainArms,
  referenceEvidence,
  type WorldOptions,
} from './world';

/** Sums in another order differ by some hundred ulp, differences of sums inside φ by more. */
const REORDERED = 1e-9;
/** A landmark changes each weight by an ulp of its exponent (64 half-lives: 7e-15) at most; sums keep that. */
const LANDMARK = 1e-12;

/** Fewer rewards than an estimate of κ takes: κ is made from predictions in the order of arrival, so it may not commute. */
const BEFORE_FIRST_ESTIMATE = 60;

describe('weights of reports', () => {
  it('a weight of 1 leaves the bits of a plain report', () => {
    fc.assert(
      fc.property(histories(BEFORE_FIRST_ESTIMATE), ({ options, reports }) => {
        const [plain, weighted] = [kernelEvidence(options), kernelEvidence(options)];
        for (const report of reports) {
          plain.observe(report.segment, report.arm, report);
          weighted.observeWeighted(report.segment, report.arm, report, 1);
        }
        const clock = latestClock(reports);
        expect(everything(weighted, clock)).toEqual(everything(plain, clock));
        expect(weighted.dispersion).toBe(plain.dispersion);
      }),
      { seed: 70, numRuns: 100 },
    );
  });

  // φ is a ratio, so it must not take light rewards for rewards that vary less.
  it('four reports of a quarter teach as much as one of each reward, and leave φ where it was', () => {
    const options = { arms: plainArms(1), prior: DEFAULT_PRIOR, segments: 1 };
    const [whole, parts] = [kernelEvidence(options), kernelEvidence(options)];
    const generator = new Generator(4, 0);
    const none = { costUsd: NaN, promptTokens: NaN, clock: 0 };
    for (let i = 0; i < 4000; i++) {
      const reward = 0.4 + 0.2 * generator.unit();
      if (i % 4 === 0) whole.observe(0, 0, { reward, ...none });
      parts.observeWeighted(0, 0, { reward, ...none }, 0.25);
    }
    expect(Math.abs(parts.dispersion - whole.dispersion)).toBeLessThan(0.005);
    const [a, b] = [whole.posteriors(0, 0, NaN)[0]!, parts.posteriors(0, 0, NaN)[0]!];
    expect((b.alpha + b.beta) / (a.alpha + a.beta)).toBeCloseTo(1, 1);
  });

  it('the lightest report, as late as may be, is no NaN after its landmark has moved', () => {
    const prior = { ...DEFAULT_PRIOR, halfLifeRequests: 1 };
    const evidence = kernelEvidence({ arms: plainArms(2), prior, segments: 1 });
    const report = { reward: 0.5, costUsd: 1, promptTokens: NaN };
    evidence.observe(0, 0, { ...report, clock: 1000 });
    evidence.observeWeighted(0, 1, { ...report, clock: 1.5 }, 1e-6);
    for (const clock of [1064, 1128, 1129]) {
      evidence.observeWeighted(0, 1, { ...report, clock: clock - 999 }, 1e-6);
      evidence.observe(0, 0, { ...report, clock });
    }
    const all = evidence.posteriors(0, 1130, NaN).flatMap((one) => Object.values(one) as number[]);
    expect(all.every(Number.isFinite)).toBe(true);
    expect(evidence.dispersion).toBeGreaterThan(0);
  });
});

describe('reports commute', () => {
  it('in any order, late ones included', () => {
    fc.assert(
      fc.property(histories(BEFORE_FIRST_ESTIMATE), fc.nat(), ({ options, reports }, seed) => {
        const order = new Generator(seed, 0).permutation(reports.length);
        const clock = latestClock(reports);
        const inOrder = observeAll(kernelEvidence(options), reports);
        const shuffled = observeAll(
          kernelEvidence(options),
          Array.from(order, (i) => reports[i]!),
        );
        const gap = largestDifference(everything(inOrder, clock), everything(shuffled, clock));
        expect(gap).toBeLessThan(REORDERED);
        expect(shuffled.reports).toBe(inOrder.reports);
      }),
      { seed: 71, numRuns: 300 },
    );
  });
});

/** Observations that a pooled mean is worth before any report. */
const UNTRIED = 6;

/** Successes and failures of the only cell there is, over φ: the posterior without its prior of min(κ, 6 + weight). */
function ownEvidence(
  { pooledMean, alpha, beta }: ArmPosterior,
  kappa: number,
): { s: number; f: number } {
  const weight = Math.max(alpha + beta - kappa, (alpha + beta - UNTRIED) / 2);
  const prior = alpha + beta - weight;
  return { s: alpha - prior * pooledMean, f: beta - prior * (1 - pooledMean) };
}

function oneArm(halfLifeRequests: number, priorMean = 0.3): WorldOptions {
  return {
    arms: plainArms(1),
    prior: { ...DEFAULT_PRIOR, priorMean, halfLifeRequests },
    segments: 1,
  };
}

const report = (
  clock: number,
  reward: number,
  where: { segment?: number; arm?: number } = {},
): ReferenceReport => ({
  segment: 0,
  arm: 0,
  reward,
  costUsd: 0.01,
  promptTokens: NaN,
  clock,
  ...where,
});

describe('forgetting', () => {
  const reports = Array.from({ length: 50 }, (_, i) => report(i, i % 5 === 0 ? 0 : 1));

  it('keeps the ratio of successes and shrinks their weight', () => {
    const evidence = observeAll(kernelEvidence(oneArm(10)), reports);
    const [first, ...later] = [50, 60, 85, 120].map((clock) =>
      ownEvidence(evidence.posteriors(0, clock, NaN)[0]!, evidence.priorStrengthOfCells),
    );
    let weight = first!.s + first!.f;
    for (const { s, f } of later) {
      expect(s / (s + f)).toBeCloseTo(first!.s / (first!.s + first!.f), 9);
      expect(s + f).toBeLessThan(weight);
      weight = s + f;
    }
  });

  it('halves the weight in a half-life where φ is 1 anyway', () => {
    const evidence = observeAll(kernelEvidence(oneArm(10)), reports);
    const own = (clock: number) =>
      ownEvidence(evidence.posteriors(0, clock, NaN)[0]!, evidence.priorStrengthOfCells);
    expect(evidence.dispersion).toBe(1);
    const now = own(50).s;
    expect(own(60).s / now).toBeCloseTo(0.5, 9);
  });

  it('ends at the prior, without a trace of cost', () => {
    const options = oneArm(10);
    const fresh = kernelEvidence(options).posteriors(0, 0, 120);
    const evidence = observeAll(kernelEvidence(options), reports);
    for (const halfLives of [60, 499, 501, 100_000]) {
      const faded = evidence.posteriors(0, 50 + 10 * halfLives, 120);
      expect(largestDifference(faded, fresh)).toBeLessThan(LANDMARK);
    }
  });

  it('does not happen without a half-life', () => {
    const evidence = observeAll(kernelEvidence(oneArm(Infinity)), reports);
    expect(evidence.posteriors(0, 1e12, NaN)).toEqual(evidence.posteriors(0, 50, NaN));
  });

  it('never runs back: an early clock reads the latest state', () => {
    const evidence = observeAll(kernelEvidence(oneArm(10)), reports);
    const now = evidence.posteriors(0, 80, NaN);
    expect(evidence.posteriors(0, 3, NaN)).toEqual(now);
  });
});

/** The same history with every clock `by` later. */
const shifted = (reports: readonly ReferenceReport[], by: number) =>
  reports.map((r) => ({ ...r, clock: r.clock + by }));

function randomReports(count: number, seed: number): ReferenceReport[] {
  const generator = new Generator(seed, 0);
  return Array.from({ length: count }, (_, clock) =>
    report(clock, generator.unit(), { segment: generator.index(3), arm: generator.index(3) }),
  );
}

describe('the landmark', () => {
  const world = (halfLifeRequests: number): WorldOptions => ({
    arms: plainArms(3, (i) => i % 2),
    prior: { ...DEFAULT_PRIOR, halfLifeRequests },
    segments: 3,
  });
  const reports = randomReports(200, 8);

  it.each([63, 64, 65, 500, 501, 4096])(
    'shows in no bit of the posteriors: %i half-lives of 4',
    (halfLives) => {
      // A half-life of 4 makes every age exact, so only the landmark's power of two differs.
      const here = observeAll(kernelEvidence(world(4)), reports);
      const there = observeAll(kernelEvidence(world(4)), shifted(reports, 4 * halfLives));
      expect(everything(there, 200 + 4 * halfLives)).toEqual(everything(here, 200));
      expect(there.dispersion).toBe(here.dispersion);
    },
  );

  it.each([7.3, 1 / 3])('shows in no more than rounding at a half-life of %d', (halfLife) => {
    const here = observeAll(kernelEvidence(world(halfLife)), reports);
    const there = observeAll(kernelEvidence(world(halfLife)), shifted(reports, halfLife * 640));
    expect(
      largestDifference(everything(there, 200 + halfLife * 640), everything(here, 200)),
    ).toBeLessThan(REORDERED);
  });

  it('may move at any moment: reading often changes nothing', () => {
    const quiet = observeAll(kernelEvidence(world(0.7)), reports);
    const watched = kernelEvidence(world(0.7));
    for (const r of reports) {
      observeAll(watched, [r]);
      watched.posteriors(r.segment, r.clock + 0.9, NaN);
    }
    // The reader's clock ran ahead once; from there on both are at the same clock.
    expect(largestDifference(everything(watched, 205), everything(quiet, 205))).toBeLessThan(
      LANDMARK,
    );
  });
});

describe('growth by segments', () => {
  const options: WorldOptions = {
    arms: plainArms(3, (i) => i % 2),
    prior: DEFAULT_PRIOR,
    segments: 1,
  };
  const grow = (evidence: Evidence, segments: number) => {
    for (let i = 0; i < segments; i++) evidence.addSegment();
    return evidence;
  };

  it('gives the same bits as room made beforehand', () => {
    const reports = randomReports(200, 9);
    const grown = kernelEvidence(options);
    for (const r of reports) {
      while (grown.segments <= r.segment) grown.addSegment();
      observeAll(grown, [r]);
    }
    const once = observeAll(kernelEvidence({ ...options, segments: 3 }), reports);
    expect(everything(grown, 200)).toEqual(everything(once, 200));
  });

  it('beyond two changes no other posterior', () => {
    const evidence = observeAll(
      kernelEvidence({ ...options, segments: 2 }),
      randomReports(100, 10).map((r) => ({ ...r, segment: r.segment % 2 })),
    );
    const before = everything(evidence, 100);
    for (const more of [1, 1, 5, 40]) {
      expect(everything(grow(evidence, more), 100).slice(0, before.length)).toEqual(before);
    }
  });

  it('from one to two changes what the pooling says', () => {
    const reports = randomReports(100, 11).map((r) => ({ ...r, segment: 0 }));
    const evidence = grow(observeAll(kernelEvidence(options), reports), 1);
    const reference = referenceEvidence(options);
    for (const r of reports) reference.observe(r);
    reference.addSegment();
    expect(
      largestDifference(
        everything(evidence, 100),
        [0, 1].flatMap((s) => reference.posteriors(s, 100, NaN)),
      ),
    ).toBeLessThan(REORDERED);
  });
});

describe('the prior', () => {
  it('mean comes back from fresh evidence, in every segment', () => {
    // Clipped to [.02, .98], where logits stay finite.
    for (const [priorMean, mean] of [
      [0.02, 0.02],
      [0.3, 0.3],
      [0.98, 0.98],
      [0.001, 0.02],
      [0.999, 0.98],
    ] as const) {
      const evidence = kernelEvidence({ ...oneArm(Infinity, priorMean), segments: 2 });
      for (const { pooledMean, alpha, beta } of everything(evidence, 0)) {
        expect(pooledMean).toBeCloseTo(mean, 12);
        expect(alpha / (alpha + beta)).toBeCloseTo(mean, 12);
        expect(alpha + beta).toBeCloseTo(UNTRIED, 12);
      }
    }
  });

  it('of a cell is worth what its mean rests on, up to κ', () => {
    const evidence = kernelEvidence({ ...oneArm(Infinity), arms: plainArms(2), segments: 2 });
    const κ = evidence.priorStrengthOfCells;
    for (let told = 0; told < 12; told++) {
      const [tried, untried] = evidence.posteriors(1, 0, NaN);
      expect(tried!.alpha + tried!.beta).toBeCloseTo(Math.min(UNTRIED + told, κ), 12);
      expect(untried!.alpha + untried!.beta).toBeCloseTo(UNTRIED, 12);
      observeAll(evidence, [report(0, 0)]);
    }
  });

  it.each([0.5, 2, 17.5])('strength %d is the observations it weighs', (priorStrength) => {
    const prior = { priorMean: 0.3, priorStrength, halfLifeRequests: Infinity };
    const evidence = kernelEvidence({ arms: plainArms(2), prior, segments: 1 });
    const reports = Array.from({ length: 9 }, (_, i) => report(i, 1));
    // The arm without a report has the mean of all models: (9 + .3 P)/(9 + P).
    const mean = observeAll(evidence, reports).posteriors(0, 9, NaN)[1]!.pooledMean;
    expect((9 * (1 - mean)) / (mean - 0.3)).toBeCloseTo(priorStrength, 9);
  });

  it('is left alone by reports that tell nothing', () => {
    const fresh = everything(kernelEvidence(oneArm(Infinity)), 0);
    const evidence = kernelEvidence(oneArm(Infinity));
    evidence.observe(0, 0, { reward: NaN, costUsd: NaN, promptTokens: 700, clock: 3 });
    expect(everything(evidence, 3)).toEqual(fresh);
    expect(evidence.reports).toBe(0);
  });

  it('comes back with reset', () => {
    const options = oneArm(10);
    const fresh = everything(kernelEvidence(options), 0);
    const evidence = observeAll(
      kernelEvidence(options),
      randomReports(50, 12).map((r) => ({ ...r, segment: 0, arm: 0 })),
    );
    evidence.reset(options.prior, 1);
    expect(everything(evidence, 0)).toEqual(fresh);
  });
});
