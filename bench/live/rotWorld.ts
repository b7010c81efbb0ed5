import type { SimulatedModel } from '../../src/simulator';
import type { WorldPlan } from './world';

/** The request before which the best arm goes bad. */
export const ROT_AT = 1000;
export const ROTTEN_ARM = 'best';

const PRICES = { usdPerMillionInputTokens: 1, usdPerMillionOutputTokens: 4 };

/** Three arms alike but for their quality; the best falls from .93 to .60 and stays there, unless it does not rot. */
export function rotPlan(gradeStrength: number | undefined, rots: boolean): WorldPlan {
  const arm = (family: string, quality: number): SimulatedModel => ({
    ...PRICES,
    family,
    quality,
    ...(gradeStrength !== undefined && { gradeStrength }),
    outputTokens: { median: 100, logSd: 0.3 },
  });
  return {
    models: { best: arm('a', 0.93), second: arm('b', 0.88), third: arm('c', 0.8) },
    requests: 2500,
    changes: rots ? [{ at: ROT_AT, model: ROTTEN_ARM, degradation: { quality: 0.6 } }] : [],
  };
}
