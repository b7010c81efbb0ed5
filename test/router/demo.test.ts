/**
 * Strategy: a router that nobody has told its models. What it chooses among, and that it always says so.
 * Not here: options of routers with models (misuse.test.ts).
 */
import { describe, expect, it } from 'vitest';
import { createRouter, createRouterSync, DEMO_MODELS, ParameterError } from '../../src/index';
import { decided, MODELS, router } from './routers';
import { refill } from './sessions';

describe('a router without options', () => {
  it('chooses among the demo list, and says so', async () => {
    const demo = await createRouter();
    expect(demo.models).toEqual(Object.keys(DEMO_MODELS).sort());
    const decision = decided(demo.select());
    expect(decision.demo).toBe(true);
    expect(demo.report(decision.decisionId, { reward: 1 })).toMatchObject({ kind: 'accepted' });
    for (const result of createRouterSync({ seed: 3 }).selectBatch([{}, { segment: 'a' }]))
      expect(decided(result).demo).toBe(true);
  });

  it('takes any other option', () => {
    const lines: string[] = [];
    const log = (line: string) => lines.push(line);
    const demo = createRouterSync({
      seed: 5,
      willingnessToPayUsd: Infinity,
      priors: 'expert',
      log,
    });
    demo.select();
    demo.select({ segment: 'b' });
    expect(JSON.parse(lines[0]!)).toMatchObject({ demo: true, willingnessToPayUsd: 'Infinity' });
    expect(demo.posteriors()!.get('gpt-4.1')!.pooledMean).toBeCloseTo(0.832, 12);
    expect(refill(lines).summary).toMatchObject({ unverified: 0, skippedLines: 0, filled: 2 });
  });

  it('has a willingness to pay that tells its models apart: no model is always too dear', () => {
    const demo = createRouterSync({ seed: 7 });
    const chosen = new Set(
      demo.selectBatch(Array.from({ length: 400 }, () => ({}))).map((r) => decided(r).model),
    );
    expect(chosen.size).toBe(Object.keys(DEMO_MODELS).length);
  });

  it('lists models of several families with prices, and cannot be changed', () => {
    expect(Object.isFrozen(DEMO_MODELS)).toBe(true);
    expect(Object.values(DEMO_MODELS).every((one) => Object.isFrozen(one))).toBe(true);
    expect(new Set(Object.values(DEMO_MODELS).map(({ family }) => family)).size).toBe(3);
  });
});

it('models of one’s own are no demo, and need a willingness to pay', () => {
  expect(decided(router().select())).not.toHaveProperty('demo');
  expect(() => createRouterSync({ models: MODELS } as never)).toThrow(ParameterError);
  expect(() => createRouterSync({ models: {} } as never)).toThrow(ParameterError);
  expect(() => createRouterSync({ models: null } as never)).toThrow(ParameterError);
});
