import type { ModelOptions, ModelPrices } from '../arms/models';
import type { CompiledKernel } from '../kernel/load';
import type { Kernel } from '../kernel/kernel';
import type { LatencyBlock } from '../forecast/latency/latencyBlock';
import { DriftBlock, type DriftDirection } from '../posterior/drift';
import { Evidence, type ArmPosterior } from '../posterior/evidence';
import type { LevelsBlock } from '../posterior/levels';
import { DecisionPolicy } from '../selection/decisionPolicy';
import type { ParsedRequest } from '../selection/request';
import { DecisionBatch, type BatchChoice, type BatchPolicy } from './batch';
import { ContextDecisions } from './contextDecisions';
import { ContextExpert } from './contextExpert';
import type { LevelDecisions } from './levelDecisions';
import { NO_VECTORS, type Decided, type Take, type Vectors } from './decided';
import type { ModelChange } from './modelChanges';
import type { MirroredReport, News } from './news';
import type { ParsedRouterOptions } from './options';
import { PropensityGroups } from './propensityGroups';
import { PendingDecisions, type Ticket, type TicketState } from './pending';
import { LEAST_ALIKE } from './ticketBatch';
import { secondSegmentIn } from './secondSegment';
import { Segments } from './segments';
import { latencyBlock, latencyGroups, levelDecisions, policyOptions } from './stateParts';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * What decides and learns: kernel, evidence, segments, open decisions, sequence number. The live router and the replay of
 * its log are both made of it, so the same requests and reports in the same order give the same bits.
 */
export class RouterState {
  readonly kernel: Kernel;
  /** Fallback, risk, and traces of the latest decisions. */
  readonly policy: DecisionPolicy;
  readonly pending: PendingDecisions;
  readonly #evidence: Evidence;
  readonly #segments: Segments;
  readonly #batch: DecisionBatch;
  readonly #groupPolicy: BatchPolicy;
  /** Made when first asked for. */
  #groups: PropensityGroups | undefined;
  readonly #latency: LatencyBlock | undefined;
  readonly #halfLifeRequests: number;
  readonly #expert: ContextExpert | undefined;
  readonly #contextDecisions: ContextDecisions | undefined;
  readonly #levels: LevelDecisions | undefined;
  readonly #options: ParsedRouterOptions;
  readonly #drift: DriftBlock | undefined;
  #sequenceNumber = 0;
  /** Does evidence forget by time? */
  readonly #timed: boolean;
  /** Of the latest decision. */
  #clock = 0;
  #evidenceVersion = 0;

