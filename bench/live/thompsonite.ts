/** This library in a world that was drawn beforehand. */
import { createRouterSync, type Outcome, type RouterOptions } from '../../src/index';
import type { Choices } from './figures';
import type { World } from './world';

export interface ThompsoniteConfig {
  readonly name: string;
  readonly options?: Partial<RouterOptions>;
  /** Which models may answer a request; all without it. */
  readonly eligible?: (request: number) => readonly string[] | undefined;
  /** What is reported of the answer of `place` (request × arms + arm). @defaultValue its quality and cost */
  readonly outcome?: (world: World, place: number) => Outcome;
}

/** The clock of circuit breakers. */
const MS_BETWEEN_REQUESTS = 1000;

export function runThompsonite(world: World, config: ThompsoniteConfig, seed: number): Choices {
  const { arms, models, requests, segments, promptTokens } = world;
  let nowMs = 0;
  const router = createRouterSync({
    models,
    willingnessToPayUsd: Infinity,
    seed,
    clock: () => nowMs,
    ...config.options,
  });
  const choices = new Uint8Array(requests);
  const outcome = config.outcome ?? qualityAndCost;
  for (let t = 0; t < requests; t++) {
    nowMs += MS_BETWEEN_REQUESTS;
    const segment = segments[t];
    const eligible = config.eligible?.(t);
    const decision = router.select({
      promptTokens: promptTokens[t]!,
      ...(segment !== undefined && { segment }),
      ...(eligible && { eligible }),
    });
    if (decision.kind !== 'decision') throw new Error('no model is eligible');
    const arm = arms.indexOf(decision.model);
    choices[t] = arm;
    router.report(decision.decisionId, outcome(world, t * arms.length + arm));
  }
  return choices;
}

function qualityAndCost({ quality, costUsd }: World, place: number): Outcome {
  return { reward: quality[place]!, costUsd: costUsd[place]! };
}

/** What a caller knows who has no judge of quality: whether the answer was usable, and how long it took. */
export function validityAndLatency({ quality, costUsd, latencyMs }: World, place: number): Outcome {
  return { valid: quality[place]!, latencyMs: latencyMs[place]!, costUsd: costUsd[place]! };
}
