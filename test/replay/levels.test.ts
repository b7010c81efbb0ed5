/**
 * Strategy: tables of several samples from the line to the (model, n) arms against hand-made figures; the engine against the plain
 * replay where n = 1 is all there is, by laws (pieces, bandit feedback, forgetting) and by rules whose choice is known.
 * Not tested here: the statistics (test/best-of-n), bits (test/golden), recorded tables (test/cli/bestOfRecorded.test.ts).
 */
import { describe, expect, test } from 'vitest';
import { parseModels } from '../../src/arms/models';
import { assembleTable } from '../../src/replay/assembleTable';
import { ReplayEngine } from '../../src/replay/engine';
import { withLevels } from '../../src/replay/levels';
import { LevelsEngine } from '../../src/replay/levelsEngine';
import { parseRecordedRequest } from '../../src/replay/parseRequest';
import { learningPolicy, needsSamples, staticPolicy } from '../../src/replay/policies/catalog';
import { replayTable } from '../../src/replay/replay';
import type { OutcomeTable } from '../../src/replay/table';
import { Generator } from '../../src/random/generator';
import { expectRefusal } from '../support/refusal';

const MODELS = {
  small: { family: 'f', usdPerMillionInputTokens: 1, usdPerMillionOutputTokens: 2 },
  large: { family: 'f', usdPerMillionInputTokens: 10, usdPerMillionOutputTokens: 20 },
  single: { family: 'g', usdPerMillionInputTokens: 2, usdPerMillionOutputTokens: 4 },
};

function tableOf(lines: readonly object[]): OutcomeTable {
  return assembleTable({
    file: 'f',
    name: 'n',
    requests: lines.map((line) => parseRecordedRequest(JSON.stringify(line))),
    models: parseModels('models', MODELS),
    skippedLines: 0,
  });
}

const sample = (quality: number, costUsd: number) => ({ quality, costUsd });

const TWO = [
  {
    id: 'a',
    segment: 's',
    outcomes: {
      small: [sample(0, 1), sample(1, 2), sample(0.5, 3)],
      large: [sample(1, 4), sample(0, 6), sample(1, 5), sample(1, 5)],
      single: sample(0.5, 1),
    },
  },
  {
    id: 'b',
    segment: 't',
    outcomes: {
      small: [sample(0.25, 1), sample(0.25, 1), sample(0.75, 1)],
      large: [sample(0, 4), sample(1, 4)],
      single: [sample(0.5, 3)],
    },
  },
];

describe('a table of several samples', () => {
  const base = tableOf(TWO);
  const wide = withLevels(base);
  const cell = (id: string, row: number, values: Float64Array) =>
    values[row * wide.arms.list.length + wide.arms.indexOf.get(id)!];

  test('keeps the first sample as the outcome of its model, and all that every row has', () => {
    expect([...base.quality]).toEqual([1, 0.5, 0, 0, 0.5, 0.25]);
    const small = base.arms.indexOf.get('small')!;
    expect(base.quality[small]).toBe(0);
    expect(base.costUsd[small]).toBe(1);
    expect(base.samples).toMatchObject({ most: 3 });
    expect([...base.samples!.recorded]).toEqual([2, 1, 3]);
  });

  test('has an arm for every model and n, in the order of their ids', () => {
    expect(wide.arms.list.map(({ model }) => model)).toEqual([
      'large',
      'large×2',
      'single',
      'small',
      'small×2',
      'small×3',
    ]);
    expect(wide.arms.list[5]!.usdPerOutputToken).toBeCloseTo(6e-6, 18);
    expect(wide.arms.list[5]!.family).toBe(base.arms.list[2]!.family);
  });

  test('is worth the exact expectation, at n times the mean cost', () => {
    expect(cell('small', 0, wide.quality)).toBeCloseTo(0.5, 14);
    expect(cell('small×2', 0, wide.quality)).toBeCloseTo((0.5 + 1 + 1) / 3, 14);
    expect(cell('small×3', 0, wide.quality)).toBe(1);
    expect(cell('small×2', 1, wide.quality)).toBeCloseTo((0.25 + 0.75 + 0.75) / 3, 14);
    expect(cell('small×3', 0, wide.costUsd)).toBeCloseTo(6, 14);
    // The third and fourth sample of the first row are not in the second, so they count in none.
    expect(cell('large', 0, wide.quality)).toBeCloseTo(0.5, 14);
    expect(cell('large×2', 0, wide.costUsd)).toBeCloseTo(10, 14);
  });

  test('is refused without samples, and where ids collide', () => {
    const plain = tableOf([{ id: 'a', outcomes: { small: sample(1, 1), large: sample(1, 1) } }]);
    expect(plain.samples).toBeUndefined();
    const allowed = 'used on tables with several samples of a model for every request';
    expectRefusal(() => withLevels(plain), '--policy of best-of-n arms', allowed, 'n');
    const both = { small: [sample(1, 1), sample(0, 1)], 'small×2': sample(1, 1) };
    const taken = 'without another one and ×N behind it';
    expectRefusal(
      () => withLevels(tableOf([{ id: 'a', outcomes: both }])),
      'ids of models',
      taken,
      'n',
    );
  });

  test('leaves out samples whose quality or cost is not known', () => {
    const outcomes = { small: [sample(1, 1), { costUsd: 1 }, sample(0, 1)] };
    const table = tableOf([{ id: 'a', outcomes }]);
    expect([...table.samples!.quality]).toEqual([1, 0]);
  });
});

