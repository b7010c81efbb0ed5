import { DataError, ParameterError } from '../core/errors';
import {
  NOT_NEGATIVE,
  optionalNumber,
  POSITIVE,
  rejectUnknownKeys,
  requireId,
  requireNumber,
  requireObject,
  requireOptions,
  TOKENS,
} from '../core/validation';

/** A recorded arrival. */
export interface RecordedArrival {
  /** Seconds since the beginning, never falling. */
  readonly atSeconds: number;
  readonly promptTokens?: number;
  /** Length of the answer it got: other models' answers are longer or shorter by the same factor. */
  readonly outputTokens?: number;
  readonly segment?: string;
}

/**
 * When requests come: by a Poisson process of so many a second, or as recorded. `speed` runs recorded time that many times
 * as fast.
 */
export type Arrivals =
  | { readonly requestsPerSecond: number }
  | { readonly rows: readonly RecordedArrival[]; readonly speed?: number };

/** An arrival as the simulator needs it; NaN = not recorded. */
export interface ParsedArrival {
  readonly atMs: number;
  readonly promptTokens: number;
  readonly lengthFactor: number;
  readonly segment: string | undefined;
}

export type ParsedArrivals =
  | { readonly kind: 'poisson'; readonly meanGapMs: number }
  | { readonly kind: 'recorded'; readonly rows: readonly ParsedArrival[] };

/** @throws {ParameterError} */
export function parseArrivals(value: unknown): ParsedArrivals {
  const options = requireObject('arrivals', value === undefined ? { requestsPerSecond: 1 } : value);
  if (options['rows'] === undefined) {
    rejectUnknownKeys('arrivals', options, ['requestsPerSecond']);
    const rate = requireNumber(
      'arrivals.requestsPerSecond',
      options['requestsPerSecond'],
      POSITIVE,
    );
    return { kind: 'poisson', meanGapMs: 1000 / rate };
  }
  rejectUnknownKeys('arrivals', options, ['rows', 'speed']);
  const speed = optionalNumber('arrivals.speed', options['speed'], POSITIVE, 1);
  return { kind: 'recorded', rows: parseRows(options['rows'], speed) };
}

function parseRows(value: unknown, speed: number): readonly ParsedArrival[] {
  if (!Array.isArray(value) || value.length === 0)
    throw new ParameterError('arrivals.rows', 'an array of one arrival at least', value);
  const rows = value.map((row, i) => parseRow(`arrivals.rows[${i}]`, row));
  rows.forEach(({ atSeconds }, i) => {
    const before = i === 0 ? 0 : rows[i - 1]!.atSeconds;
    if (atSeconds < before)
      throw new ParameterError(`arrivals.rows[${i}].atSeconds`, `>= ${before}`, atSeconds);
  });
  const usual = median(rows.map(({ outputTokens }) => outputTokens).filter((v) => v > 0));
  return rows.map(({ atSeconds, promptTokens, outputTokens, segment }) => ({
    atMs: (atSeconds * 1000) / speed,
    promptTokens,
    lengthFactor: Math.max(outputTokens, 1) / usual,
    segment,
  }));
}

function parseRow(parameter: string, value: unknown) {
  const keys = ['atSeconds', 'promptTokens', 'outputTokens', 'segment'];
  const row = requireOptions(parameter, value, keys);
  const segment = row['segment'];
  return {
    atSeconds: requireNumber(`${parameter}.atSeconds`, row['atSeconds'], NOT_NEGATIVE),
    promptTokens: optionalNumber(`${parameter}.promptTokens`, row['promptTokens'], TOKENS, NaN),
    outputTokens: optionalNumber(`${parameter}.outputTokens`, row['outputTokens'], TOKENS, NaN),
    segment: segment === undefined ? undefined : requireId(`${parameter}.segment`, segment),
  };
}

function median(values: number[]): number {
  const sorted = values.sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? NaN;
}

const HEADER = 'trace,t_seconds,input_tokens,output_tokens';

/**
 * Reads recorded traffic: lines of `trace,t_seconds,input_tokens,output_tokens` under that header.
 * @param text the file's text, unpacked
 * @param options.trace which trace to take; may be left out where there is one only
 * @param options.file name for messages
 * @returns rows for `arrivals`, in order of time
 * @throws {DataError} with file and line number for a malformed line
 * @throws {ParameterError} for a trace that is not there
 */
export function parseTraffic(
  text: string,
  options: { readonly trace?: string; readonly file?: string } = {},
): RecordedArrival[] {
  const { trace, file = 'traffic' } = requireOptions('options', options, [
    'trace',
    'file',
  ]) as typeof options;
  const lines = text.split(/\r?\n/);
  if (lines[0] !== HEADER) throw new DataError(file, 1, `the header must be ${HEADER}`);
  const traces = new Map<string, RecordedArrival[]>();
  lines.slice(1).forEach((line, i) => {
    if (line === '') return;
    const [name, row] = trafficRow(line, file, i + 2);
    const rows = traces.get(name);
    if (rows) rows.push(row);
    else traces.set(name, [row]);
  });
  const wanted = trace ?? (traces.size === 1 ? [...traces.keys()][0]! : '');
  const rows = traces.get(wanted);
  if (!rows)
    throw new ParameterError('options.trace', `one of ${[...traces.keys()].join(', ')}`, trace);
  return rows.sort((a, b) => a.atSeconds - b.atSeconds);
}

function trafficRow(line: string, file: string, number: number): [string, RecordedArrival] {
  const cells = line.split(',');
  const [atSeconds, promptTokens, outputTokens] = cells
    .slice(1)
    .map((cell) => (cell.trim() === '' ? NaN : Number(cell))) as [number, number, number];
  const numbers = [atSeconds, promptTokens, outputTokens];
  if (cells.length !== 4 || !numbers.every((v) => v >= 0 && v < Infinity))
    throw new DataError(file, number, 'not a trace, a time and two counts of tokens');
  return [cells[0]!, { atSeconds, promptTokens, outputTokens }];
}
