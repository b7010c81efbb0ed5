import {
  requireId,
  requireNumber,
  requireObject,
  WILLINGNESS_TO_PAY,
  wholeBetween,
} from '../../core/validation';
import { ParameterError } from '../../core/errors';
import { jsonBytes } from '../../memory/jsonSection';
import type { SnapshotSection } from '../../memory/sections';
import { seedValue } from '../../random/seed';
import { parseGivenOptions, type GivenOptions } from './givenOptions';
import type { RouterParts } from './parts';

export const OPTIONS_SECTION = 'options';

/** A name that decision ids began with before a restart; those below `until` are this router's. */
export interface EarlierInstance {
  readonly instanceId: string;
  readonly until: number;
}

/** Beyond so many restarts, reports for the oldest decisions are unknown. */
export const MOST_EARLIER_INSTANCES = 64;

/** What the section says. */
export interface StoredOptions {
  readonly given: GivenOptions;
  readonly willingnessToPayUsd: number;
  /** Are its models those of the demo list? */
  readonly demo: boolean;
  readonly seed: bigint;
  readonly instanceId: string;
  readonly replicaId: string;
  readonly earlier: readonly EarlierInstance[];
}

/** Options as they were given, the seed and the names of decisions. It is read before there is a router (restoreOptions.ts). */
export function optionsSection({ options }: RouterParts): SnapshotSection {
  return {
    name: OPTIONS_SECTION,
    version: 1,
    whenUnknown: 'refuse',
    optional: false,
    write() {
      const { given, willingnessToPayUsd, demo, instanceId, replicaId, earlier } = options;
      const seed = String(seedValue(options.seed));
      const names = { instanceId, replicaId, earlier };
      return jsonBytes({ given, willingnessToPayUsd, demo, seed, ...names });
    },
    read: () => [],
  };
}

/** @throws {ParameterError} */
export function parseStoredOptions(value: unknown): StoredOptions {
  const fields = requireObject('options', value);
  const { seed, earlier } = fields;
  if (typeof seed !== 'string' || !/^\d{1,20}$/.test(seed))
    throw new ParameterError('seed', 'a string of up to 20 decimal digits', seed);
  if (!Array.isArray(earlier) || earlier.length > MOST_EARLIER_INSTANCES)
    throw new ParameterError('earlier', `a list of at most ${MOST_EARLIER_INSTANCES}`, earlier);
  const { instanceId, replicaId = firstName(instanceId, earlier) } = fields;
  return {
    given: parseGivenOptions(fields['given']),
    willingnessToPayUsd: requireNumber(
      'willingnessToPayUsd',
      fields['willingnessToPayUsd'],
      WILLINGNESS_TO_PAY,
    ),
    demo: fields['demo'] === true,
    seed: BigInt(seed),
    instanceId: requireId('instanceId', instanceId),
    replicaId: requireId('replicaId', replicaId),
    earlier: earlier.map((one, i) => parseEarlier(`earlier[${i}]`, one)),
  };
}

/** Snapshots of before have no name for the evidence. */
function firstName(instanceId: unknown, earlier: readonly unknown[]): unknown {
  return (earlier[0] as EarlierInstance | undefined)?.instanceId ?? instanceId;
}

function parseEarlier(parameter: string, value: unknown): EarlierInstance {
  const fields = requireObject(parameter, value);
  return {
    instanceId: requireId(`${parameter}.instanceId`, fields['instanceId']),
    until: requireNumber(
      `${parameter}.until`,
      fields['until'],
      wholeBetween(0, Number.MAX_SAFE_INTEGER),
    ),
  };
}

/** The names before, the one that ends now added. */
export function withEarlier(
  { earlier, instanceId }: Pick<StoredOptions, 'earlier' | 'instanceId'>,
  until: number,
): readonly EarlierInstance[] {
  return [...earlier, { instanceId, until }].slice(-MOST_EARLIER_INSTANCES);
}
