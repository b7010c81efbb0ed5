/**
 * Slow, obvious reference of assembly/context: all rows are kept, every posterior is solved densely from them. What the kernel holds back until a
 * rebuild (noise, prior means, precisions, coefficients of cost) is taken at the same rows.
 */

const [BIAS, FAMILY, COMMON, SURFACE, PROJECTION] = [32, 32, 4, 3000, 20000];
const [COST_VARIANCE, COST_ROWS, MOST_REBUILDS] = [0.3, 3, 6];
const [NOISE, NOISE_ROWS] = [0.12, 20];
const PRIOR_WEIGHTS = 100;

interface Row {
  readonly x: readonly number[];
  readonly arm: number;
  readonly reward: number;
  readonly costUsd: number;
}

interface ArmState {
  noise: number;
  priorBias: number;
  /** Squared residuals and their degrees of freedom at the latest rebuild. */
  residual: number;
  freedom: number;
  costVariance: number;
  /** Log of what a call was expected to cost at the latest rebuild. */
  logCost: number;
}

/** Without decay. `families` has the family of each arm. */
export class ReferenceContext {
  readonly #families: readonly number[];
  readonly #priorMean: number;
  #rows: Row[] = [];
  #active: number;
  #arms: ArmState[];
  #precision: number[] = [];
  #next = 0;
  #looseness = 1;
  #stale = true;

