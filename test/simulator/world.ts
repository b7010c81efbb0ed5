/** A world that the tests of the simulator share. */
import { ModelSimulator, type SimulatorOptions } from '../../src/simulator';

const prices = { usdPerMillionInputTokens: 1, usdPerMillionOutputTokens: 4 };

export const MODELS = {
  sharp: { ...prices, family: 'x', quality: { chat: 0.9, '*': 0.6 } },
  graded: { ...prices, quality: 0.8, gradeStrength: 6 },
  flaky: {
    ...prices,
    quality: 1,
    errors: { rateLimited: 0.2, server: 0.1 },
    retryAfterMs: 2000,
  },
};

export function world(options: Partial<SimulatorOptions> = {}): ModelSimulator {
  return new ModelSimulator({
    models: MODELS,
    segments: { chat: { share: 3 }, code: { promptTokens: { median: 2000, logSd: 0.3 } } },
    seed: 11,
    ...options,
  });
}
