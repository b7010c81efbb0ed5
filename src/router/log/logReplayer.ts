import { DataError, ParameterError } from '../../core/errors';
import { ABI_VERSION } from '../../kernel/exports';
import type { CompiledKernel } from '../../kernel/load';
import { requireId, requireOptions } from '../../core/validation';
import { instanceIdOf } from '../decisionIds';
import { LOG_SCHEMA_VERSION, ROUTER_LINE_START } from './lines';
import {
  parseDecisionLine,
  parseLine,
  parseModelLine,
  parseReportLine,
  parseRestartLine,
  parseRouterLine,
  parseShadowLine,
} from './parseLine';
import { PropensityTally, type PropensitySummary } from './propensityTally';
import { BrokenLogError, RouterReplay } from './routerReplay';

export interface LogReplayerOptions {
  /** Name of the log, for messages. */
  readonly file: string;
  /** Kernel to replay with. */
  readonly kernel: CompiledKernel;
  /** A bad or broken line throws. @defaultValue false */
  readonly strict?: boolean;
  /** Told of each bad or broken line. */
  readonly onBadLine?: (error: DataError) => void;
}

/** What a log was found to hold. */
export interface LogSummary extends PropensitySummary {
  readonly routers: number;
  /** Routers that go on from another log, by their names there: nothing of theirs can be replayed without it. */
  readonly continued: readonly string[];
  readonly decisions: number;
  readonly reports: number;
  /** Models added, retired and repriced. */
  readonly modelChanges: number;
  /** Outcomes of mirrored calls. */
  readonly shadowReports: number;
  /** Requests that no model was eligible for: they have no propensity. */
  readonly withoutModel: number;
  /** Decisions of routers in mode `off`. */
  readonly off: number;
  /** Propensities without a stated error. */
  readonly rough: number;
  /** Decisions that could not be replayed, because the log is broken before or at them. */
  readonly unverified: number;
  readonly skippedLines: number;
}

/** Routers whose state is kept; a log of more that write at the same time must be split. */
const MOST_ROUTERS = 64;

/**
 * Replays a decision log line by line and fills the propensities in, with the bits that mode `'exact'` would have given.
 * Several routers may write to one log; each line belongs to the router named by its id.
 *
 * @example
 * ```ts
 * import { loadKernel, LogReplayer } from 'thompsonite';
 * const models = { only: { family: 'a', usdPerMillionInputTokens: 1, usdPerMillionOutputTokens: 2 } };
 * const lines: string[] = [];
 * const router = await createRouter({ models, willingnessToPayUsd: 0.01, log: (line) => lines.push(line) });
 * router.select();
 * const replayer = new LogReplayer({ file: 'decisions.jsonl', kernel: await loadKernel() });
 * const filled = lines.map((line, i) => replayer.replay(line, i + 1));
 * console.log(filled, replayer.summary.smallestPropensity);
 * ```
 */
