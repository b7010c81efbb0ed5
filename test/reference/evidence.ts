/**
 * Slow, obvious reference of assembly/evidence: every report is kept, and everything is computed from the whole list
 * at each read. Weights are the textbook's 2^(-(now - t)/halfLife); there is no landmark, no running sum, no SIMD.
 */
export interface ReferenceArm {
  readonly family: number;
  /** NaN = no list price. */
  readonly usdPerInputToken: number;
  readonly usdPerOutputToken: number;
  /** Of its own, in place of its family's. */
  readonly prior?: { readonly mean: number; readonly strength: number } | undefined;
}

export interface ReferencePrior {
  readonly priorMean: number;
  readonly priorStrength: number;
  /** Infinity = nothing is forgotten. */
  readonly halfLifeRequests: number;
}

/** NaN = not known. */
export interface ReferenceReport {
  readonly segment: number;
  readonly arm: number;
  readonly reward: number;
  readonly costUsd: number;
  readonly promptTokens: number;
  readonly clock: number;
  /** Of the weight of a report; left out: 1. */
  readonly factor?: number;
}

export interface ReferencePosterior {
  readonly pooledMean: number;
  readonly alpha: number;
  readonly beta: number;
  readonly expectedCostUsd: number;
}

/** Candidate strengths κ: 12 to 24 in three equal ratios. */
const KAPPAS = [0, 1, 2, 3].map((j) => 12 * 2 ** (j / 3));
const REPORTS_BETWEEN_ESTIMATES = 256;
/** Observations that the parents' means and a segment's effect are shrunk by (assembly/evidence/pooling.ts). */
const PARENT_STRENGTH = 2;
const SEGMENT_STRENGTH = 3;
/** Observations that a cell's pooled mean is worth before any report (assembly/evidence/posterior.ts). */
const UNTRIED_STRENGTH = 6;

interface Weighted extends ReferenceReport {
  readonly weight: number;
}

