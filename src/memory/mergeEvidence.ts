import { byCodeUnit } from '../arms/models';
import { ParameterError } from '../core/errors';
import type { Kernel } from '../kernel/kernel';
import { putEvidence } from '../posterior/evidenceState';
import {
  bySegmentName,
  type ReplicaArm,
  type ReplicaState,
  type SegmentName,
} from './replicaState';
import { SnapshotError, type SnapshotLoss } from './snapshotError';

/** Evidence of several replicas in one block. */
export interface MergedEvidence extends Omit<ReplicaState, 'id' | 'sequenceNumber'> {
  readonly losses: readonly SnapshotLoss[];
}

/** A replica's state that has been read, with the header of its block. */
export type ReadReplica = ReplicaState & {
  readonly shape: {
    readonly halfLife: number;
    readonly landmark: number;
    readonly priorMean: number;
    readonly priorStrength: number;
  };
};

/**
 * Adds replicas' evidence in the order of their ids, whatever order they came in (docs/MATH.md §30). All models and segments that any of them has take
 * part, in an order of their own; prices are those of the first replica that has them.
 * @param kernel an instance to work in
 * @param replicas at least one, of one clock, half-life and prior
 * @throws {SnapshotError} where a block cannot be, or a model's family differs
 */
export function mergeEvidence(kernel: Kernel, replicas: readonly ReadReplica[]): MergedEvidence {
  const ordered = [...replicas].sort((a, b) => byCodeUnit(a.id, b.id));
  const arms = unionOfArms(ordered);
  const segments = unionOfSegments(ordered);
  const families = [...new Set(arms.map(({ family }) => family))];
  const { halfLife, priorMean, priorStrength } = ordered[0]!.shape;
  const { raw } = kernel;
  const bytes = raw.evidence_bytes(arms.length, families.length, segments.length) >>> 0;
  const block = kernel.allocate(bytes);
  const sizes = [arms.length, families.length, segments.length] as const;
  raw.evidence_init(block, ...sizes, halfLife, priorMean, priorStrength);
  arms.forEach(({ family, usdPerInputToken, usdPerOutputToken, prior }, i) => {
    const prices = [usdPerInputToken ?? NaN, usdPerOutputToken ?? NaN] as const;
    raw.evidence_set_arm(block, i, families.indexOf(family), ...prices);
    if (prior) raw.evidence_set_prior(block, i, prior.mean, prior.strength);
  });
  const room = Math.max(...ordered.map(({ evidence }) => evidence.length));
  const other = kernel.allocate(room);
  const armMap = kernel.allocate(4 * arms.length);
  const segmentMap = kernel.allocate(4 * segments.length);
  const armAt = new Map(arms.map(({ model }, i) => [model, i]));
  const segmentAt = new Map(segments.map((name, i) => [name, i]));
  const losses: SnapshotLoss[] = [];
  for (const replica of ordered) {
    const badCells = put(kernel, other, replica);
    if (badCells > 0)
      losses.push({ section: replica.id, count: badCells, problem: 'cells that cannot be' });
    kernel.u32(armMap, replica.arms.length).set(replica.arms.map(({ model }) => armAt.get(model)!));
    kernel
      .u32(segmentMap, replica.segments.length)
      .set(replica.segments.map((name) => segmentAt.get(name)!));
    raw.evidence_merge(block, other, armMap, segmentMap);
  }
  const { clock } = ordered[0]!;
  return { clock, arms, segments, evidence: kernel.u8(block, bytes).slice(), losses };
}

function put(kernel: Kernel, address: number, { id, evidence }: ReplicaState): number {
  try {
    return putEvidence(kernel, address, evidence);
  } catch (error) {
    if (!(error instanceof ParameterError)) throw error;
    throw new SnapshotError('invalid', error.message, id, { cause: error });
  }
}

/** All models of all replicas. @throws {SnapshotError} where one is in several families */
export function unionOfArms(replicas: readonly ReadReplica[]): ReplicaArm[] {
  const arms = new Map<string, ReplicaArm>();
  for (const replica of replicas) {
    for (const arm of replica.arms) {
      const known = arms.get(arm.model);
      if (!known) arms.set(arm.model, arm);
      else if (known.family !== arm.family)
        throw new SnapshotError(
          'conflict',
          `replica ${JSON.stringify(replica.id)} has model ${JSON.stringify(arm.model)} in another family than those before`,
        );
      else if (known.usdPerInputToken === null) arms.set(arm.model, arm);
    }
  }
  return [...arms.values()].sort((a, b) => byCodeUnit(a.model, b.model));
}

function unionOfSegments(replicas: readonly ReadReplica[]): SegmentName[] {
  return [...new Set(replicas.flatMap(({ segments }) => segments))].sort(bySegmentName);
}
