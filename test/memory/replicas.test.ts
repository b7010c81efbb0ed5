/**
 * Strategy: laws of merging, on blocks filled through the kernel: any order of states, duplicates and stale ones give the same bits; merged sums are those of
 * one block that took all reports in (to rounding); landmarks line up. Then the register's refusals. Whole routers merge in restore.test.ts.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { armsFrom } from '../../src/arms/models';
import { ParameterError } from '../../src/core/errors';
import { loadKernelSync } from '../../src/kernel/load';
import { ReplicaRegister } from '../../src/memory/replicaRegister';
import {
  readReplicaState,
  writeReplicaState,
  type EvidenceClock,
} from '../../src/memory/replicaState';
import { SnapshotError } from '../../src/memory/snapshotError';
import { Evidence } from '../../src/posterior/evidence';

const compiled = loadKernelSync();
const MODELS = new Map(
  ['m0', 'm1', 'm2'].map((id, i) => [
    id,
    {
      family: i === 2 ? 'b' : 'a',
      usdPerMillionInputTokens: i + 1,
      usdPerMillionOutputTokens: 2 * i + 1,
    },
  ]),
);
const SEGMENTS = ['s0', 's1', 's2'];
const HALF_LIFE_MS = 1000;

interface Report {
  readonly segment: number;
  readonly arm: number;
  readonly reward: number;
  readonly costUsd: number;
  readonly clock: number;
}

const report: fc.Arbitrary<Report> = fc.record({
  segment: fc.nat({ max: 2 }),
  arm: fc.nat({ max: 2 }),
  reward: fc.double({ min: 0, max: 1, noNaN: true }),
  costUsd: fc.double({ min: 0, max: 0.01, noNaN: true }),
  clock: fc.integer({ min: 0, max: 200_000 }),
});

/** A replica's state after reports; segments get their rows as they come. */
function stateOf(
  id: string,
  reports: readonly Report[],
  options: {
    clock?: EvidenceClock;
    halfLife?: number;
    sequenceNumber?: number;
    models?: typeof MODELS;
    priorMean?: number;
  } = {},
): Uint8Array {
  const { clock = 'time', models = MODELS, priorMean = 0.5 } = options;
  const halfLife = options.halfLife ?? (clock === 'none' ? Infinity : HALF_LIFE_MS);
  const arms = armsFrom(models);
  const posterior = { priorMean, priorStrength: 2, halfLifeRequests: halfLife };
  const evidence = new Evidence(compiled.instantiate(), arms, posterior);
  const rows: string[] = [];
  for (const { segment, ...rest } of reports) {
    const name = SEGMENTS[segment]!;
    let row = rows.indexOf(name);
    if (row < 0) {
      row = rows.length === 0 ? 0 : evidence.addSegment();
      rows.push(name);
    }
    evidence.observe(row, rest.arm, { ...rest, promptTokens: NaN });
  }
  return writeReplicaState({
    id,
    sequenceNumber: options.sequenceNumber ?? reports.length,
    clock,
    arms: arms.list.map(({ model, family, usdPerInputToken, usdPerOutputToken }) => ({
      model,
      family: arms.families[family]!,
      usdPerInputToken,
      usdPerOutputToken,
    })),
    segments: rows.length === 0 ? [null] : rows,
    evidence: evidence.export(),
  });
}

function merged(states: readonly Uint8Array[]) {
  const register = new ReplicaRegister({ kernel: compiled });
  for (const state of states) register.put(state);
  return register.merged();
}

/** Sums of cells by their definition, relative to `now`: successes, failures and cost of (segment, arm). */
function foldOf(reports: readonly Report[], halfLife: number, now: number) {
  const sums = new Map<string, [number, number, number]>();
  for (const { segment, arm, reward, costUsd, clock } of reports) {
    const weight = halfLife === Infinity ? 1 : 2 ** ((clock - now) / halfLife);
    const key = `${SEGMENTS[segment]} m${arm}`;
    const [s, f, c] = sums.get(key) ?? [0, 0, 0];
    const success = weight * reward;
    sums.set(key, [s + success, f + (weight - success), c + weight * costUsd]);
  }
  return sums;
}

