import type { ErrorClass } from '../core/errorClass';

/** An answer of a simulated model. */
export interface SimulatedAnswer {
  readonly kind: 'answer';
  readonly model: string;
  /** 0 or 1, or a grade in [0, 1]. */
  readonly quality: number;
  readonly promptTokens: number;
  readonly outputTokens: number;
  /** From the request to the first token. */
  readonly firstTokenMs: number;
  /** From the request to the last token. */
  readonly latencyMs: number;
  /** Tokens at list price. */
  readonly costUsd: number;
}

/** A call of a simulated model that failed; it costs nothing. */
export interface SimulatedError {
  readonly kind: 'error';
  readonly model: string;
  readonly error: ErrorClass;
  /** HTTP status, undefined where none came: time-outs and broken connections. */
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
  /** From the request to the error. */
  readonly latencyMs: number;
}

export type SimulatedReply = SimulatedAnswer | SimulatedError;

const STATUS: Readonly<Record<ErrorClass, number | undefined>> = {
  rateLimited: 429,
  quota: 402,
  auth: 401,
  timeout: undefined,
  contentFilter: 400,
  badRequest: 400,
  server: 503,
  network: undefined,
  other: 418,
};

/** The status that a class of errors comes with. */
export function statusOf(error: ErrorClass): number | undefined {
  return STATUS[error];
}

/** What to report of a reply: `router.report(decisionId, outcomeOf(reply))`. */
export interface ReplyOutcome {
  readonly reward?: number;
  readonly error?: ErrorClass;
  readonly retryAfterMs?: number;
  readonly latencyMs: number;
  readonly firstTokenMs?: number;
  readonly promptTokens?: number;
  readonly outputTokens?: number;
  readonly costUsd?: number;
}

/** A reply as a report: of an answer its quality as the reward, its cost, times and tokens; of an error its class and Retry-After. */
export function outcomeOf(reply: SimulatedReply): ReplyOutcome {
  if (reply.kind === 'error') {
    const { error, latencyMs, retryAfterMs } = reply;
    return { error, latencyMs, ...(retryAfterMs !== undefined && { retryAfterMs }) };
  }
  const { quality, costUsd, latencyMs, firstTokenMs, promptTokens, outputTokens } = reply;
  return { reward: quality, costUsd, latencyMs, firstTokenMs, promptTokens, outputTokens };
}