  /** @param replayed whether a log is replayed, in which forecasts stand for prompts, and no ticket is too old */
  constructor(options: ParsedRouterOptions, compiled: CompiledKernel, replayed = false) {
    const arms = options.arms.list.length;
    this.#options = options;
    this.kernel = compiled.instantiate();
    this.#evidence = new Evidence(this.kernel, options.arms, options.posterior);
    this.#segments = new Segments(this.#evidence, arms, options.bestOf?.maxSamples);
    this.#timed = options.posterior.halfLifeMs < Infinity;
    this.#drift = options.drift && new DriftBlock(this.kernel, arms, options.drift);
    this.#latency = latencyBlock(options, this.kernel);
    this.policy = new DecisionPolicy(this.kernel, policyOptions(options, replayed));
    const propensities = options.propensity === 'exact';
    const policy = { ...options, propensities, latency: this.#latency, policy: this.policy };
    this.#batch = new DecisionBatch(this.kernel, arms, policy);
    this.#groupPolicy = policy;
    const { context, posterior } = options;
    this.#halfLifeRequests = posterior.halfLifeRequests;
    this.#expert =
      context && new ContextExpert(this.kernel, options.arms, context, posterior, replayed);
    this.#contextDecisions =
      this.#expert && new ContextDecisions(this.kernel, arms, policy, this.#expert);
    this.#levels = levelDecisions(options, this.kernel, policy);
    this.pending = new PendingDecisions({
      maxPendingDecisions: options.maxPendingDecisions,
      pendingTtlMs: replayed ? Infinity : options.pendingTtlMs,
    });
  }

  /** Of the next decision. */
  get sequenceNumber(): number {
    return this.#sequenceNumber;
  }

  get evidenceVersion(): number {
    return this.#evidenceVersion;
  }

  /** Rows of segments in use. */
  get segments(): Segments {
    return this.#segments;
  }

  get evidence(): Evidence {
    return this.#evidence;
  }

  /** Number of arms. */
  get arms(): number {
    return this.#options.arms.list.length;
  }

  /** Undefined where latencies are not learned. */
  get latency(): LatencyBlock | undefined {
    return this.#latency;
  }

  /** Undefined where prompts are not read. */
  get expert(): ContextExpert | undefined {
    return this.#expert;
  }

  /** Undefined where a decision is for one sample. */
  get levels(): LevelDecisions | undefined {
    return this.#levels;
  }

  /** What the cells expected a call of each arm to cost at the latest decision: a view, valid until the kernel is called. */
  expectedCosts(): Float64Array {
    const address = this.kernel.raw.scratch_costs(this.#evidence.scratch, this.arms);
    return this.kernel.f64(address, this.arms);
  }

  /** Undefined where changes of arms are not watched for. */
  get drift(): DriftBlock | undefined {
    return this.#drift;
  }

  /** Of the latest decision. */
  get clock(): number {
    return this.#clock;
  }

  set clock(clock: number) {
    this.#clock = clock;
  }

  /** Goes on where a snapshot was taken. */
  resume(sequenceNumber: number, evidenceVersion: number): void {
    this.#sequenceNumber = sequenceNumber;
    this.#evidenceVersion = evidenceVersion;
  }

  /** Vectors of the caller's encoder; what it throws is thrown before anything has changed. */
  vectors(requests: readonly ParsedRequest[]): Vectors {
    return this.#expert?.vectors(requests) ?? NO_VECTORS;
  }

  /**
   * Decides for requests against the evidence as it stands, and opens their tickets.
   * @param nowMs on the router's own time, for the age of tickets
   */
  decide(requests: readonly ParsedRequest[], vectors: Vectors, nowMs: number): Decided[] {
    if (requests.length === 1) return [this.decideOne(requests[0]!, vectors, nowMs)];
    const second = secondSegmentIn(requests, this.#segments);
    if (second < 0) return this.#decideTogether(requests, vectors, nowMs);
    return [
      ...this.#decideTogether(requests.slice(0, second), vectors.slice(0, second), nowMs),
      ...this.#decideTogether(requests.slice(second), vectors.slice(second), nowMs),
    ];
  }

  /**
   * As `decide`, by drawing from propensities; of routers that read no prompts.
   * @param take is handed each decision, in one object that is used again for the next
   * @param permits the permits of calls by arm, where these are known beforehand: decisions that are alike then come without a ticket, and theirs have these
   */
  decideFromPropensities(
    requests: readonly ParsedRequest[],
    nowMs: number,
    take: Take,
    permits?: readonly number[],
  ): void {
    const second = secondSegmentIn(requests, this.#segments);
    if (second > 0) this.#decideInGroups(requests.slice(0, second), nowMs, take, permits);
    const rest = second > 0 ? requests.slice(second) : requests;
    this.#decideInGroups(rest, nowMs, take, permits);
  }

  /** As `decide`. Perf: one request without a list around it. */
  decideOne(request: ParsedRequest, vectors: Vectors, nowMs: number): Decided {
    if (this.#contextDecisions ?? this.#levels)
      return this.#decideTogether([request], vectors, nowMs)[0]!;
    const segment = this.#rowOf(request);
    const { evidenceReports, evidenceVersion } = this.#versions();
    const sequenceNumber = this.#sequenceNumber++;
    const choice = this.#batch.decideOne(
      this.#evidence,
      sequenceNumber,
      segment,
      request.promptTokens,
      request.eligible,
      request.clock,
      request.costWeight,
    );
    const ticket = this.#open(sequenceNumber, request, segment, choice, nowMs);
    return { request, choice, sequenceNumber, evidenceReports, evidenceVersion, ticket };
  }

  /** Carries out a change of the models that has been checked. @throws {KernelError} when the host refuses the memory */
  change(change: ModelChange): void {
    const { arms } = this.#options;
    const index = arms.indexOf.get(change.model);
    if (change.action === 'retire') arms.retired.add(index!);
    else if (change.action === 'reprice') this.#reprice(index!, change.prices);
    else if (index === undefined) this.#add(change.model, change.options);
    else {
      const { prior } = change.options;
      if (prior) this.#evidence.setPrior(arms.change(index, { prior }));
      this.#reprice(index, change.options);
      arms.retired.delete(index);
    }
    this.#evidenceVersion++;
  }

  /** Call `pending.expire` first. */
  ticket(sequenceNumber: number): TicketState {
    return this.pending.find(sequenceNumber);
  }

  /**
   * Learns what is new of an open decision.
   * @returns how the arm was found to have changed, if it was: what is believed of it has been widened before the report was learned
   */
  learn(ticket: Ticket, news: News, nowMs: number): DriftDirection | undefined {
    const { reward, costUsd, promptTokens, latencyMs, firstTokenMs, outputTokens } = news;
    const { arm, segment, clock } = ticket;
    const drifted = this.#watch(ticket, news);
    if (this.#levels) this.#learnRun(this.#levels.block, ticket, news);
    else this.#evidence.observe(segment, arm, { reward, costUsd, promptTokens, clock });
    if (ticket.prompt) {
      // What the cells expect of costs stands where the latest decision left it.
      const costs = this.kernel.raw.scratch_costs(
        this.#evidence.scratch,
        this.#options.arms.list.length,
      );
      this.#expert?.learn(ticket.prompt, arm, reward, costUsd, clock, costs);
    }
    if (!Number.isNaN(latencyMs))
      this.#latency?.observe(arm, { latencyMs, firstTokenMs, outputTokens, clock });
    this.#evidenceVersion++;
    if (!Number.isNaN(reward)) ticket.rewardKnown = true;
    if (!Number.isNaN(costUsd)) ticket.costKnown = true;
    if (!Number.isNaN(latencyMs)) ticket.latencyKnown = true;
    this.pending.used(ticket, nowMs);
    return drifted;
  }

  /** Has the arm changed? Of the best of several samples nobody knows what to expect of one. */
  #watch({ arm, segment, clock }: Ticket, { reward, run }: News): DriftDirection | undefined {
    if (!this.#drift || Number.isNaN(reward)) return undefined;
    if (run && !run.scores && run.samples > 1) return undefined;
    const one = run?.scores ? meanOf(run.scores) : reward;
    const drifted = this.#drift.observe(this.#evidence, segment, arm, one, clock);
    if (drifted) this.#levels?.block.widen(arm, this.#drift.keep);
    return drifted;
  }

  #learnRun(block: LevelsBlock, { arm, segment, clock }: Ticket, news: News): void {
    const { reward, costUsd, promptTokens } = news;
    const { samples, scores, started } = news.run!;
    const run = { samples, scores, reward, started, costUsd, promptTokens, clock };
    block.observe(this.#evidence, segment, arm, run);
  }

  /**
   * Leaves the expected costs of all arms for a request in the evidence's scratch. A segment never seen is forecast as the first one: a row of
   * its own would be evidence that a replay of the log lacks.
   */
  forecastCosts({ segment, promptTokens, clock = this.#sequenceNumber }: ParsedRequest): void {
    const { address, scratch } = this.#evidence;
    const row = this.#segments.find(segment) ?? 0;
    this.kernel.raw.evidence_forecast(address, scratch, row, clock, promptTokens);
  }

  /** Learns the outcome of a mirrored call, at `weight` in (0, 1]. */
  learnMirrored(report: MirroredReport): void {
    const { segment, arm, sequenceNumber, reward, costUsd, promptTokens, weight } = report;
    const row = this.#segments.find(segment)!;
    // By time, at the latest decision: the mirrored one's own moment is not kept, and lies a call before it.
    const clock = this.#timed ? this.#clock : sequenceNumber;
    const news = { reward, costUsd, promptTokens, clock };
    this.#evidence.observeWeighted(row, arm, news, weight);
    this.#evidenceVersion++;
  }

  /** What a call is expected to cost as of the latest decision, USD; NaN for a segment never seen. Changes nothing. */
  expectedCostUsd(segment: string | undefined, arm: number, promptTokens: number): number {
    const row = this.#segments.find(segment);
    if (row === undefined) return NaN;
    const clock = this.#clock;
    return this.#evidence.expectedCostUsd(row, arm, clock, promptTokens);
  }

  /** Row of a segment; undefined for one never seen. */
  rowOf(segment: string | undefined): number | undefined {
    return this.#segments.find(segment);
  }

  /** Posteriors of all arms in a segment as of the latest decision; undefined for a segment never seen. */
  posteriors(segment: string | undefined): readonly ArmPosterior[] | undefined {
    const row = this.#segments.find(segment);
    return row === undefined ? undefined : this.posteriorsOfRow(row);
  }

  posteriorsOfRow(row: number): readonly ArmPosterior[] {
    // At a later clock the read would move the evidence's clock, and reports that follow would weigh by it.
    const clock = this.#timed ? this.#clock : Math.max(0, this.#sequenceNumber - 1);
    const posteriors = this.#evidence.posteriors(row, clock, NaN);
    const levels = this.#levels?.block.shapes(this.#evidence, row, clock);
    if (!levels) return posteriors;
    return posteriors.map((one, arm) => ({
      ...one,
      samples: levels[arm]!.map((shape) => ({
        ...shape,
        expectedCostUsd: shape.n * one.expectedCostUsd,
      })),
    }));
  }

  /** Blocks that turn out larger than the list of arms do no harm: the list is the last to grow. */
  #add(model: string, options: ModelOptions): void {
    const { arms } = this.#options;
    const arm = arms.next(model, options);
    const count = arm.index + 1;
    this.#batch.setArms(count);
    this.#contextDecisions?.setArms(count);
    this.policy.setArms(count);
    this.#latency?.grow(latencyGroups(this.#options, arm));
    this.#drift?.setArms(count);
    this.#expert?.addArm(arm);
    this.#levels?.block.addArm(arm);
    this.#levels?.setArms(count);
    this.#evidence.addArm(arm, Math.max(arms.families.length, arm.family + 1));
    arms.add(arm);
    this.#segments.setArms(count);
    this.#expectCosts();
  }

  #reprice(index: number, prices: ModelPrices): void {
    const arm = this.#options.arms.change(index, { prices });
    const ratio = this.#evidence.reprice(arm);
    const costs = this.#expectCosts();
    if (costs && ratio !== 1) this.#expert?.reprice(index, ratio, costs[index]!.expectedCostUsd);
  }

  /** With prompts, reports are learned beside what the cells expect of costs. */
  #expectCosts(): readonly ArmPosterior[] | undefined {
    return this.#expert && this.posteriorsOfRow(0);
  }

  #decideTogether(requests: readonly ParsedRequest[], vectors: Vectors, nowMs: number): Decided[] {
    const rows = requests.map((request) => ({
      segment: this.#rowOf(request),
      promptTokens: request.promptTokens,
      eligible: request.eligible,
      clock: request.clock,
    }));
    const first = this.#sequenceNumber;
    const { evidenceReports, evidenceVersion } = this.#versions();
    const choices =
      this.#levels?.decide(this.#evidence, first, rows, requests) ??
      this.#contextDecisions?.decide(this.#evidence, first, rows, requests, vectors) ??
      this.#batch.decide(this.#evidence, first, rows);
    this.#sequenceNumber += requests.length;
    return choices.map((choice, i) => {
      const request = requests[i]!;
      const sequenceNumber = first + i;
      const ticket = this.#open(sequenceNumber, request, rows[i]!.segment, choice, nowMs);
      return { request, choice, sequenceNumber, evidenceReports, evidenceVersion, ticket };
    });
  }

  #decideInGroups(
    requests: readonly ParsedRequest[],
    nowMs: number,
    take: Take,
    permits: readonly number[] | undefined,
  ): void {
    if (requests.length === 0) return;
    const rows = this.#rowsOf(requests);
    const first = this.#sequenceNumber;
    const { evidenceReports, evidenceVersion } = this.#versions();
    this.#groups ??= new PropensityGroups(this.kernel, this.#groupPolicy, this.#halfLifeRequests);
    const choices = this.#groups.decide(
      { evidence: this.#evidence, evidenceVersion, segments: this.#segments.count },
      first,
      requests,
      rows,
    );
    this.#sequenceNumber += requests.length;
    // Perf: one object for all, as they would outlive the garbage collections of a batch.
    const decided: Writable<Decided> = {
      request: requests[0]!,
      choice: choices[0]!,
      sequenceNumber: first,
      evidenceReports,
      evidenceVersion,
      ticket: undefined,
    };
    for (let from = 0; from < choices.length;) {
      const request = requests[from]!;
      let to = from + 1;
      while (to < choices.length && requests[to] === request) to++;
      const together = permits !== undefined && to - from >= LEAST_ALIKE && choices[from]!.arm >= 0;
      if (together) {
        const arms = new Uint16Array(to - from);
        for (let i = from; i < to; i++) arms[i - from] = choices[i]!.arm;
        this.#openAlike(first + from, request, rows[from]!, arms, permits, nowMs);
      }
      decided.request = request;
      for (let i = from; i < to; i++) {
        decided.choice = choices[i]!;
        decided.sequenceNumber = first + i;
        decided.ticket = together
          ? undefined
          : this.#open(first + i, request, rows[i]!, decided.choice, nowMs);
        take(decided);
      }
      from = to;
    }
  }

  /** Perf: neighbours are mostly the same object. */
  #rowsOf(requests: readonly ParsedRequest[]): number[] {
    const rows = new Array<number>(requests.length);
    for (let i = 0; i < rows.length; i++)
      rows[i] = i > 0 && requests[i] === requests[i - 1] ? rows[i - 1]! : this.#rowOf(requests[i]!);
    return rows;
  }

