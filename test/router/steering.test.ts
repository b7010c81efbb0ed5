/**
 * Strategy: rules, detectors of drift, the time clock and budgets in a live router: what a decision says, which events are raised, what bad
 * input is refused. Ceilings are driven over many windows against the plain sums of what was reported.
 * Not here: rules by themselves (test/rules), that logs with all of these replay (log.test.ts), figures (docs/RESULTS.md).
 */
import { expect, test } from 'vitest';
import {
  createRouterSync,
  type BudgetEvent,
  type Decision,
  type RouterOptions,
} from '../../src/index';
import { MODELS } from './routers';

const base = { models: MODELS, willingnessToPayUsd: Infinity, seed: 5 };
const make = (options: Partial<RouterOptions>) => createRouterSync({ ...base, ...options });

function decision(result: { kind: string }): Decision {
  expect(result.kind).toBe('decision');
  return result as Decision;
}

test('a rule that forces a model: it is told, the others are excluded by it, and the propensity is 1', () => {
  const router = make({
    propensity: 'exact',
    floor: { epsilon: 0.5 },
    rules: { chain: [{ when: 'keywords', keywords: ['contract'], force: 'dear', name: 'law' }] },
  });
  const forced = decision(router.select({ prompt: 'Read this Contract.' }));
  expect(forced).toMatchObject({ model: 'dear', rule: 'law', eligible: ['dear'], propensity: 1 });
  expect(forced.excluded).toEqual(['cheap', 'middle'].map((model) => ({ model, reason: 'rule' })));
  const free = decision(router.select({ prompt: 'subcontracting' }));
  expect(free).toMatchObject({ rule: undefined, excluded: [] });
});

test('a forced model that cannot be called is not replaced', () => {
  const router = make({ rules: { chain: [{ when: 'always', force: 'dear' }] } });
  router.isolate('dear');
  expect(router.select()).toMatchObject({ kind: 'no-eligible-model', rule: 'always#0' });
  expect(router.select({ eligible: ['cheap'] }).kind).toBe('no-eligible-model');
});

test('a function rule that throws leaves the router as it was, in batches too', () => {
  const router = make({
    rules: {
      chain: [
        ({ segment }) => {
          if (segment === 'bad') throw new Error('rule down');
          return undefined;
        },
      ],
    },
  });
  expect(() => router.selectBatch([{}, { segment: 'bad' }])).toThrow('rule down');
  expect(() => router.select({ segment: 'bad' })).toThrow('rule down');
  expect(decision(router.select()).sequenceNumber).toBe(0);
});

test('a model that falls raises drift once, and its posterior widens', () => {
  const router = make({ drift: {} });
  const events: unknown[] = [];
  router.on('drift', (event) => events.push(event));
  const serve = (reward: number) => {
    const { decisionId } = decision(router.select({ eligible: ['middle'] }));
    router.report(decisionId, { reward, costUsd: 0.001 });
    return decisionId;
  };
  const strength = () => {
    const { alpha, beta } = router.posteriors()!.get('middle')!;
    return alpha + beta;
  };
  for (let i = 0; i < 300; i++) serve(i % 10 === 0 ? 0 : 1);
  expect(events).toEqual([]);
  let latest = '';
  const before = strength();
  for (let i = 0; i < 60 && events.length === 0; i++) latest = serve(0);
  expect(events).toEqual([{ model: 'middle', direction: 'fallen', decisionId: latest }]);
  expect(strength()).toBeLessThan(before / 4);
});

test('by time, a report weighs by the moment of its decision, and the clock is held back', () => {
  let nowMs = 1e12;
  const router = make({ posterior: { halfLifeMs: 1000, maxClockStep: 2 }, clock: () => nowMs });
  const steps: unknown[] = [];
  router.on('clockStep', (event) => steps.push(event));
  const { decisionId } = decision(router.select());
  router.report(decisionId, { reward: 1, costUsd: 0 });
  const weight = () => {
    const all = [...router.posteriors()!.values()].map(({ alpha, beta }) => alpha + beta);
    return Math.max(...all) - Math.min(...all);
  };
  expect(weight()).toBeCloseTo(1, 9);
  nowMs += 1000;
  router.select();
  expect(weight()).toBeCloseTo(0.5, 9);
  nowMs -= 5000;
  router.select();
  expect(weight()).toBeCloseTo(0.5, 9);
  nowMs += 5000 + 10_000;
  router.select();
  expect(weight()).toBeCloseTo(0.125, 9);
  expect(steps).toContainEqual({ stepMs: 8000, nowMs, heldBackMs: 8000 });
});

test('spend keeps to its target, and the ceiling is exceeded by no more than one request', () => {
  const windowRequests = 300;
  const router = make({ budget: { usd: 0.15, windowRequests, ceilingUsd: 0.152 } });
  const events: BudgetEvent[] = [];
  router.on('budget', (event) => events.push(event));
  const dearest = { cheap: 0.0002, middle: 0.0008, dear: 0.004 } as Record<string, number>;
  const spent = [0, 0, 0];
  let unserved = 0;
  for (let i = 0; i < 3 * windowRequests; i++) {
    const result = router.select();
    if (result.kind !== 'decision') {
      expect(result.excluded.every(({ reason }) => reason === 'budget')).toBe(true);
      unserved++;
      continue;
    }
    // Costs vary by a half around their mean, answers of dearer models are better.
    const costUsd = dearest[result.model]! * (0.5 + ((i * 7) % 11) / 10);
    spent[Math.floor(i / windowRequests)]! += costUsd;
    const good = { cheap: 5, middle: 7, dear: 9 }[result.model]!;
    router.report(result.decisionId, { reward: (i * 13) % 10 < good ? 1 : 0, costUsd });
  }
  for (const usd of spent) {
    expect(usd).toBeLessThan(0.152 + 1.5 * 0.004);
    expect(Math.abs(usd / 0.15 - 1)).toBeLessThan(0.03);
  }
  expect(unserved).toBeLessThan(windowRequests / 20);
  const windows = events.filter(({ kind }) => kind === 'window');
  expect(windows).toHaveLength(2);
  windows.forEach(({ spentUsd }, i) => expect(spentUsd).toBeCloseTo(spent[i]!, 9));
});

