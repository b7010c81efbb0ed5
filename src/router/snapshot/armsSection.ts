import { jsonBytes } from '../../memory/jsonSection';
import { parseReplicaArms, type ReplicaArm } from '../../memory/replicaState';
import type { SnapshotSection } from '../../memory/sections';
import type { ParsedRouterOptions } from '../options';
import type { RouterParts } from './parts';

export const ARMS_SECTION = 'arms';

/** The arms in the kernel's order. */
export function armsOf({ arms }: ParsedRouterOptions): ReplicaArm[] {
  return arms.list.map(({ index, model, family, prior, provider, maxSamples, ...prices }) => ({
    model,
    family: arms.families[family]!,
    usdPerInputToken: prices.usdPerInputToken,
    usdPerOutputToken: prices.usdPerOutputToken,
    prior,
    provider,
    maxSamples,
    retired: arms.retired.has(index) || undefined,
  }));
}

/** Which models the numbers are about, and their prices. It is read before there is a router (restoreOptions.ts). */
export function armsSection({ options }: RouterParts): SnapshotSection {
  return {
    name: ARMS_SECTION,
    version: 1,
    whenUnknown: 'refuse',
    optional: false,
    write: () => jsonBytes(armsOf(options)),
    read: () => [],
  };
}

/** @throws {ParameterError} */
export function parseArms(value: unknown): ReplicaArm[] {
  const count = Array.isArray(value) ? value.length : 1;
  return parseReplicaArms(ARMS_SECTION, value, count);
}
