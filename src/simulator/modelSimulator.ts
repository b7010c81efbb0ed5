import type { ModelOptions } from '../arms/models';
import { ParameterError } from '../core/errors';
import {
  FINITE,
  NOT_NEGATIVE,
  optionalNumber,
  POSITIVE,
  requireId,
  requireNumber,
  requireOptions,
  TOKENS,
  wholeBetween,
  type Interval,
} from '../core/validation';
import { AddressedDraws, keyOf } from '../random/addressedDraws';
import { freshSeed, seedFrom, seedValue } from '../random/seed';
import type { SimulatedReply } from './answer';
import { ModelLuck } from './luck';
import { qualityOf, replyOf, type AskedRequest, type Patient } from './reply';
import { parseSegments, Requests, type SimulatedRequest, type SimulatedSegment } from './requests';
import { parseSimulatedModels, type SimulatedModel } from './simulatedModel';
import { parseArrivals, type Arrivals } from './traffic';
import { HEALTHY, parseDegradation, parseOutage, type Degradation, type Outage } from './trouble';

export interface SimulatorOptions {
  /** The models by id: prices, quality, lengths, times, errors. */
  readonly models: Readonly<Record<string, SimulatedModel>>;
  /**
   * Kinds of requests by id; a request belongs to one of them in proportion to their shares.
   * @defaultValue requests have no segment
   */
  readonly segments?: Readonly<Record<string, SimulatedSegment>>;
  /** When requests come. @defaultValue \{ requestsPerSecond: 1 \} */
  readonly arrivals?: Arrivals;
  /** Requests want answers of different lengths: sd of the logarithm of that factor, in [0, 3]. @defaultValue 0.5 */
  readonly lengthLogSd?: number;
  /** The simulated clock's beginning, in ms. @defaultValue 0 */
  readonly startMs?: number;
  /**
   * Whole number in [0, 2^53 - 1] or bigint in [0, 2^64 - 1].
   * @defaultValue drawn from the host's cryptographic generator
   */
  readonly seed?: number | bigint;
}

/** What a call needs to know of its request: one that the simulator made, or parts of one. */
export interface CallRequest {
  /** @defaultValue one more than the highest yet, so that each call has luck of its own */
  readonly number?: number;
  readonly segment?: string | undefined;
  /** @defaultValue 500 */
  readonly promptTokens?: number;
  /** @defaultValue 1 */
  readonly lengthFactor?: number;
  readonly atMs?: number;
}

const OPTION_KEYS = ['models', 'segments', 'arrivals', 'lengthLogSd', 'startMs', 'seed'] as const;

const REQUEST_KEYS = ['number', 'segment', 'promptTokens', 'lengthFactor', 'atMs'] as const;

const LOG_SD: Interval = { text: 'in [0, 3]', contains: (v) => v >= 0 && v <= 3 };
const NUMBER = wholeBetween(0, Number.MAX_SAFE_INTEGER);
const ATTEMPT = wholeBetween(0, 1_000_000);

/**
 * Providers of models that exist only as numbers: answers with a quality, lengths and times, prices, errors and outages, at
 * simulated times. Nothing sleeps, and nothing is sent anywhere. Where synchronous compilation is not allowed, await `loadKernel()`
 * first.
 *
 * What a model answers is decided by (seed, model, request's number, attempt) and by how well the model is at that moment. So
 * two policies that run through the same world see the same requests, and the same answers where they ask the same models.
 *
 * @example
 * ```ts
 * import { ModelSimulator, outcomeOf, routeOf } from 'thompsonite/simulator';
 *
 * const world = new ModelSimulator({
 *   models: {
 *     small: { usdPerMillionInputTokens: 0.1, usdPerMillionOutputTokens: 0.4, quality: 0.7 },
 *     large: { usdPerMillionInputTokens: 3, usdPerMillionOutputTokens: 15, quality: 0.9 },
 *   },
 *   seed: 1,
 * });
 * const router = await createRouter({ models: world.models, willingnessToPayUsd: 0.05, seed: 1 });
 * for (const request of world.requests(100)) {
 *   const decision = router.select(routeOf(request));
 *   if (decision.kind !== 'decision') continue;
 *   router.report(decision.decisionId, outcomeOf(world.call(decision.model, request)));
 * }
 * ```
 */
export class ModelSimulator {
  readonly #draws: AddressedDraws;
  readonly #seed: bigint;
  readonly #requests: Requests;
  readonly #patients: ReadonlyMap<string, Patient>;
  readonly #startMs: number;
  #nowMs: number;
  #nextNumber = 0;

