/**
 * Strategy: an explanation must be of the decision as it was made: the same bits as the decision of mode 'exact' stated, though hundreds of reports have come since. Each
 * stated change is applied, a bit less and a bit more: by the reference's choice on the explained numbers, and for costs and the willingness to pay by another
 * router on the same evidence. Then what is not known, memory, and the text.
 * Not here: whether draws and propensities are right (propensity.test.ts, fallback.test.ts, risk.test.ts), other hosts (test/golden).
 */
import { describe, expect, it } from 'vitest';
import {
  formatExplanation,
  type Decision,
  type Explanation,
  type Router,
  type RouterOptions,
} from '../../src/index';
import { referenceArgmax } from '../reference/decision';
import { expectRefusal } from '../support/refusal';
import { decided, MODELS, model, router } from './routers';

const MANY = Object.fromEntries(
  Array.from({ length: 10 }, (_, i) => [`m${i}`, model(`f${i % 4}`, 0.1 * (i + 1), i)]),
);
const FALLBACK = { model: 'dear', qualityFloor: 0.45, confidence: 0.6 };

const CASES: [string, Partial<RouterOptions>][] = [
  ['plain', {}],
  ['a floor', { floor: { epsilon: 0.3, baseline: 'inverse-cost' } }],
  ['a fallback and a floor', { fallback: FALLBACK, floor: { epsilon: 0.1 } }],
  ['risk', { riskWeight: 0.4 }],
  [
    'little exploration, risk, a fallback',
    { explorationScale: 0.3, riskWeight: 1, fallback: FALLBACK },
  ],
  ['no exploration', { explorationScale: 0 }],
  ['a price of time', { latency: { usdPerSecond: 0.002, limitMs: 40_000 } }],
  ['a price of time, risk', { latency: { usdPerSecond: 0.002 }, riskWeight: 0.3 }],
  ['thirteen models', { models: { ...MODELS, ...MANY } }],
  ['prompts', { context: { freezeAfterPrompts: 40 } }],
  [
    'prompts, all else',
    {
      context: { freezeAfterPrompts: 40 },
      riskWeight: 0.3,
      fallback: FALLBACK,
      floor: { epsilon: 0.1 },
      latency: { usdPerSecond: 0.001 },
    },
  ],
];

const WTP = 0.02;
const make = (changes: Partial<RouterOptions>): Router =>
  router({ willingnessToPayUsd: WTP, propensity: 'exact', ...changes });

const request = (changes: Partial<RouterOptions>, i: number) => ({
  segment: `s${i % 3}`,
  ...(changes.context && { prompt: i % 2 === 0 ? `a poem on ${i}` : `is ${i % 23} prime?` }),
  ...(i % 7 === 3 && { eligible: ['cheap', 'middle'] }),
});

/** Reports that do not depend on who was chosen by the utilities: models are served by turns. */
function teach(own: Router, changes: Partial<RouterOptions>, from: number, count: number): void {
  for (let i = from; i < from + count; i++) {
    const served = own.models[(i * 7) % own.models.length]!;
    const decision = decided(own.select({ ...request(changes, i), eligible: [served] }));
    const outcome = { reward: ((i * 37) % 100) / 100, costUsd: 1e-4 * (1 + (i % 7)) };
    const latencyMs = 300 + ((i * 131) % 4000);
    own.report(decision.decisionId, { ...outcome, ...(changes.latency && { latencyMs }) });
  }
}

function explained(own: Router, decision: Decision): Explanation {
  const explanation = own.explain(decision);
  if (explanation.kind === 'explanation') return explanation;
  throw new Error(`not explained: ${explanation.reason}`);
}

