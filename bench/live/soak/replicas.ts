/**
 * Three replicas under bad weather, each restarted from snapshots, that merge again and again: states come doubled, late and in turn, and the merged evidence must
 * be the sum of what the replicas accepted.
 */
import { ReplicaRegister } from '../../../src/index';
import { Life, type SoakOptions, type SoakResult } from './soak';

export interface ReplicaSoakOptions extends Omit<SoakOptions, 'halfLifeRequests'> {
  /** Requests of each replica between merges. */
  readonly mergeEvery: number;
}

export interface ReplicaSoakResult {
  readonly replicas: readonly SoakResult[];
  readonly merges: number;
  readonly effects: Readonly<Record<'taken' | 'duplicate' | 'stale', number>>;
  /** Largest error of a merged sum, relative to it (of successes and failures: to their weight). */
  readonly largestRelativeError: number;
}

const REPLICAS = 3;

/** Evidence does not decay: replicas have no count of requests in common. */
export function replicaSoak(options: ReplicaSoakOptions): ReplicaSoakResult {
  const lives = Array.from({ length: REPLICAS }, (_, i) => {
    const life = new Life({ ...options, seed: options.seed + i, halfLifeRequests: Infinity });
    return { life, requests: life.world.requests(options.requests) };
  });
  const register = new ReplicaRegister();
  const effects = { taken: 0, duplicate: 0, stale: 0 };
  let late: Uint8Array | undefined;
  let merges = 0;
  let largestRelativeError = 0;
  for (let done = 0; done < options.requests; done += options.mergeEvery) {
    const states = lives.map(({ life, requests }) => {
      for (let i = 0; i < options.mergeEvery; i++) {
        const next = requests.next();
        if (next.done) break;
        life.live(next.value);
      }
      return life.replicaState();
    });
    // In an order that changes, one twice, and one of the time before.
    const first = merges % REPLICAS;
    const order = [...states.slice(first), ...states.slice(0, first), states[0]!];
    for (const state of late ? [...order, late] : order) effects[register.put(state)]++;
    late = states[first];
    merges++;
    largestRelativeError = Math.max(
      largestRelativeError,
      errorOf(
        register,
        lives.map(({ life }) => life),
      ),
    );
  }
  return { replicas: lives.map(({ life }) => life.end()), merges, effects, largestRelativeError };
}

function errorOf(register: ReplicaRegister, lives: readonly Life[]): number {
  const { arms, segments, evidence } = register.merged();
  const stride = 2 * Math.ceil(arms.length / 2);
  const numbers = new Float64Array(evidence.buffer, 0, evidence.length / 8);
  const first = numbers.length - segments.length * 6 * stride;
  const folds = lives.map((life) => life.cells());
  let largest = 0;
  segments.forEach((segment, row) => {
    arms.forEach(({ model }, arm) => {
      const cells = folds.map((fold) => fold.get(`${String(segment)} ${model}`) ?? [0, 0, 0, 0]);
      const sums = [0, 1, 2, 3].map((i) => cells.reduce((sum, cell) => sum + cell[i]!, 0));
      const weight = sums[0]! + sums[1]!;
      [0, 1, 4, 5].forEach((field, i) => {
        const merged = numbers[first + (row * 6 + field) * stride + arm]!;
        const scale = i < 2 ? weight : sums[i]!;
        if (merged !== sums[i]) largest = Math.max(largest, Math.abs(merged - sums[i]!) / scale);
      });
    });
  });
  return largest;
}