  /** @throws {ParameterError} for an option out of range */
  constructor(options: SimulatorOptions) {
    const given = requireOptions('options', options, OPTION_KEYS);
    const models = parseSimulatedModels(given['models']);
    const segments = parseSegments(given['segments']);
    const arrivals = parseArrivals(given['arrivals']);
    const lengthLogSd = optionalNumber('lengthLogSd', given['lengthLogSd'], LOG_SD, 0.5);
    const startMs = optionalNumber('startMs', given['startMs'], FINITE, 0);
    const seed = given['seed'] === undefined ? freshSeed() : seedFrom('seed', given['seed']);
    this.#seed = seedValue(seed);
    this.#draws = new AddressedDraws();
    const world = { segments, arrivals, lengthLogSd, startMs };
    this.#requests = new Requests(this.#draws, keyOf(this.#seed, 0n), world);
    const answers = keyOf(this.#seed, 1n);
    this.#patients = new Map(
      [...models].map(([id, model]) => {
        const luck = new ModelLuck(this.#draws, answers, model);
        return [id, { model, luck, degradation: HEALTHY, outages: [] }];
      }),
    );
    this.#startMs = startMs;
    this.#nowMs = startMs;
  }

  /** The seed, given or drawn. */
  get seed(): bigint {
    return this.#seed;
  }

  /** Families and list prices, as a router's option `models` wants them. */
  get models(): Record<string, ModelOptions> {
    return Object.fromEntries([...this.#patients].map(([id, { model }]) => [id, model.options]));
  }

  /** The simulated time, in ms. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** The simulated time as a function, for options named `clock`. */
  readonly clock = (): number => this.#nowMs;

  /** Moves the clock on; it never runs back. @throws {ParameterError} */
  advance(ms: number): void {
    this.#nowMs += requireNumber('ms', ms, NOT_NEGATIVE);
  }

  /** The next request, at whose arrival the clock then stands unless it was further; undefined after the last recorded one. */
  next(): SimulatedRequest | undefined {
    const request = this.#requests.next();
    if (!request) return undefined;
    this.#nowMs = Math.max(this.#nowMs, request.atMs);
    this.#nextNumber = Math.max(this.#nextNumber, request.number + 1);
    return request;
  }

  /** The next `count` requests, fewer where the recorded ones end. @throws {ParameterError} */
  *requests(count: number): Generator<SimulatedRequest, void, undefined> {
    requireNumber('count', count, NUMBER);
    for (let i = 0; i < count; i++) {
      const request = this.next();
      if (!request) return;
      yield request;
    }
  }

  /**
   * Asks a model. The clock stays: a call takes `latencyMs`, and the caller decides what happens meanwhile.
   * @param request one of this world's, or parts of one
   * @param attempt 0 for the first call of this model for this request, 1 for a retry, …: each has luck of its own
   * @throws {ParameterError} for a model or a segment that the world does not know
   */
  call(model: string, request: CallRequest = {}, attempt = 0): SimulatedReply {
    const patient = this.#patient(model);
    const asked = this.#complete(request);
    requireNumber('attempt', attempt, ATTEMPT);
    const quality = qualityOf(patient, asked.segment);
    this.#nextNumber = Math.max(this.#nextNumber, asked.number + 1);
    return replyOf(patient, asked, attempt, quality, this.#nowMs, this.#draws);
  }

  /** The quality to be expected of a model's answers now, errors aside. @throws {ParameterError} */
  expectedQuality(model: string, segment?: string): number {
    return qualityOf(this.#patient(model), segment);
  }

  /** Makes a model worse, or better, until `reset`; replaces an earlier degradation. @throws {ParameterError} */
  degrade(model: string, degradation: Degradation): void {
    this.#patient(model).degradation = parseDegradation(degradation);
  }

  /** Adds an outage. Where several are on, the one added first that hits a call decides. @throws {ParameterError} */
  outage(model: string, outage: Outage): void {
    this.#patient(model).outages.push(parseOutage(outage, this.#nowMs));
  }

  /** Ends the degradation and all outages of a model, or of all models. @throws {ParameterError} */
  reset(model?: string): void {
    const patients = model === undefined ? this.#patients.values() : [this.#patient(model)];
    for (const patient of patients) {
      patient.degradation = HEALTHY;
      patient.outages = [];
    }
  }

  /** Begins again with the first request at the first moment; degradations and outages stay. */
  restart(): void {
    this.#requests.restart();
    this.#nowMs = this.#startMs;
    this.#nextNumber = 0;
  }

  #patient(model: string): Patient {
    const patient = this.#patients.get(model);
    if (patient) return patient;
    throw new ParameterError('model', `one of ${[...this.#patients.keys()].join(', ')}`, model);
  }

  #complete(request: CallRequest): AskedRequest {
    const given = requireOptions('request', request, REQUEST_KEYS);
    const { segment } = given;
    return {
      number: optionalNumber('request.number', given['number'], NUMBER, this.#nextNumber),
      segment: segment === undefined ? undefined : requireId('request.segment', segment),
      promptTokens: optionalNumber('request.promptTokens', given['promptTokens'], TOKENS, 500),
      lengthFactor: optionalNumber('request.lengthFactor', given['lengthFactor'], POSITIVE, 1),
    };
  }
}
