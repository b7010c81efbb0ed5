import { ParameterError } from '../../core/errors';
import type { OutcomeTable } from '../table';
import { cheapestArm, strongestArm } from './constant';
import { utilityOf, type PolicyContext } from './context';

/**
 * Prompt length: prompts of at least T tokens go to the arm of highest mean quality, the rest to the cheapest. Hindsight: T is
 * the one of greatest utility.
 * @throws {ParameterError} when the table has prompts of unknown length
 */
export function thresholdPolicy(context: PolicyContext): Int32Array {
  const { table } = context;
  const { promptLengths } = table;
  if (!hasPromptLengths(table)) {
    const allowed = 'used on tables whose every request has prompt or promptTokens';
    throw new ParameterError('--policy threshold', allowed, table.name);
  }
  const strong = strongestArm(table);
  const weak = cheapestArm(table);
  const threshold = bestThreshold(
    promptLengths,
    (row) => utilityOf(context, row, strong) - utilityOf(context, row, weak),
  );
  return Int32Array.from(promptLengths, (length) => (length >= threshold ? strong : weak));
}

/** Is the length of every prompt known? */
export function hasPromptLengths(table: OutcomeTable): boolean {
  return !table.promptLengths.some(Number.isNaN);
}

/** The length from which on the summed gain is greatest; Infinity when no prompt is worth it. */
function bestThreshold(lengths: Float64Array, gainOf: (row: number) => number): number {
  const rows = Array.from(lengths, (_, row) => row).sort((a, b) => lengths[b]! - lengths[a]!);
  let gain = 0;
  let best = { gain: 0, threshold: Infinity };
  rows.forEach((row, i) => {
    gain += gainOf(row);
    const next = rows[i + 1];
    // A threshold falls between different lengths only.
    if (next !== undefined && lengths[next] === lengths[row]) return;
    if (gain > best.gain) best = { gain, threshold: lengths[row]! };
  });
  return best.threshold;
}
