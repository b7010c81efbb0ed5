/**
 * A long life of a router under bad weather. Storms bring outages of every kind, slow answers, lost, doubled, partial, late and
 * malformed reports, and clocks that jump; calms bring none of it, and then every breaker must close within the bound of
 * docs/BREAKERS.md. All the while a second block of evidence is told what reports were accepted, and must end with the same bytes.
 */
import { ParameterError, type Outcome, type ReportResult, type Router } from '../../../src/index';
import { parseBreakerOptions } from '../../../src/breaker/options';
import { Generator } from '../../../src/random/generator';
import { parseRouterOptions, type ParsedRouterOptions } from '../../../src/router/options';
import { readContainer } from '../../../src/memory/container';
import { restoreRouterSync } from '../../../src/router/createRouter';
import { Router as RouterClass } from '../../../src/router/router';
import { ModelSimulator, outcomeOf, routeOf, type SimulatedRequest } from '../../../src/simulator';
import { Calendar } from './calendar';
import { Fold } from './fold';
import { spiedKernel } from './spiedKernel';

export interface SoakOptions {
  readonly requests: number;
  readonly seed: number;
  /** Requests of a storm. */
  readonly storm: number;
  /** Requests of the calm that follows: long enough for the bound to pass. */
  readonly calm: number;
  readonly halfLifeRequests: number;
  /** Requests after which the router is put away as a snapshot and restored; 0 = never. @defaultValue 0 */
  readonly restartEvery?: number;
}

export interface SoakResult {
  readonly requests: number;
  readonly calms: number;
  readonly withoutModel: number;
  readonly outages: number;
  readonly clockJumps: number;
  readonly openings: number;
  readonly letThrough: number;
  readonly reports: Readonly<Record<ReportResult['kind'] | 'lost' | 'refused', number>>;
  /** Reports that a breaker called stale. */
  readonly stale: number;
  /** Longest time, in a calm, until the last breaker was closed for good, and what it must stay below. */
  readonly slowestRecoveryMs: number;
  readonly boundMs: number;
  /** Arms that were not closed, or not served, when the bound was over. */
  readonly stuck: number;
  /** Evidence of the router and of the fold: rewards taken in, and whether all bytes are equal. */
  readonly rewards: number;
  readonly equalBytes: boolean;
  readonly evidenceBytes: number;
  readonly restarts: number;
}

const ARMS = 6;
const SEGMENTS = ['chat', 'code', 'mail'];
const REQUESTS_PER_SECOND = 10;
/** Every so many requests one is for one arm alone, in turn: what asks all breakers for admission. */
const PROBE_EVERY = 10;
const TROUBLES = ['server', 'rateLimited', 'quota', 'auth', 'timeout', 'network'] as const;
/** Chances, a request of a storm. */
const OUTAGE = 1 / 800;
const SLOWNESS = 1 / 4000;
const CLOCK_JUMP = 1 / 5000;
/** Chances, a report of a storm. */
const LOST = 0.02;
const DOUBLED = 0.03;
const LATE = 0.02;
const PARTIAL = 0.05;
const MALFORMED = 0.002;

interface Report {
  readonly decisionId: string;
  readonly model: string;
  readonly segment: string;
  readonly promptTokens: number;
  readonly sequenceNumber: number;
  readonly outcome: Outcome;
}

/** @throws whatever the router throws where it must not */
export function soak(options: SoakOptions): SoakResult {
  const life = new Life(options);
  for (const request of life.world.requests(options.requests)) life.live(request);
  return life.end();
}

