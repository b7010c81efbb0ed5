/**
 * Strategy: a live router with `bestOf` against the replay policy `thompson-best-of-n` on the same table of recorded samples: with one seed, and the samples drawn as the
 * replay draws them (by the reference of the streams), every decision must be the same, without and with forgetting.
 * Not here: what the option does (bestOf.test.ts), the replay itself (test/replay/levels.test.ts).
 */
import { expect, test } from 'vitest';
import { parseModels } from '../../src/arms/models';
import { createRouterSync } from '../../src/index';
import { Generator } from '../../src/random/generator';
import { assembleTable } from '../../src/replay/assembleTable';
import { withLevels } from '../../src/replay/levels';
import { LevelsEngine } from '../../src/replay/levelsEngine';
import { parseRecordedRequest } from '../../src/replay/parseRequest';
import { Purpose, ReferenceStream, streamBase } from '../reference/rng';
import { decided, model } from './routers';

const ROWS = 1200;
const MODELS = {
  small: model('f', 1, 2),
  large: model('f', 10, 20),
  once: { ...model('g', 2, 4), maxSamples: 1 },
};

/** Three samples of each model but one; the segments come in turn at first, so that the router has them as soon as the table. */
const LINES = (() => {
  const generator = new Generator(4, 40);
  return Array.from({ length: ROWS }, (_, i) => {
    const outcomes = Object.fromEntries(
      Object.keys(MODELS).map((id, m) => {
        const rate = [0.2, 0.4, 0.35][m]! + 0.5 * generator.unit();
        const samples = Array.from({ length: id === 'once' ? 1 : 3 }, () => ({
          quality: generator.index(3) === 0 ? generator.unit() : Number(generator.unit() < rate),
          costUsd: [1, 1.6, 1.5][m]! * 1e-3 * (0.5 + generator.unit()),
        }));
        return [id, samples];
      }),
    );
    return { segment: i < 2 ? `s${i}` : `s${generator.index(2)}`, outcomes };
  });
})();

const TABLE = withLevels(
  assembleTable({
    file: 'f',
    name: 'n',
    requests: LINES.map((line, i) =>
      parseRecordedRequest(JSON.stringify({ id: `${i}`, promptTokens: 100 + (i % 50), ...line })),
    ),
    models: parseModels('models', MODELS),
    skippedLines: 0,
  }),
);

/** The first n of a permutation of the recorded samples: docs/MATH.md §29. */
function drawn<T>(samples: readonly T[], sequenceNumber: number, seed: bigint, n: number): T[] {
  const stream = ReferenceStream.at(streamBase(seed, Purpose.BEST_OF_N), BigInt(sequenceNumber));
  const order = [...samples];
  return Array.from({ length: n }, (_, i) => {
    const j = i + Math.floor(stream.nextUnit() * (order.length - i));
    const sample = order[j]!;
    order[j] = order[i]!;
    return sample;
  });
}

test.each([Infinity, 40])(
  'decides as the policy does, at a half-life of %s',
  (halfLifeRequests) => {
    const engine = new LevelsEngine(
      TABLE,
      { flat: false, halfLifeRequests, chunkRequests: 4096 },
      undefined,
    );
    const order = Uint32Array.from({ length: ROWS }, (_, i) => i);
    const chosen = engine.run({ seed: 3, order, costWeight: 100, explorationScale: 3 });
    const router = createRouterSync({
      models: MODELS,
      willingnessToPayUsd: 0.01,
      explorationScale: 3,
      seed: 3,
      bestOf: { maxSamples: 3 },
      posterior: { halfLifeRequests },
      breakers: false,
    });
    const asked = LINES.map(({ segment, outcomes }, i) => {
      const decision = decided(router.select({ segment, promptTokens: 100 + (i % 50) }));
      const { model: id, n, decisionId, sequenceNumber } = decision;
      const run = drawn(outcomes[id]!, sequenceNumber, 3n, n!);
      const samples = run.map(({ quality, costUsd }) => ({ score: quality, costUsd }));
      router.report(decisionId, { samples });
      return n === 1 ? id : `${id}×${n}`;
    });
    expect(asked).toEqual(Array.from(chosen, (arm) => TABLE.arms.list[arm]!.model));
    expect(new Set(asked).size).toBeGreaterThan(3);
  },
);
