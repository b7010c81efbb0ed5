/**
 * Strategy: what the live router and the replay of its log share, looked at through the kernel's memory: reads must leave the
 * evidence as it was to the last bit.
 * Not here: decisions (select.test.ts), open tickets (pending.test.ts), whole logs (log.test.ts).
 */
import { describe, expect, it } from 'vitest';
import { loadKernelSync } from '../../src/index';
import { parseRouterOptions } from '../../src/router/options';
import { RouterState } from '../../src/router/state';
import { parseRequest } from '../../src/selection/request';
import { MODELS, decided } from './routers';
import { logged, refill } from './sessions';

/** 'TSEV', the first word of an evidence block. */
const MAGIC = 0x56455354;
/** More than the block of three models and two segments. */
const BYTES = 1024;

function evidenceOf({ kernel }: RouterState): number[] {
  const words = kernel.u32(0, kernel.raw.memory.buffer.byteLength / 4);
  // Growing leaves old blocks behind; the last is in use.
  return [...kernel.u8(4 * words.lastIndexOf(MAGIC), BYTES)];
}

describe('reading posteriors', () => {
  it.each([Infinity, 20, 0.7])('leaves every bit of the evidence, half-life %d', (halfLife) => {
    const options = parseRouterOptions({
      models: MODELS,
      willingnessToPayUsd: 0.01,
      seed: 11,
      posterior: { halfLifeRequests: halfLife },
    });
    const [read, unread] = [0, 1].map(() => new RouterState(options, loadKernelSync())) as [
      RouterState,
      RouterState,
    ];
    const request = (i: number) => parseRequest('request', { segment: `s${i % 2}` }, options.arms);
    for (let i = 0; i < 300; i++) {
      for (const state of [read, unread]) {
        const { sequenceNumber } = state.decideOne(request(i), [], 0);
        if (state === read) state.posteriors('s0');
        const ticket = state.ticket(sequenceNumber);
        if (typeof ticket === 'string') throw new Error(ticket);
        const unknown = { promptTokens: NaN, latencyMs: NaN, firstTokenMs: NaN, outputTokens: NaN };
        const news = { ...unknown, reward: ((i * 37) % 100) / 100, costUsd: 1e-4 };
        state.learn(ticket, news, 0);
      }
    }
    expect(evidenceOf(read)).toEqual(evidenceOf(unread));
  });
});

describe('more segments than there is room for', () => {
  it('share a row in the replay as they did', () => {
    const models = Object.fromEntries(
      Array.from({ length: 4096 }, (_, i) => [
        `m${i}`,
        { family: 'f', usdPerMillionInputTokens: 1, usdPerMillionOutputTokens: 1 },
      ]),
    );
    // Without propensities: the integral over 4,096 models is not what is looked at.
    const session = logged({ models, propensity: 'off' });
    for (let i = 0; i < 300; i++) {
      const decision = decided(session.router.select({ segment: `s${i}`, eligible: ['m1', 'm2'] }));
      session.router.report(decision.decisionId, { reward: (i % 3) / 2 });
    }
    expect(session.router.sharedSegmentRequests).toBeGreaterThan(40);
    expect(refill(session.lines)).toMatchObject({ problems: [], summary: { unverified: 0 } });
  });
});
