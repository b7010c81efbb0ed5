import { halfOpen, type Machine } from './transitions';
import { beginTrial, hasFreeTrial } from './trials';

/** The permit that is none. */
export const REFUSED = 0;

/**
 * Milliseconds until a call could be admitted: 0 = now, Infinity = not before `restore`. Half-open with all trial calls
 * under way: until the first of them expires, or earlier if one reports.
 */
export function waitMs(machine: Machine): number {
  const { phase, nowMs } = machine.state;
  switch (phase.state) {
    case 'closed':
      return 0;
    case 'open':
      return phase.untilMs > nowMs ? phase.untilMs - nowMs : 0;
    case 'half-open':
      return hasFreeTrial(machine, phase) ? 0 : phase.trials[0]!.expiresMs - nowMs;
    case 'isolated':
      return Infinity;
  }
}

/**
 * Admits a call: a permit for its outcome, or `REFUSED`. `letThrough` admits it past a wait, for the last arm left; where
 * all trial calls are under way already its outcome then counts for nothing.
 */
export function admit(machine: Machine, letThrough: boolean): number {
  const { phase } = machine.state;
  switch (phase.state) {
    case 'closed':
      return phase.generation;
    case 'open':
      if (phase.untilMs > machine.state.nowMs && !letThrough) return REFUSED;
      return beginTrial(machine, halfOpen(machine, phase));
    case 'half-open':
      if (hasFreeTrial(machine, phase)) return beginTrial(machine, phase);
      return letThrough ? phase.generation : REFUSED;
    case 'isolated':
      return REFUSED;
  }
}

/** Whether a permit is one that the state could have given. */
export function isPermit(permit: unknown): permit is number {
  return Number.isSafeInteger(permit) && (permit as number) >= 0;
}
