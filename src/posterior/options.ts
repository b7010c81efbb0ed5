import { ParameterError } from '../core/errors';
import {
  OPEN_UNIT,
  optionalNumber,
  STRENGTH,
  HALF_LIFE,
  rejectUnknownKeys,
  requireObject,
  type Interval,
} from '../core/validation';

/** What is believed before any report, and how fast reports are forgotten. */
export interface PosteriorOptions {
  /**
   * Mean reward expected of a model nothing is known of, in (0, 1).
   * @defaultValue 0.5
   */
  readonly priorMean?: number;
  /**
   * Observations the prior mean is worth, in (0, 1e6].
   * @defaultValue 2
   */
  readonly priorStrength?: number;
  /**
   * Decisions of this router (over all arms) after which a report weighs half, >= 0.001; Infinity forgets nothing.
   * @defaultValue Infinity
   */
  readonly halfLifeRequests?: number;
  /**
   * Milliseconds after which a report weighs half, >= 0.001; Infinity forgets nothing. Instead of `halfLifeRequests`: a report weighs by
   * the time of its decision, read once a decision from the router's clock.
   * @defaultValue Infinity
   */
  readonly halfLifeMs?: number;
  /**
   * With `halfLifeMs`, and only then: half-lives by which the clock steps forward at most between two decisions, in (0, 64]. So a clock that is wrong
   * at one decision does not forget everything. It does not protect against a clock that stays ahead: each further decision forgets up to so many
   * half-lives more, and as the clock of the evidence never runs back, nothing is forgotten after that until time has caught up. The event
   * `clockStep` with `heldBackMs` tells of it; the way back is a snapshot of before.
   * @defaultValue 4
   */
  readonly maxClockStep?: number;
}

export interface ParsedPosteriorOptions {
  readonly priorMean: number;
  readonly priorStrength: number;
  /** Infinity with a half-life in time. */
  readonly halfLifeRequests: number;
  /** Infinity without one. */
  readonly halfLifeMs: number;
  readonly maxClockStep: number;
}

const KEYS = [
  'priorMean',
  'priorStrength',
  'halfLifeRequests',
  'halfLifeMs',
  'maxClockStep',
] as const;

const CLOCK_STEP: Interval = { text: 'in (0, 64]', contains: (v) => v > 0 && v <= 64 };

/** What the kernel's evidence is made with. */
export interface EvidencePrior {
  readonly priorMean: number;
  readonly priorStrength: number;
  readonly halfLifeRequests: number;
  /** @defaultValue Infinity */
  readonly halfLifeMs?: number;
}

/** Half-life in the units of the clock that decides: requests or ms; Infinity = nothing is forgotten. */
export function halfLifeOf({ halfLifeRequests, halfLifeMs = Infinity }: EvidencePrior): number {
  return Math.min(halfLifeRequests, halfLifeMs);
}

/** @throws {ParameterError} */
export function parsePosteriorOptions(parameter: string, value: unknown): ParsedPosteriorOptions {
  const options = requireObject(parameter, value === undefined ? {} : value);
  rejectUnknownKeys(parameter, options, KEYS);
  const { halfLifeRequests, halfLifeMs, maxClockStep } = options;
  const both = [halfLifeRequests, halfLifeMs].every((one) => one !== undefined && one !== Infinity);
  if (maxClockStep !== undefined && halfLifeMs === undefined)
    throw new ParameterError(
      `${parameter}.maxClockStep`,
      'left out, as halfLifeMs is',
      maxClockStep,
    );
  if (both)
    throw new ParameterError(
      `${parameter}.halfLifeMs`,
      'left out or Infinity, as halfLifeRequests is given',
      halfLifeMs,
    );
  return {
    priorMean: optionalNumber(`${parameter}.priorMean`, options['priorMean'], OPEN_UNIT, 0.5),
    priorStrength: optionalNumber(
      `${parameter}.priorStrength`,
      options['priorStrength'],
      STRENGTH,
      2,
    ),
    halfLifeRequests: optionalNumber(
      `${parameter}.halfLifeRequests`,
      halfLifeRequests,
      HALF_LIFE,
      Infinity,
    ),
    halfLifeMs: optionalNumber(`${parameter}.halfLifeMs`, halfLifeMs, HALF_LIFE, Infinity),
    maxClockStep: optionalNumber(`${parameter}.maxClockStep`, maxClockStep, CLOCK_STEP, 4),
  };
}
