import { armsFrom } from '../../arms/armList';
import { parseModels, type ModelOptions } from '../../arms/models';
import { ParameterError } from '../../core/errors';
import { requireOptions } from '../../core/validation';
import type { ReplicaArm } from '../../memory/replicaState';
import { SnapshotError, type SnapshotLoss } from '../../memory/snapshotError';
import { seedValue } from '../../random/seed';
import { RuleChain } from '../../rules/ruleChain';
import { parseFallback } from '../../selection/fallback';
import { changedMembers, type ChangedMembers } from '../log/routerMembers';
import {
  parseRouterOptions,
  ROUTER_OPTIONS,
  type ParsedRouterOptions,
  type RouterOptions,
} from '../options';
import { sameJson } from './givenOptions';
import { modelsOf, optionsBefore, parseBefore, withArms, type Contents } from './contents';
import { withEarlier, type StoredOptions } from './optionsSection';

/** Options that a router may go on without: null gives each its default. */
const DROPPABLE = [
  'explorationScale',
  'priors',
  'reward',
  'maxPendingDecisions',
  'pendingTtlMs',
  'breakers',
  'propensity',
  'floor',
  'fallback',
  'riskWeight',
  'explainableDecisions',
  'latency',
  'drift',
  'rules',
  'budget',
] as const;

/** What is learned by them, or has no default: kept where it is left out. */
const BELONGS_TO_EVIDENCE = [
  'models',
  'willingnessToPayUsd',
  'seed',
  'instanceId',
  'replicaId',
  'posterior',
  'latency',
  'context',
  'bestOf',
] as const;

type Droppable = {
  readonly [Option in (typeof DROPPABLE)[number]]?: RouterOptions[Option] | null;
};

/**
 * What may be said anew when a router is restored: any option that is not the memory's own; what is left out stays as it was, and null switches an option off that a router can
 * do without. `seed`, `replicaId`, `posterior`, the providers of `latency`, and `context` must be as they were, or be left out; latency can be switched off, and not on.
 * `models` are those that the router is to have: others are added, those left out retired, those with
 * other prices repriced. Functions (`clock`, `log`, a reward function, rules, an encoder) are
 * in no snapshot: those that took part must be given again, or dropped by null. With another `instanceId` decisions are named anew, and reports
 * for those before the snapshot still count.
 */
export interface RestoreOptions
  extends Omit<Partial<RouterOptions>, (typeof DROPPABLE)[number]>, Droppable {
  /** Told of what had to be left out of the snapshot. @defaultValue nobody */
  readonly onLoss?: (loss: SnapshotLoss) => void;
}

/** A snapshot's options, with those given now before them. */
export interface Restored {
  readonly options: ParsedRouterOptions;
  /** What decision ids began with before. */
  readonly formerId: string;
  /** Options that decisions depend on and that are others now, as a log has them. */
  readonly changed: ChangedMembers;
}

const NEVER_KEPT = ['clock', 'log', 'store', 'onLoss'];

/** @throws {ParameterError} for options that are none; each is checked later */
export function requireRestoreOptions(value: unknown): Record<string, unknown> {
  const options = requireOptions('options', value, [...ROUTER_OPTIONS, 'onLoss']);
  const { onLoss } = options;
  if (onLoss === undefined || typeof onLoss === 'function') return options;
  throw new ParameterError('onLoss', 'a function', onLoss);
}

/**
 * @param given checked by `requireRestoreOptions`
 * @param whole are these options all of the configuration, and not those of before with changes?
 * @throws {SnapshotError} for options in conflict with the snapshot @throws {ParameterError} for an option out of range
 */
export function restoredOptions(
  contents: Contents,
  given: Record<string, unknown>,
  sequenceNumber: number,
  whole: boolean,
): Restored {
  const { stored, arms } = contents;
  const old = parseBefore(contents);
  const said = saidOptions(contents, given, whole);
  const named = given['models'] !== undefined;
  if (named) requireModelsNamed(parseModels('models', given['models']), said);
  const now = parseRouterOptions({ ...said, models: modelsOf(arms) });
  requireNoConflict(old, now, given['latency'] === null);
  const restored = withArms(now, arms, said['rules']);
  const earlier =
    now.instanceId === stored.instanceId ? stored.earlier : withEarlier(stored, sequenceNumber);
  return {
    options: { ...restored, demo: stored.demo && !named, earlier },
    formerId: stored.instanceId,
    changed: changedMembers(old, now),
  };
}

