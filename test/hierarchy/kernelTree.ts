/** A tree in kernel memory, by its raw exports. */
import { loadKernelSync } from '../../src/kernel/load';

export interface TreeShape {
  readonly dimensions: number;
  readonly families: readonly number[];
  readonly surfaceEnd?: number;
  readonly halfLife?: number;
  readonly noise?: number;
  readonly level?: number;
}

/** Byte offsets in assembly/hierarchy/layout.ts. */
export const OFFSETS = {
  estimated: 24,
  rows: 32,
  noise: 104,
  intraclass: 112,
  promptSquares: 120,
  residualSquares: 152,
  precisions: 192,
  histogram: 80,
} as const;

export class KernelTree {
  readonly kernel = loadKernelSync().instantiate();
  readonly tree: number;
  readonly bytes: number;
  readonly #shape: TreeShape;
  readonly #x: number;
  readonly #out: number;
  readonly #scratch: number;
  readonly #rebuild: number;

  constructor(shape: TreeShape) {
    this.#shape = shape;
    const { raw } = this.kernel;
    const { dimensions: d, families } = shape;
    this.bytes = raw.tree_bytes(d, families.length);
    this.tree = this.kernel.allocate(this.bytes);
    const count = Math.max(...families) + 1;
    raw.tree_init(
      this.tree,
      d,
      families.length,
      count,
      shape.surfaceEnd ?? d,
      shape.halfLife ?? Infinity,
      shape.noise ?? 1,
      shape.level ?? 25,
    );
    families.forEach((family, model) => raw.tree_set_model(this.tree, model, family));
    this.#x = this.kernel.allocate(8 * d + 8);
    this.#out = this.kernel.allocate(8 * 3 * families.length + 16);
    this.#scratch = this.kernel.allocate(raw.tree_predict_bytes(this.tree));
    this.#rebuild = this.kernel.allocate(raw.tree_rebuild_bytes(this.tree));
    this.rebuild(0);
  }

  rebuild(steps: number): void {
    this.kernel.raw.tree_rebuild(this.tree, this.#rebuild, steps);
  }

  observe(model: number, x: readonly number[], y: number, clock = NaN, weight = 1): number {
    this.#put(x);
    return this.kernel.raw.tree_observe(this.tree, this.#scratch, model, this.#x, y, clock, weight);
  }

  score(model: number, x: readonly number[], y: number, learnt = false, weight = 1): number {
    this.#put(x);
    const { raw } = this.kernel;
    const at = [this.tree, this.#scratch, model, this.#x] as const;
    return raw.tree_score(...at, y, NaN, weight, learnt ? 1 : 0);
  }

  advance(clock: number): number {
    return this.kernel.raw.tree_advance(this.tree, clock);
  }

  predict(model: number, x: readonly number[]): { mean: number; variance: number } {
    this.#put(x);
    this.kernel.raw.tree_predict(this.tree, this.#scratch, model, this.#x, this.#out);
    const [mean, variance] = this.kernel.f64(this.#out, 2);
    return { mean: mean!, variance: variance! };
  }

  predictAll(x: readonly number[]): { mean: number; variance: number; noise: number }[] {
    this.#put(x);
    const models = this.#shape.families.length;
    const [mean, variance, noise] = [0, 1, 2].map((i) => this.#out + 8 * models * i);
    this.kernel.raw.tree_predict_all(
      this.tree,
      this.#scratch,
      this.#x,
      0,
      mean!,
      variance!,
      noise!,
    );
    const values = this.kernel.f64(this.#out, 3 * models);
    return this.#shape.families.map((_, i) => ({
      mean: values[i]!,
      variance: values[models + i]!,
      noise: values[2 * models + i]!,
    }));
  }

  /** λ, level by level, group by group. */
  get precisions(): Float64Array {
    return this.kernel.f64(this.tree + OFFSETS.precisions, 9);
  }

  /** Fixes precisions and every model's noise, until something estimates them. */
  fix(precisions: readonly number[], noise: readonly number[]): void {
    this.precisions.set(precisions);
    this.kernel.u32(this.tree + OFFSETS.estimated, 1)[0] = 1;
    noise.forEach((value, model) => (this.noiseAt(model)[0] = value));
    this.rebuild(0);
  }

  noiseAt(model: number): Float64Array {
    return this.kernel.f64(this.kernel.raw.tree_record(this.tree, model) + 8, 1);
  }

  figure(offset: number): number {
    return this.kernel.f64(this.tree + offset, 1)[0]!;
  }

  state(): Uint8Array {
    return this.kernel.u8(this.tree, this.bytes).slice();
  }

  #put(x: readonly number[]): void {
    this.kernel.f64(this.#x, x.length).set(x);
  }
}
