/**
 * Strategy: a router that reads prompts: it learns from them across the freezing of its encoder, its propensities are the frequencies of its choices, its
 * log needs no prompt, and bad requests change nothing. Without the option a router is as it was.
 * Not here: that a deferred log fills in to the exact one (log.test.ts), the kernel's block (test/context).
 */
import { describe, expect, it } from 'vitest';
import { PromptEncoder, type RouterOptions } from '../../src/index';
import { Generator } from '../../src/random/generator';
import { decided, router } from './routers';
import { logged } from './sessions';

const CONTEXT: Partial<RouterOptions> = { context: { freezeAfterPrompts: 60 }, seed: 5 };

const prompt = (i: number) =>
  i % 2 === 0 ? `Write a poem number ${i}.` : `Is ${i} a prime number?`;

/** Poems are for the cheap model, primes for the dear one. */
function teach(taught: ReturnType<typeof router>, count: number): void {
  for (let i = 0; i < count; i++) {
    const decision = decided(taught.select({ prompt: prompt(i) }));
    const right = decision.model === (i % 2 === 0 ? 'cheap' : 'dear');
    taught.report(decision.decisionId, { reward: right ? 1 : 0.1, costUsd: 1e-4 });
  }
}

describe('a router that reads prompts', () => {
  it('learns what they tell, and trusts them the more', () => {
    const taught = router({ ...CONTEXT, propensity: 'exact' });
    teach(taught, 900);
    const [poem, prime] = [1000, 1001].map((i) => decided(taught.select({ prompt: prompt(i) })));
    expect(poem!.context!.share).toBeGreaterThan(0.5);
    const p = (decision: typeof poem, model: string) =>
      decision!.propensities![decision!.eligible.indexOf(model)]!;
    expect(p(poem, 'cheap')).toBeGreaterThan(0.5);
    expect(p(prime, 'dear')).toBeGreaterThan(0.5);
  });

  it('chooses as often as its propensities say', () => {
    const counts = new Map<string, number>();
    const session = logged({ ...CONTEXT, propensity: 'exact', floor: { epsilon: 0.1 } });
    teach(session.router, 120);
    const draws = 4000;
    const decisions = session.router
      .selectBatch(Array.from({ length: draws }, () => ({ prompt: 'Is 17 a prime number?' })))
      .map(decided);
    for (const { model } of decisions) counts.set(model, (counts.get(model) ?? 0) + 1);
    const { eligible, propensities } = decisions[0]!;
    expect(propensities!.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    eligible.forEach((model, i) => {
      const p = propensities![i]!;
      // Five standard deviations: 6e-7 a model.
      expect(Math.abs((counts.get(model) ?? 0) - draws * p)).toBeLessThan(5 * Math.sqrt(draws * p));
    });
    const byContext = decisions.filter((decision) => decision.context!.byContext).length;
    const { share } = decisions[0]!.context!;
    expect(Math.abs(byContext - draws * share)).toBeLessThan(
      5 * Math.sqrt(draws * share * (1 - share)),
    );
  });

  it('takes features instead of the prompt: the same decisions', () => {
    const [byPrompt, byFeatures] = [router(CONTEXT), router(CONTEXT)];
    const encoder = new PromptEncoder({ freezeAfterPrompts: 60 });
    for (let i = 0; i < 50; i++) {
      const a = decided(byPrompt.select({ prompt: prompt(i) }));
      encoder.observe(prompt(i));
      const b = decided(byFeatures.select({ features: encoder.encode(prompt(i)) }));
      expect({ ...b, utility: 0 }).toEqual({ ...a, utility: 0 });
      for (const [one, { decisionId }] of [[byPrompt, a] as const, [byFeatures, b] as const])
        one.report(decisionId, { reward: (i % 5) / 4, costUsd: 1e-4 * (1 + (i % 3)) });
    }
  });

  it('the log holds no prompt', () => {
    const session = logged(CONTEXT);
    session.router.select({ prompt: 'a secret word' });
    expect(session.lines.join('')).not.toContain('secret');
    expect(session.lines.join('')).toContain('"doubtsUsd"');
  });

  it('an own encoder is asked once a prompt, and what it gives is checked before anything changes', () => {
    let calls = 0;
    let length = 3;
    const g = new Generator(1, 0);
    const encoder = () => {
      calls++;
      return Float64Array.from({ length }, () => g.unit());
    };
    const own = router({ ...CONTEXT, context: { encoder, freezeAfterPrompts: 5 } });
    teach(own, 10);
    expect(calls).toBe(10);
    length = 2;
    expect(() => own.select({ prompt: 'x' })).toThrow(/encoder\(prompt\).length must be 3, got 2/);
    length = 3;
    expect(decided(own.select({ prompt: 'x' })).sequenceNumber).toBe(10);
  });

  it('long, empty and broken prompts are prompts', () => {
    const one = router(CONTEXT);
    for (const text of ['', 'x'.repeat(1e6), '\ud800 lone', '\u2028'])
      expect(decided(one.select({ prompt: text })).expectedCostUsd).toBeGreaterThan(0);
  });

  it.each([
    [{}, /request.prompt must be given/],
    [{ prompt: 'a', features: new Float64Array(136) }, /request.prompt must be given/],
    [{ prompt: 7 }, /request.prompt must be a string, got 7/],
    [{ features: new Float64Array(135) }, /request.features must be a Float64Array of 136/],
    [
      { features: new Float64Array(136).fill(NaN) },
      /request.features\[0\] must be in \[-1e50, 1e50\], got NaN/,
    ],
  ])('%o is refused and changes nothing', (request, message) => {
    const one = router(CONTEXT);
    expect(() => one.select(request as never)).toThrow(message);
    expect(decided(one.select({ prompt: 'a' })).sequenceNumber).toBe(0);
  });

  it('options are checked; without the option a prompt is taken and not read', () => {
    expect(() => router({ context: { freezeAfterPrompts: 0 } })).toThrow(
      /context.freezeAfterPrompts/,
    );
    expect(() => router({ context: { encoder: 3 } as never })).toThrow(
      /context.encoder must be a function/,
    );
    expect(() => router({ context: { size: 3 } as never })).toThrow(/context/);
    expect(router().select({ prompt: 'a' }).kind).toBe('decision');
  });
});
