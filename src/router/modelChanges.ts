import type { ArmList } from '../arms/armList';
import { MOST_ARMS, parseModel, parsePrices } from '../arms/models';
import type { ModelOptions, ModelPrices } from '../arms/models';
import { ParameterError } from '../core/errors';
import { requireId } from '../core/validation';
import { MOST_CONTEXT_MODELS } from '../selection/context';
import { requireSamplesOf } from '../selection/bestOf';
import type { ParsedRequest } from '../selection/request';
import type { ParsedRouterOptions } from './options';
import { MOST_CELLS } from './segments';

/** A change of a router's models, checked. Whoever carries out the same changes in the same places decides the same. */
export type ModelChange =
  | { readonly action: 'add'; readonly model: string; readonly options: ModelOptions }
  | { readonly action: 'retire'; readonly model: string }
  | { readonly action: 'reprice'; readonly model: string; readonly prices: ModelPrices };

/**
 * Checks that a model can be added: a new one, or a retired one that comes back with its evidence.
 * @param rows of evidence that there must be room for, one an arm each
 * @throws {ParameterError}
 */
export function addition(
  id: unknown,
  value: unknown,
  { arms, priorOf, context, bestOf }: ParsedRouterOptions,
  rows: number,
): ModelChange {
  const model = requireId('id', id);
  const given = parseModel('options', value);
  const prior = given.prior ?? priorOf(model);
  const options = prior ? { ...given, prior } : given;
  requireSamplesOf('options', options, bestOf);
  const known = arms.indexOf.get(model);
  if (known !== undefined) {
    requireRetired(arms, model, known);
    const arm = arms.list[known]!;
    const family = arms.families[arm.family]!;
    if (options.provider !== undefined && options.provider !== arm.provider)
      throw new ParameterError('options.provider', 'as before', options.provider);
    if (
      options.maxSamples !== undefined &&
      options.maxSamples !== (arm.maxSamples ?? bestOf?.maxSamples)
    )
      throw new ParameterError('options.maxSamples', 'as before', options.maxSamples);
    if (options.family === family) return { action: 'add', model, options };
    throw new ParameterError(
      'options.family',
      `${JSON.stringify(family)}, as before`,
      options.family,
    );
  }
  const count = arms.list.length;
  if (count >= MOST_ARMS)
    throw new ParameterError(
      'id',
      `the id of one of at most ${MOST_ARMS} models, retired ones included`,
      model,
    );
  const samples = bestOf?.maxSamples ?? 1;
  if ((count + 1) * samples * rows > MOST_CELLS)
    throw new ParameterError(
      'id',
      `the id of a retired model, as ${count + 1} models × ${rows} segments${samples > 1 ? ` × ${samples} samples` : ''} are above ${MOST_CELLS}`,
      model,
    );
  if (context && count >= MOST_CONTEXT_MODELS)
    throw new ParameterError(
      'id',
      `the id of one of at most ${MOST_CONTEXT_MODELS} models with the option context`,
      model,
    );
  return { action: 'add', model, options };
}

/** @throws {ParameterError} */
export function retirement(id: unknown, { arms }: ParsedRouterOptions): ModelChange {
  const model = requireId('id', id);
  const index = requireModel(arms, model);
  if (!arms.retired.has(index)) return { action: 'retire', model };
  throw new ParameterError('id', 'the id of a model that is not retired', model);
}

/** @throws {ParameterError} */
export function repricing(id: unknown, value: unknown, { arms }: ParsedRouterOptions): ModelChange {
  const model = requireId('id', id);
  requireModel(arms, model);
  return { action: 'reprice', model, prices: parsePrices('prices', value) };
}

/** The request without retired models; the same one where none is. */
export function withoutRetired(request: ParsedRequest, { list, retired }: ArmList): ParsedRequest {
  if (retired.size === 0) return request;
  const asked = request.eligible ?? list.map(({ index }) => index);
  const gone = asked.filter((arm) => retired.has(arm));
  if (gone.length === 0) return request;
  return {
    ...request,
    eligible: asked.filter((arm) => !retired.has(arm)),
    excluded: [
      ...(request.excluded ?? []),
      ...gone.map((arm) => ({ arm, reason: 'retired' }) as const),
    ],
  };
}

function requireModel(arms: ArmList, model: string): number {
  const index = arms.indexOf.get(model);
  if (index !== undefined) return index;
  throw new ParameterError('id', 'the id of one of the router’s models', model);
}

function requireRetired(arms: ArmList, model: string, index: number): void {
  if (arms.retired.has(index)) return;
  throw new ParameterError(
    'id',
    'the id of a model that the router has not, or has retired',
    model,
  );
}
