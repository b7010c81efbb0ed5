/** What the shadow tests share: a router that is nothing but a clock and prices, calls that end when they are told to, and the lines of the log. */
import { vi } from 'vitest';
import { ParameterError } from '../../src/core/errors';
import { loadKernelSync } from '../../src/kernel/load';
import type { Decision } from '../../src/selection/decision';
import type { MirroredOutcome, ShadowHost } from '../../src/shadow/host';
import { parseShadowOptions, type ShadowCall, type ShadowOptions } from '../../src/shadow/options';
import type { ShadowRecord } from '../../src/shadow/record';
import { Shadow } from '../../src/shadow/shadow';

const { raw } = loadKernelSync().instantiate();

export interface Learned extends MirroredOutcome {
  readonly model: string;
  readonly weight: number;
}

/** A call under way that the test ends. */
export interface OpenCall {
  readonly call: ShadowCall;
  answer(value: unknown): void;
  fail(error: unknown): void;
}

export interface World {
  readonly shadow: Shadow;
  readonly calls: OpenCall[];
  readonly learned: Learned[];
  readonly lines: Record<string, unknown>[];
  readonly told: ShadowRecord[];
  readonly errors: unknown[];
  /** The router's clock. */
  nowMs: number;
  /** Models that may not be called. */
  readonly out: Set<string>;
  /** Expected cost of every call. */
  costUsd: number;
}

export function world(changes: Partial<ShadowOptions> = {}): World {
  const calls: OpenCall[] = [];
  const options = {
    candidates: ['x', 'y'],
    call: (call: ShadowCall) =>
      new Promise((answer, fail) => {
        calls.push({ call, answer, fail });
      }),
    share: 1,
    budget: { usd: 1e6, windowMs: 60_000 },
    maxConcurrent: 1000,
    ...changes,
  };
  const made = {
    calls,
    learned: [] as Learned[],
    lines: [] as Record<string, unknown>[],
    told: [] as ShadowRecord[],
    errors: [] as unknown[],
    nowMs: 0,
    out: new Set<string>(),
    costUsd: 0.01,
  };
  const host: ShadowHost = {
    raw,
    nowMs: () => made.nowMs,
    find: (decisionId, segment) => {
      const sequenceNumber = Number(/^t-(\d+)$/.exec(decisionId)?.[1] ?? NaN);
      if (Number.isNaN(sequenceNumber)) return undefined;
      return { decisionId, sequenceNumber, segment, promptTokens: NaN, served: 'served' };
    },
    isCallable: (model) => !made.out.has(model),
    expectedCostUsd: () => made.costUsd,
    parse: (value) => {
      const { reward = NaN, costUsd = NaN } = (value ?? {}) as Partial<MirroredOutcome>;
      if (typeof value !== 'object' || typeof reward !== 'number' || reward < 0)
        throw new ParameterError('outcome', 'an outcome', value);
      return { reward, costUsd, promptTokens: NaN };
    },
    learn: (model, _, outcome, weight) => made.learned.push({ model, weight, ...outcome }),
    listens: true,
    tell: (record) => made.told.push(record),
    tellError: (error) => made.errors.push(error),
  };
  const log = {
    write: (lines: readonly string[]) => {
      for (const line of lines) made.lines.push(JSON.parse(line) as Record<string, unknown>);
    },
  };
  const shadow = new Shadow(parseShadowOptions(options, { low: 7, high: 0 }), host, log);
  return Object.assign(made, { shadow });
}

export function decision(sequenceNumber: number, changes: Partial<Decision> = {}): Decision {
  return {
    kind: 'decision',
    decisionId: `t-${sequenceNumber}`,
    segment: undefined,
    excluded: [],
    ...changes,
  } as unknown as Decision;
}

/** Lets calls begin and promises settle; `ms` of timers pass. */
export async function turn(ms = 0): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
}
