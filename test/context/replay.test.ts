/**
 * Strategy: the replay loop with prompts against the loop in slow TypeScript (reference streams and draws, dense posteriors), choice by choice across the
 * freezing of the encoder; then what must not matter (chunks, earlier runs) and what is refused.
 * Not here: the block itself (block.test.ts), whether prompts pay on recorded traffic (docs/RESULTS.md).
 */
import { describe, expect, it } from 'vitest';
import { PromptEncoder } from '../../src/index';
import { ParameterError } from '../../src/core/errors';
import { Generator } from '../../src/random/generator';
import { ReplayEngine, type RunOptions } from '../../src/replay/engine';
import { replayTable } from '../../src/replay/replay';
import type { OutcomeTable } from '../../src/replay/table';
import { ReferenceContext } from '../reference/context';
import { Purpose, ReferenceStream, streamBase } from '../reference/rng';
import { Counts, nextNormal } from '../reference/samplers';
import { simulatedTable } from '../replay/tables';

const WORDS = 'sort poem code why prime rain list who won 7 42 music river python story sum'.split(
  ' ',
);

/** A table whose prompts tell something of the answers. */
function promptTable(rows: number): OutcomeTable {
  const table = simulatedTable({ rows, arms: 3, segments: 2 });
  const g = new Generator(5, 0);
  const prompts = Array.from({ length: rows }, (_, row) => {
    const words = Array.from({ length: 2 + g.index(8) }, () => WORDS[g.index(WORDS.length)]!);
    return [...words, `item${row % 700}`].join(' ');
  });
  const quality = table.quality.map((value, i) =>
    prompts[Math.floor(i / 3)]!.includes('poem') && i % 3 === 0 ? 1 : value,
  );
  return { ...table, prompts, quality };
}

const engine = (table: OutcomeTable, kind: 'alone' | 'beside', chunkRequests = 1000) =>
  new ReplayEngine(table, {
    flat: kind === 'alone',
    halfLifeRequests: Infinity,
    chunkRequests,
    prompts: { policy: 'thompson-context', kind },
  });

const run = (table: OutcomeTable, changes: Partial<RunOptions> = {}): RunOptions => ({
  seed: 3,
  order: new Generator(9, 0).permutation(table.rows),
  costWeight: 50,
  explorationScale: 1,
  ...changes,
});

/** The loop of one expert with known costs, up to and beyond the freezing. */
function referenceRun(
  table: OutcomeTable,
  { seed, order, costWeight }: RunOptions,
  known: number[],
) {
  const base = streamBase(BigInt(seed), Purpose.CONTEXT);
  const encoder = new PromptEncoder();
  const context = new ReferenceContext(
    table.arms.list.map(({ family }) => family),
    8,
  );
  const rows: { x: number[]; arm: number; reward: number; costUsd: number }[] = [];
  const prompts: string[] = [];
  return Array.from(order, (row, position) => {
    const prompt = table.prompts![row]!;
    if (encoder.observe(prompt)) {
      const again = encoder.encodeAll(prompts);
      context.relearn(
        24,
        rows.map((one, i) => ({ ...one, x: Array.from(again.subarray(136 * i, 136 * i + 24)) })),
      );
    }
    const x = Array.from(encoder.encode(prompt).subarray(0, 24));
    const stream = ReferenceStream.at(base, BigInt(position));
    const utilities = context.predict(x, known).map(({ mean, variance }, arm) => {
      return (
        mean + Math.sqrt(variance) * nextNormal(stream, new Counts()) - costWeight * known[arm]!
      );
    });
    const arm = utilities.indexOf(Math.max(...utilities));
    const cell = 3 * row + arm;
    const observed = { x, arm, reward: table.quality[cell]!, costUsd: table.costUsd[cell]! };
    context.observe(observed, known);
    rows.push(observed);
    prompts.push(prompt);
    return arm;
  });
}

describe('replay with prompts', () => {
  it('chooses as the loop in TypeScript, before the encoder is frozen', () => {
    const table = promptTable(300);
    const known = [0.001, 0.002, 0.004];
    const options = run(table, { knownCostUsd: Float64Array.from(known) });
    expect([...engine(table, 'alone').run(options)]).toEqual(referenceRun(table, options, known));
  });

  it.each(['alone', 'beside'] as const)('%s: chunks and earlier runs change nothing', (kind) => {
    const table = promptTable(900);
    const whole = engine(table, kind);
    const chosen = whole.run(run(table));
    whole.run(run(table, { seed: 4 }));
    expect(whole.run(run(table))).toEqual(chosen);
    for (const chunk of [1, 499, 500, 501])
      expect(engine(table, kind, chunk).run(run(table))).toEqual(chosen);
    expect(whole.run(run(table, { seed: 5 }))).not.toEqual(chosen);
  });

  it('learns what the prompts tell', () => {
    const table = promptTable(2500);
    const own = engine(table, 'alone');
    // Over eight seeds: now and then one settles on the arm that is best without the prompt.
    const shares = [3, 4, 5, 6, 7, 8, 9, 10].map((seed) => {
      const options = run(table, { costWeight: 0, seed });
      const chosen = own.run(options);
      const share = (poem: boolean) => {
        const late = [...chosen.keys()].filter((p) => p > 1500);
        const some = late.filter(
          (p) => table.prompts![options.order[p]!]!.includes('poem') === poem,
        );
        return some.filter((p) => chosen[p] === 0).length / some.length;
      };
      return share(true) - share(false);
    });
    expect(shares.reduce((sum, share) => sum + share, 0) / shares.length).toBeGreaterThan(0.4);
    expect(shares.filter((share) => share > 0.2).length).toBeGreaterThanOrEqual(7);
  });

  it('is refused on a table without prompts, by name', () => {
    const table = simulatedTable({ rows: 20, arms: 2, segments: 1 });
    const options = {
      policies: ['thompson-full'],
      seeds: 1,
      firstSeed: 1,
      willingnessToPayUsd: 0.01,
      explorationScale: 1,
      halfLifeRequests: Infinity,
      chunkRequests: 100,
      sweep: false,
      synthetic: false,
    };
    expect(() => replayTable(table, options)).toThrow(ParameterError);
    expect(() => replayTable(table, options)).toThrow(
      /--policy thompson-full must be used on tables whose every request has its prompt/,
    );
  });
});
