import type { OutcomeTable } from '../table';
import { columnMeans } from '../table';

/** One arm for every row. */
export function everywhere(table: OutcomeTable, arm: number): Int32Array {
  return new Int32Array(table.rows).fill(arm);
}

/** The arm of lowest list price. */
export function cheapestArm(table: OutcomeTable): number {
  const prices = priceTags(table);
  return prices.indexOf(Math.min(...prices));
}

/** The arm of highest list price. */
export function premiumArm(table: OutcomeTable): number {
  const prices = priceTags(table);
  return prices.indexOf(Math.max(...prices));
}

/** The arm of highest mean quality in the table: hindsight. */
export function strongestArm(table: OutcomeTable): number {
  const means = columnMeans(table.quality, table.rows, table.arms.list.length);
  return means.indexOf(Math.max(...means));
}

/** What is known of the arms' prices beforehand: 500 + 300 tokens at list price; the recorded means where a price is missing. */
function priceTags(table: OutcomeTable): number[] {
  const { list } = table.arms;
  const recorded = columnMeans(table.costUsd, table.rows, list.length);
  const tags = list.map((arm) => 500 * arm.usdPerInputToken + 300 * arm.usdPerOutputToken);
  return tags.some(Number.isNaN) ? [...recorded] : tags;
}