export class LogReplayer {
  readonly #options: LogReplayerOptions;
  readonly #routers = new Map<string, RouterReplay>();
  readonly #tally = new PropensityTally();
  readonly #continued = new Set<string>();
  readonly #counts = {
    routers: 0,
    decisions: 0,
    reports: 0,
    modelChanges: 0,
    shadowReports: 0,
    withoutModel: 0,
    off: 0,
    rough: 0,
    unverified: 0,
    skippedLines: 0,
  };

  /** @throws {ParameterError} for an option that is not known */
  constructor(options: LogReplayerOptions) {
    requireOptions('options', options, ['file', 'kernel', 'strict', 'onBadLine']);
    this.#options = options;
  }

  get summary(): LogSummary {
    return { ...this.#counts, ...this.#tally.summary, continued: [...this.#continued] };
  }

  /**
   * Takes the next line and returns it, filled in where it is a decision; undefined for a line that is skipped.
   * @param lineWithEnd its newline may be there or not; what is returned has none
   * @param number from 1, for messages
   * @throws {DataError} for a version that cannot be read, and with `strict` for every bad or broken line
   */
  replay(lineWithEnd: string, number: number): string | undefined {
    const line = lineWithEnd.replace(/\r?\n$/, '');
    try {
      return this.#replay(line, number);
    } catch (error) {
      const broken = error instanceof BrokenLogError;
      if (!broken && !(error instanceof ParameterError || error instanceof SyntaxError))
        throw error;
      const problem = new DataError(this.#options.file, number, error.message);
      if (this.#options.strict) throw problem;
      this.#options.onBadLine?.(problem);
      // A line that the log does not lead to is still what happened.
      if (broken) return line;
      this.#counts.skippedLines++;
      // A process that died in a line and started again has left its new beginning on the same line.
      const start = error instanceof SyntaxError ? line.lastIndexOf(ROUTER_LINE_START) : -1;
      return start > 0 ? this.replay(line.slice(start), number) : undefined;
    }
  }

  #replay(line: string, number: number): string {
    const parsed = parseLine(line);
    switch (parsed['kind']) {
      case 'router':
        this.#requireReadable(parsed, number);
        this.#start(parsed);
        return line;
      case 'restored':
        this.#requireReadable(parsed, number);
        return this.#restart(line, parsed);
      case 'decision':
        return this.#decide(line, parsed);
      case 'report':
        return this.#report(line, parsed);
      case 'model':
        return this.#change(line, parsed);
      case 'shadow':
        return this.#shadow(line, parsed);
      default: {
        const kinds = '"router", "decision", "report", "model", "shadow" or "restored"';
        throw new ParameterError('kind', kinds, parsed['kind']);
      }
    }
  }

  /** What another version means cannot be guessed, so nothing behind such a line is read. */
  #requireReadable(line: Record<string, unknown>, number: number): void {
    const readable = { schemaVersion: LOG_SCHEMA_VERSION, kernelAbi: ABI_VERSION };
    for (const [key, version] of Object.entries(readable)) {
      if (line[key] === version) continue;
      const { message } = new ParameterError(key, `${version} for this program`, line[key]);
      throw new DataError(this.#options.file, number, message);
    }
  }

  #start(line: Record<string, unknown>): void {
    const options = parseRouterLine(line);
    // A router of the same name that starts again starts from nothing.
    this.#routers.delete(options.instanceId);
    this.#routers.set(options.instanceId, RouterReplay.of(options, this.#options.kernel));
    this.#counts.routers++;
    if (this.#routers.size > MOST_ROUTERS) this.#routers.delete(this.#routers.keys().next().value!);
  }

  #restart(line: string, parsed: Record<string, unknown>): string {
    const restart = parseRestartLine(parsed);
    const router = this.#routers.get(restart.formerId);
    if (!router) {
      this.#continued.add(restart.formerId);
      throw new ParameterError(
        'formerId',
        'a router whose log stands before this line: the router was restored and goes on from another log, which must be put before this one',
        restart.formerId,
      );
    }
    this.#routers.delete(restart.formerId);
    this.#routers.set(restart.instanceId, router);
    router.restored(restart);
    this.#counts.modelChanges += restart.models.length;
    return line;
  }

  #decide(line: string, parsed: Record<string, unknown>): string {
    const router = this.#routerOf(parsed);
    const logged = parseDecisionLine(parsed);
    let fields;
    try {
      fields = router.decide(logged);
    } catch (error) {
      if (error instanceof BrokenLogError) this.#count('unverified');
      throw error;
    }
    if (!fields) {
      this.#count('unverified');
      return line;
    }
    if (fields.propensity === null) {
      this.#count(logged.model === undefined ? 'withoutModel' : 'off');
      return line;
    }
    this.#counts.decisions++;
    if (fields.propensityAccuracy === 'rough') this.#counts.rough++;
    this.#tally.add(fields.propensity);
    return logged.propensity === undefined || logged.propensities === undefined
      ? JSON.stringify({ ...parsed, ...fields })
      : line;
  }

  #report(line: string, parsed: Record<string, unknown>): string {
    this.#routerOf(parsed).report(parseReportLine(parsed));
    this.#counts.reports++;
    return line;
  }

  #change(line: string, parsed: Record<string, unknown>): string {
    const change = parseModelLine(parsed);
    this.#routerNamed('instanceId', change.instanceId, change.instanceId).change(change);
    this.#counts.modelChanges++;
    return line;
  }

  #shadow(line: string, parsed: Record<string, unknown>): string {
    this.#routerOf(parsed).shadow(parseShadowLine(parsed));
    this.#counts.shadowReports++;
    return line;
  }

  #count(kind: 'unverified' | 'withoutModel' | 'off'): void {
    this.#counts.decisions++;
    this.#counts[kind]++;
  }

  #routerOf(line: Record<string, unknown>): RouterReplay {
    const decisionId = requireId('decisionId', line['decisionId']);
    return this.#routerNamed('decisionId', decisionId, instanceIdOf(decisionId));
  }

  #routerNamed(key: string, value: string, instanceId: string): RouterReplay {
    const router = this.#routers.get(instanceId);
    if (!router) throw new ParameterError(key, 'of a router whose line stands before', value);
    // Kept in order of use, so that the router dropped is the one silent for longest.
    this.#routers.delete(instanceId);
    this.#routers.set(instanceId, router);
    return router;
  }
}
