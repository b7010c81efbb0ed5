/**
 * Strategy: the replay loop of the kernel against the whole loop in slow TypeScript (reference evidence, reference
 * draws), choice by choice; then what must not matter (chunks, earlier runs) and what must (seed, half-life, costs).
 * Not here: estimates made from the choices (estimates.test.ts), the command around it (test/cli).
 */
import { describe, expect, it } from 'vitest';
import { Generator } from '../../src/random/generator';
import { ReplayEngine, type EngineOptions, type RunOptions } from '../../src/replay/engine';
import type { OutcomeTable } from '../../src/replay/table';
import { referenceDecision } from '../reference/decision';
import { ReferenceEvidence } from '../reference/evidence';
import { Purpose, streamBase } from '../reference/rng';
import { simulatedTable } from './tables';

const ENGINE: EngineOptions = { flat: false, halfLifeRequests: Infinity, chunkRequests: 1000 };

function runOptions(table: OutcomeTable, changes: Partial<RunOptions> = {}): RunOptions {
  return {
    seed: 3,
    order: new Generator(9, 0).permutation(table.rows),
    costWeight: 50,
    explorationScale: 1,
    ...changes,
  };
}

function referenceRun(table: OutcomeTable, engine: EngineOptions, run: RunOptions): number[] {
  const arms = table.arms.list.length;
  const prior = { priorMean: 0.5, priorStrength: 2, halfLifeRequests: engine.halfLifeRequests };
  const evidence = new ReferenceEvidence(
    table.arms.list,
    prior,
    engine.flat ? 1 : table.segmentNames.length,
  );
  const base = streamBase(BigInt(run.seed), Purpose.SELECTION);
  const { costWeight, explorationScale } = run;
  const known = run.knownCostUsd && { knownCostUsd: [...run.knownCostUsd] };
  return Array.from(run.order, (row, clock) => {
    const segment = engine.flat ? 0 : table.segments[row]!;
    const promptTokens = table.promptTokens[row]!;
    const posteriors = evidence.posteriors(segment, clock, promptTokens);
    const arm = referenceDecision(posteriors, {
      base,
      sequence: BigInt(clock),
      costWeight,
      explorationScale,
      ...known,
    });
    const cell = row * arms + arm;
    evidence.observe({
      segment,
      arm,
      reward: table.quality[cell]!,
      costUsd: table.costUsd[cell]!,
      promptTokens,
      clock,
    });
    return arm;
  });
}

describe('the replay loop chooses as the reference does', () => {
  const binary = simulatedTable({ rows: 300, arms: 3, segments: 3 });
  const graded = simulatedTable({ rows: 300, arms: 4, segments: 2, graded: true });

  it.each([
    { name: 'as it is', table: binary, engine: {}, run: {} },
    { name: 'graded, forgetting', table: graded, engine: { halfLifeRequests: 40 }, run: {} },
    { name: 'flat', table: binary, engine: { flat: true }, run: { seed: 4_294_967_295 } },
    {
      name: 'known costs',
      table: graded,
      engine: {},
      run: { knownCostUsd: Float64Array.of(0.001, 0.01, 0.002, 0) },
    },
    {
      name: 'half the spread, landmarks',
      table: binary,
      engine: { halfLifeRequests: 2 },
      run: { explorationScale: 0.5 },
    },
    { name: 'no spread', table: binary, engine: {}, run: { explorationScale: 0 } },
  ])('$name', ({ table, engine, run }) => {
    const [engineOptions, options] = [{ ...ENGINE, ...engine }, runOptions(table, run)];
    const chosen = new ReplayEngine(table, engineOptions).run(options);
    expect([...chosen]).toEqual(referenceRun(table, engineOptions, options));
  });
});

describe('the replay loop', () => {
  const table = simulatedTable({ rows: 2000, arms: 5, segments: 7 });
  const replay = (engine: Partial<EngineOptions> = {}, run: Partial<RunOptions> = {}) => [
    ...new ReplayEngine(table, { ...ENGINE, ...engine }).run(runOptions(table, run)),
  ];
  const plain = replay();

  it.each([1, 7, 255, 256, 1999, 2000, 1e9])(
    'chooses the same in chunks of %d',
    (chunkRequests) => {
      expect(replay({ chunkRequests })).toEqual(plain);
    },
  );

  it('forgets everything between runs', () => {
    const engine = new ReplayEngine(table, ENGINE);
    engine.run(
      runOptions(table, { seed: 99, costWeight: 0, knownCostUsd: new Float64Array(5).fill(1) }),
    );
    expect([...engine.run(runOptions(table))]).toEqual(plain);
  });

  it('follows its seed', () => {
    expect(replay({}, { seed: 3 })).toEqual(plain);
    expect(replay({}, { seed: 4 })).not.toEqual(plain);
  });

  it('learns differently when it forgets', () => {
    expect(replay({ halfLifeRequests: 50 })).not.toEqual(plain);
    // A half-life far beyond the run is none: weights differ by 1e-9, which decides no choice here.
    expect(replay({ halfLifeRequests: 1e15 })).toEqual(plain);
  });

  it('goes by quality alone where all arms are known to cost the same', () => {
    const free = replay({}, { costWeight: 0 });
    expect(replay({}, { knownCostUsd: new Float64Array(5).fill(0.004) })).toEqual(free);
    expect(free).not.toEqual(plain);
  });

  it('never calls an arm whose known cost outweighs any quality', () => {
    const knownCostUsd = Float64Array.of(0, 0, 1, 0, 0);
    expect(replay({}, { knownCostUsd })).not.toContain(2);
  });

  it('chooses an arm of the table at every position, in every order', () => {
    const order = Uint32Array.from({ length: table.rows }, (_, i) => table.rows - 1 - i);
    const chosen = replay({}, { order });
    expect(chosen).toHaveLength(table.rows);
    expect(chosen.every((arm) => Number.isInteger(arm) && arm >= 0 && arm < 5)).toBe(true);
  });

  it('takes the only choice there is', () => {
    const alone = simulatedTable({ rows: 10, arms: 1, segments: 1 });
    expect([...new ReplayEngine(alone, ENGINE).run(runOptions(alone))]).toEqual(Array(10).fill(0));
  });
});
