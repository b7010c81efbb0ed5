import type { Arms } from '../../arms/armList';
import type { ModelOptions, ModelPrices } from '../../arms/models';

export interface ChangesModels {
  addModel(id: string, options: ModelOptions): void;
  retireModel(id: string): void;
  repriceModel(id: string, prices: ModelPrices): void;
}

/** Adds, retires and reprices the models of a router, whose arms are `arms`, until it has these. */
export function haveModels(
  router: ChangesModels,
  { list, indexOf, retired }: Arms,
  models: ReadonlyMap<string, ModelOptions>,
): void {
  for (const { model, index } of [...list])
    if (!models.has(model) && !retired.has(index)) router.retireModel(model);
  for (const [model, options] of models) {
    const arm = list[indexOf.get(model) ?? -1];
    const { usdPerMillionInputTokens, usdPerMillionOutputTokens } = options;
    if (!arm || retired.has(arm.index)) router.addModel(model, options);
    else if (
      usdPerMillionInputTokens / 1e6 !== arm.usdPerInputToken ||
      usdPerMillionOutputTokens / 1e6 !== arm.usdPerOutputToken
    )
      router.repriceModel(model, { usdPerMillionInputTokens, usdPerMillionOutputTokens });
  }
}
