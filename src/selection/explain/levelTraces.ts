import type { Kernel } from '../../kernel/kernel';
import { Room } from '../../kernel/room';
import type { Seed } from '../../random/seed';
import { FLOOR_BASELINES, type ParsedFloor } from '../floor';
import type { TracedArm, TracedDecision } from './traces';

// A slot: assembly/decision/trace.ts; what stands from array 5 on: assembly/bestofn/view.ts.
const HEADER_BYTES = 48;
const SHAPES = 3;
const ALLOWED = 6;
const STRENGTH = 8;
const GAIN = 9;
const SURPLUS = 11;

/** Reads traces of decisions among (model, n): each is an arm. In memory of its own: reading changes nothing that decides. */
export class LevelTraces {
  readonly #kernel: Kernel;
  readonly #samples: number;
  readonly #seed: Seed;
  readonly #floor: ParsedFloor;
  readonly #scratch: Room;
  readonly #room: Room;
  /** Propensities, then a record of two numbers. */
  readonly #out: Room;

  constructor(kernel: Kernel, samples: number, seed: Seed, floor: ParsedFloor) {
    this.#kernel = kernel;
    this.#samples = samples;
    this.#seed = seed;
    this.#floor = floor;
    this.#scratch = new Room(kernel);
    this.#room = new Room(kernel);
    this.#out = new Room(kernel);
  }

  read(slot: number, models: number): TracedDecision {
    const { raw } = this.#kernel;
    const samples = this.#samples;
    const wide = models * samples;
    const room = this.#room.reserve(raw.level_room_bytes(models, samples) >>> 0);
    const p = this.#out.reserve(8 * (wide + 2));
    const executed = raw.levels_explain(
      models,
      samples,
      slot,
      this.#seed.low,
      this.#seed.high,
      this.#floor.epsilon,
      FLOOR_BASELINES.indexOf(this.#floor.baseline),
      this.#scratch.reserve(raw.scratch_bytes(models)),
      room,
      p,
      p + 8 * wide,
    );
    const [, costWeight, explorationScale] = this.#kernel.f64(slot, 3) as unknown as Three;
    const chosen = this.#kernel.i32(slot + 36, 1)[0]!;
    const [byFloor, status] = this.#kernel.f64(p + 8 * wide, 2) as unknown as [number, number];
    const arms = this.#arms(slot, models, room, p, costWeight, explorationScale);
    const best = Math.max(...arms.filter(({ model }) => model === chosen).map((a) => a.utility));
    return {
      costWeight,
      explorationScale,
      riskWeight: 0,
      share: NaN,
      byContext: false,
      executed: arms.findIndex(
        ({ model, n }) =>
          model === Math.floor(executed / samples) && n === (executed % samples) + 1,
      ),
      chosen: arms.findIndex(({ model, utility }) => model === chosen && utility === best),
      chosenBy: byFloor === 1 ? 'floor' : 'utility',
      accuracy: status === 1 ? 'rough' : 'accurate',
      trusted: -1,
      confidence: NaN,
      arms,
    };
  }

  /** Those that were allowed, and one sample of models that were not. */
  #arms(
    slot: number,
    models: number,
    room: number,
    p: number,
    costWeight: number,
    explorationScale: number,
  ): TracedArm[] {
    const samples = this.#samples;
    const wide = models * samples;
    const qualities = this.#kernel.raw.level_room_wide(room, models, samples) >>> 0;
    const qualityOf = this.#kernel.f64(qualities, wide);
    const costOf = this.#kernel.f64(qualities + 8 * (wide + (wide % 2)), wide);
    const propensityOf = this.#kernel.f64(p, wide);
    const allowed = this.#array(slot, models, ALLOWED);
    return Array.from({ length: wide }, (_, i) => i)
      .filter((i) => i % samples < Math.max(1, allowed[Math.floor(i / samples)]!))
      .map((i) => {
        const [model, n] = [Math.floor(i / samples), (i % samples) + 1];
        const quality = qualityOf[i]!;
        const eligible = quality > -Infinity;
        return {
          model,
          n,
          eligible,
          quality: eligible ? quality : NaN,
          ...this.#belief(slot, models, model, n, explorationScale),
          costUsd: costOf[i]!,
          doubtUsd: 0,
          latency: 0,
          risk: 0,
          utility: eligible ? quality - costWeight * costOf[i]! : NaN,
          propensity: propensityOf[i]!,
          confidence: NaN,
        };
      });
  }

  /** Mean of the best of n, and the variance of what one standard deviation of one sample's quality moves it. */
  #belief(slot: number, models: number, model: number, n: number, explorationScale: number) {
    const tempering = explorationScale > 0 ? explorationScale * explorationScale : 1;
    const shapes = this.#array(slot, models, SHAPES, 2);
    const [alpha, beta] = [shapes[2 * model]! * tempering, shapes[2 * model + 1]! * tempering];
    const sum = alpha + beta;
    const mean = alpha / sum;
    const variance = ((alpha / sum) * (beta / sum)) / (sum + 1);
    if (n === 1) return { mean, variance };
    const of = (index: number) => this.#array(slot, models, index)[model]!;
    const best = (quality: number) => {
      const at = Math.min(1, Math.max(0, quality));
      const g = this.#kernel.raw.best_of_mean(at, of(STRENGTH), n, of(GAIN));
      return Math.min(1, Math.max(0, g + of(SURPLUS + n - 2)));
    };
    const deviation = Math.sqrt(variance);
    const half = (best(mean + deviation) - best(mean - deviation)) / 2;
    return { mean: best(mean), variance: half * half };
  }

  #array(slot: number, models: number, index: number, length = 1): Float64Array {
    const stride = 8 * (models + (models % 2));
    return this.#kernel.f64(slot + HEADER_BYTES + index * stride, length * models);
  }
}

type Three = readonly [number, number, number];
