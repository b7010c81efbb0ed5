/**
 * Strategy: random lives of forecasters with features, tokens, half-lives and clocks from one end of what is allowed to the other: no answer may be other than a number, and every state must be
 * one that can be restored. Not here: whether the numbers are good (tokenForecaster.test.ts, recorded.test.ts).
 */
import { expect, it } from 'vitest';
import { TokenForecaster, type TokenObservation } from '../../src/forecast/tokens/tokenForecaster';
import { Draws } from '../regression/data';

const LIVES = 60;
const ROWS = 40;

class Life {
  readonly #draws: Draws;
  readonly #dimensions: number;
  readonly #halfLife: number;
  readonly #scale: number;
  readonly #tokens: readonly number[];
  readonly #forecaster: TokenForecaster;
  #clock = 0;

  constructor(seed: number) {
    this.#draws = new Draws(seed);
    for (let i = 0; i < 9; i++) this.#draws.unit();
    this.#dimensions = this.#pick([1, 2, 3, 7, 8, 20]);
    this.#halfLife = this.#pick([Infinity, Infinity, 0.001, 1, 50, 1e6]);
    this.#scale = this.#pick([0, 1e-8, 1, 1e6, 1e30, 1e50]);
    this.#tokens = this.#pick([[7], [0], [1e12, 0, 1], [30, 200, 1000, 4]]);
    const most = this.#pick([undefined, 1, 100, 1e9]);
    const model = { family: 'x', ...(most !== undefined && { maxOutputTokens: most }) };
    this.#forecaster = new TokenForecaster({
      models: { a: model, b: model, c: { family: 'y' } },
      ownFeatures: { dimensions: this.#dimensions, surface: this.#pick([0, this.#dimensions - 1]) },
      halfLife: this.#halfLife,
    });
  }

  run(): void {
    for (let i = 0; i < ROWS; i++) {
      const row = this.#row();
      this.#forecaster.observe(row);
      if (i % 20 === 10) this.#forecaster.fit(Array.from({ length: 8 }, () => this.#row()));
      if (i % 13 === 5) this.#forecaster.estimate();
      if (i % 17 === 3) this.#forecaster.advance((this.#clock += this.#pick([1, 1e7, 1e12])));
      this.#expectNumbers(row);
    }
    TokenForecaster.fromState(this.#forecaster.exportState());
  }

  #row(): TokenObservation {
    const value = () => {
      const most = this.#draws.unit() < -0.4 ? this.#scale : Math.min(this.#scale, 1e3);
      return this.#pick([0, 1, this.#draws.unit(), -1]) * most;
    };
    const input = Float64Array.from({ length: this.#dimensions }, (_, j) =>
      j === 0 ? 1 : value(),
    );
    this.#clock += this.#pick([0, 0.01, 1, 100, 1e5, 1e9]);
    return {
      input,
      model: this.#pick(['a', 'b', 'c']),
      outputTokens: this.#pick(this.#tokens),
      clock: this.#clock,
    };
  }

  #expectNumbers({ input, model }: TokenObservation): void {
    for (const id of [model, 'nobody']) {
      const forecast = this.#forecaster.predict(input, id);
      const figures = [
        forecast.meanTokens,
        forecast.quantileTokens(0.001),
        forecast.medianTokens,
        forecast.quantileTokens(0.999),
        forecast.aleatoricSdTokens,
        forecast.epistemicSdTokens,
        forecast.epistemicSdLog,
        forecast.aleatoricSdLog,
        forecast.probabilityWithin(5),
        forecast.crpsTokens(10),
        Math.abs(forecast.logMean),
      ];
      for (const figure of figures) {
        expect(figure).toBeGreaterThanOrEqual(0);
        expect(figure).toBeLessThan(Infinity);
      }
    }
  }

  #pick<Value>(values: readonly Value[]): Value {
    return values[Math.floor((this.#draws.unit() + 0.5) * values.length)]!;
  }
}

it.each(Array.from({ length: LIVES }, (_, i) => 1 + 7919 * i))(
  'life %i stays within numbers',
  (seed) => {
    new Life(seed).run();
  },
);
