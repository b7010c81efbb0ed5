import type { ModelOptions, ModelPrices } from '../../arms/models';
import type { ReplicaArm } from '../../memory/replicaState';
import type { ModelChange } from '../modelChanges';

export interface ChangesModels {
  addModel(id: string, options: ModelOptions): void;
  retireModel(id: string): void;
  repriceModel(id: string, prices: ModelPrices): void;
  on(event: 'model', listener: (change: ModelChange) => void): () => void;
}

type Step = (router: ChangesModels) => void;

/** What is to be done to a router that has `arms` until it has `models`. */
export function stepsTo(
  arms: readonly ReplicaArm[],
  models: ReadonlyMap<string, ModelOptions>,
): readonly Step[] {
  const steps: Step[] = [];
  for (const { model, retired } of arms)
    if (!models.has(model) && !retired) steps.push((router) => router.retireModel(model));
  const known = new Map(arms.map((arm) => [arm.model, arm]));
  for (const [model, options] of models) {
    const arm = known.get(model);
    const { usdPerMillionInputTokens, usdPerMillionOutputTokens } = options;
    if (!arm || arm.retired) steps.push((router) => router.addModel(model, options));
    else if (
      usdPerMillionInputTokens / 1e6 !== arm.usdPerInputToken ||
      usdPerMillionOutputTokens / 1e6 !== arm.usdPerOutputToken
    )
      steps.push((router) =>
        router.repriceModel(model, { usdPerMillionInputTokens, usdPerMillionOutputTokens }),
      );
  }
  return steps;
}

/** Carries steps out, and tells what changed. */
export function haveModels(router: ChangesModels, steps: readonly Step[]): readonly ModelChange[] {
  const changes: ModelChange[] = [];
  const stop = router.on('model', (change) => {
    changes.push(change);
  });
  for (const step of steps) step(router);
  stop();
  return changes;
}