/** A world of two segments in which samples of a prompt agree in part. */
function world(rows: number, change: (model: string, quality: number) => number = (_, q) => q) {
  const generator = new Generator(4, 40);
  const lines = Array.from({ length: rows }, (_, i) => {
    const segment = generator.index(2);
    const outcomes = Object.fromEntries(
      Object.keys(MODELS).map((model, m) => {
        const rate =
          generator.unit() < 0.5 ? Number(generator.unit() < 0.3 + 0.2 * m) : 0.4 + 0.2 * m;
        const samples = Array.from({ length: model === 'single' ? 1 : 3 }, () =>
          sample(
            change(model, Number(generator.unit() < rate)),
            (1 + 4 * m) * 1e-3 * (0.5 + generator.unit()),
          ),
        );
        return [model, samples];
      }),
    );
    return { id: String(i), segment: `s${segment}`, promptTokens: 100, outcomes };
  });
  return tableOf(lines);
}

const ENGINE = { flat: false, halfLifeRequests: Infinity, chunkRequests: 4096 };
const runOf = (table: OutcomeTable, more = {}) => ({
  seed: 3,
  order: Uint32Array.from({ length: table.rows }, (_, i) => i),
  costWeight: 50,
  explorationScale: 1,
  ...more,
});

describe('the engine of (model, n) arms', () => {
  const wide = withLevels(world(600));
  const chosen = new LevelsEngine(wide, ENGINE, undefined).run(runOf(wide));

  test('with one sample of each model is the plain replay, to the last decision', () => {
    const base = world(500);
    const most = 1;
    const values = (all: Float64Array) => all.filter((_, i) => i % base.samples!.most === 0);
    const { quality, costUsd } = base.samples!;
    const one = {
      ...base,
      samples: {
        most,
        recorded: new Uint32Array(3).fill(1),
        quality: values(quality),
        costUsd: values(costUsd),
      },
    };
    const single = withLevels(one);
    expect(single.arms.list.length).toBe(3);
    for (const halfLifeRequests of [Infinity, 4]) {
      const options = { ...ENGINE, halfLifeRequests };
      const plain = new ReplayEngine(base, options).run(runOf(base));
      expect([...new LevelsEngine(single, options, undefined).run(runOf(base))]).toEqual([
        ...plain,
      ]);
    }
  });

  test('gives the same in pieces, and again', () => {
    const engine = new LevelsEngine(wide, { ...ENGINE, chunkRequests: 7 }, undefined);
    expect([...engine.run(runOf(wide))]).toEqual([...chosen]);
    expect([...engine.run(runOf(wide))]).toEqual([...chosen]);
  });

  test('learns from the samples it drew only', () => {
    // What a model would have answered is changed wherever it was not asked: nothing else changes.
    const asked = new Set(Array.from(chosen, (arm, row) => `${row} ${wide.levels!.models[arm]}`));
    const base = wide.levels!.base;
    const quality = base.samples!.quality.map((q, i) => {
      const cell = Math.floor(i / base.samples!.most);
      return asked.has(`${Math.floor(cell / 3)} ${cell % 3}`) ? q : 1 - q;
    });
    const other = withLevels({ ...base, samples: { ...base.samples!, quality } });
    expect([...new LevelsEngine(other, ENGINE, undefined).run(runOf(other))]).toEqual([...chosen]);
  });

  test('tries several n', () => {
    expect(new Set(chosen).size).toBeGreaterThan(3);
  });

  test('learns of every smaller n from the samples of one run', () => {
    const large = withLevels(world(6000));
    const arms = large.arms.list.length;
    const knownCostUsd = new Float64Array(arms).fill(1e3);
    knownCostUsd[large.arms.indexOf.get('large×3')!] = 0;
    const engine = new LevelsEngine(large, ENGINE, undefined);
    engine.run(runOf(large, { knownCostUsd }));
    const means = engine.meanQualities();
    for (const id of ['large', 'large×2', 'large×3']) {
      const arm = large.arms.indexOf.get(id)!;
      const truth =
        large.quality.reduce((sum, q, i) => sum + (i % arms === arm ? q : 0), 0) / large.rows;
      // 6,000 rewards of standard deviation up to 1/2, and a prior worth up to 24 in each of two segments.
      expect(Math.abs(means[arm]! - truth)).toBeLessThan(4 * 0.5 * Math.sqrt(1 / 6000) + 24 / 3000);
    }
  });

  test('forgets without a trace in its range', () => {
    const engine = new LevelsEngine(wide, { ...ENGINE, halfLifeRequests: 2 }, undefined);
    expect(engine.run(runOf(wide)).every((arm) => arm >= 0 && arm < 7)).toBe(true);
    expect(engine.meanQualities().every((mean) => mean > 0 && mean < 1)).toBe(true);
  });

  test('at known costs takes the one that is free', () => {
    const knownCostUsd = new Float64Array(7).fill(1e3);
    knownCostUsd[1] = 0;
    const free = new LevelsEngine(wide, ENGINE, undefined).run(runOf(wide, { knownCostUsd }));
    expect(new Set(free)).toEqual(new Set([1]));
  });

  test('by BEST-Route at threshold 0 takes the cheapest, at 1 nearly always the strong arm', () => {
    const knownCostUsd = Float64Array.from([5, 10, 15, 3, 1, 2, 3]);
    const share = (threshold: number, arm: string) => {
      const run = new LevelsEngine(wide, ENGINE, threshold).run(runOf(wide, { knownCostUsd }));
      return run.filter((one) => one === wide.arms.indexOf.get(arm)).length / run.length;
    };
    expect(share(0, 'small')).toBe(1);
    expect(share(1, 'single')).toBeGreaterThan(0.95);
  });
});

