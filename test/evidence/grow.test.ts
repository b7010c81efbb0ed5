/**
 * Strategy: evidence that takes more arms must be, to the bit, evidence that had them from the start, whatever was learned, whether the block moved or
 * stayed; and it goes on the same.
 * Not here: routers whose models change (test/router/models.test.ts), other blocks (golden vectors).
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { armsFrom } from '../../src/arms/models';
import { loadKernelSync } from '../../src/kernel/load';
import { Evidence } from '../../src/posterior/evidence';
import { everything, histories, latestClock, observeAll } from './world';

it('is evidence that had the arms from the start', () => {
  const late = fc.array(
    fc.record({ family: fc.constantFrom('f0', 'f1', 'x', 'y'), price: fc.constantFrom(0, 1, 20) }),
    { minLength: 1, maxLength: 9 },
  );
  fc.assert(
    fc.property(histories(25), late, ({ options, reports }, comers) => {
      const models = (count: number) => [
        ...options.arms.map(
          (arm, i) => [`m${i}`, listed(`f${arm.family}`, arm.usdPerInputToken)] as const,
        ),
        // Behind the others in code-unit order. Every family has two from the start, as one of one would change.
        ...['f0', 'f1', 'f2', 'f3'].flatMap((family) =>
          [0, 1].map((i) => [`n${family}${i}`, listed(family, 1)] as const),
        ),
        ...comers
          .slice(0, count)
          .map(({ family, price }, i) => [`z${i}`, listed(family, price)] as const),
      ];
      const evidenceOf = (count: number) => {
        const arms = armsFrom(new Map(models(count)));
        const kernel = loadKernelSync().instantiate();
        return { arms, evidence: new Evidence(kernel, arms, options.prior, options.segments) };
      };
      const whole = evidenceOf(comers.length);
      const grown = evidenceOf(0);
      observeAll(whole.evidence, reports);
      observeAll(grown.evidence, reports);
      comers.forEach(({ family, price }, i) => {
        const arm = grown.arms.next(`z${i}`, listed(family, price));
        grown.evidence.addArm(arm, Math.max(grown.arms.families.length, arm.family + 1));
        grown.arms.add(arm);
      });
      const clock = latestClock(reports);
      expect(everything(grown.evidence, clock)).toEqual(everything(whole.evidence, clock));
      for (const { evidence } of [whole, grown]) {
        evidence.addSegment();
        evidence.observe(options.segments, whole.arms.list.length - 1, {
          reward: 0.3,
          costUsd: 0.01,
          promptTokens: 40,
          clock: clock + 1,
        });
      }
      expect(everything(grown.evidence, clock + 2)).toEqual(everything(whole.evidence, clock + 2));
    }),
    { seed: 20241103, numRuns: 100 },
  );
});

function listed(family: string, input: number) {
  return {
    family,
    usdPerMillionInputTokens: Number.isNaN(input) ? 0 : input,
    usdPerMillionOutputTokens: 3,
  };
}
