/**
 * Model rot: the best of three models goes bad overnight, and nobody says so. One router forgets old reports, one does not.
 * Run it with `npx tsx examples/modelRot.ts`.
 */
import { createRouterSync } from '../src/index';
import { ModelSimulator, outcomeOf, routeOf } from '../src/simulator';
import { printPlot } from './support/plot';
import { printTable } from './support/table';

const REQUESTS = 2400;
const ROT_AT = 1000;
const COLUMN = 40;

const model = (quality: number) => ({
  usdPerMillionInputTokens: 1,
  usdPerMillionOutputTokens: 4,
  quality,
  gradeStrength: 20, // answers are graded, as a judge or a rubric would
});

function live(halfLifeRequests: number) {
  // The same seed: both routers see the same requests, and the same answers where they ask the same model.
  const world = new ModelSimulator({
    models: { best: model(0.93), second: model(0.88), third: model(0.8) },
    seed: 5,
  });
  const router = createRouterSync({
    models: world.models,
    willingnessToPayUsd: 1,
    posterior: { halfLifeRequests },
    clock: world.clock,
    seed: 1,
  });
  const choices: string[] = [];
  let lost = 0;
  for (const request of world.requests(REQUESTS)) {
    if (request.number === ROT_AT) world.degrade('best', { quality: 0.6 });
    const decision = router.select(routeOf(request));
    if (decision.kind !== 'decision') throw new Error('no model may answer');
    router.report(decision.decisionId, outcomeOf(world.call(decision.model, request)));
    choices.push(decision.model);
    const best = Math.max(...router.models.map((id) => world.expectedQuality(id)));
    if (request.number >= ROT_AT) lost += best - world.expectedQuality(decision.model);
  }
  return { choices, lost };
}

/** Share of the model that rots, column by column. */
function shares(choices: readonly string[]): number[] {
  return Array.from({ length: REQUESTS / COLUMN }, (_, column) => {
    const some = choices.slice(column * COLUMN, (column + 1) * COLUMN);
    return some.filter((chosen) => chosen === 'best').length / COLUMN;
  });
}

/** Requests after the rot until the rotten model has at most half of the last 50. */
function requestsToLeave(choices: readonly string[]): string {
  for (let t = ROT_AT; t < REQUESTS; t++) {
    const last = choices.slice(t - 49, t + 1).filter((chosen) => chosen === 'best').length;
    if (2 * last <= 50) return String(t - ROT_AT + 1);
  }
  return 'never';
}

const forgetting = live(100);
const remembering = live(Infinity);

printPlot(
  'Share of the model that goes bad at request 1,000',
  [
    { mark: '░', name: 'forgets nothing', values: shares(remembering.choices) },
    { mark: '█', name: 'half-life of 100 requests', values: shares(forgetting.choices) },
  ],
  `0${' '.repeat(ROT_AT / COLUMN - 1)}↑ ${ROT_AT}${' '.repeat(28)}${REQUESTS}`,
);
printTable(
  'After the model has gone bad',
  ['router', 'requests until it has half of the traffic', 'quality lost, in right answers'],
  [
    ['half-life of 100 requests', requestsToLeave(forgetting.choices), forgetting.lost.toFixed(1)],
    ['forgets nothing', requestsToLeave(remembering.choices), remembering.lost.toFixed(1)],
  ],
);
