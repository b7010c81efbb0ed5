/**
 * Goal: nanoseconds a Beta draw of the bulk sampler against plain TypeScript (polar method, Marsaglia & Tsang's Gamma).
 * Not measured here: native peers.
 */
import { Sampler } from '../src/random/sampler';
import { measure, type Timing } from './measure';
import { PlainRandom } from './plainRandom';

export const BETA_SHAPES = [
  [1, 1],
  [0.5, 0.5],
  [8, 3],
  [120.5, 37.2],
  [3000, 500],
] as const;

export function betaDraws(a: number, b: number, draws: number, rounds: number): Timing[] {
  const sampler = new Sampler({ seed: 1 });
  const out = new Float64Array(draws);
  const plain = new PlainRandom();
  plain.seed(1, 0);
  const sum = () => out.reduce((total, draw) => total + draw, 0);
  return measure(
    [
      {
        name: 'kernel (WebAssembly)',
        run: () => {
          sampler.betaInto(a, b, out);
          return sum;
        },
      },
      {
        name: 'plain TypeScript',
        run: () => {
          for (let i = 0; i < draws; i++) out[i] = plain.beta(a, b);
          return sum;
        },
      },
    ],
    draws,
    rounds,
    Math.ceil(rounds / 4),
  );
}
