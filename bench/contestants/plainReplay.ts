/**
 * The replay loop in plain TypeScript: the same rule (pooling, dispersion, strengths, costs, Thompson draw, choice, update)
 * with the same re-seeding a decision, as one would write it with care but without WebAssembly: typed arrays, no allocation
 * in the loop, the host's Math, a 32-bit generator, the polar method and Marsaglia & Tsang's Gamma. Its draws are others than
 * the kernel's; its statistics are the same.
 */

import { PlainRandom } from './plainRandom';

export interface PlainWorld {
  readonly arms: number;
  readonly segments: number;
  readonly families: Int32Array;
  readonly usdPerInputToken: Float64Array;
  readonly usdPerOutputToken: Float64Array;
  readonly segmentOf: Uint32Array;
  readonly promptTokens: Float64Array;
  readonly quality: Float64Array;
  readonly costUsd: Float64Array;
}

const GRID = [12, 15.119052598738478, 19.048812623618392, 24];

/** Replays the whole world once and gives the sum of the rewards. */
export function plainReplay(
  world: PlainWorld,
  order: Uint32Array,
  seed: number,
  costWeight: number,
): number {
  const { arms, segments, families, usdPerInputToken, usdPerOutputToken, segmentOf, promptTokens } =
    world;
  const familyCount = Math.max(...families) + 1;
  const random = new PlainRandom();
  const cell = () => new Float64Array(arms * segments);
  const [cs, cf, cq, cc, cn] = [cell(), cell(), cell(), cell(), cell()];
  const arm = () => new Float64Array(arms);
  const [as, af, ac, an, model, pooled, size] = [arm(), arm(), arm(), arm(), arm(), arm(), arm()];
  const [fs, ff, fm] = [arm(), arm(), arm()];
  const scores = new Float64Array(GRID.length);
  for (const family of families) size[family]!++;
  let [s, f, within, binary, freedom, tokens, tokenWeight, reports, kappa, total] = [
    0, 0, 0, 0, 0, 0, 0, 0, 12, 0,
  ];

  for (let i = 0; i < order.length; i++) {
    const row = order[i]!;
    const at = segmentOf[row]! * arms;
    const all = (s + 1) / (s + f + 2);
    for (let k = 0; k < familyCount; k++)
      fm[k] = size[k]! > 1 ? (fs[k]! + 2 * all) / (fs[k]! + ff[k]! + 2) : all;
    let residual = 0;
    let weight = 0;
    for (let k = 0; k < arms; k++) {
      const m = (as[k]! + 2 * fm[families[k]!]!) / (as[k]! + af[k]! + 2);
      model[k] = m;
      const n = cs[at + k]! + cf[at + k]!;
      residual += cs[at + k]! - m * n;
      weight += n;
    }
    const effect = residual / (weight + 3);
    const ratio = binary > 0 ? within / binary : 1;
    const phi = Math.min(1, Math.max(0.05, (freedom * ratio + 20) / (freedom + 20)));
    const outputTokens = Math.min(300, (tokens + 300) / (tokenWeight + 1));
    random.seed(seed, i);
    let best = 0;
    let bestUtility = -Infinity;
    for (let k = 0; k < arms; k++) {
      const m = model[k]!;
      const odds = (1 - m) * Math.exp(-effect / Math.max(0.02, m * (1 - m)));
      const mean = Math.min(0.98, Math.max(0.02, m / (m + odds)));
      pooled[k] = mean;
      const list = usdPerInputToken[k]! * promptTokens[row]! + usdPerOutputToken[k]! * outputTokens;
      const modelCost = (ac[k]! + list) / (an[k]! + 1);
      const cost = (cc[at + k]! + 3 * modelCost) / (cn[at + k]! + 3);
      const prior = Math.min(kappa, 6 + (as[k]! + af[k]!) / phi);
      const q = random.beta(
        prior * mean + cs[at + k]! / phi,
        prior * (1 - mean) + cf[at + k]! / phi,
      );
      const utility = q - costWeight * cost;
      if (utility > bestUtility) {
        bestUtility = utility;
        best = k;
      }
    }
    const reward = world.quality[row * arms + best]!;
    const cost = world.costUsd[row * arms + best]!;
    total += reward;
    reports++;
    const c = at + best;
    const [s0, f0, q0] = [cs[c]!, cf[c]!, cq[c]!];
    const mean = pooled[best]!;
    for (let j = 0; j < GRID.length; j++) {
      const strength = GRID[j]!;
      const n = strength + (s0 + f0) / phi;
      if (reward > 0) scores[j]! += reward * Math.log((strength * mean + s0 / phi) / n);
      if (reward < 1) scores[j]! += (1 - reward) * Math.log((strength * (1 - mean) + f0 / phi) / n);
    }
    if ((reports & 255) === 0) kappa = GRID[scores.indexOf(Math.max(...scores))]!;
    cs[c] = s0 + reward;
    cf[c] = f0 + 1 - reward;
    cq[c] = q0 + reward * reward;
    const n0 = s0 + f0;
    const a0 = n0 > 0 ? q0 - (s0 * s0) / n0 : 0;
    const b0 = n0 > 0 ? (s0 * f0) / n0 : 0;
    const a1 = cq[c]! - (cs[c]! * cs[c]!) / (n0 + 1);
    const b1 = (cs[c]! * cf[c]!) / (n0 + 1);
    within += a1 - a0;
    binary += b1 - (b1 - a1) / (n0 + 1) - (n0 > 0 ? b0 - (b0 - a0) / n0 : 0);
    freedom += n0 > 0 ? 1 : 0;
    const family = families[best]!;
    as[best]! += reward;
    af[best]! += 1 - reward;
    fs[family]! += reward;
    ff[family]! += 1 - reward;
    s += reward;
    f += 1 - reward;
    cc[c]! += cost;
    cn[c]!++;
    ac[best]! += cost;
    an[best]!++;
    tokens +=
      Math.max(0, cost - promptTokens[row]! * usdPerInputToken[best]!) / usdPerOutputToken[best]!;
    tokenWeight++;
  }
  return total;
}
