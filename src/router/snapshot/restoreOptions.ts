import { ArmList } from '../../arms/armList';
import { parseModels, type ModelOptions } from '../../arms/models';
import { ParameterError } from '../../core/errors';
import { requireObject } from '../../core/validation';
import type { Container } from '../../memory/container';
import { parseJsonBytes } from '../../memory/jsonSection';
import type { ReplicaArm } from '../../memory/replicaState';
import { SnapshotError, type SnapshotLoss } from '../../memory/snapshotError';
import { RuleChain } from '../../rules/ruleChain';
import { seedValue } from '../../random/seed';
import { routerLine } from '../log/lines';
import { parseRouterOptions, type ParsedRouterOptions, type RouterOptions } from '../options';
import { ARMS_SECTION, parseArms } from './armsSection';
import { sameJson } from './givenOptions';
import {
  OPTIONS_SECTION,
  parseStoredOptions,
  withEarlier,
  type StoredOptions,
} from './optionsSection';

/**
 * What may be said anew when a router is restored: any option that is not the memory's own. `seed`, `posterior`, whether there is `latency` and by which
 * providers, `context` and `bestOf` must be as they were, or be left out. `models` are those that the router is to have: others are added, those left out retired, those with
 * other prices repriced. Functions (`clock`, `log`, a reward function, an encoder) are
 * in no snapshot: a reward function and an encoder must be given again. With another `instanceId` decisions are named anew, and reports
 * for those before the snapshot still count.
 */
export interface RestoreOptions extends Partial<RouterOptions> {
  /** Told of what had to be left out of the snapshot. @defaultValue nobody */
  readonly onLoss?: (loss: SnapshotLoss) => void;
}

/** A snapshot's options, with those given now before them. */
export interface Restored {
  readonly options: ParsedRouterOptions;
  /** What decision ids began with before. */
  readonly formerId: string;
  /** The models that the router is to have; undefined = as it was. */
  readonly models: ReadonlyMap<string, ModelOptions> | undefined;
  /** Do decisions depend on an option that is another now? */
  readonly changed: boolean;
}

const NEVER_KEPT = ['clock', 'log', 'store', 'onLoss'];

/** @throws {SnapshotError} for options in conflict with the snapshot @throws {ParameterError} for an option out of range */
export function restoredOptions(
  container: Container,
  given: unknown,
  sequenceNumber: number,
): Restored {
  const options = requireObject('options', given);
  const stored = parsed(container, OPTIONS_SECTION, parseStoredOptions);
  const arms = parsed(container, ARMS_SECTION, parseArms);
  const { seed, instanceId, willingnessToPayUsd } = stored;
  const before = { ...stored.given.values, seed, instanceId, willingnessToPayUsd };
  const models = modelsOf(arms);
  requireFunctions(stored, options);
  // Parsed by itself, to be held against what is given.
  const kept = { ...before, models, ...functionsOf(stored, options) };
  const old = parseStored(kept);
  const wanted = wantedModels(arms, options['models']);
  const said: Record<string, unknown> = { ...kept, ...withoutUndefined(options), models };
  const now = parseRouterOptions(said);
  requireNoConflict(old, now);
  const restored = withArms(now, arms, said['rules']);
  const renamed = now.instanceId !== stored.instanceId;
  const earlier = renamed ? withEarlier(stored, sequenceNumber) : stored.earlier;
  return {
    options: { ...restored, demo: stored.demo && !wanted, earlier },
    models: wanted,
    formerId: stored.instanceId,
    changed: decisive(old) !== decisive(now),
  };
}

function parsed<T>(container: Container, name: string, parse: (value: unknown) => T): T {
  const section = container.sections.find((one) => one.name === name);
  if (!section) throw new SnapshotError('invalid', 'is missing', name);
  if (section.version > 1)
    throw new SnapshotError('newer-version', `has version ${section.version}`, name);
  try {
    return parse(parseJsonBytes(section.bytes, name));
  } catch (error) {
    throw invalid(error, name);
  }
}

function parseStored(options: unknown): ParsedRouterOptions {
  try {
    return parseRouterOptions(options);
  } catch (error) {
    throw invalid(error, OPTIONS_SECTION);
  }
}

function invalid(error: unknown, section: string): unknown {
  if (!(error instanceof ParameterError)) return error;
  return new SnapshotError('invalid', error.message, section, { cause: error });
}

function modelsOf(arms: readonly ReplicaArm[]): Record<string, ModelOptions> {
  return Object.fromEntries(
    arms.map(
      ({ model, family, usdPerInputToken, usdPerOutputToken, prior, provider, maxSamples }) => [
        model,
        {
          family,
          ...(prior && { prior }),
          ...(provider !== undefined && { provider }),
          ...(maxSamples !== undefined && { maxSamples }),
          usdPerMillionInputTokens: (usdPerInputToken ?? 0) * 1e6,
          usdPerMillionOutputTokens: (usdPerOutputToken ?? 0) * 1e6,
        },
      ],
    ),
  );
}

/** In the order of the block, and with prices to the bit, which a million times and a millionth of them need not be. */
function withArms(
  options: ParsedRouterOptions,
  stored: readonly ReplicaArm[],
  rules: unknown,
): ParsedRouterOptions {
  const arms = new ArmList();
  for (const { model, usdPerInputToken, usdPerOutputToken, retired, ...rest } of stored) {
    const { prior, provider, maxSamples } = rest;
    const next = arms.next(model, options.models.get(model));
    const prices = {
      usdPerInputToken: usdPerInputToken ?? NaN,
      usdPerOutputToken: usdPerOutputToken ?? NaN,
    };
    arms.add({ ...next, ...prices, prior, provider, maxSamples });
    if (retired) arms.retired.add(next.index);
  }
  // Rules know arms by their place.
  const chain = rules === undefined ? undefined : new RuleChain('rules', rules, arms);
  return { ...options, arms, rules: chain };
}

/** A function that took part must be given again, at its place or within the option it belongs to. */
function requireFunctions({ given }: StoredOptions, options: Record<string, unknown>): void {
  for (const path of given.functions) {
    const [key] = path.split('.') as [string];
    if (NEVER_KEPT.includes(key) || options[key] !== undefined) continue;
    throw new SnapshotError('conflict', `options.${path} was a function: give it again`);
  }
}

/** Options of which a part was a function are taken whole from those given. */
function functionsOf({ given }: StoredOptions, options: Record<string, unknown>) {
  const keys = new Set(given.functions.map((path) => path.split('.')[0]!));
  return Object.fromEntries(
    [...keys].filter((key) => !NEVER_KEPT.includes(key)).map((key) => [key, options[key]]),
  );
}

function withoutUndefined(options: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(options).filter(([key, value]) => value !== undefined && key !== 'onLoss'),
  );
}

/** Models given anew are added, repriced or retired; their families stay. */
function wantedModels(
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

function requireNoConflict(old: ParsedRouterOptions, now: ParsedRouterOptions): void {
  const pairs: [string, unknown, unknown][] = [
    ['seed', String(seedValue(old.seed)), String(seedValue(now.seed))],
    ['posterior', old.posterior, now.posterior],
    ['latency', providersOf(old), providersOf(now)],
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
  const text = (value: unknown) => JSON.stringify(value) ?? 'none';
  return new SnapshotError(
    'conflict',
    `options.${option} must be as before, ${text(before)}, or left out, got ${text(now)}`,
  );
}

/** What decisions depend on, as the log would say it. */
function decisive(options: ParsedRouterOptions): string {
  return routerLine({ ...options, instanceId: 'same' });
}