describe.each(CASES)('%s', (_, changes) => {
  const own = make(changes);
  teach(own, changes, 0, 90);
  const single = Array.from({ length: 40 }, (_, i) => decided(own.select(request(changes, i))));
  const before = single.map((decision) => explained(own, decision));
  const posteriors = own.posteriors('s0')!;
  const batch = own
    .selectBatch(Array.from({ length: 60 }, (_, i) => request(changes, i)))
    .map(decided);
  teach(own, changes, 90, 120);
  const all = [...single, ...batch];
  const explanations = all.map((decision) => explained(own, decision));

  it('is of the decision as it was made, whatever was learned since', () => {
    explanations.forEach((explanation, i) => {
      const decision = all[i]!;
      const { arms, chosenBy } = explanation;
      const executed = arms.find(({ model }) => model === decision.model)!;
      expect(explanation).toMatchObject({
        decisionId: decision.decisionId,
        sequenceNumber: decision.sequenceNumber,
        segment: decision.segment,
        model: decision.model,
        willingnessToPayUsd: WTP,
        propensityAccuracy: decision.propensityAccuracy,
      });
      expect(chosenBy).toBe(
        decision.byFloor ? 'floor' : decision.byFallback ? 'fallback' : 'utility',
      );
      expect(executed.sampledQuality).toBe(decision.sampledQuality);
      expect(executed.expectedCostUsd).toBe(decision.expectedCostUsd);
      expect(executed.utility).toBe(decision.utility);
      const eligible = arms.filter((arm) => arm.eligible);
      expect(eligible.map((arm) => arm.model)).toEqual(decision.eligible);
      expect(eligible.map((arm) => arm.propensity)).toEqual(decision.propensities);
      const excluded = arms.flatMap(({ model, reason }) => (reason ? [{ model, reason }] : []));
      expect(excluded).toEqual(decision.excluded);
      if (decision.context)
        expect([explanation.promptShare, explanation.expert === 'prompt']).toEqual([
          decision.context.share,
          decision.context.byContext,
        ]);
    });
    expect(explanations.slice(0, single.length)).toEqual(before);
  });

  it('adds up', () => {
    for (const { arms, greatestUtility } of explanations) {
      const best = arms.find(({ model }) => model === greatestUtility)!;
      expect(best.margin).toBe(0);
      for (const arm of arms) {
        const { sampledQuality, costTerm, latencyTerm, riskTerm, utility } = arm;
        if (!arm.eligible) {
          expect([utility, arm.margin, arm.propensity]).toEqual([undefined, undefined, 0]);
          continue;
        }
        expect(utility).toBeCloseTo(sampledQuality! - costTerm - latencyTerm - riskTerm, 12);
        expect(arm.margin).toBe(best.utility! - utility!);
      }
    }
  });

  it('has the posterior of the decision', () => {
    // The latest single decision in segment s0; posteriors were told before anything was learned.
    const at = [...single.keys()].filter((i) => single[i]!.segment === 's0').at(-1)!;
    if (explanations[at]!.expert === 'prompt') return;
    for (const { model, meanQuality, qualityDeviation } of explanations[at]!.arms) {
      const { alpha, beta } = posteriors.get(model)!;
      const s = alpha + beta;
      expect(meanQuality).toBeCloseTo(alpha / s, 12);
      expect(qualityDeviation).toBeCloseTo(Math.sqrt((alpha * beta) / (s * s * (s + 1))), 12);
    }
  });

  it('names changes at which the choice flips, and before which it stays', () => {
    let flips = 0;
    for (const explanation of explanations) {
      if (explanation.chosenBy === 'floor') {
        expect(explanation.flips).toEqual([]);
        continue;
      }
      expect(execute(explanation, {})).toBe(explanation.model);
      const sizes = explanation.flips.map(({ relativeChange }) => relativeChange);
      expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
      for (const { kind, model, from, to, chooses } of explanation.flips) {
        if (kind === 'willingness-to-pay') continue;
        flips++;
        const what = kind.startsWith('quality') ? 'quality' : 'cost';
        const beyond = to + (to - from) * 1e-9 + Math.sign(to - from) * 1e-12 * scaleOf(what);
        const short = to - (to - from) * 1e-9 - Math.sign(to - from) * 1e-12 * scaleOf(what);
        expect(execute(explanation, { [what]: { model: model!, value: short } })).toBe(
          explanation.model,
        );
        expect(execute(explanation, { [what]: { model: model!, value: beyond } })).toBe(chooses);
        expect(chooses).not.toBe(explanation.model);
      }
      for (const { model, qualityToFlip, costUsdToFlip } of explanation.arms) {
        const tries = [
          ['quality', qualityToFlip, 1],
          ['cost', costUsdToFlip, -1],
        ] as const;
        for (const [what, value, sign] of tries) {
          if (value === undefined) continue;
          const step = sign * 1e-11 * scaleOf(what);
          const run = (to: number) => execute(explanation, { [what]: { model, value: to } });
          expect(run(value - step)).toBe(explanation.model);
          expect(run(value + step)).not.toBe(explanation.model);
        }
      }
    }
    expect(flips).toBeGreaterThan(50);
  });

  it('names the willingness to pay at which another router on the same evidence flips', () => {
    let tried = 0;
    // The same decision with other seeds: the evidence does not depend on them, as models were served by turns.
    for (let seed = 0; seed < (changes.context ? 3 : 6); seed++) {
      const decide = (willingnessToPayUsd: number) => {
        const other = make({ ...changes, seed, willingnessToPayUsd });
        teach(other, changes, 0, 40);
        const again = decided(other.select(request(changes, 1)));
        return { again, explanation: explained(other, again) };
      };
      const { again, explanation } = decide(WTP);
      const flip = explanation.flips.find(({ kind }) => kind === 'willingness-to-pay');
      if (!flip) continue;
      tried++;
      const away = flip.to > WTP ? 1 : -1;
      expect(decide(flip.to * (1 - away * 1e-9)).again.model).toBe(again.model);
      expect(decide(flip.to * (1 + away * 1e-9)).again.model).toBe(flip.chooses);
    }
    expect(tried).toBeGreaterThan(0);
  });
});

