import { ParameterError } from '../core/errors';
import type { CircuitBreaker } from './circuitBreaker';
import { requireTime } from './clock';
import { parseBreakerOptions, type BreakerOptions, type ParsedBreakerOptions } from './options';
import { reduceBreaker } from './reduce';
import type { BreakerState } from './state';

/** Arms that calls can be sent to. */
export interface ReachableArms {
  /** Indices, ascending. */
  readonly arms: readonly number[];
  /** The arm that is let through although its breaker would refuse, for no other is left; else null. */
  readonly letThrough: number | null;
}

/**
 * The arms that would admit a call at `nowMs`. Where none would, the one whose wait ends first is let through, the lower index of two:
 * it is likeliest to have recovered, and as a failed trial call moves its wait back, the arms take turns. An
 * isolated breaker is never let through: somebody wanted it out.
 * @throws {ParameterError}
 */
export function reachableArms(
  options: BreakerOptions | ParsedBreakerOptions,
  states: readonly BreakerState[],
  nowMs: number,
): ReachableArms {
  const parsed = parseBreakerOptions(options);
  const waits = states.map((state) => reduceBreaker(parsed, state, { kind: 'tick' }, nowMs).waitMs);
  const arms = waits.flatMap((wait, arm) => (wait === 0 ? [arm] : []));
  if (arms.length > 0) return { arms, letThrough: null };
  const shortest = Math.min(...waits);
  if (shortest === Infinity) return { arms, letThrough: null };
  const arm = waits.indexOf(shortest);
  return { arms: [arm], letThrough: arm };
}

/**
 * As `reachableArms`, without allocating: of the arms marked in `mask` those that cannot be called are unmarked.
 * @param mask as long as `breakers`: not 0 = asked for; changed in place
 * @returns the arm to `admit` with `letThrough`, or -1: none needs to be, or none can (then all are unmarked)
 * @throws {ParameterError}
 */
export function reachableArmsInto(
  breakers: readonly CircuitBreaker[],
  nowMs: number,
  mask: Uint8Array,
): number {
  if (mask.length !== breakers.length) {
    throw new ParameterError('mask.length', `${breakers.length}, as of breakers`, mask.length);
  }
  requireTime(nowMs);
  let admitted = 0;
  let nearest = -1;
  let shortest = Infinity;
  for (let arm = 0; arm < breakers.length; arm++) {
    if (mask[arm] === 0) continue;
    const breaker = breakers[arm]!;
    // Perf: nearly all are closed nearly always, and closed is no question of time.
    const wait = breaker.state === 'closed' ? 0 : breaker.waitMs(nowMs);
    if (wait === 0) {
      admitted++;
      continue;
    }
    mask[arm] = 0;
    if (wait < shortest) {
      shortest = wait;
      nearest = arm;
    }
  }
  if (admitted > 0 || nearest < 0) return -1;
  mask[nearest] = 1;
  return nearest;
}
