/** Traffic for the tests of the decision log: everything a router can meet, in a fixed pattern, and the log it leaves. */
import { mersenne } from 'pure-rand/generator/mersenne';
import {
  createRouterSync,
  loadKernelSync,
  LogReplayer,
  type Decision,
  type LogReplayerOptions,
  type Router,
  type RouteRequest,
  type RouterOptions,
} from '../../src/index';
import { MODELS } from './routers';

const SEGMENTS = [undefined, 'a', 'b', '__proto__', 'line\nbreak "quoted" \u2028'];
const ELIGIBLE = [undefined, ['cheap', 'dear'], ['middle'], [], ['dear', 'middle', 'cheap']];

export interface Session {
  readonly router: Router;
  /** Header first. */
  readonly lines: string[];
  readonly decisions: Decision[];
  /** Do requests bring prompts? */
  readonly prompts: boolean;
  /** Do requests say how many samples? */
  readonly samples: boolean;
}

/** A router that keeps its log. */
export function logged(changes: Partial<RouterOptions> = {}): Session {
  const lines: string[] = [];
  const router = createRouterSync({
    models: MODELS,
    willingnessToPayUsd: 0.01,
    seed: 11,
    instanceId: 'test',
    log: (line) => lines.push(line),
    ...changes,
  });
  return {
    router,
    lines,
    decisions: [],
    prompts: changes.context !== undefined,
    samples: changes.bestOf !== undefined,
  };
}

/**
 * Routes `count` requests or a few more: new segments, masks (also empty), batches, reports that are late, partial, repeated or
 * never come, and reads of the posteriors in between.
 */
export function drive(session: Session, count: number, seed = 1): Session {
  const random = mersenne(seed);
  const below = (n: number) => (random.next() >>> 0) % n;
  const { router, decisions, prompts, samples } = session;
  const open: Decision[] = [];
  for (let done = 0; done < count;) {
    const requests = Array.from({ length: below(4) === 0 ? 1 + below(9) : 1 }, () => ({
      ...request(below, done, prompts),
      ...(samples && below(4) === 0 && { maxSamples: 1 + below(3) }),
    }));
    const results =
      requests.length === 1 ? [router.select(requests[0])] : router.selectBatch(requests);
    done += requests.length;
    for (const result of results) if (result.kind === 'decision') open.push(result);
    decisions.push(...results.filter((result) => result.kind === 'decision'));
    for (let i = below(4); i > 0 && open.length > 0; i--) report(router, open, below);
    if (below(10) === 0) router.posteriors('a');
  }
  return session;
}

const WORDS = ['sort', 'a', 'poem', 'code', 'why', '7', 'prime', 'rain', 'list', 'who', 'won', '?'];

function request(below: (n: number) => number, done: number, prompts: boolean): RouteRequest {
  // Segments appear one by one.
  const segment = SEGMENTS[below(Math.min(SEGMENTS.length, 1 + Math.floor(done / 40)))];
  const eligible = ELIGIBLE[below(8)];
  const prompt = prompts && Array.from({ length: below(9) }, () => WORDS[below(12)]).join(' ');
  return {
    ...(prompt !== false && { prompt }),
    ...(segment === undefined ? {} : { segment }),
    ...(below(3) === 0 ? {} : { promptTokens: below(4000) / 3 }),
    ...(eligible === undefined ? {} : { eligible }),
  };
}

/** Reports one open decision, the latest or a late one. */
function report(router: Router, open: Decision[], below: (n: number) => number): void {
  const at = below(2) === 0 ? open.length - 1 : below(open.length);
  const { decisionId, n } = open[at]!;
  if (n !== undefined) {
    reportSamples(router, decisionId, n, below);
    if (below(3) > 0) open.splice(at, 1);
    return;
  }
  const reward = below(1001) / 1000;
  const costUsd = below(1000) / 3e6;
  const outcomes = [
    { reward, costUsd },
    { reward },
    { costUsd },
    { valid: below(2) === 0, latencyMs: below(5000), outputTokens: below(900), promptTokens: 300 },
  ];
  router.report(decisionId, outcomes[below(4)]!);
  if (below(3) === 0) router.report(decisionId, { reward, costUsd });
  if (below(3) > 0) open.splice(at, 1);
}

/** The same of a run: whole, in part, by its best, or what it cost. */
function reportSamples(
  router: Router,
  decisionId: string,
  n: number,
  below: (n: number) => number,
): void {
  const reward = below(1001) / 1000;
  const samples = Array.from({ length: 1 + below(n) }, (_, i) => ({
    ...(below(5) > 0 && { score: below(5) / 4 }),
    ...(below(4) > 0 && { costUsd: below(1000) / 3e6 }),
    ...(i > 0 && below(9) === 0 ? { started: false, score: undefined, costUsd: undefined } : {}),
  }));
  const outcomes = [
    { samples: [{ score: reward, costUsd: 1e-4 }, ...samples.slice(1)] },
    { reward },
  ];
  const more = [
    { reward, samples },
    { costUsd: n * 1e-4 },
    { valid: true, latencyMs: below(5000) },
  ];
  router.report(decisionId, [...outcomes, ...more][below(5)]!);
  if (below(3) === 0) router.report(decisionId, { reward, costUsd: 1e-4 });
}

/** Replays a log; lines may be given with or without their newline. */
export function refill(lines: readonly string[], options: Partial<LogReplayerOptions> = {}) {
  const problems: string[] = [];
  const replayer = new LogReplayer({
    file: 'log.jsonl',
    kernel: loadKernelSync(),
    onBadLine: (error) => problems.push(error.message),
    ...options,
  });
  const filled = lines.flatMap((line, i) => replayer.replay(line, i + 1) ?? []);
  return { filled, problems, summary: replayer.summary };
}
