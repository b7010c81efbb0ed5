/**
 * Strategy: what the rest of a router makes of models that come and go: events, breakers, numbers.
 * Not here: what decisions make of them (models.test.ts).
 */
import { expect, it } from 'vitest';
import { createRouterSync, DEMO_MODELS } from '../../src/index';
import { decided, model, MODELS, router } from './routers';

it('tells each change, after it was made', () => {
  const changing = router();
  const heard: unknown[] = [];
  changing.on('model', (change) => heard.push([change, changing.models.length]));
  changing.addModel('x', model('a', 1, 2));
  changing.repriceModel('x', { usdPerMillionInputTokens: 3, usdPerMillionOutputTokens: 4 });
  changing.retireModel('x');
  const prices = { usdPerMillionInputTokens: 3, usdPerMillionOutputTokens: 4 };
  expect(heard).toEqual([
    [{ action: 'add', model: 'x', options: model('a', 1, 2) }, 4],
    [{ action: 'reprice', model: 'x', prices }, 4],
    [{ action: 'retire', model: 'x' }, 3],
  ]);
});

it('warns once of the demo list, whoever listens late', () => {
  const demo = createRouterSync({ seed: 1 });
  demo.select();
  const heard: unknown[] = [];
  demo.on('demo', (event) => heard.push(event));
  demo.selectBatch([{}, {}]);
  demo.select();
  expect(heard).toEqual([{ models: Object.keys(DEMO_MODELS).sort(), pricesDate: '2026-09-23' }]);
});

it('gives a late model a breaker of its own, and numbers', () => {
  let nowMs = 0;
  const late = router({
    clock: () => nowMs,
    breakers: { window: { kind: 'calls', calls: 10 }, minimumCalls: 5 },
  });
  late.addModel('late', model('b'));
  for (let i = 0; i < 5; i++) {
    nowMs += 10;
    const { decisionId } = decided(late.select({ eligible: ['late'] }));
    late.report(decisionId, { error: 'server' });
  }
  const stats = late.getStats().models['late']!;
  expect(stats.breaker!.openings).toBe(1);
  expect(late.select().excluded).toContainEqual({ model: 'late', reason: 'circuit-open' });
  late.retireModel('late');
  expect(late.select().excluded).toContainEqual({ model: 'late', reason: 'retired' });
  expect(late.getPosteriors().segments[0]!.models).toHaveProperty('late');
  late.addModel('late', model('b'));
  late.isolate('late');
  expect(late.select().excluded).toContainEqual({ model: 'late', reason: 'isolated' });
});

it('lets the last arm left through its open breaker, never a retired one', () => {
  const broken = router({ models: { one: MODELS.cheap, two: MODELS.middle } });
  for (let i = 0; i < 40; i++) {
    const result = broken.select({ eligible: ['one'] });
    if (result.kind === 'decision') broken.report(result.decisionId, { error: 'server' });
  }
  expect(broken.getStats().models['one']!.breaker!.openings).toBeGreaterThan(0);
  broken.retireModel('two');
  expect(decided(broken.select()).model).toBe('one');
  broken.retireModel('one');
  expect(broken.select().kind).toBe('no-eligible-model');
});

it('explains decisions among the models that there were, or says that it cannot', () => {
  const explained = router();
  const before = decided(explained.select());
  expect(explained.explain(before)).toMatchObject({ kind: 'explanation' });
  explained.addModel('late', model('b'));
  expect(explained.explain(before)).toMatchObject({ kind: 'unknown', reason: 'not-kept' });
  const after = decided(explained.select());
  expect(JSON.stringify(explained.explain(after))).toContain('"late"');
});

it('hands no turn to a trusted model that is retired', () => {
  const fallback = { model: 'middle', qualityFloor: 0.99, confidence: 1 };
  const wary = router({ fallback });
  expect(decided(wary.select()).model).toBe('middle');
  wary.addModel('late', model('b'));
  expect(decided(wary.select({ eligible: ['late', 'middle'] })).model).toBe('middle');
  wary.retireModel('middle');
  for (let i = 0; i < 20; i++) expect(decided(wary.select())).toMatchObject({ byFallback: false });
});
