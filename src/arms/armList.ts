import type { ModelOptions, ModelPrices } from './models';
import type { Prior } from './prior';

/** A model with its dense index, which the kernel knows it by. */
export interface Arm {
  readonly index: number;
  readonly model: string;
  readonly family: number;
  /** NaN where the list price is not known. */
  readonly usdPerInputToken: number;
  /** NaN where the list price is not known. */
  readonly usdPerOutputToken: number;
  /** Of its own, in place of its family's. */
  readonly prior?: Prior | undefined;
  readonly provider?: string | undefined;
  /** Most samples of it in one decision; undefined = as many as the router takes. */
  readonly maxSamples?: number | undefined;
}

/** The arms of a router or a replay: those it began with in code-unit order of their ids, then others as they were added. */
export interface Arms {
  readonly list: readonly Arm[];
  readonly families: readonly string[];
  readonly indexOf: ReadonlyMap<string, number>;
  /** Indices of those that are not to be chosen any more. */
  readonly retired: ReadonlySet<number>;
}

/** An arm that is about to be added. */
export interface NewArm extends Arm {
  readonly familyName: string;
}

/** The arms of one owner. Whoever holds it as `Arms` sees what it is now. An index is never given away twice. */
export class ArmList implements Arms {
  readonly list: Arm[] = [];
  readonly families: string[] = [];
  readonly indexOf = new Map<string, number>();
  readonly retired = new Set<number>();

  /** What a model would be as the next arm. `undefined` options: family and price are not known. */
  next(model: string, options: ModelOptions | undefined): NewArm {
    // A model of unknown family is a family of its own; the prefix keeps it apart from any named family.
    const familyName = options?.family ?? `\u0000${model}`;
    const known = this.families.indexOf(familyName);
    return {
      index: this.list.length,
      model,
      family: known < 0 ? this.families.length : known,
      familyName,
      ...tokenPrices(options),
      prior: options?.prior,
      provider: options?.provider,
      maxSamples: options?.maxSamples,
    };
  }

  /** Takes what `next` gave. */
  add({ familyName, ...arm }: NewArm): void {
    if (arm.family === this.families.length) this.families.push(familyName);
    this.list.push(arm);
    this.indexOf.set(arm.model, arm.index);
  }

  /** Changes what may change of an arm. */
  change(index: number, changes: Partial<Pick<Arm, 'prior'>> & { prices?: ModelPrices }): Arm {
    const { prices, ...rest } = changes;
    const arm = { ...this.list[index]!, ...rest, ...(prices && tokenPrices(prices)) };
    this.list[index] = arm;
    return arm;
  }
}

function tokenPrices(
  prices: ModelPrices | undefined,
): Pick<Arm, 'usdPerInputToken' | 'usdPerOutputToken'> {
  return {
    usdPerInputToken: (prices?.usdPerMillionInputTokens ?? NaN) / 1e6,
    usdPerOutputToken: (prices?.usdPerMillionOutputTokens ?? NaN) / 1e6,
  };
}

/** Gives the models dense indices. `undefined` options stand for a model whose family and price are not known. */
export function armsFrom(models: ReadonlyMap<string, ModelOptions | undefined>): ArmList {
  const arms = new ArmList();
  for (const model of [...models.keys()].sort(byCodeUnit))
    arms.add(arms.next(model, models.get(model)));
  return arms;
}

/** Order of UTF-16 code units: the same on every host, whatever its locale. */
export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
