import { ParameterError } from '../core/errors';
import { requireId, requireObject } from '../core/validation';
import { EXPERT_PRIORS } from './expertPriors';
import { parsePrior, type Prior } from './prior';

/**
 * Which models start from a prior of their own (docs/MATH.md §24), one in their own options apart:
 * - `'family'`: none; a model starts from its family, and that from all models.
 * - `'uniform'`: every one from Beta(1, 1); no model borrows from another.
 * - `'expert'`: those in `EXPERT_PRIORS`, from figures that others have published; the others from their families.
 * - an object from model id to prior: those in it, at once or when they are added; the others from their families.
 */
export type PriorOptions = 'family' | 'uniform' | 'expert' | Readonly<Record<string, Prior>>;

/** The own prior of a model by its id; undefined = it starts from its family. */
export type PriorOf = (model: string) => Prior | undefined;

/** Beta(1, 1). */
const UNIFORM: Prior = { mean: 0.5, strength: 2 };

/** `EXPERT_PRIORS` without what it knows: Beta(1, 1) for each of its models. For any models: `priors: 'uniform'`. */
export const UNIFORM_PRIORS: Readonly<Record<string, Prior>> = Object.freeze(
  Object.fromEntries(Object.keys(EXPERT_PRIORS).map((model) => [model, Object.freeze(UNIFORM)])),
);

/** @throws {ParameterError} */
export function parsePriors(parameter: string, value: unknown): PriorOf {
  if (value === undefined || value === 'family') return () => undefined;
  if (value === 'uniform') return () => UNIFORM;
  if (value === 'expert') return tableOf(parameter, EXPERT_PRIORS);
  if (typeof value === 'object' && value !== null) return tableOf(parameter, value);
  const allowed = "'family', 'uniform', 'expert' or an object from model id to prior";
  throw new ParameterError(parameter, allowed, value);
}

function tableOf(parameter: string, value: unknown): PriorOf {
  const table = new Map(
    Object.entries(requireObject(parameter, value)).map(([model, prior]): [string, Prior] => [
      requireId(`id in ${parameter}`, model),
      parsePrior(`${parameter}[${JSON.stringify(model)}]`, prior),
    ]),
  );
  return (model) => table.get(model);
}