/** Options as they are to be, unchecked. */
function saidOptions(
  contents: Contents,
  given: Record<string, unknown>,
  whole: boolean,
): Record<string, unknown> {
  const all = optionsBefore(contents);
  const stays = (key: string) => !whole || (BELONGS_TO_EVIDENCE as readonly string[]).includes(key);
  const kept = Object.fromEntries(Object.entries(all).filter(([key]) => stays(key)));
  requireFunctions(contents.stored, given, stays);
  const dropped = (key: string) =>
    !whole && given[key] === null && (DROPPABLE as readonly string[]).includes(key);
  const entries = Object.entries({ ...kept, ...withoutUndefined(given) });
  return Object.fromEntries(entries.filter(([key]) => !dropped(key)));
}

/** A function that took part must be given again, at its place or within the option it belongs to; its option is taken whole from those given. */
function requireFunctions(
  { given: { functions } }: StoredOptions,
  options: Record<string, unknown>,
  stays: (key: string) => boolean,
): void {
  for (const path of functions) {
    const [key] = path.split('.') as [string];
    if (NEVER_KEPT.includes(key) || !stays(key) || options[key] !== undefined) continue;
    const drop = (DROPPABLE as readonly string[]).includes(key)
      ? `, or options.${key}: null to go on without`
      : '';
    throw new SnapshotError('conflict', `options.${path} was a function: give it again${drop}`);
  }
}

function withoutUndefined(options: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(options).filter(([key, value]) => value !== undefined && key !== 'onLoss'),
  );
}

/** Models given anew are all that there will be: what names others is refused, as for a new router. @throws {ParameterError} */
function requireModelsNamed(
  models: ReadonlyMap<string, ModelOptions>,
  { rules, fallback }: Record<string, unknown>,
): void {
  if (rules !== undefined) new RuleChain('rules', rules, armsFrom(models));
  parseFallback('fallback', fallback, models);
}

/**
 * The models that a router is to have; undefined = as they are.
 * @throws {SnapshotError} for another family, which evidence is shared by
 */
export function wantedModels(
  stored: readonly ReplicaArm[],
  given: unknown,
): ReadonlyMap<string, ModelOptions> | undefined {
  if (given === undefined) return undefined;
  const models = parseModels('models', given);
  for (const { model, family, maxSamples } of stored) {
    const wanted = models.get(model);
    const parameter = `models[${JSON.stringify(model)}]`;
    const now = wanted?.family ?? family;
    if (now !== family) throw conflict(`${parameter}.family`, family, now);
    const most = wanted?.maxSamples ?? maxSamples;
    if (most !== maxSamples) throw conflict(`${parameter}.maxSamples`, maxSamples, most);
  }
  return models;
}

function requireNoConflict(
  old: ParsedRouterOptions,
  now: ParsedRouterOptions,
  latencyDropped: boolean,
): void {
  const latency = latencyDropped ? 'dropped' : undefined;
  const pairs: [string, unknown, unknown][] = [
    ['seed', String(seedValue(old.seed)), String(seedValue(now.seed))],
    ['replicaId', old.replicaId, now.replicaId],
    ['posterior', old.posterior, now.posterior],
    ['latency', latency ?? providersOf(old), latency ?? providersOf(now)],
    ['context', contextOf(old), contextOf(now)],
    ['bestOf', old.bestOf ?? 'none', now.bestOf ?? 'none'],
  ];
  const wrong = pairs.find(([, before, after]) => !sameJson(before, after));
  if (wrong) throw conflict(...wrong);
}

function providersOf({ latency }: ParsedRouterOptions): unknown {
  return latency ? { providers: Object.fromEntries(latency.providers) } : 'none';
}

function contextOf({ context }: ParsedRouterOptions): unknown {
  if (!context) return 'none';
  return { freezeAfterPrompts: context.freezeAfterPrompts, ownEncoder: !!context.encoder };
}

function conflict(option: string, before: unknown, now: unknown): SnapshotError {
  return new SnapshotError(
    'conflict',
    `options.${option} must be as before, ${text(before)}, or left out, got ${text(now)}`,
  );
}

/** JSON has no infinite numbers. */
function text(value: unknown): string {
  const shown = JSON.stringify(value, (_, one: unknown) =>
    typeof one === 'number' && !Number.isFinite(one) ? `${one}` : one,
  );
  return (shown ?? 'none').replace(/"(-?Infinity|NaN)"/g, '$1');
}
