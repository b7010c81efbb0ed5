import { ParameterError } from '../core/errors';
import {
  FINITE,
  NOT_NEGATIVE,
  requireNumber,
  requireObject,
  requireOptions,
  wholeBetween,
  type Interval,
} from '../core/validation';
import { requireErrorClass, type ErrorClass } from './errorClasses';
import type { ParsedBreakerOptions } from './options';
import { fitState } from './fitState';
import { parseSlidingWindow } from './parseWindow';
import {
  BREAKER_STATE_VERSION,
  TIME_MS,
  type BreakerState,
  type HalfOpenPhase,
  type Phase,
  type TransitionCause,
  type TrialCall,
} from './state';

const STATE_KEYS = ['version', 'callerMs', 'nowMs', 'serial', 'cooldownMs', 'phase'] as const;
const COMMON_KEYS = ['state', 'generation', 'sinceMs'] as const;
const PHASE_KEYS = {
  closed: [...COMMON_KEYS, 'window'],
  open: [...COMMON_KEYS, 'untilMs', 'endedGeneration', 'cause', 'errorClass'],
  'half-open': [...COMMON_KEYS, 'waitUntilMs', 'successes', 'failures', 'slowCalls', 'trials'],
  isolated: [...COMMON_KEYS, 'cause', 'errorClass'],
} as const;

const CAUSES: readonly TransitionCause[] = [
  'failure-rate',
  'slow-call-rate',
  'error',
  'trial-failures',
  'trial-expiry',
  'slow-trials',
  'trial-successes',
  'cooldown-over',
  'let-through',
  'manual',
];
const MOST_TRIALS = 100;
const TALLY = wholeBetween(0, MOST_TRIALS);
/** Leaves room to count on. */
const SERIAL = wholeBetween(1, 2 ** 52);

/**
 * Checks a state that came as JSON and fits it to the options.
 * @throws {ParameterError} naming the field
 */
export function parseBreakerState(value: unknown, options: ParsedBreakerOptions): BreakerState {
  const fields = requireOptions('state', value, STATE_KEYS);
  if (fields['version'] !== BREAKER_STATE_VERSION)
    throw new ParameterError('state.version', String(BREAKER_STATE_VERSION), fields['version']);
  const nowMs = requireNumber('state.nowMs', fields['nowMs'], FINITE);
  const serial = requireNumber('state.serial', fields['serial'], SERIAL);
  const state: BreakerState = {
    version: BREAKER_STATE_VERSION,
    callerMs: requireNumber('state.callerMs', fields['callerMs'], TIME_MS),
    nowMs,
    serial,
    cooldownMs: requireNumber('state.cooldownMs', fields['cooldownMs'], NOT_NEGATIVE),
    phase: parsePhase(fields['phase'], nowMs, serial),
  };
  return fitState(state, options);
}

function parsePhase(value: unknown, nowMs: number, serial: number): Phase {
  const { state } = requireObject('state.phase', value);
  if (typeof state !== 'string' || !Object.hasOwn(PHASE_KEYS, state)) {
    const states = Object.keys(PHASE_KEYS).join(', ');
    throw new ParameterError('state.phase.state', `one of ${states}`, state);
  }
  const kind = state as Phase['state'];
  const fields = requireOptions('state.phase', value, PHASE_KEYS[kind]);
  const number = (key: string, interval: Interval) =>
    requireNumber(`state.phase.${key}`, fields[key], interval);
  // Only trial calls take numbers after their generation's own.
  const generation = number(
    'generation',
    kind === 'half-open' ? wholeBetween(1, serial) : wholeBetween(serial, serial),
  );
  const sinceMs = number('sinceMs', upTo(nowMs));
  const common = { generation, sinceMs };
  switch (kind) {
    case 'closed': {
      const window = parseSlidingWindow('state.phase.window', fields['window'], nowMs);
      return { state: kind, ...common, window };
    }
    case 'open':
      return {
        state: kind,
        ...common,
        untilMs: number('untilMs', FINITE),
        endedGeneration: number('endedGeneration', wholeBetween(1, Math.max(1, generation - 1))),
        ...reason(fields),
      };
    case 'half-open':
      return {
        state: kind,
        ...common,
        waitUntilMs: number('waitUntilMs', FINITE),
        successes: number('successes', TALLY),
        failures: number('failures', TALLY),
        slowCalls: number('slowCalls', TALLY),
        trials: parseTrials(fields['trials'], common, serial),
      };
    case 'isolated':
      return { state: kind, ...common, ...reason(fields) };
  }
}

function reason(fields: Record<string, unknown>): {
  cause: TransitionCause;
  errorClass: ErrorClass | null;
} {
  const { cause, errorClass } = fields as { cause?: unknown; errorClass?: unknown };
  if (!CAUSES.includes(cause as TransitionCause))
    throw new ParameterError('state.phase.cause', `one of ${CAUSES.join(', ')}`, cause);
  return {
    cause: cause as TransitionCause,
    errorClass:
      errorClass === null ? null : requireErrorClass('state.phase.errorClass', errorClass),
  };
}

function parseTrials(
  value: unknown,
  phase: Pick<HalfOpenPhase, 'generation' | 'sinceMs'>,
  serial: number,
): TrialCall[] {
  const parameter = 'state.phase.trials';
  if (!Array.isArray(value) || value.length > MOST_TRIALS)
    throw new ParameterError(parameter, `a list of at most ${MOST_TRIALS}`, value);
  let lastPermit = phase.generation;
  let lastMs = phase.sinceMs;
  return value.map((entry: unknown, i) => {
    const fields = requireOptions(`${parameter}[${i}]`, entry, ['permit', 'expiresMs']);
    const permits: Interval = {
      text: `a whole number in (${lastPermit}, ${serial}]`,
      contains: (v) => Number.isSafeInteger(v) && v > lastPermit && v <= serial,
    };
    lastPermit = requireNumber(`${parameter}[${i}].permit`, fields['permit'], permits);
    const times: Interval = {
      text: `>= ${lastMs} and finite`,
      contains: (v) => v >= lastMs && v < Infinity,
    };
    lastMs = requireNumber(`${parameter}[${i}].expiresMs`, fields['expiresMs'], times);
    return { permit: lastPermit, expiresMs: lastMs };
  });
}

function upTo(high: number): Interval {
  return { text: `<= ${high} and finite`, contains: (v) => v <= high && v > -Infinity };
}