/** The same sums of a merged block, read by its documented layout. */
function cellsOf({ arms, segments, evidence }: ReturnType<typeof merged>, now: number) {
  const view = new DataView(evidence.buffer, evidence.byteOffset, evidence.length);
  const halfLife = view.getFloat64(32, true);
  const landmark = view.getFloat64(40, true);
  const scale = halfLife === Infinity ? 1 : 2 ** (landmark - now / halfLife);
  const stride = 2 * Math.ceil(arms.length / 2);
  const rowBytes = 6 * stride * 8;
  const rows = evidence.length - segments.length * rowBytes;
  const sums = new Map<string, [number, number, number]>();
  segments.forEach((segment, row) => {
    arms.forEach(({ model }, arm) => {
      const at = (field: number) =>
        view.getFloat64(rows + row * rowBytes + (field * stride + arm) * 8, true) * scale;
      sums.set(`${String(segment)} ${model}`, [at(0), at(1), at(4)]);
    });
  });
  return sums;
}

/** Rounding of sums of some dozen terms. */
const RELATIVE = 1e-12;

const replicas = fc.array(fc.array(report, { maxLength: 30 }), { minLength: 1, maxLength: 4 });

describe.each<EvidenceClock>(['time', 'none'])('clock %s', (clock) => {
  test('states in any order, doubled and mixed with stale ones give the same bits', () => {
    fc.assert(
      fc.property(replicas, fc.infiniteStream(fc.nat()), (parts, random) => {
        const states = parts.map((reports, i) => stateOf(`r${i}`, reports, { clock }));
        const stale = parts.map((reports, i) =>
          stateOf(`r${i}`, reports.slice(0, reports.length >> 1), { clock }),
        );
        const shuffled = [...states, ...stale, ...states]
          .map((state) => ({ state, key: random.next().value as number }))
          .sort((a, b) => a.key - b.key)
          .map(({ state }) => state);
        expect(merged([...shuffled, ...states])).toEqual(merged(states));
      }),
      { seed: 4, numRuns: 40 },
    );
  });

  test('the merged sums are those of all reports in one fold', () => {
    fc.assert(
      fc.property(replicas, (parts) => {
        const all = parts.flat();
        const halfLife = clock === 'none' ? Infinity : HALF_LIFE_MS;
        const now = Math.max(0, ...all.map((one) => one.clock));
        const got = cellsOf(merged(parts.map((part, i) => stateOf(`r${i}`, part, { clock }))), now);
        for (const [key, sums] of foldOf(all, halfLife, now))
          sums.forEach((sum, i) => {
            // Below this, weights of 200 half-lives ago.
            const error = Math.abs(got.get(key)![i]! - sum);
            // A failure is a difference of weights, and rounds as they do.
            const weight = i < 2 ? sums[0] + sums[1] : sum;
            expect(error, key).toBeLessThanOrEqual(RELATIVE * weight + 1e-280);
          });
      }),
      { seed: 5, numRuns: 40 },
    );
  });

  test('one replica alone merges to its own sums, to the bit', () => {
    const reports = fc.sample(report, { seed: 6, numRuns: 50 });
    const state = stateOf('r0', reports, { clock });
    const [once, twice] = [merged([state]), merged([state, state])];
    expect(twice).toEqual(once);
  });
});

