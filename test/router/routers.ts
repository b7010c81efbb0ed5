/** What the router tests share. */
import {
  createRouterSync,
  type Decision,
  type ModelOptions,
  type Router,
  type RouterOptions,
  type SelectResult,
} from '../../src/index';

export const model = (family = 'a', input = 1, output = 2): ModelOptions => ({
  family,
  usdPerMillionInputTokens: input,
  usdPerMillionOutputTokens: output,
});

export const MODELS = {
  cheap: model('a', 0.1, 0.4),
  middle: model('b', 1, 4),
  dear: model('b', 3, 15),
};

export function router(changes: Partial<RouterOptions> = {}): Router {
  const seeded = { willingnessToPayUsd: 0.01, seed: 11, instanceId: 'test' };
  return createRouterSync({ models: MODELS, ...seeded, ...changes });
}

/** The decision, where one is certain. */
export function decided(result: SelectResult): Decision {
  if (result.kind === 'decision') return result;
  throw new Error('no model was eligible');
}

/** Decides and reports `count` requests in segments named by `segmentOf`, in a fixed pattern. */
export function teach(
  taught: Router,
  count: number,
  segmentOf: (i: number) => string | undefined = () => undefined,
): void {
  for (let i = 0; i < count; i++) {
    const segment = segmentOf(i);
    const decision = decided(taught.select(segment === undefined ? {} : { segment }));
    taught.report(decision.decisionId, {
      reward: ((i * 37) % 100) / 100,
      costUsd: 1e-4 * (1 + (i % 7)),
    });
  }
}
