import { ParameterError } from '../core/errors';
import {
  optionalNumber,
  REPORT_WEIGHT,
  rejectUnknownKeys,
  requireId,
  requireNumber,
  requireObject,
  requireOptions,
  UNIT,
  USD,
  wholeBetween,
  type Interval,
} from '../core/validation';
import { seedFrom, type Seed } from '../random/seed';

/** What a mirrored call is about. */
export interface ShadowCall<Payload = unknown> {
  /** The candidate to call. */
  readonly model: string;
  readonly decisionId: string;
  /** The model that serves the request. */
  readonly served: string;
  /** What the router knows of the request. */
  readonly request: { readonly segment?: string; readonly promptTokens?: number };
  /** As `offer` was given it. */
  readonly payload: Payload;
  /** Aborted at the timeout and by `close`: hand it to the client. */
  readonly signal: AbortSignal;
}

/** What mirrored calls may cost. */
export interface ShadowBudget {
  /** Ceiling of what is spent within the window, USD in [0, 1e9]. */
  readonly usd: number;
  /** Rolling, by the router's clock: ms >= 1000. Infinity: the ceiling is for good. */
  readonly windowMs: number;
}

/** How requests are mirrored. Nothing that costs money has a default. */
export interface ShadowOptions<Outcome = unknown, Payload = unknown> {
  /** Models of the router that mirrored requests go to, one of them a request, each as likely as the others. */
  readonly candidates: readonly string[];
  /**
   * Calls a candidate, in a turn of its own, and gives the outcome as for `report`. Whatever it throws, rejects with or never settles is counted
   * and logged; it reaches nobody else.
   */
  readonly call: (call: ShadowCall<Payload>) => Outcome | PromiseLike<Outcome>;
  /** Share of the offers that may be mirrored, in [0, 1]. */
  readonly share: number;
  readonly budget: ShadowBudget;
  /**
   * Calls under way at once, a whole number in [1, 10000].
   * @defaultValue 4
   */
  readonly maxConcurrent?: number;
  /**
   * After so many ms a call is aborted and its place given away, whether or not it heeds that; in [1, 2^31 - 1].
   * @defaultValue 30000
   */
  readonly timeoutMs?: number;
  /**
   * What an outcome weighs in the router's evidence, 0 or in [1e-6, 1]: 1 as much as a report, 0 nothing (it is logged and compared only).
   * @defaultValue 0.5, as nobody has read the answer
   */
  readonly weight?: number;
  /**
   * Of the draws that say which decisions are mirrored and to whom, as the router's.
   * @defaultValue the router's seed; the streams are apart
   */
  readonly seed?: number | bigint;
  /**
   * Mirror also to candidates that the request or a rule did not allow, for models that may not serve yet. Such a list may also
   * say who may see the request, so it holds unless this is true.
   * @defaultValue false
   */
  readonly ignoreEligibility?: boolean;
}

export interface ParsedShadowOptions {
  readonly candidates: readonly string[];
  readonly call: (call: ShadowCall<never>) => unknown;
  readonly share: number;
  readonly budget: ShadowBudget;
  readonly maxConcurrent: number;
  readonly timeoutMs: number;
  readonly weight: number;
  readonly seed: Seed;
  readonly ignoreEligibility: boolean;
}

const KEYS = [
  'candidates',
  'call',
  'share',
  'budget',
  'maxConcurrent',
  'timeoutMs',
  'weight',
  'seed',
  'ignoreEligibility',
  // The router's to parse: where a line goes is none of this layer's business.
  'log',
] as const;

const WINDOW: Interval = { text: '>= 1000 (Infinity allowed)', contains: (v) => v >= 1000 };
/** The longest that timers of all hosts can wait. */
const TIMEOUT: Interval = {
  text: 'in [1, 2^31 - 1]',
  contains: (v) => v >= 1 && v <= 2 ** 31 - 1,
};

/** @throws {ParameterError} naming the option, what is allowed and what came */
export function parseShadowOptions(value: unknown, seedOfRouter: Seed): ParsedShadowOptions {
  const options = requireOptions('shadow', value, KEYS);
  const budget = requireObject('shadow.budget', options['budget']);
  rejectUnknownKeys('shadow.budget', budget, ['usd', 'windowMs']);
  const { seed, maxConcurrent, timeoutMs, weight } = options;
  return {
    candidates: parseCandidates(options['candidates']),
    call: requireCall(options['call']),
    share: requireNumber('shadow.share', options['share'], UNIT),
    budget: {
      usd: requireNumber('shadow.budget.usd', budget['usd'], USD),
      windowMs: requireNumber('shadow.budget.windowMs', budget['windowMs'], WINDOW),
    },
    maxConcurrent: optionalNumber(
      'shadow.maxConcurrent',
      maxConcurrent,
      wholeBetween(1, 10_000),
      4,
    ),
    timeoutMs: optionalNumber('shadow.timeoutMs', timeoutMs, TIMEOUT, 30_000),
    weight: optionalNumber('shadow.weight', weight, REPORT_WEIGHT, 0.5),
    seed: seed === undefined ? seedOfRouter : seedFrom('shadow.seed', seed),
    ignoreEligibility: parseSwitch('shadow.ignoreEligibility', options['ignoreEligibility']),
  };
}

/** Whether they are models of the router is the router's to say. */
function parseCandidates(value: unknown): readonly string[] {
  const allowed = 'an array of 1 to 4096 ids of models, each once';
  if (!Array.isArray(value) || value.length === 0 || value.length > 4096)
    throw new ParameterError('shadow.candidates', allowed, value);
  const ids = value.map((id, i) => requireId(`shadow.candidates[${i}]`, id));
  if (new Set(ids).size < ids.length) throw new ParameterError('shadow.candidates', allowed, value);
  return ids;
}

function requireCall(value: unknown): ParsedShadowOptions['call'] {
  if (typeof value === 'function') return value as ParsedShadowOptions['call'];
  throw new ParameterError('shadow.call', 'a function', value);
}

function parseSwitch(parameter: string, value: unknown): boolean {
  if (value === undefined || typeof value === 'boolean') return value ?? false;
  throw new ParameterError(parameter, 'true or false', value);
}