  #versions(): { evidenceReports: number; evidenceVersion: number } {
    return { evidenceReports: this.#evidence.reports, evidenceVersion: this.#evidenceVersion };
  }

  /** A request that nothing can serve leaves no trace in the evidence. */
  #rowOf({ segment, eligible }: ParsedRequest): number {
    return eligible?.length === 0
      ? (this.#segments.find(segment) ?? 0)
      : this.#segments.rowOf(segment);
  }

  #open(
    sequenceNumber: number,
    request: ParsedRequest,
    segment: number,
    choice: BatchChoice,
    nowMs: number,
  ): Ticket | undefined {
    this.#clock = request.clock ?? sequenceNumber;
    if (choice.arm < 0) return undefined;
    const ticket = this.pending.open(sequenceNumber, nowMs);
    ticket.arm = choice.arm;
    ticket.segment = segment;
    ticket.clock = this.#clock;
    ticket.promptTokens = request.promptTokens;
    ticket.n = choice.levels?.n ?? 0;
    ticket.prompt = choice.context?.kept;
    ticket.latencyKnown = this.#latency === undefined;
    return ticket;
  }

  /** As `#open` of each. */
  #openAlike(
    first: number,
    { clock, promptTokens }: ParsedRequest,
    segment: number,
    arms: Uint16Array,
    permits: readonly number[],
    nowMs: number,
  ): void {
    this.#clock = clock ?? first + arms.length - 1;
    const latencyKnown = this.#latency === undefined;
    const alike = { first, arms, segment, clock, promptTokens, latencyKnown, permits };
    this.pending.openAlike(alike, nowMs);
  }
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
