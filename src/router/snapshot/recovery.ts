import { ParameterError } from '../../core/errors';
import {
  parseDecisionLine,
  parseLine,
  parseModelLine,
  parseReportLine,
  parseRestartLine,
  parseShadowLine,
  type LoggedChange,
  type LoggedRestart,
} from '../log/parseLine';
import { sequenceNumberOf } from '../decisionIds';
import { BrokenLogError, RouterReplay } from '../log/routerReplay';
import type { ParsedRouterOptions } from '../options';
import type { RouterState } from '../state';
import type { Tally } from '../stats';
import type { Steering } from '../steering';

/** What a router found when it was recovered from a store. */
export interface RouterRecovery {
  /** Taken from the log behind the snapshot. */
  readonly decisions: number;
  readonly reports: number;
  /** Models added, retired and repriced. */
  readonly modelChanges: number;
  /** Lines that could not be read, or were taken already. */
  readonly skippedLines: number;
  /** Lines behind the first that the log does not lead to: they are lost. */
  readonly lostLines: number;
  /** Why they are, or what the first skipped line was. */
  readonly problem: string | undefined;
}

/** Counts over all steps of a recovery. */
export class RecoveryCounts {
  decisions = 0;
  reports = 0;
  modelChanges = 0;
  skippedLines = 0;
  lostLines = 0;
  problem: string | undefined;

  get summary(): RouterRecovery {
    const { decisions, reports, modelChanges, skippedLines, lostLines, problem } = this;
    return { decisions, reports, modelChanges, skippedLines, lostLines, problem };
  }
}

/** What recovery works on: a router under way. */
export interface Recovered {
  readonly options: ParsedRouterOptions;
  readonly state: RouterState;
  readonly tally: Tally;
  readonly elapsedMs: number;
  readonly steering: Steering;
  readonly nowMs: number;
  /** Another model is there. */
  armAdded(): void;
}

/**
 * Brings a restored router where the lines of its log lead: the same decisions, held against what was logged, and the same lessons. It stops at the first
 * line that does not follow, so the state is one that held at some moment.
 */
export class Recovery {
  readonly #target: Recovered;
  readonly #replay: RouterReplay;
  readonly #counts: RecoveryCounts;

  constructor(target: Recovered, counts: RecoveryCounts) {
    this.#target = target;
    this.#counts = counts;
    const { options, state, elapsedMs } = target;
    this.#replay = new RouterReplay(options, state, elapsedMs);
  }

  /** Takes lines up to a restart, which it returns with its models changed already; undefined when there are no more. */
  take(lines: Iterator<string>): LoggedRestart | undefined {
    for (let next = lines.next(); next.done !== true; next = lines.next()) {
      const restart = this.#counts.lostLines > 0 ? this.#lose() : this.#takeLine(next.value);
      if (restart) return restart;
    }
    return undefined;
  }

  #lose(): undefined {
    this.#counts.lostLines++;
  }

  #takeLine(line: string): LoggedRestart | undefined {
    const counts = this.#counts;
    try {
      return this.#takeParsed(parseLine(line));
    } catch (error) {
      if (error instanceof BrokenLogError) counts.lostLines++;
      else if (error instanceof ParameterError || error instanceof SyntaxError)
        counts.skippedLines++;
      else throw error;
      counts.problem ??= error.message;
      return undefined;
    }
  }

  #change(change: LoggedChange): void {
    this.#withArms(() => this.#replay.change(change));
    this.#counts.modelChanges++;
  }

  #restart(restart: LoggedRestart): LoggedRestart | undefined {
    const { options, state } = this.#target;
    const { instanceId, sequenceNumber, evidenceVersion, models } = restart;
    // The snapshot stands behind it.
    const known =
      instanceId === options.instanceId &&
      sequenceNumber === state.sequenceNumber &&
      evidenceVersion === state.evidenceVersion;
    if (known) return undefined;
    this.#withArms(() => this.#replay.meet(restart));
    this.#counts.modelChanges += models.length;
    return restart;
  }

  #withArms(change: () => void): void {
    const { options, armAdded } = this.#target;
    const before = options.arms.list.length;
    change();
    for (let arm = before; arm < options.arms.list.length; arm++) armAdded();
  }

  #takeParsed(line: Record<string, unknown>): LoggedRestart | undefined {
    const { tally, options, state, steering, nowMs } = this.#target;
    const { clock } = steering.parts;
    const counts = this.#counts;
    // What prompts taught stands in no log.
    if (options.context && line['kind'] !== 'router' && line['kind'] !== 'restored')
      throw new BrokenLogError('what prompts taught stands in snapshots only');
    switch (line['kind']) {
      case 'router':
        return undefined;
      case 'restored':
        return this.#restart(parseRestartLine(line));
      case 'decision': {
        const logged = parseDecisionLine(line);
        const { choice, sequenceNumber } = this.#replay.decideAgain(logged);
        tally.decided(choice.arm);
        // In the window of the decision, which may be over by now.
        steering.book(
          sequenceNumber,
          logged.atMs ?? nowMs,
          choice.arm < 0 ? NaN : choice.expectedCostUsd,
        );
        if (clock) clock.latest = state.clock;
        counts.decisions++;
        return undefined;
      }
      case 'model':
        this.#change(parseModelLine(line));
        return undefined;
      case 'shadow':
        this.#replay.shadow(parseShadowLine(line));
        counts.reports++;
        return undefined;
      case 'report': {
        const report = parseReportLine(line);
        const arm = this.#replay.report(report);
        const number = sequenceNumberOf(options.instanceId, report.decisionId);
        steering.settle(number, report.costUsd);
        tally.learned(arm, report.reward, report.costUsd);
        counts.reports++;
        return undefined;
      }
      default:
        throw new ParameterError('kind', 'a kind of line that this library knows', line['kind']);
    }
  }
}