  constructor(families: readonly number[], active: number, priorMean = 0.5) {
    this.#families = families;
    this.#active = active;
    this.#priorMean = priorMean;
    this.#arms = families.map(() => ({
      noise: NOISE,
      priorBias: priorMean,
      residual: 0,
      freedom: 0,
      costVariance: COST_VARIANCE,
      logCost: 0,
    }));
  }

  /** As the kernel at the freezing: other features for the same rows; their residuals stay. */
  relearn(active: number, rows: readonly Row[]): void {
    this.#active = active;
    this.#rows = [...rows];
    this.#stale = true;
  }

  predict(x: readonly number[], costs: readonly number[]) {
    if (this.#stale) this.#refresh(costs);
    return this.#arms.map((arm, index) => {
      const posterior = this.#posterior(index, arm);
      const f = x.slice(0, this.#active);
      const variance = arm.noise * dot(f, solve(posterior.matrix, f));
      const spread = arm.costVariance;
      const known = this.#rowsOf(index).length;
      const costUsd =
        known > 0
          ? Math.min(8 * costs[index]!, Math.exp(dot(f, posterior.costWeights) + spread / 2))
          : costs[index]!;
      const doubtUsd = costUsd * Math.sqrt(spread / (known + 1));
      return { mean: dot(f, posterior.weights), variance, costUsd, doubtUsd };
    });
  }

  observe(row: Row, costs: readonly number[]): void {
    if (this.#stale) this.#refresh(costs);
    this.#rows.push(row);
    if (this.#rows.length >= this.#next) this.#stale = true;
  }

  #rowsOf(arm: number): Row[] {
    return this.#rows.filter((row) => row.arm === arm);
  }

  #posterior(index: number, arm: ArmState, rows = this.#rowsOf(index)) {
    const right = this.#sum(rows, (row) => row.reward);
    right[0]! += arm.noise * BIAS * arm.priorBias;
    const matrix = this.#gram(
      rows,
      this.#precision.map((p) => arm.noise * p),
    );
    const costs = this.#sum(rows, (row) => Math.log(row.costUsd));
    costs[0]! += arm.noise * BIAS * arm.logCost;
    return { matrix, weights: solve(matrix, right), costWeights: solve(matrix, costs) };
  }

  #refresh(costs: readonly number[]): void {
    let due = Math.max(4, this.#next);
    this.#rebuild(costs);
    for (let i = 1; i < MOST_REBUILDS && this.#rows.length >= 1.5 * due; i++) {
      due *= 1.5;
      this.#rebuild(costs);
    }
    this.#next = this.#rows.length + Math.max(4, this.#rows.length / 2);
  }

  #rebuild(costs: readonly number[]): void {
    // Means at the average prompt are told by the weights as they stood before.
    const before = this.#arms.map((arm, index) =>
      this.#precision.length === this.#active ? this.#posterior(index, arm).weights : undefined,
    );
    this.#stale = false;
    this.#precision = this.#precisions(SURFACE, PROJECTION, BIAS).map((p, k) =>
      k === 0 ? p : p * this.#looseness,
    );
    const all = this.#arms.reduce(
      (sum, arm) => [sum[0]! + arm.residual, sum[1]! + arm.freedom],
      [NOISE * NOISE_ROWS, NOISE_ROWS],
    );
    const pooled = all[0]! / all[1]!;
    for (const arm of this.#arms)
      arm.noise = Math.max(1e-4, (arm.residual + NOISE_ROWS * pooled) / (arm.freedom + NOISE_ROWS));
    this.#poolBiases(before);
    this.#arms.forEach((arm, index) => (arm.logCost = Math.log(costs[index]!)));
    this.#assess();
  }

  /** Expected sizes of the weights against their prior; residuals of every arm. */
  #assess(): void {
    let sizes = 0;
    this.#arms.forEach((arm, index) => {
      const rows = this.#rowsOf(index);
      const { matrix, weights, costWeights } = this.#posterior(index, arm);
      let trace = 0;
      for (let k = 0; k < this.#active; k++) {
        const unit = matrix.map((_, i) => (i === k ? 1 : 0));
        const inverse = solve(matrix, unit);
        trace += dot(
          this.#gram(
            rows,
            unit.map(() => 0),
          )[k]!,
          inverse,
        );
        const variance = arm.noise * inverse[k]!;
        if (k > 0) sizes += (this.#precision[k]! * (weights[k]! ** 2 + variance)) / this.#looseness;
      }
      const squares = (of: readonly number[], y: (row: Row) => number) =>
        rows.reduce((sum, row) => sum + (y(row) - dot(row.x.slice(0, this.#active), of)) ** 2, 0);
      arm.residual = squares(weights, (row) => row.reward);
      arm.freedom = Math.max(0, rows.length - trace);
      const costSquares = squares(costWeights, (row) => Math.log(row.costUsd));
      arm.costVariance = (costSquares + COST_ROWS * COST_VARIANCE) / (arm.freedom + COST_ROWS);
    });
    const count = this.#arms.length * (this.#active - 1);
    this.#looseness = (count + PRIOR_WEIGHTS) / (sizes + PRIOR_WEIGHTS);
  }

  #precisions(surface: number, projection: number, bias: number): number[] {
    return Array.from({ length: this.#active }, (_, k) => {
      if (k === 0) return bias;
      if (k >= 8) return projection;
      if (this.#rows.length < 20) return surface;
      const mean = this.#rows.reduce((sum, { x }) => sum + x[k]!, 0) / this.#rows.length;
      const square = this.#rows.reduce((sum, { x }) => sum + x[k]! ** 2, 0) / this.#rows.length;
      return surface * Math.max(1e-4, square - mean * mean);
    });
  }

  #poolBiases(before: readonly (number[] | undefined)[]): void {
    const average = this.#sum(this.#rows, () => 1).map((s) => s / this.#rows.length);
    const told = this.#arms.map((arm, index) => {
      const rows = this.#rowsOf(index);
      if (rows.length === 0) return { mean: 0, certainty: 0 };
      const weights = before[index] ?? average.map(() => 0);
      const own = this.#sum(rows, () => 1).map((s) => s / rows.length);
      const reward = rows.reduce((sum, row) => sum + row.reward, 0) / rows.length;
      const mean = reward - dot(own, weights) + dot(average, weights);
      return { mean, certainty: 1 / (1 / BIAS + arm.noise / rows.length) };
    });
    this.#arms.forEach((arm, index) => {
      const others = told.map((one, other) => (other === index ? { mean: 0, certainty: 0 } : one));
      const familyOf = (family: number) => {
        const members = others.filter((_, other) => this.#families[other] === family);
        const certainty = members.reduce((sum, one) => sum + one.certainty, 0);
        return {
          certainty,
          sum: members.reduce((sum, one) => sum + one.certainty * one.mean, 0),
        };
      };
      const own = this.#families[index]!;
      let precision = COMMON;
      let sum = COMMON * this.#priorMean;
      for (const family of new Set(this.#families)) {
        const { certainty, sum: total } = familyOf(family);
        if (family === own || certainty === 0) continue;
        const message = 1 / (1 / FAMILY + 1 / certainty);
        precision += message;
        sum += (message * total) / certainty;
      }
      const above = 1 / (1 / FAMILY + 1 / precision);
      const siblings = familyOf(own);
      arm.priorBias = ((above * sum) / precision + siblings.sum) / (above + siblings.certainty);
    });
  }

  #gram(rows: readonly Row[], diagonal: readonly number[]): number[][] {
    return diagonal.map((own, i) =>
      diagonal.map((_, j) => rows.reduce((sum, { x }) => sum + x[i]! * x[j]!, i === j ? own : 0)),
    );
  }

  #sum(rows: readonly Row[], value: (row: Row) => number): number[] {
    return Array.from({ length: this.#active }, (_, k) =>
      rows.reduce((sum, row) => sum + row.x[k]! * value(row), 0),
    );
  }
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

/** Gaussian elimination with partial pivoting. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const m = matrix.map((row, i) => [...row, right[i]!]);
  const n = m.length;
  for (let k = 0; k < n; k++) {
    let best = k;
    for (let i = k; i < n; i++) if (Math.abs(m[i]![k]!) > Math.abs(m[best]![k]!)) best = i;
    [m[k], m[best]] = [m[best]!, m[k]!];
    for (let i = k + 1; i < n; i++) {
      const factor = m[i]![k]! / m[k]![k]!;
      for (let j = k; j <= n; j++) m[i]![j]! -= factor * m[k]![j]!;
    }
  }
  const x = new Array<number>(n).fill(0);
  for (let k = n - 1; k >= 0; k--) {
    const known = m[k]!.slice(k + 1, n).reduce((sum, value, i) => sum + value * x[k + 1 + i]!, 0);
    x[k] = (m[k]![n]! - known) / m[k]![k]!;
  }
  return x;
}
