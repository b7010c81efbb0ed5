import { monotonicMs } from '../core/clock';
import { ParameterError } from '../core/errors';
import { FINITE, optionalNumber, requireObject, USD } from '../core/validation';
import { parseBestOfNOptions, type BestOfNOptions, type ParsedBestOfNOptions } from './options';
import { sampleSeeds } from './sampleSeeds';
import type {
  BestOfNResult,
  FailedSample,
  SampleFailure,
  SampleResult,
  ScoredSample,
} from './sampleResult';

/**
 * Asks for n answers to a prompt, scores each by a proxy reward model, and gives back the best with all scores and costs. Up to
 * `maxConcurrent` samples are under way at a time, each scored as soon as it is there; one that fails leaves the others
 * alone, so k failures of n mean the best of n - k. What becomes of the calls is a value: the promise is rejected for bad
 * options only, and calls that go on behind a deadline or an abort are neither waited for nor heard.
 *
 * Best-of-n sampling against a reward model: Stiennon et al. 2020 (arXiv:2009.01325); beside routing: Ding et al. 2025, BEST-Route
 * (arXiv:2506.22716).
 * @throws {ParameterError} (as a rejection) naming the option
 * @example
 * const result = await bestOfN({
 *   prompt: 'What is 6 × 7?',
 *   arm: 'small',
 *   n: 3,
 *   generate: async ({ prompt, arm, signal }) => ({ answer: `${arm}: 42`, costUsd: 0.0001 }),
 *   proxyReward: ({ answer }) => (answer.endsWith('42') ? 1 : 0),
 * });
 * if (result.kind === 'best') console.log(result.best.answer, result.costUsd);
 */
export async function bestOfN<Answer, Prompt = string, Arm = string>(
  options: BestOfNOptions<Answer, Prompt, Arm>,
): Promise<BestOfNResult<Answer>> {
  const parsed = parseBestOfNOptions(options);
  return new Promise((resolve) => new Run(parsed, resolve).start());
}

/** One run. Whatever happens behind its end is ignored. */
class Run<Answer, Prompt, Arm> {
  readonly #options: ParsedBestOfNOptions<Answer, Prompt, Arm>;
  readonly #resolve: (result: BestOfNResult<Answer>) => void;
  readonly #began = monotonicMs();
  readonly #seeds: Uint32Array | undefined;
  /** Passed on to the calls, so that the caller's signal holds one listener of ours however large n is. */
  readonly #controller = new AbortController();
  readonly #results: (SampleResult<Answer> | undefined)[];
  readonly #onAbort = () => this.#stop('aborted', this.#options.signal?.reason);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #started = 0;
  #settled = 0;
  #ended = false;

  constructor(
    options: ParsedBestOfNOptions<Answer, Prompt, Arm>,
    resolve: (result: BestOfNResult<Answer>) => void,
  ) {
    this.#options = options;
    this.#resolve = resolve;
    this.#seeds = options.random && sampleSeeds(options.random, options.n);
    this.#results = new Array<SampleResult<Answer> | undefined>(options.n).fill(undefined);
  }

  start(): void {
    const { signal, timeoutMs } = this.#options;
    if (signal?.aborted) return this.#onAbort();
    signal?.addEventListener('abort', this.#onAbort, { once: true });
    if (timeoutMs !== undefined) {
      const reason = () => new DOMException(`no result within ${timeoutMs} ms`, 'TimeoutError');
      this.#timer = setTimeout(() => this.#stop('timeout', reason()), timeoutMs);
    }
    this.#launch();
  }

  /** Starts samples while there is room. A generator may abort the run while it is being called. */
  #launch(): void {
    const { n, maxConcurrent } = this.#options;
    while (!this.#ended && this.#started < n && this.#started - this.#settled < maxConcurrent)
      void this.#sample(this.#started++).then((result) => this.#settle(result));
  }

  /** Never rejects. */
  async #sample(sample: number): Promise<SampleResult<Answer>> {
    const { prompt, arm, generate, proxyReward } = this.#options;
    const { signal } = this.#controller;
    let failure: SampleFailure = 'generate';
    let costUsd: number | undefined;
    try {
      const generation = await generate({
        prompt,
        arm,
        sample,
        seed: this.#seeds?.[sample],
        signal,
      });
      costUsd = costOf(generation, sample);
      failure = 'proxyReward';
      // Behind the end nobody waits for the score, which may cost money.
      if (this.#ended) return failed(sample, 'aborted', undefined, true, costUsd);
      const { answer } = generation;
      const score = await proxyReward({ prompt, arm, sample, answer, signal });
      requireScore(score, sample);
      return { kind: 'scored', sample, answer, score, costUsd };
    } catch (error) {
      return failed(sample, failure, error, true, costUsd);
    }
  }

  #settle(result: SampleResult<Answer>): void {
    if (this.#ended) return;
    this.#results[result.sample] = result;
    this.#settled++;
    if (this.#settled === this.#options.n) this.#end();
    else this.#launch();
  }

  /** Ends the run early; what has no result yet has failed. */
  #stop(failure: SampleFailure, reason: unknown): void {
    if (this.#ended) return;
    this.#results.forEach((result, sample) => {
      this.#results[sample] =
        result ?? failed(sample, failure, reason, sample < this.#started, undefined);
    });
    this.#end();
    this.#controller.abort(reason);
  }

  #end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    this.#resolve(summarise(this.#results as SampleResult<Answer>[], monotonicMs() - this.#began));
  }
}

function summarise<Answer>(
  samples: readonly SampleResult<Answer>[],
  durationMs: number,
): BestOfNResult<Answer> {
  let best: ScoredSample<Answer> | undefined;
  let costUsd = 0;
  let unknownCosts = 0;
  for (const sample of samples) {
    if (sample.costUsd !== undefined) costUsd += sample.costUsd;
    else if (sample.kind === 'scored' || sample.started) unknownCosts++;
    if (sample.kind === 'scored' && !(best && best.score >= sample.score)) best = sample;
  }
  const failures = samples.filter((sample) => sample.kind === 'failed');
  const rest = { samples, failures, costUsd, unknownCosts, durationMs };
  return best ? { kind: 'best', best, ...rest } : { kind: 'no-sample', ...rest };
}

function failed(
  sample: number,
  failure: SampleFailure,
  error: unknown,
  started: boolean,
  costUsd: number | undefined,
): FailedSample {
  return { kind: 'failed', sample, failure, error, started, costUsd };
}

/** The cost of a generation. @throws {ParameterError} for what is none */
function costOf(generation: unknown, sample: number): number | undefined {
  const name = `generation of sample ${sample}`;
  const told = requireObject(name, generation);
  // Not by its value: an answer may be undefined where nothing else was agreed.
  if (!('answer' in told)) throw new ParameterError(name, 'an object with answer', generation);
  const { costUsd } = told;
  if (costUsd === undefined) return undefined;
  return optionalNumber(`${name}: costUsd`, costUsd, USD, NaN);
}

function requireScore(score: unknown, sample: number): void {
  if (typeof score === 'number' && FINITE.contains(score)) return;
  throw new ParameterError(`score of sample ${sample}`, FINITE.text, score);
}