const scaleOf = (what: 'quality' | 'cost') => (what === 'quality' ? 1 : WTP);

interface Change {
  readonly model: string;
  readonly value: number;
}

/** Who is executed with a number changed: the reference's choice, then the fallback by hand. */
function execute(
  explanation: Explanation,
  { quality, cost }: { readonly quality?: Change; readonly cost?: Change },
): string {
  const { arms, willingnessToPayUsd } = explanation;
  const of = (change: Change | undefined, model: string, otherwise: number) =>
    change?.model === model ? change.value : otherwise;
  const candidates = arms.map((arm) => ({
    quality: of(quality, arm.model, arm.sampledQuality!) - arm.latencyTerm - arm.riskTerm,
    cost: of(cost, arm.model, arm.expectedCostUsd),
    uncertainty: 0,
    eligible: arm.eligible,
  }));
  const best = referenceArgmax(candidates, { costWeight: 1 / willingnessToPayUsd, riskWeight: 0 });
  return arms[best]!.handsOver ? FALLBACK.model : arms[best]!.model;
}

it('names a price at which a router that charges it flips', () => {
  let tried = 0;
  for (let seed = 0; seed < 25; seed++) {
    const first = make({ seed });
    const { flips, model: chosen } = explained(first, decided(first.select()));
    for (const { kind, model: changed, from, to, chooses } of flips) {
      if (kind !== 'cost-up' && kind !== 'cost-down') continue;
      tried++;
      // Before any report the expected cost is that of the list price.
      const charged = (cost: number) => {
        const { family, usdPerMillionInputTokens, usdPerMillionOutputTokens } =
          MODELS[changed as keyof typeof MODELS];
        const [input, output] = [usdPerMillionInputTokens!, usdPerMillionOutputTokens!];
        const factor = cost / from;
        const models = { ...MODELS, [changed!]: model(family, input * factor, output * factor) };
        return decided(make({ seed, models }).select()).model;
      };
      expect(charged(to - (to - from) * 1e-9)).toBe(chosen);
      expect(charged(to + (to - from) * 1e-9)).toBe(chooses);
    }
  }
  expect(tried).toBeGreaterThan(25);
});