describe('policies', () => {
  test('are known by name', () => {
    expect(learningPolicy('best-route:0.8')).toMatchObject({ bestOf: { threshold: 0.8 } });
    expect(learningPolicy('thompson-best-of-n')).toMatchObject({
      bestOf: { threshold: undefined },
    });
    for (const text of ['', ' ', 'NaN', '1.1', '-0.1', 'x'])
      expect(() => learningPolicy(`best-route:${text}`)).toThrow(
        /--policy best-route: must be in \[0, 1\]/,
      );
    const { arms } = tableOf(TWO);
    expect(needsSamples('fixed:small×3', arms)).toBe(true);
    expect(needsSamples('fixed:small', arms)).toBe(false);
    expect(needsSamples('thompson', arms)).toBe(false);
    expect(() => staticPolicy('best', arms)).toThrow(/best-route:THRESHOLD/);
  });

  test('of one sample ask once on a table of several, and all share one hull', () => {
    const wide = withLevels(world(300));
    const policies = [
      'thompson',
      'thompson-best-of-n',
      'best-route:0.7',
      'fixed:large×3',
      'oracle',
    ];
    const { result } = replayTable(wide, {
      policies,
      seeds: 2,
      firstSeed: 1,
      willingnessToPayUsd: 0.1,
      explorationScale: 1,
      halfLifeRequests: Infinity,
      chunkRequests: 4096,
      sweep: false,
      synthetic: false,
    });
    const [thompson, best, , fixed] = result.policies;
    const severalOf = (shares: Readonly<Record<string, number>>) =>
      Object.entries(shares).reduce((sum, [id, share]) => sum + (id.includes('×') ? share : 0), 0);
    expect(severalOf(thompson!.shares)).toBe(0);
    expect(severalOf(best!.shares)).toBeGreaterThan(0);
    expect(fixed!.shares['large×3']).toBe(1);
    expect(result.table.models).toContain('small×2');
  });
});
