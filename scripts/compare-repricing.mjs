// Compares three ways to carry a model's learned cost over a change of its list price (docs/decisions/2026-11-22-repricing.md): translated at the
// model's own mix of tokens, scaled by the ratio of the list prices at 500 tokens in and 300 out, and begun anew from the new list price. Plain
// JavaScript, no kernel: the shrinkage is that of docs/MATH.md §8 with one segment. Prints the mean relative error of the expected cost.
import { mersenne } from 'pure-rand/generator/mersenne';

const WORLDS = 400;
const BEFORE = 200;
const random = mersenne(7);
const uniform = () => (random.next() >>> 0) / 2 ** 32;
const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
const logUniform = (low, high) => low * (high / low) ** uniform();

/** Expected cost of a call from sums over the model (and the cell, which is the same with one segment). */
const expected = ({ cost, weight }, list) => {
  const model = (cost + list) / (weight + 1);
  return (cost + 3 * model) / (weight + 3);
};

function world() {
  const inputTokens = logUniform(100, 8000);
  const outputTokens = logUniform(20, 2000);
  const old = { input: logUniform(0.1, 5) / 1e6, output: 0 };
  old.output = old.input * logUniform(1, 8);
  const now = { input: old.input * logUniform(0.2, 2), output: old.output * logUniform(0.2, 2) };
  // What is billed is up to 60 % below the list price: cached input.
  const discount = uniform() < 0.5 ? 1 : 1 - 0.6 * uniform();
  const call = (prices) => {
    const sent = inputTokens * Math.exp(0.5 * normal() - 0.125);
    const got = outputTokens * Math.exp(0.7 * normal() - 0.245);
    return { sent, cost: discount * prices.input * sent + prices.output * got };
  };
  const truth = discount * now.input * inputTokens + now.output * outputTokens;
  return { old, now, call, truth, inputTokens };
}

const ways = ['own mix', 'assumed mix', 'anew'];
const errors = ways.map(() => new Map([0, 1, 3, 10, 30].map((after) => [after, 0])));
for (let w = 0; w < WORLDS; w++) {
  const { old, now, call, truth, inputTokens } = world();
  const sums = { cost: 0, sent: 0, tokens: 0 };
  for (let i = 0; i < BEFORE; i++) {
    const { sent, cost } = call(old);
    sums.cost += cost;
    sums.sent += sent;
    sums.tokens += Math.max(0, cost - sent * old.input) / old.output;
  }
  const mean = sums.cost / BEFORE;
  const forInput = Math.min(mean, (sums.sent / BEFORE) * old.input);
  const own = now.input * (forInput / old.input) + now.output * ((mean - forInput) / old.output);
  const assumed = (500 * now.input + 300 * now.output) / (500 * old.input + 300 * old.output);
  const learned = [
    { cost: BEFORE * own, weight: BEFORE },
    { cost: BEFORE * mean * assumed, weight: BEFORE },
    { cost: 0, weight: 0 },
  ];
  const list =
    now.input * inputTokens + now.output * Math.min(300, (sums.tokens + 300) / (BEFORE + 1));
  for (let after = 0; after <= 30; after++) {
    learned.forEach((sum, i) => {
      if (errors[i].has(after)) {
        const error = Math.abs(expected(sum, list) / truth - 1) / WORLDS;
        errors[i].set(after, errors[i].get(after) + error);
      }
    });
    const { cost } = call(now);
    for (const sum of learned) {
      sum.cost += cost;
      sum.weight++;
    }
  }
}
console.log(['reports after', ...errors[0].keys()].join('\t'));
ways.forEach((way, i) =>
  console.log([way.padEnd(12), ...[...errors[i].values()].map((e) => e.toFixed(3))].join('\t')),
);
