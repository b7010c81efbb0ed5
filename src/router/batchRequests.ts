import { ParameterError } from '../core/errors';
import { optionalChoice, requireNumber, requireOptions, wholeBetween } from '../core/validation';
import type { ParsedRequest, RouteRequest } from '../selection/request';

/**
 * How the decisions of a batch come about. `'draw'`: as those of `select`, from a quality drawn for every model. `'fromPropensity'`: from the probabilities that
 * drawing would give, computed once for all requests alike (segment, prompt tokens, models): the same distribution at a fraction of the time, but other decisions.
 */
export type BatchMethod = 'draw' | 'fromPropensity';

export interface BatchOptions<Method extends BatchMethod = BatchMethod> {
  /** @defaultValue 'draw' */
  readonly method?: Method;
}

/** So many requests that are all alike. */
export interface EqualRequests extends RouteRequest {
  /** Whole number in [0, 65536]. */
  readonly count: number;
}

/** Most requests of one `selectBatch`. */
const LARGEST_BATCH = 2 ** 16;
const COUNT = wholeBetween(0, LARGEST_BATCH);
const METHODS: readonly BatchMethod[] = ['draw', 'fromPropensity'];

type Parse = (parameter: string, request: unknown) => ParsedRequest;
type Narrow = (request: ParsedRequest) => ParsedRequest;

/**
 * @param options of the router: an expert that reads prompts, a budget, by which every decision has costs of its own, and (model, n) arms only draw
 * @throws {ParameterError}
 */
export function parseBatchMethod(
  value: unknown,
  options: Record<'context' | 'budget' | 'bestOf', unknown>,
): BatchMethod {
  if (value === undefined) return 'draw';
  const { context, budget, bestOf } = options;
  const { method } = requireOptions('options', value, ['method']);
  const parsed = optionalChoice('options.method', method, METHODS, 'draw');
  if (parsed === 'draw' || !(context || budget || bestOf)) return parsed;
  const why = context ? 'reads prompts' : budget ? 'has a budget' : 'takes several samples';
  throw new ParameterError('options.method', `"draw" for a router that ${why}`, method);
}

/**
 * Requests that are alike and follow each other become one object.
 * @param narrow takes out what no request may have
 * @throws {ParameterError}
 */
export function parseBatch(requests: unknown, parse: Parse, narrow: Narrow): ParsedRequest[] {
  if (!Array.isArray(requests)) return parseEqual(requests, parse, narrow);
  if (requests.length > LARGEST_BATCH) throw badBatch(requests);
  const parsed: ParsedRequest[] = [];
  let last: ParsedRequest | undefined;
  let narrowed: ParsedRequest | undefined;
  for (let i = 0; i < requests.length; i++) {
    const request = parseRow(requests, i, parse);
    if (!last || !narrowed || !areAlike(request, last)) {
      last = request;
      narrowed = narrow(request);
    }
    parsed.push(narrowed);
  }
  return parsed;
}

function parseEqual(requests: unknown, parse: Parse, narrow: Narrow): ParsedRequest[] {
  if (typeof requests !== 'object' || requests === null) throw badBatch(requests);
  const { count, ...request } = requests as Partial<EqualRequests>;
  if (count === undefined) throw badBatch(requests);
  const length = requireNumber('requests.count', count, COUNT);
  return new Array<ParsedRequest>(length).fill(narrow(parse('requests', request)));
}

/** Perf: a row's name is made for its error only; making it takes as long as parsing. */
function parseRow(requests: readonly unknown[], i: number, parse: Parse): ParsedRequest {
  try {
    return parse('requests', requests[i]);
  } catch (error) {
    if (error instanceof ParameterError) parse(`requests[${i}]`, requests[i]);
    throw error;
  }
}

/** Without lists and prompts, which need not be looked through. */
function areAlike(a: ParsedRequest, b: ParsedRequest): boolean {
  return (
    a.segment === b.segment &&
    Object.is(a.promptTokens, b.promptTokens) &&
    a.maxSamples === b.maxSamples &&
    !a.eligible &&
    !b.eligible &&
    a.prompt === undefined &&
    b.prompt === undefined &&
    a.features === undefined &&
    b.features === undefined
  );
}

function badBatch(requests: unknown): ParameterError {
  return new ParameterError(
    'requests',
    `an array of at most ${LARGEST_BATCH} requests, or a request with their count`,
    requests,
  );
}
