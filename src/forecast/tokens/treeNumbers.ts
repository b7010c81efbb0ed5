import {
  NOT_NEGATIVE,
  POSITIVE,
  requireNumber,
  UNIT,
  wholeBetween,
  type Interval,
} from '../../core/validation';
import { clockWithin } from '../ridgeOptions';

/** Byte offsets of numbers in the tree's header and in a record (assembly/hierarchy/layout.ts). */
const ROWS = 32;
const REBUILT = 40;
const HALF_LIFE = 48;
const LANDMARK = 56;
const CLOCK = 64;
const NOW = 72;
const INTRACLASS = 112;
const RUN_WEIGHT = 168;
/** Half-life and guesses before any data: what a tree is made with. */
const FIXED = [HALF_LIFE, 88, 96];
/** Weight of the present at the last rebuild, noise, precisions. */
const POSITIVE_NUMBERS = [80, 104, ...Array.from({ length: 9 }, (_, i) => 192 + 8 * i)];
/** Sums of weights and of squares. */
const SUMS = [120, 128, 144, 152, 160, 176];
const RECORD_NOISE = 8;
const RECORD_SHARE = 24;
const RECORD_SDS = [40, 56];
const RECORD_HISTOGRAM = 80;
const HISTOGRAM_BINS = 64;

/** Most half-lives between landmark and clock (assembly/evidence/decay.ts), and two to that. */
const LANDMARK_SPAN = 64;
const LARGEST_NOW = 36_893_488_147_419_103_232;
const LARGEST_INTRACLASS = 0.95;

/**
 * Numbers that the kernel relies on without looking: those that `own`, an empty tree of the same options, fixes, and intervals of the others.
 * @param records where the records start
 * @throws {ParameterError}
 */
export function checkTreeNumbers(tree: DataView, own: DataView, records: readonly number[]): void {
  const number = (offset: number) => tree.getFloat64(offset, true);
  const require = (offset: number, interval: Interval) =>
    requireNumber(`state.tree[${offset}]`, number(offset), interval);
  for (const offset of FIXED) require(offset, exactly(own.getFloat64(offset, true)));
  const halfLife = number(HALF_LIFE);
  const rows = require(ROWS, wholeBetween(0, Number.MAX_SAFE_INTEGER));
  require(REBUILT, wholeBetween(0, rows));
  const clock = require(CLOCK, clockWithin(halfLife));
  const whole = Math.floor(clock / halfLife);
  require(LANDMARK, wholeBetween(Math.max(whole - LANDMARK_SPAN, 0), whole));
  require(NOW, halfLife === Infinity ? exactly(1) : between(1, LARGEST_NOW));
  require(INTRACLASS, between(0, LARGEST_INTRACLASS));
  // Rows weigh up to 1; what rounding may add to their sum is far below one.
  require(RUN_WEIGHT, between(0, rows + 1));
  for (const offset of POSITIVE_NUMBERS) require(offset, POSITIVE);
  for (const offset of SUMS) require(offset, NOT_NEGATIVE);
  for (const record of records) {
    require(record + RECORD_NOISE, POSITIVE);
    require(record + RECORD_SHARE, UNIT);
    for (const sd of RECORD_SDS) require(record + sd, POSITIVE);
    for (let bin = 0; bin < HISTOGRAM_BINS; bin++)
      require(record + RECORD_HISTOGRAM + 8 * bin, NOT_NEGATIVE);
  }
}

function exactly(value: number): Interval {
  return { text: String(value), contains: (v) => v === value };
}

function between(low: number, high: number): Interval {
  return { text: `in [${low}, ${high}]`, contains: (v) => v >= low && v <= high };
}
