import { ParameterError, show } from '../../core/errors';
import type { CompiledKernel } from '../../kernel/load';
import { parseRequest, type ParsedRequest } from '../../selection/request';
import { decisionIdOf, sequenceNumberOf } from '../decisionIds';
import type { ParsedRouterOptions } from '../options';
import { NO_VECTORS, type Decided } from '../decided';
import { RouterState } from '../state';
import { carriedOver, optionsSince } from './carryOver';
import { propensityFields, type PropensityFields } from './lines';
import type { ChangedMembers } from './routerMembers';
import { addition, repricing, retirement, type ModelChange } from '../modelChanges';
import type {
  LoggedChange,
  LoggedContext,
  LoggedDecision,
  LoggedMirroring,
  LoggedReport,
  LoggedRestart,
} from './parseLine';

/**
 * The log does not lead where it says: a line is missing or was changed, or another kernel wrote it. What follows cannot
 * be told any more, so nothing of it is filled in.
 */
export class BrokenLogError extends Error {
  override readonly name = 'BrokenLogError';
}

/** Replays the log of one router on the router's own state and holds every decision against what was logged. */
export class RouterReplay {
  #options: ParsedRouterOptions;
  #state: RouterState;
  readonly #nowMs: number;
  /** For states after a restart with other options; undefined for a live router's. */
  #compiled: CompiledKernel | undefined;
  #broken = false;

  /**
   * @param state of the replay's own, or of a live router to be brought where its log leads
   * @param nowMs the router's own time, for the age of tickets
   */
  constructor(options: ParsedRouterOptions, state: RouterState, nowMs = 0) {
    this.#options = options;
    this.#state = state;
    this.#nowMs = nowMs;
  }

  /** The replay of a log on a state of its own, with propensities. */
  static of(options: ParsedRouterOptions, compiled: CompiledKernel): RouterReplay {
    const replay = new RouterReplay(
      options,
      new RouterState(withPropensities(options), compiled, true),
    );
    replay.#compiled = compiled;
    return replay;
  }

  /**
   * The router was restored from a snapshot, changed its models, and goes on under a name and by the options that it was given then.
   * @throws {BrokenLogError} where it was not restored from here
   */
  restored(restart: LoggedRestart): void {
    const { instanceId, changed } = restart;
    this.#options = { ...this.#options, instanceId };
    if (this.#broken) return;
    this.meet(restart);
    if (this.#compiled && Object.keys(changed).length > 0) this.#goOnBy(changed, this.#compiled);
  }

  /**
   * The router was restored from here; its models change.
   * @throws {BrokenLogError} where it was not
   */
  meet({ sequenceNumber, evidenceVersion, models }: LoggedRestart): void {
    const { sequenceNumber: number, evidenceVersion: version } = this.#state;
    const restored = evidenceVersion - models.length;
    if (sequenceNumber !== number || restored !== version)
      throw this.#break(
        `the router was restored as of decision ${sequenceNumber} and version ${restored}, the log leads to ${number} and ${version}`,
      );
    for (const change of models) this.#change(change);
  }

  #goOnBy(changed: ChangedMembers, compiled: CompiledKernel): void {
    try {
      const options = optionsSince(this.#options, changed);
      const before = { options: this.#options, state: this.#state };
      this.#state = carriedOver(before, withPropensities(options), compiled);
      this.#options = options;
    } catch (error) {
      throw error instanceof ParameterError ? this.#break(error.message) : error;
    }
  }

  /**
   * Decides again and gives the propensities; undefined where the log is broken.
   * @throws {ParameterError} for a line to be skipped; nothing has changed then
   * @throws {BrokenLogError} when the log breaks here
   */
  decide(logged: LoggedDecision): PropensityFields | undefined {
    const decided = this.#decide(logged);
    return decided && propensityFields(decided, this.#options.arms);
  }

  /** As `decide`, for a log that is not broken. */
  decideAgain(logged: LoggedDecision): Decided {
    return this.#decide(logged)!;
  }

  #decide(logged: LoggedDecision): Decided | undefined {
    const { arms, instanceId } = this.#options;
    const number = sequenceNumberOf(instanceId, logged.decisionId);
    if (number !== logged.sequenceNumber) {
      const allowed = JSON.stringify(decisionIdOf(instanceId, logged.sequenceNumber));
      throw new ParameterError('decisionId', allowed, logged.decisionId);
    }
    if (this.#broken) return undefined;
    const { sequenceNumber, evidenceVersion } = this.#state;
    if (number < sequenceNumber)
      throw new ParameterError('sequenceNumber', `new (${sequenceNumber} or more here)`, number);
    if (number > sequenceNumber)
      throw this.#break(
        `decision ${decisionIdOf(instanceId, sequenceNumber)} is missing before it`,
      );
    if (logged.evidenceVersion !== evidenceVersion) {
      throw this.#break(
        `it was made after ${logged.evidenceVersion} reports and changes of models, the log holds ${evidenceVersion}`,
      );
    }
    // Not before: a model that is not known may be one whose line is missing.
    const request = {
      ...parseRequest('the decision', logged.request, arms),
      forecasts: this.#forecasts(logged),
      clock: this.#clock(logged),
      costWeight: logged.costWeight,
      caps: this.#caps(logged),
    };
    const decided = this.#decideBy(logged, request);
    this.#compare(logged, decided);
    return decided;
  }

  /** @throws {ParameterError} for a method that the router cannot have used; nothing has changed then */
  #decideBy({ method }: LoggedDecision, request: ParsedRequest): Decided {
    if (method === 'draw') return this.#state.decideOne(request, NO_VECTORS, this.#nowMs);
    const { context, propensity } = this.#options;
    if (context)
      throw new ParameterError('method', 'absent for a router that reads prompts', method);
    let decided: Decided;
    this.#state.decideFromPropensities([request], this.#nowMs, (one) => (decided = one));
    if (propensity !== 'off') return decided!;
    return { ...decided!, choice: { ...decided!.choice, propensities: undefined } };
  }

