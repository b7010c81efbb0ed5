/**
 * Detectors of drift on llmdrift, outside any policy: one arm's rewards at a time, rows of each half shuffled by the seed, the halves being
 * the models of March and of June 2023. Alarms in the first halves are false; the first one after the change is its delay.
 */
import { loadKernelSync } from '../../src/kernel/load';
import { DriftBlock, parseDrift } from '../../src/posterior/drift';
import { Evidence } from '../../src/posterior/evidence';
import { Generator } from '../../src/random/generator';
import type { OutcomeTable } from '../../src/replay/table';

const PRIOR = { priorMean: 0.5, priorStrength: 2, halfLifeRequests: Infinity };
const IN_TIME = 150;
/** Rows after the change that are watched for its detection. */
const WATCHED = 600;

export function drift(table: OutcomeTable, seeds: number): void {
  console.log(`\n${table.name}: detectors of drift, ${seeds} seeds, every arm by itself`);
  const kernel = loadKernelSync().instantiate();
  const { arms, segmentNames, rows } = table;
  const evidence = new Evidence(kernel, arms, PRIOR, segmentNames.length);
  const detectors = new DriftBlock(kernel, arms.list.length, parseDrift('drift', {})!);
  const half = rows >> 1;
  for (const { index, model } of arms.list) {
    const delays: number[] = [];
    let falseAlarms = 0;
    for (let seed = 1; seed <= seeds; seed++) {
      evidence.reset(PRIOR, segmentNames.length);
      detectors.reset();
      const generator = new Generator(seed, 0);
      const before = generator.permutation(half);
      const after = generator.permutation(rows - half).map((row) => half + row);
      const alarms = [...before, ...after.subarray(0, WATCHED)].flatMap((row, clock) => {
        const reward = table.quality[row * arms.list.length + index]!;
        const segment = table.segments[row]!;
        const found = detectors.observe(evidence, segment, index, reward, clock);
        evidence.observe(segment, index, { reward, costUsd: NaN, promptTokens: NaN, clock });
        return found ? [clock] : [];
      });
      falseAlarms += alarms.filter((clock) => clock < half).length;
      delays.push((alarms.find((clock) => clock >= half) ?? Infinity) - half + 1);
    }
    const inTime = delays.filter((delay) => delay <= IN_TIME).length / seeds;
    const sorted = delays.sort((a, b) => a - b);
    console.log(
      `${model}: found within ${IN_TIME} observations in ${(100 * inTime).toFixed(0)} % of seeds, median delay ${sorted[seeds >> 1]!}, 90 % by ${sorted[Math.ceil(0.9 * seeds) - 1]!};`,
      `${falseAlarms} false alarms in ${seeds * half} observations = ${((5000 * falseAlarms) / (seeds * half)).toFixed(2)} in 5,000`,
    );
  }
}
