import { ParameterError } from '../core/errors';
import {
  optionalNumber,
  POSITIVE,
  requireId,
  requireObject,
  requireOptions,
} from '../core/validation';
import { DRAWS_IN_BLOCK, keyOf, type AddressedDraws } from '../random/addressedDraws';
import type { RouteRequest } from '../selection/request';
import { parseLogNormal, type LogNormal, type ParsedLogNormal } from './simulatedModel';
import type { ParsedArrivals } from './traffic';

/** A kind of requests. */
export interface SimulatedSegment {
  /** Weight among the segments, > 0. @defaultValue 1 */
  readonly share?: number;
  /** Length of its prompts where it is not recorded. @defaultValue \{ median: 500, logSd: 0.8 \} */
  readonly promptTokens?: LogNormal;
}

/** A request of a simulated world; `routeOf` makes of it what a router takes. */
export interface SimulatedRequest {
  /** From 0. Number, model and attempt decide about an answer, with the world's seed. */
  readonly number: number;
  /** Arrival on the simulated clock. */
  readonly atMs: number;
  readonly segment: string | undefined;
  readonly promptTokens: number;
  /** Answers to it are longer than usual by this factor, whoever gives them. */
  readonly lengthFactor: number;
}

/** A simulated request as a router's: `router.select(routeOf(request))`. */
export function routeOf({ segment, promptTokens }: SimulatedRequest): RouteRequest {
  return segment === undefined ? { promptTokens } : { segment, promptTokens };
}

/** What decides about requests. */
export interface RequestWorld {
  readonly segments: readonly ParsedSegment[];
  readonly arrivals: ParsedArrivals;
  readonly lengthLogSd: number;
  readonly startMs: number;
}

export interface ParsedSegment {
  readonly id: string | undefined;
  /** Upper end of its share of [0, 1). */
  readonly upTo: number;
  readonly promptTokens: ParsedLogNormal;
}

const PROMPT_TOKENS: ParsedLogNormal = { median: 500, logSd: 0.8 };

/** Without `segments` requests have none. @throws {ParameterError} */
export function parseSegments(value: unknown): readonly ParsedSegment[] {
  if (value === undefined) return [{ id: undefined, upTo: 1, promptTokens: PROMPT_TOKENS }];
  const entries = Object.entries(requireObject('segments', value)).map(([id, segment]) => {
    const parameter = `segments[${JSON.stringify(requireId('id in segments', id))}]`;
    const { share, promptTokens } = requireOptions(parameter, segment, ['share', 'promptTokens']);
    return {
      id,
      share: optionalNumber(`${parameter}.share`, share, POSITIVE, 1),
      promptTokens: parseLogNormal(`${parameter}.promptTokens`, promptTokens, PROMPT_TOKENS),
    };
  });
  if (entries.length === 0)
    throw new ParameterError('segments', 'an object of one at least', value);
  const sum = entries.reduce((total, { share }) => total + share, 0);
  let upTo = 0;
  return entries.map(({ id, share, promptTokens }) => {
    upTo += share / sum;
    return { id, upTo, promptTokens };
  });
}

/** What chance says about the requests of a block. */
interface RequestLuck {
  /** Uniforms that choose segments. */
  readonly segments: Float64Array;
  /** By segment, in their order: prompt lengths over their median. */
  readonly prompts: readonly Float64Array[];
  /** Length factors of answers. */
  readonly lengths: Float64Array;
  /** Gaps between arrivals over their mean. */
  readonly gaps: Float64Array;
}

/** The requests of a world, one after the other: the same ones however often the world is started again. */
export class Requests {
  readonly #draws: AddressedDraws;
  readonly #key: bigint;
  readonly #world: RequestWorld;
  #luck: RequestLuck | undefined;
  #next = 0;
  #atMs: number;

  constructor(draws: AddressedDraws, key: bigint, world: RequestWorld) {
    this.#draws = draws;
    this.#key = key;
    this.#world = world;
    this.#atMs = world.startMs;
  }

  /** The next request, undefined after the last recorded one. */
  next(): SimulatedRequest | undefined {
    const { arrivals, segments } = this.#world;
    const number = this.#next;
    const recorded = arrivals.kind === 'recorded' ? arrivals.rows[number] : undefined;
    if (arrivals.kind === 'recorded' && !recorded) return undefined;
    const luck = this.#luckOf(number);
    const i = number % DRAWS_IN_BLOCK;
    const drawn = segments.findIndex(({ upTo }) => luck.segments[i]! < upTo);
    const named = segments.findIndex(({ id }) => id === recorded?.segment);
    const kind = recorded?.segment === undefined || named < 0 ? Math.max(drawn, 0) : named;
    this.#atMs =
      arrivals.kind === 'poisson'
        ? this.#atMs + arrivals.meanGapMs * luck.gaps[i]!
        : this.#world.startMs + recorded!.atMs;
    this.#next++;
    return {
      number,
      atMs: this.#atMs,
      segment: recorded?.segment ?? segments[kind]!.id,
      promptTokens:
        known(recorded?.promptTokens) ??
        wholeTokens(segments[kind]!.promptTokens.median * luck.prompts[kind]![i]!),
      lengthFactor: known(recorded?.lengthFactor) ?? luck.lengths[i]!,
    };
  }

  restart(): void {
    this.#next = 0;
    this.#atMs = this.#world.startMs;
    this.#luck = undefined;
  }

  #luckOf(number: number): RequestLuck {
    if (this.#luck && number % DRAWS_IN_BLOCK !== 0) return this.#luck;
    const key = keyOf(this.#key, BigInt(Math.floor(number / DRAWS_IN_BLOCK)));
    this.#draws.open(key);
    const segments = this.#draws.uniforms();
    const lengths = this.#draws.logNormals(this.#world.lengthLogSd);
    const gaps = this.#draws.exponentials();
    const prompts = this.#world.segments.map(({ promptTokens }) => {
      // The same normals for all segments: each request has one place among prompts of its kind.
      this.#draws.open(keyOf(key, 0n));
      return this.#draws.logNormals(promptTokens.logSd);
    });
    return (this.#luck = { segments, prompts, lengths, gaps });
  }
}

/** Tokens are whole, one at least. */
export function wholeTokens(tokens: number): number {
  return Math.max(1, Math.round(tokens));
}

function known(value: number | undefined): number | undefined {
  return value === undefined || Number.isNaN(value) ? undefined : value;
}
