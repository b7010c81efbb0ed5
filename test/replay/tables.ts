/** Small simulated tables for the replay tests. */
import type { ModelOptions } from '../../src/arms/models';
import { Generator } from '../../src/random/generator';
import { assembleTable } from '../../src/replay/assembleTable';
import type { OutcomeTable, RecordedOutcome, RecordedRequest } from '../../src/replay/table';

export interface TableShape {
  readonly rows: number;
  readonly arms: number;
  readonly segments: number;
  readonly seed?: number;
  /** Rewards in hundredths instead of 0 and 1. */
  readonly graded?: boolean;
}

/** Models m0, m1, … of two families; dearer ones are better on the whole. */
export function simulatedTable({
  rows,
  arms,
  segments,
  seed = 1,
  graded = false,
}: TableShape): OutcomeTable {
  const generator = new Generator(seed, 0);
  const models = new Map<string, ModelOptions>(
    Array.from({ length: arms }, (_, i) => [
      `m${i}`,
      {
        family: `f${i % 2}`,
        usdPerMillionInputTokens: 1 + i,
        usdPerMillionOutputTokens: 4 + 2 * i,
      },
    ]),
  );
  const outcome = (arm: number, segment: number): RecordedOutcome => {
    const mean = 0.4 + 0.5 * ((arm + 1) / (arms + 1)) - 0.1 * (segment % 3);
    const quality = graded
      ? Math.round(100 * mean * generator.unit()) / 100
      : generator.unit() < mean
        ? 1
        : 0;
    return { quality, costUsd: (1 + arm) * (0.0005 + 0.001 * generator.unit()), outputTokens: NaN };
  };
  const requests = Array.from({ length: rows }, (_, i): RecordedRequest => {
    const segment = generator.index(segments);
    return {
      id: String(i),
      segment: `s${segment}`,
      atSeconds: NaN,
      promptTokens: i % 4 === 0 ? NaN : 100 + generator.index(900),
      prompt: undefined,
      promptCharacters: NaN,
      outcomes: new Map([...models.keys()].map((model, arm) => [model, outcome(arm, segment)])),
    };
  });
  return assembleTable({ file: 'simulated', name: 'simulated', requests, models, skippedLines: 0 });
}