export class ReferenceEvidence {
  readonly #arms: readonly ReferenceArm[];
  readonly #prior: ReferencePrior;
  readonly #reports: ReferenceReport[] = [];
  /** Log score of each candidate strength on each reward, with the reward's clock. */
  readonly #scores: {
    readonly clock: number;
    readonly factor: number;
    readonly byKappa: readonly number[];
  }[] = [];
  #segments: number;
  #now = 0;
  #kappa = KAPPAS[0]!;
  #weighed: { readonly key: string; readonly rewards: Weighted[] } | undefined;

  constructor(arms: readonly ReferenceArm[], prior: ReferencePrior, segments = 1) {
    this.#arms = arms;
    this.#prior = prior;
    this.#segments = segments;
  }

  get kappa(): number {
    return this.#kappa;
  }

  get dispersion(): number {
    return this.#phi();
  }

  addSegment(): void {
    this.#segments++;
  }

  observe(report: ReferenceReport): void {
    this.#now = Math.max(this.#now, report.clock);
    if (!Number.isNaN(report.reward)) this.#scores.push(this.#score(report));
    this.#reports.push(report);
    if (!Number.isNaN(report.reward) && this.#scores.length % REPORTS_BETWEEN_ESTIMATES === 0)
      this.#chooseKappa();
  }

  posteriors(segment: number, clock: number, promptTokens: number): ReferencePosterior[] {
    this.#now = Math.max(this.#now, clock);
    const phi = this.#phi();
    return this.#arms.map((_, arm) => {
      const mean = this.#pooledMean(segment, arm);
      const cell = this.#rewards().filter((r) => r.segment === segment && r.arm === arm);
      const strength = this.#cellStrength(segment, arm);
      return {
        pooledMean: mean,
        alpha: strength * mean + successes(cell) / phi,
        beta: strength * (1 - mean) + failures(cell) / phi,
        expectedCostUsd: this.#expectedCost(segment, arm, promptTokens),
      };
    });
  }

  #weigh(reports: readonly ReferenceReport[]): Weighted[] {
    const { halfLifeRequests } = this.#prior;
    return reports.map((r) => ({
      ...r,
      weight: (r.factor ?? 1) * 2 ** (-(this.#now - r.clock) / halfLifeRequests),
    }));
  }

  /** Weighed anew whenever the clock or the list has moved. */
  #rewards(): Weighted[] {
    const key = `${this.#now} ${this.#reports.length}`;
    if (this.#weighed?.key !== key) {
      const known = this.#reports.filter((r) => !Number.isNaN(r.reward));
      this.#weighed = { key, rewards: this.#weigh(known) };
    }
    return this.#weighed.rewards;
  }

  #costs(): Weighted[] {
    return this.#weigh(this.#reports.filter((r) => !Number.isNaN(r.costUsd)));
  }

  #phi(): number {
    const total = { within: 0, binary: 0, freedom: 0 };
    const rewards = this.#rewards();
    for (let segment = 0; segment < this.#segments; segment++) {
      for (let arm = 0; arm < this.#arms.length; arm++) {
        const cell = rewards.filter((r) => r.segment === segment && r.arm === arm);
        const terms = dispersionTerms(cell);
        total.within += terms.within;
        total.binary += terms.binary;
        total.freedom += terms.freedom;
      }
    }
    // Rewards that are all 0 or all 1 within their cells say nothing of φ.
    const ratio = total.binary > 0 ? total.within / total.binary : 1;
    return clip((total.freedom * ratio + 5) / (total.freedom + 5), 0.05, 1);
  }

  #allMean(): number {
    const { priorMean, priorStrength } = this.#prior;
    const all = this.#rewards();
    return (successes(all) + priorStrength * priorMean) / (weight(all) + priorStrength);
  }

  #familyMean(family: number): number {
    const members = this.#arms.filter((arm) => arm.family === family).length;
    // A family of one is its model: it has nothing of its own to add.
    if (members <= 1) return this.#allMean();
    const own = this.#rewards().filter((r) => this.#arms[r.arm]!.family === family);
    return (successes(own) + PARENT_STRENGTH * this.#allMean()) / (weight(own) + PARENT_STRENGTH);
  }

  /** What a model starts from, and observations that is worth. */
  #parent(arm: number): { readonly mean: number; readonly strength: number } {
    const { family, prior } = this.#arms[arm]!;
    return prior ?? { mean: this.#familyMean(family), strength: PARENT_STRENGTH };
  }

  #modelMean(arm: number): number {
    const own = this.#rewards().filter((r) => r.arm === arm);
    const { mean, strength } = this.#parent(arm);
    return (successes(own) + strength * mean) / (weight(own) + strength);
  }

  /** Observations that a cell's pooled mean is worth: what it rests on, or the own prior and what the model's other segments have told. */
  #cellStrength(segment: number, arm: number): number {
    const { prior } = this.#arms[arm]!;
    if (!prior)
      return Math.min(this.#kappa, UNTRIED_STRENGTH + this.#weightBehind(arm) / this.#phi());
    const elsewhere = this.#rewards().filter((r) => r.arm === arm && r.segment !== segment);
    const learned = prior.strength + weight(elsewhere) / this.#phi();
    return Math.max(prior.strength, Math.min(this.#kappa, learned));
  }

  /** Weight of the reports that the pooled mean of an arm's cells rests on. */
  #weightBehind(arm: number): number {
    const { family } = this.#arms[arm]!;
    const alone = this.#arms.filter((other) => other.family === family).length === 1;
    return weight(
      this.#rewards().filter((r) => {
        if (this.#segments > 1) return r.arm === arm;
        return alone || this.#arms[r.arm]!.family === family;
      }),
    );
  }

  #pooledMean(segment: number, arm: number): number {
    // With one segment, cell and model are the same data: the cell's parent is the family.
    const given = this.#arms[arm]!.prior?.mean ?? 0.5;
    const clipped = (m: number) => clip(m, Math.min(0.02, given), Math.max(0.98, given));
    if (this.#segments === 1) return clipped(this.#parent(arm).mean);
    const here = this.#rewards().filter((r) => r.segment === segment);
    const modelMeans = this.#arms.map((_, i) => this.#modelMean(i));
    const residual = sum(here.map((r) => r.weight * (r.reward - modelMeans[r.arm]!)));
    const mean = modelMeans[arm]!;
    const shift = residual / (weight(here) + SEGMENT_STRENGTH) / Math.max(0.02, mean * (1 - mean));
    return clipped(1 / (1 + Math.exp(-(Math.log(mean / (1 - mean)) + shift))));
  }

  #expectedCost(segment: number, arm: number, promptTokens: number): number {
    const costs = this.#costs();
    const model = costs.filter((r) => r.arm === arm);
    const cell = model.filter((r) => r.segment === segment);
    const modelCost =
      (spent(model) + this.#listCost(arm, promptTokens, costs)) / (weight(model) + 1);
    return (spent(cell) + 3 * modelCost) / (weight(cell) + 3);
  }

  #listCost(arm: number, promptTokens: number, costs: readonly Weighted[]): number {
    const { usdPerInputToken, usdPerOutputToken } = this.#arms[arm]!;
    const list =
      usdPerInputToken * orAssumed(promptTokens) + usdPerOutputToken * this.#outputTokens(costs);
    if (!Number.isNaN(list)) return list;
    return weight(costs) > 0 ? spent(costs) / weight(costs) : 0;
  }

  /** Output tokens that the costs imply at list price, shrunk towards and bounded by 300. */
  #outputTokens(costs: readonly Weighted[]): number {
    const implied = costs
      .map((r) => {
        const { usdPerInputToken, usdPerOutputToken } = this.#arms[r.arm]!;
        const forOutput = Math.max(0, r.costUsd - orAssumed(r.promptTokens) * usdPerInputToken);
        return { weight: r.weight, tokens: forOutput / usdPerOutputToken };
      })
      .filter(({ tokens }) => tokens < Infinity);
    const tokens = sum(implied.map((i) => i.weight * i.tokens));
    return Math.min(300, (tokens + 300) / (sum(implied.map((i) => i.weight)) + 1));
  }

  #score({ segment, arm, reward, clock, factor = 1 }: ReferenceReport) {
    const mean = this.#pooledMean(segment, arm);
    const cell = this.#rewards().filter((r) => r.segment === segment && r.arm === arm);
    const phi = this.#phi();
    const [s, f] = [successes(cell) / phi, failures(cell) / phi];
    const byKappa = KAPPAS.map((kappa) => {
      const hit = (kappa * mean + s) / (kappa + s + f);
      const miss = (kappa * (1 - mean) + f) / (kappa + s + f);
      return reward * Math.log(hit) + (1 - reward) * Math.log(miss);
    });
    return { clock, factor, byKappa };
  }

  #chooseKappa(): void {
    const weights = this.#scores.map(
      ({ clock, factor }) => factor * 2 ** (-(this.#now - clock) / this.#prior.halfLifeRequests),
    );
    const totals = KAPPAS.map((_, j) =>
      sum(this.#scores.map(({ byKappa }, i) => weights[i]! * byKappa[j]!)),
    );
    this.#kappa = KAPPAS[totals.indexOf(Math.max(...totals))]!;
  }
}

