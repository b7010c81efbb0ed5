import { ArmList } from '../../arms/armList';
import type { ModelOptions } from '../../arms/models';
import { ParameterError } from '../../core/errors';
import type { Container } from '../../memory/container';
import { parseJsonBytes } from '../../memory/jsonSection';
import type { ReplicaArm } from '../../memory/replicaState';
import { SnapshotError } from '../../memory/snapshotError';
import { RuleChain } from '../../rules/ruleChain';
import { parseRouterOptions, type ParsedRouterOptions } from '../options';
import { ARMS_SECTION, parseArms } from './armsSection';
import { standIns } from './givenOptions';
import { OPTIONS_SECTION, parseStoredOptions, type StoredOptions } from './optionsSection';

/** What a snapshot says before there is a router. */
export interface Contents {
  readonly stored: StoredOptions;
  readonly arms: readonly ReplicaArm[];
}

/** @throws {SnapshotError} */
export function readContents(container: Container): Contents {
  if (container.sections.some(({ name }) => name === 'replica'))
    throw new SnapshotError(
      'not-a-snapshot',
      'the bytes are the state of a replica, which a ReplicaRegister takes, and no snapshot of a router',
    );
  return {
    stored: parsed(container, OPTIONS_SECTION, parseStoredOptions),
    arms: parsed(container, ARMS_SECTION, parseArms),
  };
}

function parsed<T>(container: Container, name: string, parse: (value: unknown) => T): T {
  const section = container.sections.find((one) => one.name === name);
  if (!section) throw new SnapshotError('invalid', 'is missing', name);
  if (section.version > 1)
    throw new SnapshotError('newer-version', `has version ${section.version}`, name);
  return asInvalid(name, () => parse(parseJsonBytes(section.bytes, name)));
}

function asInvalid<T>(section: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof ParameterError)) throw error;
    throw new SnapshotError('invalid', error.message, section, { cause: error });
  }
}

/** All options as they were, but for functions. */
export function optionsBefore({ stored, arms }: Contents): Record<string, unknown> {
  const { given, seed, instanceId, replicaId, willingnessToPayUsd } = stored;
  const models = modelsOf(arms);
  return { ...given.values, seed, instanceId, replicaId, willingnessToPayUsd, models };
}

/**
 * The router as it was. Functions that took part are replaced by others that are never called, so it can take lines of a log and changes of its models, and decide nothing.
 * @param changes options that are others
 * @throws {SnapshotError}
 */
export function parseBefore(
  contents: Contents,
  changes: Readonly<Record<string, unknown>> = {},
): ParsedRouterOptions {
  const { stored, arms } = contents;
  const options = { ...optionsBefore(contents), ...standIns(stored.given), ...changes };
  const now = asInvalid(OPTIONS_SECTION, () => parseRouterOptions(options));
  const { demo, earlier } = stored;
  return { ...withArms(now, arms, options['rules']), given: stored.given, demo, earlier };
}

export function modelsOf(arms: readonly ReplicaArm[]): Record<string, ModelOptions> {
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
export function withArms(
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
