/**
 * Cold start: six new models, and what is believed of them before their first answer decides how much the first day costs.
 * Run it with `npx tsx examples/coldStart.ts`.
 */
import { createRouterSync, type PriorOptions } from '../src/index';
import { ModelSimulator, outcomeOf, routeOf } from '../src/simulator';
import { printTable } from './support/table';

const WORLDS = 40;
const REQUESTS = 120;

const model = (family: string, quality: number) => ({
  family,
  quality,
  usdPerMillionInputTokens: 1,
  usdPerMillionOutputTokens: 4,
});
/** One model of each family has answered for weeks; the others are new. */
const models = {
  'a-old': model('a', 0.86),
  'a-new': model('a', 0.9),
  'a-mini': model('a', 0.84),
  'b-old': model('b', 0.6),
  'b-new': model('b', 0.64),
  'b-mini': model('b', 0.55),
  'c-old': model('c', 0.4),
  'c-new': model('c', 0.45),
  'c-mini': model('c', 0.35),
};
const KNOWN = ['a-old', 'b-old', 'c-old'];
const NEW = Object.keys(models).filter((id) => !KNOWN.includes(id));

/** What an expert would guess who has read the makers’ announcements: roughly right, worth ten answers. */
const guesses = Object.fromEntries(
  Object.entries(models).map(([id, { quality }]) => [id, { mean: quality - 0.03, strength: 10 }]),
);

/** Expected quality of each of the first requests that the new models serve, averaged over worlds. */
function learn(priors: PriorOptions): number[] {
  const curve = new Array<number>(REQUESTS).fill(0);
  for (let seed = 1; seed <= WORLDS; seed++) {
    const world = new ModelSimulator({ models, seed });
    const router = createRouterSync({
      models: world.models,
      willingnessToPayUsd: 1,
      priors,
      clock: world.clock,
      seed,
    });
    for (const request of world.requests(150 + REQUESTS)) {
      const { number } = request;
      const eligible = number < 150 ? [KNOWN[number % KNOWN.length]!] : NEW;
      const decision = router.select({ ...routeOf(request), eligible });
      if (decision.kind !== 'decision') throw new Error('no model may answer');
      router.report(decision.decisionId, outcomeOf(world.call(decision.model, request)));
      if (number >= 150) curve[number - 150]! += world.expectedQuality(decision.model) / WORLDS;
    }
  }
  return curve;
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

/** The first request at which the mean of the last five is 90 % of the best model's quality. */
function learnedAt(curve: readonly number[]): string {
  const at = curve.findIndex(
    (_, t) => mean(curve.slice(Math.max(0, t - 4), t + 1)) >= 0.9 * models['a-new'].quality,
  );
  return at < 0 ? `more than ${REQUESTS}` : String(at + 1);
}

const rows: [string, PriorOptions][] = [
  ['uniform: nothing is believed', 'uniform'],
  ['family: as good as their relatives', 'family'],
  ['experts’ guesses', guesses],
];
printTable(
  `The first ${REQUESTS} requests of six new models; the best of them is right in 90 % (means of ${WORLDS} worlds)`,
  ['prior', 'right in requests 1–10', '11–30', '31–120', 'requests to 90 % of the best'],
  rows.map(([name, priors]) => {
    const curve = learn(priors);
    const percent = (from: number, to: number) =>
      `${(100 * mean(curve.slice(from, to))).toFixed(0)} %`;
    return [name, percent(0, 10), percent(10, 30), percent(30, 120), learnedAt(curve)];
  }),
);
