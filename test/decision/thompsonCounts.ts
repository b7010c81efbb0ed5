/** How often each arm wins when posteriors are drawn from, and what counts may differ by. */
import type { Sampler } from '../../src';
import { twoSidedQuantile } from '../support/normalQuantile';

export type Shapes = readonly (readonly [number, number])[];

const CHUNK = 50_000;

export function thompsonCounts(
  sampler: Sampler,
  shapes: Shapes,
  offsets: readonly number[],
  decisions: number,
): Float64Array {
  const counts = new Float64Array(shapes.length);
  for (let start = 0; start < decisions; start += CHUNK) {
    const rows = Math.min(CHUNK, decisions - start);
    const draws = shapes.map(([a, b]) => sampler.beta(a, b, rows));
    for (let row = 0; row < rows; row++) {
      let best = 0;
      for (let arm = 1; arm < shapes.length; arm++) {
        if (draws[arm]![row]! - offsets[arm]! > draws[best]![row]! - offsets[best]!) best = arm;
      }
      counts[best]!++;
    }
  }
  return counts;
}

/** Wilson & Hilferty 1931: the cube root of a chi-square is nearly normal; within 1 % of the quantile from 1 degree on here. */
export function chiSquareCritical(degrees: number, level: number): number {
  const z = twoSidedQuantile(2 * level);
  const c = 2 / (9 * degrees);
  return degrees * (1 - c + z * Math.sqrt(c)) ** 3;
}
