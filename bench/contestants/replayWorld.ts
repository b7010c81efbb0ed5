/** The world that the replay loop is timed on: 8 arms, 8 segments. */
import { armsFrom } from '../../src/arms/models';
import { Generator } from '../../src/random/generator';
import type { OutcomeTable } from '../../src/replay/table';

export const ARMS = 8;
export const SEGMENTS = 8;
export const COST_WEIGHT = 100;

/** A world with binary quality by arm and segment, and prices that rise with quality. */
export function replayWorld(rows: number): OutcomeTable {
  const generator = new Generator(1, 99);
  const models = Array.from({ length: ARMS }, (_, k) => ({
    family: `f${k % 4}`,
    usdPerMillionInputTokens: k + 1,
    usdPerMillionOutputTokens: 2 * (k + 1),
  }));
  const means = Array.from(
    { length: ARMS * SEGMENTS },
    (_, i) => 0.35 + 0.04 * (i % ARMS) + 0.25 * generator.unit(),
  );
  const segments = Uint32Array.from({ length: rows }, () => generator.index(SEGMENTS));
  const cells = rows * ARMS;
  return {
    name: 'bench',
    requests: rows,
    skippedLines: 0,
    leftOutModels: [],
    arms: armsFrom(new Map(models.map((model, k) => [`m${k}`, model]))),
    rows,
    segmentNames: Array.from({ length: SEGMENTS }, (_, i) => `s${i}`),
    segments,
    atSeconds: undefined,
    promptTokens: new Float64Array(rows).fill(300),
    promptLengths: new Float64Array(rows).fill(300),
    quality: Float64Array.from({ length: cells }, (_, i) =>
      generator.unit() < means[segments[Math.floor(i / ARMS)]! * ARMS + (i % ARMS)]! ? 1 : 0,
    ),
    costUsd: Float64Array.from(
      { length: cells },
      (_, i) => 0.0002 * (1 + (i % ARMS)) * (0.5 + generator.unit()),
    ),
  };
}