/** A router's life, and the fold of what it accepted. */
export class Life {
  readonly world: ModelSimulator;
  readonly #options: SoakOptions;
  readonly #chance: Generator;
  readonly #spied = spiedKernel();
  readonly #parsed: ParsedRouterOptions;
  #router: Router;
  readonly #fold: Fold;
  readonly #calendar = new Calendar<Report>();
  readonly #counts = {
    ...{ accepted: 0, duplicate: 0, unknown: 0, expired: 0, lost: 0, refused: 0 },
    ...{ calms: 0, outages: 0, clockJumps: 0, letThrough: 0, stale: 0, stuck: 0, openings: 0 },
    restarts: 0,
  };
  readonly #boundMs: number;
  #skewMs = 0;
  #latestSequence = 0;
  #calmSinceMs = NaN;
  /** Of the present calm: when each arm's breaker was last seen not closed, and which arms were served. */
  #notClosedAtMs = new Float64Array(ARMS);
  readonly #served = new Set<string>();
  #slowestRecoveryMs = 0;

  constructor(options: SoakOptions) {
    this.#options = options;
    const ids = Array.from({ length: ARMS }, (_, i) => `model-${i}`);
    this.world = new ModelSimulator({
      models: Object.fromEntries(
        ids.map((id, i) => [
          id,
          {
            family: `family-${i % 3}`,
            usdPerMillionInputTokens: 0.2 * (i + 1),
            usdPerMillionOutputTokens: i + 1,
            quality: { chat: 0.9 - 0.05 * i, code: 0.5 + 0.08 * i, mail: 0.8 },
            ...(i % 2 && { gradeStrength: 8 }),
          },
        ]),
      ),
      segments: Object.fromEntries(SEGMENTS.map((segment) => [segment, {}])),
      arrivals: { requestsPerSecond: REQUESTS_PER_SECOND },
      seed: options.seed,
    });
    this.#chance = new Generator(options.seed, 1000);
    this.#parsed = parseRouterOptions({
      models: this.world.models,
      willingnessToPayUsd: 0.05,
      seed: options.seed,
      // Replicas are added in the order of their names.
      instanceId: `soak-${options.seed}`,
      posterior: { halfLifeRequests: options.halfLifeRequests },
      maxPendingDecisions: 5000,
      pendingTtlMs: 1_200_000,
      clock: () => this.world.nowMs + this.#skewMs,
    });
    this.#router = new RouterClass(this.#parsed, this.#spied.compiled);
    this.#fold = new Fold(this.#parsed.arms, this.#parsed.posterior);
    this.#boundMs = boundMs();
    this.#listen();
  }

  #listen(): void {
    this.#router.on('breaker', ({ to }) => {
      if (to === 'open') this.#counts.openings++;
    });
    this.#router.on('report', ({ breaker }) => {
      if (breaker === 'stale') this.#counts.stale++;
    });
    this.#router.on('error', ({ error }) => {
      throw error;
    });
  }

  /** The router's own evidence, for other replicas. */
  replicaState(): Uint8Array {
    return this.#router.replicaState();
  }

  /** The same of the fold: cells by segment and model. */
  cells(): ReadonlyMap<string, readonly number[]> {
    return this.#fold.cells();
  }

  /** Puts the router away and takes it out again. */
  #restart(): void {
    const { clock } = this.#parsed;
    this.#router = restoreRouterSync(this.#router.snapshot(), { clock });
    this.#counts.restarts++;
    this.#listen();
  }

  live(request: SimulatedRequest): void {
    const { storm, calm, restartEvery = 0 } = this.#options;
    if (restartEvery > 0 && request.number > 0 && request.number % restartEvery === 0)
      this.#restart();
    const place = request.number % (storm + calm);
    if (place === 0) this.#endCalm();
    if (place === storm) this.#beginCalm();
    const stormy = place < storm;
    if (stormy) this.#weather();
    for (const report of this.#calendar.due(this.world.nowMs)) this.#report(report);
    this.#decide(request, stormy);
  }

  end(): SoakResult {
    this.#endCalm();
    for (const report of this.#calendar.due(this.world.nowMs)) this.#report(report);
    this.#router.posteriors(SEGMENTS[0]);
    const { list, families } = this.#parsed.arms;
    const mine = this.#fold.bytesAt(this.#latestSequence);
    // A restored router has a kernel of its own, which nobody spies on.
    const its =
      this.#counts.restarts > 0
        ? evidenceIn(this.#router.snapshot())
        : this.#spied.evidenceBytes(list.length, families.length, this.#fold.segments);
    const { accepted, duplicate, unknown, expired, lost, refused, ...counts } = this.#counts;
    return {
      requests: this.#options.requests,
      withoutModel: this.#router.getStats().withoutModel,
      ...counts,
      reports: { accepted, duplicate, unknown, expired, lost, refused },
      slowestRecoveryMs: this.#slowestRecoveryMs,
      boundMs: this.#boundMs,
      rewards: this.#fold.reports,
      equalBytes: Buffer.compare(mine, its) === 0,
      evidenceBytes: mine.length,
    };
  }

  #decide(request: SimulatedRequest, stormy: boolean): void {
    const probe = request.number % PROBE_EVERY === 0;
    const probed = `model-${(request.number / PROBE_EVERY) % ARMS}`;
    const segment = request.segment!;
    const decision = this.#router.select({
      ...routeOf(request),
      ...(probe && { eligible: [probed] }),
    });
    if (decision.kind !== 'decision') return;
    const { model, decisionId, sequenceNumber } = decision;
    this.#fold.clockAt(sequenceNumber, segment);
    this.#latestSequence = sequenceNumber;
    if (decision.letThrough) this.#counts.letThrough++;
    if (!stormy) this.#watch(model, decision.breaker === 'closed');
    const reply = this.world.call(model, request);
    const { promptTokens } = request;
    const report = { decisionId, model, segment, promptTokens, sequenceNumber };
    this.#schedule(report, outcomeOf(reply), reply.latencyMs, stormy);
  }

  /** What becomes of a report on its way. */
  #schedule(
    report: Omit<Report, 'outcome'>,
    outcome: Outcome,
    latencyMs: number,
    stormy: boolean,
  ): void {
    const at = this.world.nowMs + latencyMs;
    if (!stormy) {
      this.#calendar.add(at, { ...report, outcome });
      return;
    }
    if (this.#happens(LOST)) {
      this.#counts.lost++;
      return;
    }
    const delay = this.#happens(LATE) ? this.#chance.unit() * 1_800_000 : 0;
    if (this.#happens(MALFORMED))
      this.#calendar.add(at, { ...report, outcome: { reward: NaN, latencyMs: -1 } });
    if (this.#happens(DOUBLED)) this.#calendar.add(at + 2 * delay, { ...report, outcome });
    if (outcome.reward !== undefined && this.#happens(PARTIAL)) {
      const { reward, ...rest } = outcome;
      this.#calendar.add(at, { ...report, outcome: rest });
      const later = { reward, promptTokens: report.promptTokens };
      this.#calendar.add(at + 60_000 * this.#chance.unit(), { ...report, outcome: later });
      return;
    }
    this.#calendar.add(at + delay, { ...report, outcome });
  }

  #report({ decisionId, model, segment, promptTokens, sequenceNumber, outcome }: Report): void {
    let result: ReportResult;
    try {
      result = this.#router.report(decisionId, outcome);
    } catch (error) {
      // Malformed reports must be refused, and nothing else may throw.
      if (!(error instanceof ParameterError) || outcome.latencyMs !== -1) throw error;
      this.#counts.refused++;
      return;
    }
    this.#counts[result.kind]++;
    if (result.kind === 'accepted')
      this.#fold.take(segment, model, result, promptTokens, sequenceNumber);
  }

  /** Outages, slow spells and clock jumps come and go. */
  #weather(): void {
    const model = `model-${this.#chance.index(ARMS)}`;
    if (this.#happens(OUTAGE)) {
      this.#counts.outages++;
      this.world.outage(model, {
        durationMs: 20_000 + this.#chance.unit() * 280_000,
        error: TROUBLES[this.#chance.index(TROUBLES.length)]!,
        share: this.#happens(0.5) ? 1 : 0.7,
        ...(this.#happens(0.5) && { retryAfterMs: 'remaining' }),
      });
    }
    if (this.#happens(SLOWNESS)) this.world.degrade(model, { latencyFactor: 30 });
    if (this.#happens(SLOWNESS)) this.world.reset(model);
    if (this.#happens(CLOCK_JUMP)) {
      this.#counts.clockJumps++;
      const hours = [-1, -0.01, 0.01, 1, 30][this.#chance.index(5)]!;
      this.#skewMs += hours * 3_600_000;
    }
  }

  #beginCalm(): void {
    this.world.reset();
    this.#calmSinceMs = this.world.nowMs;
    this.#notClosedAtMs.fill(this.world.nowMs);
    this.#served.clear();
  }

  /** In a calm: breakers that are not closed, and when. */
  #watch(model: string, closed: boolean): void {
    const arm = Number(model.slice('model-'.length));
    if (closed) this.#served.add(model);
    else this.#notClosedAtMs[arm] = this.world.nowMs;
  }

  /** Was every arm well in time, and has it been ever since? */
  #endCalm(): void {
    if (Number.isNaN(this.#calmSinceMs)) return;
    this.#counts.calms++;
    for (let arm = 0; arm < ARMS; arm++) {
      const recoveryMs = this.#notClosedAtMs[arm]! - this.#calmSinceMs;
      this.#slowestRecoveryMs = Math.max(this.#slowestRecoveryMs, recoveryMs);
      if (!this.#served.has(`model-${arm}`) || recoveryMs > this.#boundMs) this.#counts.stuck++;
    }
    this.#calmSinceMs = NaN;
  }

  #happens(chance: number): boolean {
    return this.#chance.unit() < chance;
  }
}

/** The evidence block of a snapshot: behind 64 bytes of the kernel section. */
function evidenceIn(snapshot: Uint8Array): Uint8Array {
  return readContainer(snapshot)
    .sections.find(({ name }) => name === 'kernel')!
    .bytes.slice(64);
}

/** The bound of docs/BREAKERS.md, "Never stuck", for the defaults, with admissions asked for every d ms and answers within a ms. */
function boundMs(): number {
  const { trialTimeoutMs, maxCooldownMs, maxRetryAfterMs, trialSuccesses } = parseBreakerOptions();
  const betweenProbes = ((PROBE_EVERY * ARMS) / REQUESTS_PER_SECOND) * 1000;
  // Poisson arrivals: ten times the mean is never reached in practice. An answer takes a minute at most.
  const d = 10 * betweenProbes;
  return (
    trialTimeoutMs + Math.max(maxCooldownMs, maxRetryAfterMs) + (trialSuccesses + 1) * d + 60_000
  );
}
