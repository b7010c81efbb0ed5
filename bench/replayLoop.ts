/**
 * Goal: learned decisions a second of the replay loop, 8 arms, 8 segments, one thread, against the same loop in plain
 * TypeScript. Not measured here: reading tables, intervals, reports.
 */
import { armsFrom } from '../src/arms/models';
import { Generator } from '../src/random/generator';
import { ReplayEngine } from '../src/replay/engine';
import type { OutcomeTable } from '../src/replay/table';
import { measure, type Timing } from './measure';
import { plainReplay, type PlainWorld } from './plainReplay';

const ARMS = 8;
const SEGMENTS = 8;
const COST_WEIGHT = 100;

/** A world with binary quality by arm and segment, and prices that rise with quality. */
function world(rows: number): OutcomeTable {
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

export function replayLoop(rows: number, rounds: number): Timing[] {
  const table = world(rows);
  const order = Uint32Array.from({ length: rows }, (_, i) => i);
  const engine = new ReplayEngine(table, {
    flat: false,
    halfLifeRequests: Infinity,
    chunkRequests: 4096,
  });
  const plain: PlainWorld = {
    arms: ARMS,
    segments: SEGMENTS,
    families: Int32Array.from(table.arms.list, (arm) => arm.family),
    usdPerInputToken: Float64Array.from(table.arms.list, (arm) => arm.usdPerInputToken),
    usdPerOutputToken: Float64Array.from(table.arms.list, (arm) => arm.usdPerOutputToken),
    segmentOf: table.segments,
    promptTokens: table.promptTokens,
    quality: table.quality,
    costUsd: table.costUsd,
  };
  const reward = (chosen: Int32Array) =>
    chosen.reduce((sum, arm, row) => sum + table.quality[row * ARMS + arm]!, 0);
  return measure(
    [
      {
        name: 'kernel (WebAssembly)',
        run: (seed) => {
          const chosen = engine.run({ seed, order, costWeight: COST_WEIGHT, explorationScale: 1 });
          return () => reward(chosen);
        },
      },
      {
        name: 'plain TypeScript',
        run: (seed) => {
          const total = plainReplay(plain, order, seed, COST_WEIGHT);
          return () => total;
        },
      },
    ],
    rows,
    rounds,
    Math.ceil(rounds / 4),
  );
}