describe('what is not known', () => {
  it('is told by a result', () => {
    const own = make({ explainableDecisions: 5 });
    const decisions = own.selectBatch(Array(12).fill({})).map(decided);
    decisions.forEach((decision, i) => {
      const kept = i >= 7;
      const { decisionId } = decision;
      const unknown = { kind: 'unknown', decisionId, reason: 'not-kept' };
      expect(own.explain(decisionId)).toMatchObject(kept ? { decisionId } : unknown);
    });
    const reasonOf = (id: string) => (own.explain(id) as { reason?: string }).reason;
    expect(reasonOf('test-12')).toBe('not-made');
    expect(reasonOf('other-3')).toBe('other-router');
    expect(reasonOf('')).toBe('other-router');
    // A request that nothing could serve takes the place of no decision.
    own.select({ eligible: [] });
    expect(reasonOf('test-12')).toBe('not-kept');
    expect(own.explain('test-7').kind).toBe('explanation');
    for (const value of [undefined, null, 7, {}, own.select({ eligible: [] })])
      expectRefusal(
        () => own.explain(value as never),
        'decision',
        'a decision of the router or its id',
        value,
      );
  });

  it('is everything without memory for it, which has its bounds', () => {
    const none = make({ explainableDecisions: 0 });
    expect(none.explainableDecisions).toBe(0);
    expect(none.explain(decided(none.select())).kind).toBe('unknown');
    const models = Object.fromEntries(Array.from({ length: 4096 }, (_, i) => [`m${i}`, model()]));
    const large = make({ models, propensity: 'off' });
    expect(large.explainableDecisions).toBeGreaterThan(10);
    expect(large.explainableDecisions).toBeLessThan(100);
    expect(make({}).explainableDecisions).toBe(1024);
    for (const explainableDecisions of [-1, 0.5, NaN, 1e7])
      expectRefusal(
        () => make({ explainableDecisions }),
        'explainableDecisions',
        'a whole number in [0, 1000000]',
        explainableDecisions,
      );
  });

  it('and explaining decides nothing', () => {
    const context = { freezeAfterPrompts: 20 };
    const [silent, asked] = [make({ context }), make({ context })];
    for (let i = 0; i < 60; i++) {
      const decisions = [silent, asked].map((own) =>
        decided(own.select({ prompt: `word ${i % 9}` })),
      );
      expect(decisions[1]).toEqual(decisions[0]);
      asked.explain(decisions[1]!);
      [silent, asked].forEach((own, j) =>
        own.report(decisions[j]!.decisionId, { reward: (i % 10) / 10, costUsd: 1e-4 }),
      );
    }
  });
});

describe('the text', () => {
  it('is a table, the chosen model first marked', () => {
    const own = make({ fallback: FALLBACK, instanceId: 'r' });
    const text = formatExplanation(explained(own, decided(own.select({ segment: 'a\nb' }))));
    const lines = text.split('\n');
    expect(lines[0]).toMatch(/^Decision r-0 in segment a\uFFFDb: \w+, /);
    const rows = lines.slice(4, 7);
    expect(rows.filter((row) => row.startsWith('> '))).toHaveLength(1);
    for (const name of Object.keys(MODELS)) expect(text).toContain(name);
    expect(text).not.toMatch(/NaN|undefined|Infinity/);
    expect(lines.every((line) => line === line.trimEnd())).toBe(true);
  });

  it.each(CASES)('bears %s', (_, changes) => {
    const own = make(changes);
    teach(own, changes, 0, 30);
    for (let i = 0; i < 20; i++) {
      const text = formatExplanation(explained(own, decided(own.select(request(changes, i)))));
      expect(text).not.toMatch(/NaN|undefined|Infinity/);
    }
  });

  it('names the rule, what it left out, and that one model was left', () => {
    const rules = {
      policies: { standard: ['cheap', 'middle'] },
      chain: [
        { when: 'segment', segments: ['law'], force: 'dear', name: 'law' },
        { when: 'segment', segments: ['chat'], policy: 'standard' },
        { when: 'segment', segments: ['free'], policy: 'ambiguous' },
      ],
    } as const;
    const own = make({ rules });
    const told = (segment: string) => explained(own, decided(own.select({ segment })));
    expect(told('law').rule).toBe('law');
    const law = formatExplanation(told('law'));
    expect(law).toMatch(/dear, the only model eligible\.\n/);
    expect(law).toContain('\nRule law fired: it left out cheap, middle.\n');
    const chat = formatExplanation(told('chat'));
    expect(chat).toContain('of the greatest utility');
    expect(chat).toContain('\nRule segment#1 fired: it left out dear.\n');
    expect(formatExplanation(told('free'))).toContain(
      'Rule segment#2 fired: it left out no model.',
    );
    expect(told('other').rule).toBeUndefined();
    expect(formatExplanation(told('other'))).not.toMatch(/Rule|only model/);
  });

  it('bears money that is no object, and a single model', () => {
    const own = make({ willingnessToPayUsd: Infinity });
    const text = formatExplanation(explained(own, decided(own.select({ eligible: ['dear'] }))));
    expect(text).toContain('Money is no object');
    expect(text).toContain('No single change would flip the choice.');
    expect(text).toContain('not-in-request');
    const open = explained(own, decided(own.select()));
    expect(formatExplanation(open)).not.toMatch(/NaN|undefined|Infinity/);
  });
});
