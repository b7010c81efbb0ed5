/**
 * What one replica knows, as bytes that another can merge (docs/SNAPSHOTS.md): a container with the sections `replica` (JSON: id, sequence number, clock),
 * `arms` and `segments` (JSON: what rows and columns of the block are) and `kernel` (the evidence block, whose header holds the landmark).
 */
import { byCodeUnit, ROUTED_SAMPLES } from '../arms/models';
import { parsePrior } from '../arms/prior';
import { ParameterError } from '../core/errors';
import { requireId, requireNumber, requireObject, USD, wholeBetween } from '../core/validation';
import { LIBRARY_VERSION } from '../core/version';
import { ABI_VERSION } from '../kernel/exports';
import { evidenceShape, type EvidenceShape } from '../posterior/evidenceState';
import { KERNEL_SECTION, readContainer, writeContainer } from './container';
import { jsonBytes, parseJsonBytes } from './jsonSection';
import { SnapshotError } from './snapshotError';

/** What evidence is weighed by: nothing; the replica's own count of decisions, which no other shares; milliseconds. */
export type EvidenceClock = 'none' | 'requests' | 'time';
const CLOCKS: readonly EvidenceClock[] = ['none', 'requests', 'time'];

/** An arm as replicas name it. */
export interface ReplicaArm {
  readonly model: string;
  readonly family: string;
  /** USD a token; null = no list price. */
  readonly usdPerInputToken: number | null;
  readonly usdPerOutputToken: number | null;
  /** Of its own, in place of its family's. */
  readonly prior?: { readonly mean: number; readonly strength: number } | undefined;
  readonly provider?: string | undefined;
  /** Most samples of it in one decision. */
  readonly maxSamples?: number | undefined;
  /** Not to be chosen any more. */
  readonly retired?: boolean | undefined;
}

/** Name of a segment: null = requests without one, true = the row that segments beyond the limit share. */
export type SegmentName = string | null | true;

export interface ReplicaState {
  readonly id: string;
  /** Grows with every report that the replica has learned. */
  readonly sequenceNumber: number;
  readonly clock: EvidenceClock;
  /** In the block's order. */
  readonly arms: readonly ReplicaArm[];
  readonly segments: readonly SegmentName[];
  /** The evidence block. */
  readonly evidence: Uint8Array;
}

const VERSION = 1;
const COUNT = wholeBetween(0, Number.MAX_SAFE_INTEGER);

export function writeReplicaState(state: ReplicaState): Uint8Array {
  const { id, sequenceNumber, clock, arms, segments, evidence } = state;
  const versions = {
    libraryVersion: LIBRARY_VERSION,
    kernelAbi: ABI_VERSION,
    layoutVersion: evidenceShape(evidence).layoutVersion,
  };
  const section = (name: string, bytes: Uint8Array) =>
    ({ name, version: VERSION, whenUnknown: 'refuse', bytes }) as const;
  return writeContainer(versions, [
    section(KERNEL_SECTION, evidence),
    section('replica', jsonBytes({ id, sequenceNumber, clock })),
    section('arms', jsonBytes(arms)),
    section('segments', jsonBytes(segments)),
  ]);
}

/** Reads all but the block's own numbers, which the kernel checks. @throws {SnapshotError} */
export function readReplicaState(bytes: unknown): ReplicaState & { readonly shape: EvidenceShape } {
  const { sections } = readContainer(bytes);
  const find = (name: string): Uint8Array => {
    const section = sections.find((candidate) => candidate.name === name);
    if (!section) throw new SnapshotError('invalid', 'is missing', name);
    if (section.version > VERSION)
      throw new SnapshotError('newer-version', `has version ${section.version}`, name);
    return section.bytes;
  };
  try {
    const replica = requireObject('replica', parseJsonBytes(find('replica'), 'replica'));
    const evidence = find(KERNEL_SECTION);
    const shape = evidenceShape(evidence);
    return {
      id: requireId('replica.id', replica['id']),
      sequenceNumber: requireNumber('replica.sequenceNumber', replica['sequenceNumber'], COUNT),
      clock: requireClock(replica['clock']),
      arms: parseReplicaArms('arms', parseJsonBytes(find('arms'), 'arms'), shape.arms),
      segments: parseSegmentNames(
        'segments',
        parseJsonBytes(find('segments'), 'segments'),
        shape.segments,
      ),
      evidence,
      shape,
    };
  } catch (error) {
    if (error instanceof ParameterError)
      throw new SnapshotError('invalid', error.message, undefined, { cause: error });
    throw error;
  }
}

function requireClock(value: unknown): EvidenceClock {
  if (CLOCKS.includes(value as EvidenceClock)) return value as EvidenceClock;
  throw new ParameterError('replica.clock', CLOCKS.join(' or '), value);
}

/** @throws {ParameterError} */
export function parseReplicaArms(parameter: string, value: unknown, count: number): ReplicaArm[] {
  const arms = requireList(parameter, value, count).map((entry, i) => {
    const arm = requireObject(`${parameter}[${i}]`, entry);
    const price = (key: string) =>
      arm[key] === null ? null : requireNumber(`${parameter}[${i}].${key}`, arm[key], USD);
    return {
      model: requireId(`${parameter}[${i}].model`, arm['model']),
      // A model of unknown family is a family of its own, whose name is a character longer.
      family: requireText(`${parameter}[${i}].family`, arm['family']),
      usdPerInputToken: price('usdPerInputToken'),
      usdPerOutputToken: price('usdPerOutputToken'),
      ...(arm['prior'] !== undefined && {
        prior: parsePrior(`${parameter}[${i}].prior`, arm['prior']),
      }),
      ...(arm['provider'] !== undefined && {
        provider: requireId(`${parameter}[${i}].provider`, arm['provider']),
      }),
      ...(arm['maxSamples'] !== undefined && {
        maxSamples: requireNumber(
          `${parameter}[${i}].maxSamples`,
          arm['maxSamples'],
          ROUTED_SAMPLES,
        ),
      }),
      ...(arm['retired'] === true && { retired: true }),
    };
  });
  requireDifferent(
    parameter,
    arms.map(({ model }) => model),
  );
  return arms;
}

/** @throws {ParameterError} */
export function parseSegmentNames(parameter: string, value: unknown, count: number): SegmentName[] {
  const names = requireList(parameter, value, count).map((name, i) =>
    name === null || name === true ? name : requireText(`${parameter}[${i}]`, name),
  );
  requireDifferent(parameter, names);
  return names;
}

/** Unnamed requests first, then names in code-unit order, the shared row last. */
export function bySegmentName(a: SegmentName, b: SegmentName): number {
  const rank = (name: SegmentName) => (name === null ? 0 : name === true ? 2 : 1);
  if (typeof a === 'string' && typeof b === 'string') return byCodeUnit(a, b);
  return rank(a) - rank(b);
}

function requireList(parameter: string, value: unknown, count: number): unknown[] {
  if (Array.isArray(value) && value.length === count) return value;
  throw new ParameterError(parameter, `a list of ${count}`, value);
}

function requireText(parameter: string, value: unknown): string {
  if (typeof value === 'string' && value.length > 0 && value.length <= 512) return value;
  throw new ParameterError(parameter, 'a string of 1 to 512 characters', value);
}

function requireDifferent(parameter: string, values: readonly unknown[]): void {
  if (new Set(values).size < values.length)
    throw new ParameterError(parameter, 'all different', values);
}