/** A, D and W(1 - 1/n) of one cell, by centred sums (assembly/evidence/dispersion.ts names them). */
function dispersionTerms(cell: readonly Weighted[]): {
  within: number;
  binary: number;
  freedom: number;
} {
  const w = weight(cell);
  if (!(w > 0)) return { within: 0, binary: 0, freedom: 0 };
  const mean = successes(cell) / w;
  const within = sum(cell.map((r) => r.weight * (r.reward - mean) ** 2));
  const inverseCount = sum(cell.map((r) => (r.weight / w) ** 2));
  const binary = (successes(cell) * failures(cell)) / w;
  return {
    within,
    binary: binary * (1 - inverseCount) + within * inverseCount,
    freedom: w * (1 - inverseCount),
  };
}

function orAssumed(promptTokens: number): number {
  return Number.isNaN(promptTokens) ? 500 : promptTokens;
}

function clip(x: number, low: number, high: number): number {
  return Math.min(Math.max(x, low), high);
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}

function weight(reports: readonly Weighted[]): number {
  return sum(reports.map((r) => r.weight));
}

function successes(reports: readonly Weighted[]): number {
  return sum(reports.map((r) => r.weight * r.reward));
}

function failures(reports: readonly Weighted[]): number {
  return sum(reports.map((r) => r.weight * (1 - r.reward)));
}

function spent(reports: readonly Weighted[]): number {
  return sum(reports.map((r) => r.weight * r.costUsd));
}
