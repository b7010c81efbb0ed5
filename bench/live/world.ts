/**
 * Simulated worlds with every answer drawn beforehand: what each arm would have answered to each request stands in arrays, so
 * every contestant lives through the same world, whatever it chooses.
 */
import type { ModelOptions } from '../../src/arms/models';
import { ModelSimulator, type Degradation, type SimulatorOptions } from '../../src/simulator';

export interface World {
  readonly arms: readonly string[];
  readonly models: Readonly<Record<string, ModelOptions>>;
  readonly requests: number;
  /** Of each request. */
  readonly segments: readonly (string | undefined)[];
  readonly promptTokens: Float64Array;
  /** Row by request, column by arm: what the answer's quality would be, and what is to be expected of it. */
  readonly quality: Float64Array;
  readonly expected: Float64Array;
  readonly costUsd: Float64Array;
  readonly latencyMs: Float64Array;
}

/** Something that happens to a model before a request. */
export interface Change {
  readonly at: number;
  readonly model: string;
  readonly degradation: Degradation;
}

export interface WorldPlan {
  readonly models: SimulatorOptions['models'];
  readonly segments?: NonNullable<SimulatorOptions['segments']>;
  readonly requests: number;
  readonly changes?: readonly Change[];
}

/** Lives through a plan once, asking every model every request. */
export function drawWorld(
  { models, segments, requests, changes = [] }: WorldPlan,
  seed: number,
): World {
  // No answer is given up, however long it takes: these worlds are about quality and cost.
  const patient = Object.entries(models).map(([id, one]) => [id, { ...one, timeoutMs: Infinity }]);
  const simulator = new ModelSimulator({
    models: Object.fromEntries(patient) as WorldPlan['models'],
    ...(segments && { segments }),
    seed,
  });
  const arms = Object.keys(models);
  const matrix = () => new Float64Array(requests * arms.length);
  const world = {
    arms,
    models: simulator.models,
    requests,
    segments: [] as (string | undefined)[],
    promptTokens: new Float64Array(requests),
    quality: matrix(),
    expected: matrix(),
    costUsd: matrix(),
    latencyMs: matrix(),
  };
  for (const request of simulator.requests(requests)) {
    const { number, segment, promptTokens } = request;
    for (const { at, model, degradation } of changes)
      if (at === number) simulator.degrade(model, degradation);
    world.segments.push(segment);
    world.promptTokens[number] = promptTokens;
    arms.forEach((arm, a) => {
      const reply = simulator.call(arm, request);
      if (reply.kind === 'error') throw new Error('these worlds have no errors');
      const place = number * arms.length + a;
      world.quality[place] = reply.quality;
      world.expected[place] = simulator.expectedQuality(arm, segment);
      world.costUsd[place] = reply.costUsd;
      world.latencyMs[place] = reply.latencyMs;
    });
  }
  return world;
}
