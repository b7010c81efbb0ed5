import { ROUTED_SAMPLES, type ModelOptions } from '../arms/models';
import { ParameterError } from '../core/errors';
import {
  optionalNumber,
  requireNumber,
  requireOptions,
  STRENGTH,
  UNIT,
  type Interval,
} from '../core/validation';

/**
 * (model, n) arms: a decision says how many samples of the model's to take, the best of which is used (`bestOfN` runs them). One quality is drawn a model; how much more
 * n samples are worth follows from how far samples of a prompt agree, and from what runs have brought (docs/MATH.md §29).
 */
export interface BestOfOptions {
  /** Most samples of one decision, a whole number in [1, 16]; a model's own `maxSamples` and a request's go before where they are less. */
  readonly maxSamples: number;
  /**
   * How far samples of one prompt agree before any run has been reported: their correlation, in [0.02, 0.98]; 1/(1 + strength) of `fitRepeats`.
   * @defaultValue 0.5
   */
  readonly agreement?: number;
  /**
   * What that is worth, in (0, 1e6]: squared deviations of samples from their cell's mean; the default is that of four tosses of a fair coin.
   * @defaultValue 1
   */
  readonly agreementWeight?: number;
  /**
   * Share of a perfect judge's gain that choosing by the proxy reward model realises, in [0, 1] (`proxyGain`).
   * @defaultValue 1: it judges as the reward does
   */
  readonly proxyGain?: number;
}

export interface ParsedBestOf {
  readonly maxSamples: number;
  readonly agreement: number;
  readonly agreementWeight: number;
  readonly proxyGain: number;
}

const KEYS = ['maxSamples', 'agreement', 'agreementWeight', 'proxyGain'] as const;
const AGREEMENT: Interval = { text: 'in [0.02, 0.98]', contains: (v) => v >= 0.02 && v <= 0.98 };

/** `undefined` = one sample a decision. @throws {ParameterError} */
export function parseBestOf(parameter: string, value: unknown): ParsedBestOf | undefined {
  if (value === undefined) return undefined;
  const options = requireOptions(parameter, value, KEYS);
  const { agreement, agreementWeight, proxyGain } = options;
  return {
    maxSamples: requireNumber(`${parameter}.maxSamples`, options['maxSamples'], ROUTED_SAMPLES),
    agreement: optionalNumber(`${parameter}.agreement`, agreement, AGREEMENT, 0.5),
    agreementWeight: optionalNumber(`${parameter}.agreementWeight`, agreementWeight, STRENGTH, 1),
    proxyGain: optionalNumber(`${parameter}.proxyGain`, proxyGain, UNIT, 1),
  };
}

/** Most samples of a model that says so itself must be the router's to give. @throws {ParameterError} */
export function requireSamplesOf(
  parameter: string,
  { maxSamples }: ModelOptions,
  bestOf: ParsedBestOf | undefined,
): void {
  if (maxSamples === undefined) return;
  const most = bestOf?.maxSamples;
  if (most !== undefined && maxSamples <= most) return;
  const allowed =
    most === undefined
      ? 'left out without the option bestOf'
      : `at most bestOf.maxSamples = ${most}`;
  throw new ParameterError(`${parameter}.maxSamples`, allowed, maxSamples);
}

const ALONE = ['context', 'latency', 'fallback', 'riskWeight'] as const;

/** Options that know one call a decision only. @throws {ParameterError} */
export function requireAlone(
  bestOf: ParsedBestOf | undefined,
  others: Readonly<Record<(typeof ALONE)[number], unknown>>,
): void {
  if (!bestOf) return;
  for (const name of ALONE)
    if (others[name] !== undefined && others[name] !== 0)
      throw new ParameterError(name, 'left out, as the option bestOf is given', others[name]);
}
