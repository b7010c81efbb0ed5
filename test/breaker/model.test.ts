/**
 * Strategy: random lives (admissions, reports in any order and twice, lost ones, idle gaps, clocks that leap and run back, isolation, saving and
 * loading) led by the class, by the reducer on frozen states, and by a slow model that shares no code with them; all three must agree after
 * every deed. The invariants that hold in every state are checked on the way.
 * Not tested here: named cases (regressions.test.ts), malformed input (misuse.test.ts, state.test.ts), sets of arms (reachable.test.ts).
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CircuitBreaker, type BreakerState } from '../../src/index';
import { OPTIONS, STEPS } from './arbitraries';
import { Life } from './lives';

const RUNS = { seed: 20261122, numRuns: 600 };
const START = fc.constantFrom(0, 1_000, 1.7e12);

test('class, reducer and model agree after every deed', () => {
  fc.assert(
    fc.property(OPTIONS, START, STEPS, (options, start, steps) => {
      const life = new Life(options, start);
      for (const step of steps) {
        const { breaker, reducer, model } = life.lead(step);
        expect(breaker).toEqual(model);
        expect(reducer).toEqual(model);
        expect(life.breaker.toJSON()).toEqual(life.state);
      }
      const changes = life.model.changes.map(({ from, to, cause, at, until }) => {
        return { from, to, cause, atMs: at, untilMs: until };
      });
      expect(life.told).toMatchObject(changes);
      expect(life.told).toEqual(life.reduced);
      expect(life.told.length).toBe(changes.length);
    }),
    RUNS,
  );
});

test('the window counts what a recount counts, as of now', () => {
  fc.assert(
    fc.property(OPTIONS, START, STEPS, (options, start, steps) => {
      const life = new Life(options, start);
      for (const step of steps) {
        life.lead(step);
        life.model.pass(life.now);
        expect(life.breaker.counts(life.now)).toEqual(life.model.counted());
      }
    }),
    { ...RUNS, numRuns: 300 },
  );
});

test('in every state: numbers only grow, isolated ends by restore alone, all is JSON', () => {
  fc.assert(
    fc.property(OPTIONS, START, STEPS, (options, start, steps) => {
      const life = new Life(options, start);
      let before: BreakerState = life.state;
      for (const step of steps) {
        life.lead(step);
        const after = life.state;
        expect(after.serial).toBeGreaterThanOrEqual(before.serial);
        expect(after.phase.generation).toBeGreaterThanOrEqual(before.phase.generation);
        expect(after.nowMs).toBeGreaterThanOrEqual(before.nowMs);
        if (before.phase.state === 'isolated' && step.deed.kind !== 'restore')
          expect(after.phase.state).toBe('isolated');
        expect(JSON.parse(JSON.stringify(after))).toEqual(after);
        expect(CircuitBreaker.from(options, after).toJSON()).toEqual(after);
        before = after;
      }
    }),
    { ...RUNS, numRuns: 200 },
  );
});