  /**
   * Learns what the router learned.
   * @returns the arm; -1 where the log is broken
   * @throws {ParameterError} for a line to be skipped; nothing has changed then
   * @throws {BrokenLogError} when the log breaks here
   */
  report(logged: LoggedReport): number {
    if (this.#broken) return -1;
    this.#requireDue(logged.evidenceVersion);
    const sequenceNumber = sequenceNumberOf(this.#options.instanceId, logged.decisionId);
    const ticket = this.#state.ticket(sequenceNumber);
    if (typeof ticket === 'string')
      throw this.#break(`decision ${show(logged.decisionId)} is not open before it`);
    const known = [
      ticket.rewardKnown && !Number.isNaN(logged.reward) && 'reward',
      ticket.costKnown && !Number.isNaN(logged.costUsd) && 'costUsd',
      ticket.latencyKnown && !Number.isNaN(logged.latencyMs) && 'latencyMs',
    ].find((name) => name !== false);
    if (known !== undefined) throw this.#break(`${known} of the decision is known before it`);
    this.#requireRun(logged, ticket.n);
    const { arm } = ticket;
    const drift = this.#state.learn(ticket, logged, this.#nowMs);
    if (drift !== logged.drift)
      throw this.#break(`replayed, drift is ${show(drift)}, not ${show(logged.drift)}`);
    return arm;
  }

  /** @throws {ParameterError} */
  #requireRun({ run }: LoggedReport, n: number): void {
    if (n === 0 && run === undefined) return;
    if (run && run.samples <= n && run.started <= n) return;
    throw new ParameterError('samples', n === 0 ? 'left out' : `in [1, ${n}]`, run?.samples);
  }

  /**
   * Changes the models as the router did.
   * @throws {ParameterError} for a line to be skipped; nothing has changed then
   * @throws {BrokenLogError} when the log breaks here
   */
  change(logged: LoggedChange): void {
    if (this.#broken) return;
    this.#requireDue(logged.evidenceVersion);
    this.#change(logged);
  }

  #change(logged: LoggedRestart['models'][number]): void {
    let change;
    try {
      change = this.#checked(logged);
    } catch (error) {
      throw error instanceof ParameterError ? this.#break(error.message) : error;
    }
    this.#state.change(change);
  }

  #checked({ action, model, options, prices }: LoggedRestart['models'][number]): ModelChange {
    if (action === 'add')
      return addition(model, options, this.#options, this.#state.segments.rowsNeeded);
    if (action === 'retire') return retirement(model, this.#options);
    return repricing(model, prices, this.#options);
  }

  /**
   * Learns what the router learned from a mirrored call.
   * @throws {ParameterError} for a line to be skipped; nothing has changed then
   * @throws {BrokenLogError} when the log breaks here
   */
  shadow(logged: LoggedMirroring): void {
    const { arms, instanceId } = this.#options;
    const arm = arms.indexOf.get(logged.model);
    if (arm === undefined) throw new ParameterError('model', 'one of the router’s', logged.model);
    if (this.#broken) return;
    this.#requireDue(logged.evidenceVersion);
    const sequenceNumber = sequenceNumberOf(instanceId, logged.decisionId);
    const made = sequenceNumber < this.#state.sequenceNumber;
    if (!made || this.#state.rowOf(logged.segment) === undefined)
      throw this.#break(`decision ${show(logged.decisionId)} of that segment is not before it`);
    this.#state.learnMirrored({ ...logged, sequenceNumber, arm });
  }

  /** The versions of the evidence must follow each other. */
  #requireDue(evidenceVersion: number): void {
    const due = this.#state.evidenceVersion + 1;
    if (evidenceVersion < due)
      throw new ParameterError('evidenceVersion', `new (${due} or more here)`, evidenceVersion);
    if (evidenceVersion > due)
      throw this.#break(`report or change of a model ${due} is missing before it`);
  }

  /** @throws {ParameterError} where the router forgets by time and its line has none */
  #clock({ clock }: LoggedDecision): number | undefined {
    const timed = this.#options.posterior.halfLifeMs < Infinity;
    if (timed === (clock !== undefined)) return clock;
    throw new ParameterError('clock', timed ? 'given' : 'left out', clock);
  }

  /** @throws {ParameterError} where the router reads prompts and its line has no forecasts of its models */
  #forecasts({ context }: LoggedDecision): LoggedContext['forecasts'] | undefined {
    const { arms, context: options } = this.#options;
    if (!options) return undefined;
    const right = Object.values(context?.forecasts ?? {}).every(
      (values) => values.length === arms.list.length,
    );
    if (context && right) return context.forecasts;
    throw new ParameterError('context', 'forecasts of every model', context);
  }

  /**
   * Most samples of each arm.
   * @throws {ParameterError} where the line says of samples what the router cannot have decided
   */
  #caps({ n, model, maxSamples, request }: LoggedDecision): readonly number[] | undefined {
    const { arms, bestOf } = this.#options;
    if ((bestOf !== undefined && model !== undefined) !== (n !== undefined))
      throw new ParameterError('n', bestOf ? 'given with a model' : 'left out', n);
    if (!maxSamples) return undefined;
    const { eligible } = request;
    if (!bestOf || maxSamples.length !== eligible?.length)
      throw new ParameterError('maxSamples', 'one number an eligible model', maxSamples);
    const caps = arms.list.map(() => bestOf.maxSamples);
    eligible.forEach((id, i) => {
      const arm = arms.indexOf.get(id);
      if (arm !== undefined) caps[arm] = maxSamples[i]!;
    });
    return caps;
  }

  #compare(logged: LoggedDecision, decided: Decided): void {
    const { choice } = decided;
    const { propensity, propensities, samplePropensities } = propensityFields(
      decided,
      this.#options.arms,
    );
    const pairs: [string, unknown, unknown][] = [
      ['model', logged.model, this.#options.arms.list[choice.arm]?.model],
      ['n', logged.n, choice.arm < 0 ? undefined : choice.levels?.n],
      ['byFloor', logged.byFloor, choice.byFloor],
      ['byFallback', logged.byFallback, choice.byFallback],
      ['sampledQuality', logged.sampledQuality, choice.arm < 0 ? NaN : choice.sampledQuality],
      ['expectedCostUsd', logged.expectedCostUsd, choice.arm < 0 ? NaN : choice.expectedCostUsd],
      [
        'expectedLatencyMs',
        logged.expectedLatencyMs,
        choice.arm < 0 ? NaN : choice.expectedLatencyMs,
      ],
    ];
    if (logged.context && choice.context)
      pairs.push(
        ['context.byContext', logged.context.byContext, choice.context.byContext],
        ['context.share', logged.context.share, choice.context.share],
      );
    if (logged.propensity !== undefined && propensity !== null)
      pairs.push(['propensity', logged.propensity, propensity]);
    if (logged.propensities && propensities)
      pairs.push(['propensities', String(logged.propensities), String(propensities)]);
    if (logged.samplePropensities && samplePropensities)
      pairs.push([
        'samplePropensities',
        String(logged.samplePropensities),
        String(samplePropensities),
      ]);
    const wrong = pairs.find(([, before, now]) => !same(before, now));
    if (wrong)
      throw this.#break(`replayed, ${wrong[0]} is ${show(wrong[2])}, not ${show(wrong[1])}`);
  }

  #break(reason: string): BrokenLogError {
    this.#broken = true;
    return new BrokenLogError(
      `the log does not lead to this line: ${reason}; no later propensity of router ${show(this.#options.instanceId)} can be told`,
    );
  }
}

/** Deferred propensities are computed as the exact mode computes them. */
function withPropensities(options: ParsedRouterOptions): ParsedRouterOptions {
  return { ...options, propensity: options.propensity === 'off' ? 'off' : 'exact' };
}

/** Equal, NaN to NaN and 0 to -0, which JSON writes alike. */
function same(a: unknown, b: unknown): boolean {
  return a === b || Object.is(a, b);
}
