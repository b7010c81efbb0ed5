import { ParameterError } from '../core/errors';
import { requireId, requireOptions } from '../core/validation';
import { kernelOf, type CompiledKernel } from '../kernel/load';
import { mergeEvidence, unionOfArms, type MergedEvidence } from './mergeEvidence';
import { readMergedPosteriors, type MergedPosteriors } from './mergedPosteriors';
import { readReplicaState } from './replicaState';
import { sameSums } from './sameSums';
import { SnapshotError } from './snapshotError';

/** What a state did: it was taken; it, or one with the same evidence, is there already; a newer one is. */
export type RegisterEffect = 'taken' | 'duplicate' | 'stale';

/** What a register has of a replica. */
export interface ReplicaEntry {
  readonly id: string;
  /** Reports that the replica had learned. */
  readonly sequenceNumber: number;
  /** Of its evidence, in whole half-lives. */
  readonly landmark: number;
  /** All of it, as it came. */
  readonly state: Uint8Array;
}

type Read = ReturnType<typeof readReplicaState>;

/**
 * The latest state of every replica, and their evidence together. A replica's state holds all of its own evidence and nobody else's, so a newer one
 * stands for it wholly: states may come twice, late, or in any order, and nothing is counted twice. Two registers merge by `join`, which is idempotent,
 * commutative and associative. A replica keeps its id (`router.replicaId`) when it is restored, so it takes its own place; two routers restored from one
 * snapshot have one id, and only one of them may go on reporting (docs/SNAPSHOTS.md).
 *
 * Evidence that is weighed by a replica's own count of decisions has no common clock and is refused.
 *
 * @example
 * ```ts
 * import { ReplicaRegister } from 'thompsonite';
 *
 * const models = { only: { family: 'a', usdPerMillionInputTokens: 1, usdPerMillionOutputTokens: 2 } };
 * const register = new ReplicaRegister();
 * for (const instanceId of ['one', 'two']) {
 *   const router = await createRouter({ models, willingnessToPayUsd: 0.01, instanceId });
 *   const decision = router.select();
 *   if (decision.kind === 'decision') router.report(decision.decisionId, { reward: 1 });
 *   register.put(router.replicaState());
 * }
 * console.log(register.merged().evidence.length, register.ids); // …, ['one', 'two']
 * ```
 */
export class ReplicaRegister {
  readonly #compiled: CompiledKernel;
  readonly #replicas = new Map<string, { readonly read: Read; readonly state: Uint8Array }>();

  /** @throws {ParameterError} */
  constructor(options: { readonly kernel?: CompiledKernel } = {}) {
    requireOptions('options', options, ['kernel']);
    this.#compiled = kernelOf(options.kernel);
  }

  /** In code-unit order. */
  get ids(): readonly string[] {
    return [...this.#replicas.keys()].sort();
  }

  /** Undefined for a replica never heard of. @throws {ParameterError} for what is no id */
  get(id: string): ReplicaEntry | undefined {
    const entry = this.#replicas.get(requireId('id', id));
    if (!entry) return undefined;
    const { sequenceNumber, shape } = entry.read;
    return { id, sequenceNumber, landmark: shape.landmark, state: entry.state.slice() };
  }

  /**
   * Takes a state that `router.replicaState()` gave, if it is newer than what is there.
   * @throws {SnapshotError} for bytes that are none, for evidence that cannot be added to what is there (another clock, half-life or prior, a model in another
   * family), and for other evidence under the same id after as many reports: two routers report under one id, or one was rolled back; nothing has changed then
   */
  put(state: Uint8Array): RegisterEffect {
    const read = readReplicaState(state);
    requireMergeable(read);
    const others = [...this.#replicas.values()].flatMap((one) =>
      one.read.id === read.id ? [] : [one.read],
    );
    if (others[0]) requireAlike(others[0], read);
    const before = this.#replicas.get(read.id)?.read;
    if (before?.sequenceNumber === read.sequenceNumber) {
      requireSame(before, read);
      return 'duplicate';
    }
    if (before && before.sequenceNumber > read.sequenceNumber) return 'stale';
    // What merging would refuse, and the kernel's check, before anything changes.
    unionOfArms([...others, read]);
    mergeEvidence(this.#compiled.instantiate(), [read]);
    this.#replicas.set(read.id, { read, state: new Uint8Array(state) });
    return 'taken';
  }

  /**
   * Takes what is newer in another register.
   * @throws {SnapshotError} as `put`; states before may have been taken then
   * @throws {ParameterError} for what is no register
   */
  join(other: ReplicaRegister): void {
    requireRegister(other);
    for (const id of other.ids) this.put(other.get(id)!.state);
  }

  /** Forgets a replica; a state that is still on its way brings it back. Returns whether it was there. @throws {ParameterError} for what is no id */
  remove(id: string): boolean {
    return this.#replicas.delete(requireId('id', id));
  }

  /**
   * The evidence of all replicas together, added in the order of their ids: the same bits in whatever order states came.
   * @throws {ParameterError} where there is no replica
   */
  merged(): MergedEvidence {
    if (this.#replicas.size === 0) throw new ParameterError('replicas', '1 or more', 0);
    const replicas = [...this.#replicas.values()].map(({ read }) => read);
    return mergeEvidence(this.#compiled.instantiate(), replicas);
  }

  /**
   * What all replicas together know of every model, as plain JSON: beliefs as `router.getPosteriors` has them, as of the latest clock that any replica has seen.
   * @param segment one segment, null for that of requests without one; a segment never seen gives none. @defaultValue all segments
   * @throws {ParameterError} where there is no replica, and for what is no segment
   */
  getPosteriors(segment?: string | null): MergedPosteriors {
    return readMergedPosteriors(this.#compiled.instantiate(), this.merged(), segment);
  }
}

/** Also of another copy of the library, whose classes are others. */
function requireRegister(other: unknown): void {
  const { ids, get } = (other ?? {}) as Partial<ReplicaRegister>;
  if (Array.isArray(ids) && typeof get === 'function') return;
  throw new ParameterError('other', 'a ReplicaRegister', other);
}

/** A count of reports has one evidence. */
function requireSame(present: Read, read: Read): void {
  if (sameSums(present, read)) return;
  throw new SnapshotError(
    'conflict',
    `replica ${JSON.stringify(read.id)} has other evidence here after as many reports (${read.sequenceNumber}): two routers restored from one snapshot report under its id, or it was rolled back; remove(id) makes place for one of them`,
  );
}

function requireMergeable({ clock, shape }: Read): void {
  if (clock === 'requests')
    throw new SnapshotError(
      'conflict',
      'evidence that decays by the count of one replica’s decisions has no clock in common with others’: give halfLifeMs, or no half-life',
    );
  if ((clock === 'none') !== (shape.halfLife === Infinity))
    throw new SnapshotError(
      'invalid',
      `clock ${clock} does not fit a half-life of ${shape.halfLife}`,
    );
}

function requireAlike(present: Read, read: Read): void {
  const pairs: [string, unknown, unknown][] = [
    ['clock', present.clock, read.clock],
    ['half-life', present.shape.halfLife, read.shape.halfLife],
    ['prior mean', present.shape.priorMean, read.shape.priorMean],
    ['prior strength', present.shape.priorStrength, read.shape.priorStrength],
  ];
  const different = pairs.find(([, a, b]) => a !== b);
  if (!different) return;
  const [name, here, there] = different;
  throw new SnapshotError(
    'conflict',
    `the ${name} is ${String(there)}, that of replica ${JSON.stringify(present.id)} is ${String(here)}`,
  );
}