describe('the register', () => {
  const some = fc.sample(report, { seed: 7, numRuns: 20 });

  test('tells what a state did', () => {
    const register = new ReplicaRegister();
    expect(register.put(stateOf('a', some))).toBe('taken');
    expect(register.put(stateOf('a', some))).toBe('duplicate');
    expect(register.put(stateOf('a', some.slice(0, 5)))).toBe('stale');
    expect(register.put(stateOf('b', some.slice(0, 5)))).toBe('taken');
    expect(register.ids).toEqual(['a', 'b']);
    expect(register.get('b')).toMatchObject({ id: 'b', sequenceNumber: 5 });
    expect(register.remove('b')).toBe(true);
    expect(register.get('b')).toBeUndefined();
  });

  test('join is idempotent, commutative and associative', () => {
    const of = (...states: Uint8Array[]) => {
      const register = new ReplicaRegister();
      for (const state of states) register.put(state);
      return register;
    };
    const joined = (...registers: ReplicaRegister[]) => {
      const all = new ReplicaRegister();
      for (const register of registers) all.join(register);
      return all.merged();
    };
    const a = of(stateOf('a', some.slice(0, 3)), stateOf('b', some));
    const b = of(stateOf('a', some), stateOf('c', some.slice(4)));
    expect(joined(a, b)).toEqual(joined(b, a));
    expect(joined(a, b, a, b)).toEqual(joined(a, b));
    a.join(b);
    expect(a.merged()).toEqual(joined(b, a));
  });

  test('refuses what cannot be added, and is as before', () => {
    const register = new ReplicaRegister();
    expect(() => register.merged()).toThrow(/replicas must be 1 or more/);
    register.put(stateOf('a', some));
    const before = register.merged();
    const refused: [string, Uint8Array, RegExp][] = [
      ['the request clock', stateOf('b', some, { clock: 'requests' }), /no clock in common/],
      ['another half-life', stateOf('b', some, { halfLife: 999 }), /the half-life is 999/],
      ['no decay', stateOf('b', some, { clock: 'none' }), /the clock is none/],
      ['another prior', stateOf('b', some, { priorMean: 0.6 }), /the prior mean is 0.6/],
      ['no bytes', new Uint8Array(0), /no snapshot/],
    ];
    for (const [name, state, message] of refused) {
      expect(() => register.put(state), name).toThrow(message);
      expect(() => register.put(state), name).toThrow(SnapshotError);
    }
    expect(register.merged()).toEqual(before);
  });

  test('a model in another family is refused before it is taken', () => {
    const models = new Map([...MODELS].map(([id, options]) => [id, { ...options, family: 'z' }]));
    const register = new ReplicaRegister();
    register.put(stateOf('a', some));
    register.put(stateOf('b', some));
    const before = register.merged();
    expect(() => register.put(stateOf('c', some, { models }))).toThrow(/another family/);
    expect(register.merged()).toEqual(before);
    // Its own family may be another than before, while nobody else has the model.
    const alone = new ReplicaRegister();
    alone.put(stateOf('a', some.slice(1)));
    expect(alone.put(stateOf('a', some, { models }))).toBe('taken');
  });

  test('other evidence under one id after as many reports is a conflict', () => {
    const register = new ReplicaRegister();
    register.put(stateOf('a', some));
    const other = stateOf('a', [...some.slice(1), some[1]!]);
    expect(() => register.put(other)).toThrow(/replica "a" has other evidence here after as many/);
    expect(() => register.put(other)).toThrow(SnapshotError);
    expect(register.get('a')!.state).toEqual(stateOf('a', some));
    register.remove('a');
    expect(register.put(other)).toBe('taken');
  });

  test('the same evidence, looked at later, is a duplicate', () => {
    const arms = armsFrom(MODELS);
    const options = { priorMean: 0.5, priorStrength: 2, halfLifeRequests: HALF_LIFE_MS };
    const evidence = new Evidence(compiled.instantiate(), arms, options);
    for (const { arm, reward, costUsd, clock } of some)
      evidence.observe(0, arm, { reward, costUsd, clock, promptTokens: NaN });
    const state = (segments: readonly string[]) =>
      writeReplicaState({
        id: 'a',
        sequenceNumber: some.length,
        clock: 'time',
        arms: readReplicaState(stateOf('x', [])).arms,
        segments,
        evidence: evidence.export(),
      });
    const before = state(['s0']);
    // A decision much later, and one in another segment.
    evidence.posteriors(0, 1e6, NaN);
    evidence.addSegment();
    const after = state(['s0', 's1']);
    expect(after.length).not.toBe(before.length);
    for (const [first, second] of [
      [before, after],
      [after, before],
    ]) {
      const register = new ReplicaRegister();
      register.put(first!);
      expect(register.put(second!)).toBe('duplicate');
    }
  });

  test('posteriors of the merged evidence are those of one router that took all reports in', () => {
    const halves = [some.slice(0, 9), some.slice(9)];
    const register = new ReplicaRegister({ kernel: compiled });
    halves.forEach((half, i) => register.put(stateOf(`r${i}`, half, { clock: 'none' })));
    const options = { priorMean: 0.5, priorStrength: 2, halfLifeRequests: Infinity };
    const whole = new Evidence(compiled.instantiate(), armsFrom(MODELS), options, 3);
    for (const half of halves)
      for (const { segment, ...one } of half)
        whole.observe(segment, one.arm, { ...one, promptTokens: NaN });
    const { segments, evidenceReports, dispersion, priorStrengthOfCells } =
      register.getPosteriors();
    expect(evidenceReports).toBe(some.length);
    expect(dispersion).toBeCloseTo(whole.dispersion, 12);
    expect(priorStrengthOfCells).toBeGreaterThanOrEqual(12);
    expect(segments.map(({ segment }) => segment)).toEqual(SEGMENTS);
    segments.forEach(({ models, shared }, row) => {
      expect(shared).toBe(false);
      expect(Object.keys(models)).toEqual(['m0', 'm1', 'm2']);
      whole.posteriors(row, 0, NaN).forEach((expected, i) => {
        const got = models[`m${i}`]!;
        expect(got.expectedCostUsd / expected.expectedCostUsd).toBeCloseTo(1, 12);
        expect(got.pooledMean).toBeGreaterThan(0);
        // κ is chosen anew from what is merged; evidence beyond the prior is the same.
        expect(got.alpha / (got.alpha + got.beta)).toBeGreaterThan(0);
      });
    });
    expect(register.getPosteriors('s1').segments).toEqual([segments[1]]);
    expect(register.getPosteriors(null).segments).toEqual([]);
    expect(() => register.getPosteriors(5 as never)).toThrow(/segment must be a string/);
    expect(() => new ReplicaRegister().getPosteriors()).toThrow(/replicas must be 1 or more/);
  });

  test.each([undefined, null, {}, 5])('join(%j) is refused', (other) => {
    const register = new ReplicaRegister();
    expect(() => register.join(other as never)).toThrow(/other must be a ReplicaRegister/);
    expect(() => register.join(other as never)).toThrow(ParameterError);
  });

  test.each([5, '', undefined])('%j is the id of no replica', (id) => {
    const register = new ReplicaRegister();
    expect(() => register.get(id as never)).toThrow(/id must be a string/);
    expect(() => register.remove(id as never)).toThrow(/id must be a string/);
  });

  test('models and segments that only some replicas have take part', () => {
    const models = new Map([...MODELS, ['extra', MODELS.get('m0')!]]);
    const more = some.map((one) => ({ ...one, arm: 0 }));
    const both = merged([stateOf('a', some), stateOf('b', more, { models })]);
    expect(both.arms.map(({ model }) => model)).toEqual(['extra', 'm0', 'm1', 'm2']);
    const now = 200_000;
    const extra = [...cellsOf(both, now)].filter(([key]) => key.endsWith('extra'));
    const total = extra.reduce((sum, [, [s, f]]) => sum + s + f, 0);
    const weight = more.reduce((sum, { clock }) => sum + 2 ** ((clock - now) / HALF_LIFE_MS), 0);
    expect(Math.abs(total - weight)).toBeLessThanOrEqual(RELATIVE * weight);
  });
});