test('expected costs count before reports come: unreported decisions meet the ceiling too', () => {
  const router = make({ budget: { usd: 0.01, windowRequests: 1_000_000, ceilingUsd: 0.01 } });
  let expectedUsd = 0;
  let served = 0;
  for (const result of router.selectBatch(Array.from({ length: 2000 }, () => ({})))) {
    if (result.kind !== 'decision') continue;
    served++;
    expectedUsd += result.expectedCostUsd;
  }
  expect(served).toBeLessThan(2000);
  expect(expectedUsd).toBeLessThanOrEqual(0.01 + 1e-12);
});

test('the price of money is told, and batches decide as single requests do', () => {
  const budget = { usd: 0.02, windowRequests: 500 };
  const one = make({ budget });
  const many = make({ budget });
  const requests = Array.from({ length: 200 }, (_, i) => ({ segment: i % 3 === 0 ? 'a' : 'b' }));
  const singly = requests.map((request) => decision(one.select(request)));
  const together = many.selectBatch(requests).map(decision);
  const told = ({ model, willingnessToPayUsd }: Decision) => [model, willingnessToPayUsd];
  expect(together.map(told)).toEqual(singly.map(told));
  expect(singly[0]!.willingnessToPayUsd).toBe(Infinity);
  expect(singly.at(-1)!.willingnessToPayUsd).toBeLessThan(Infinity);
  expect(decision(make({ willingnessToPayUsd: 0.25 }).select()).willingnessToPayUsd).toBe(0.25);
});

test('windows of time: spend per window nears its target at a steady rate of requests', () => {
  let nowMs = 0;
  const router = make({ budget: { usd: 0.2, windowMs: 400_000 }, clock: () => nowMs });
  const closed: number[] = [];
  router.on('budget', ({ kind, spentUsd }) => kind === 'window' && closed.push(spentUsd));
  for (let i = 0; i < 1300; i++) {
    nowMs += 1000;
    const { model, decisionId } = decision(router.select());
    const usd = { cheap: 0.0002, middle: 0.0008, dear: 0.004 }[model]!;
    router.report(decisionId, { reward: model === 'dear' ? 1 : 0.5, costUsd: usd });
  }
  expect(closed).toHaveLength(3);
  for (const usd of closed.slice(1)) expect(Math.abs(usd / 0.2 - 1)).toBeLessThan(0.05);
});

test.each<[string, object]>([
  ['drift', { drift: 5 }],
  ['drift', { drift: { limit: 1 } }],
  ['drift.threshold', { drift: { threshold: NaN } }],
  ['drift.keep', { drift: { keep: 1 } }],
  ['posterior.halfLifeMs', { posterior: { halfLifeMs: 0 } }],
  ['posterior.halfLifeMs', { posterior: { halfLifeMs: 5, halfLifeRequests: 5 } }],
  ['posterior.maxClockStep', { posterior: { maxClockStep: 0, halfLifeMs: 5 } }],
  ['posterior.maxClockStep', { posterior: { maxClockStep: 4 } }],
  ['budget.usd', { budget: { usd: 0, windowMs: 1 } }],
  ['budget.usd', { budget: { windowMs: 1 } }],
  ['budget.windowRequests', { budget: { usd: 1 } }],
  ['budget.windowRequests', { budget: { usd: 1, windowRequests: 1.5 } }],
  ['budget.windowMs', { budget: { usd: 1, windowRequests: 1, windowMs: 1 } }],
  ['budget.ceilingUsd', { budget: { usd: 1, windowMs: 1, ceilingUsd: 0.5 } }],
  ['budget', { budget: { usd: 1, windowMs: 1, floor: 1 } }],
  ['rules.chain', { rules: { chain: 1 } }],
])('refused by name: %s in %j', (parameter, options) => {
  try {
    make(options);
    expect.unreachable();
  } catch (error) {
    expect(error).toMatchObject({ name: 'ParameterError', parameter });
  }
});

test('a prompt is taken whether or not rules read it, and checked', () => {
  const plain = make({});
  const told = decision(plain.select({ prompt: 'x' }));
  expect({ ...told, decisionId: '' }).toEqual({ ...decision(make({}).select()), decisionId: '' });
  expect(plain.selectBatch([{ prompt: 'y' }])).toHaveLength(1);
  const ruled = make({ rules: { chain: [{ when: 'always', force: 'cheap' }] } });
  for (const router of [plain, ruled])
    expect(() => router.select({ prompt: 5 as never })).toThrow(
      /request\.prompt must be a string, got 5/,
    );
  expect(() => plain.select({ features: new Float64Array(136) })).toThrow(/with keys among/);
});
