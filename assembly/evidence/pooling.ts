/**
 * Pooling: what is expected of every arm in a segment before the cell's own data (docs/MATH.md §6).
 *
 *   m_all  = (S + P p) / (S + F + P)                 all models; prior mean p worth P observations
 *   m_f    = (S_f + 2 m_all) / (S_f + F_f + 2)       family; a family of one is its model, so it passes m_all on
 *   m_m    = (S_m + 2 m_f) / (S_m + F_m + 2)         model
 *   m_ms   = expit(logit m_m + R_s / ((N_s + 3) max(.02, m_m (1 - m_m)))), clipped to [.02, .98]
 *   R_s    = Σ_m (S_ms - m_m (S_ms + F_ms)),  N_s = Σ_m (S_ms + F_ms)
 *
 * An arm with a prior of its own, mean p_m worth P_m observations (docs/MATH.md §24), has it in place of its family:
 * m_m = (S_m + P_m p_m) / (S_m + F_m + P_m).
 *
 * R_s is the segment's difficulty, shared by all models: what its rewards exceed the models' own means by. It is made
 * from the sums as they stand, with the means of now, so the order of the reports does not matter. A block with one
 * segment has no segment effect; cell and model are then the same data, and the cell's parent is the family.
 *
 * All sums are in landmark units; `now` is the weight of the present, by which the constants are scaled instead.
 */
import { exp, expV } from '../math/exp';
import {
  armArray,
  armBytes,
  ArmField,
  at,
  familyArray,
  familyCount,
  FamilyField,
  hasOwnPriors,
  Header,
  paddedBytes,
  RowField,
  segmentCount,
} from './layout';

const MODEL_STRENGTH: f64 = 2;
const FAMILY_STRENGTH: f64 = 2;
const SEGMENT_STRENGTH: f64 = 3;

const SMALLEST_VARIANCE: f64 = 0.02;
const SMALLEST_MEAN: f64 = 0.02;
const LARGEST_MEAN: f64 = 0.98;
/** These three and 1. Perf: loaded, as the engine would build constant vectors anew at every use. */
const POOL = memory.data<f64>([SMALLEST_VARIANCE, SMALLEST_MEAN, LARGEST_MEAN, 1.0], 16);

/** Means of the families; returns their address. */
// @ts-ignore: decorator
@inline
function poolFamilies(evidence: usize, now: f64): usize {
  const strength = load<f64>(evidence, Header.PRIOR_STRENGTH) * now;
  const successes = load<f64>(evidence, Header.SUCCESSES);
  const weight = successes + load<f64>(evidence, Header.FAILURES);
  const all = (successes + strength * load<f64>(evidence, Header.PRIOR_MEAN)) / (weight + strength);
  const everyone = f64x2.splat(all);
  const familyStrength = f64x2.splat(FAMILY_STRENGTH * now);
  const fromAll = f64x2.splat(FAMILY_STRENGTH * now * all);
  const one = f64x2.splat(1);
  const bytes = paddedBytes(familyCount(evidence));
  const families = familyArray(evidence, 0);
  const mean = families + bytes * FamilyField.MEAN;
  for (let i: usize = 0; i < bytes; i += 16) {
    const s = v128.load(families + i);
    const w = f64x2.add(s, v128.load(families + bytes * FamilyField.FAILURES + i));
    const pooled = f64x2.div(f64x2.add(s, fromAll), f64x2.add(w, familyStrength));
    const several = f64x2.gt(v128.load(families + bytes * FamilyField.ARMS + i), one);
    v128.store(mean + i, v128.bitselect(pooled, everyone, several));
  }
  return mean;
}

/** An array's entries for the families of two neighbouring arms, whose indices are at `family`. */
// @ts-ignore: decorator
@inline
export function ofFamilies(array: usize, family: usize): v128 {
  const first = v128.load64_zero(at(array, load<u32>(family)));
  return v128.load64_lane(at(array, load<u32>(family, 8)), first, 1);
}

/** Of two values: the own prior's where there is one, given the priors' strengths. */
// @ts-ignore: decorator
@inline
export function ownOr(own: v128, other: v128, strengths: v128): v128 {
  return v128.bitselect(own, other, f64x2.gt(strengths, f64x2.splat(0)));
}

/**
 * First pass over a segment: writes m_m (or, with one segment, the family's mean) to `means`, and returns the effect
 * R_s/(N_s + 3) of the segment.
 */
export function poolModels(evidence: usize, row: usize, now: f64, means: usize): f64 {
  const bytes = armBytes(evidence);
  const families = poolFamilies(evidence, now);
  const family = armArray(evidence, ArmField.FAMILY);
  const priors = armArray(evidence, ArmField.PRIOR_MEAN);
  const owned = hasOwnPriors(evidence);
  const single = segmentCount(evidence) == 1;
  const s = armArray(evidence, ArmField.SUCCESSES);
  const f = armArray(evidence, ArmField.FAILURES);
  const fromFamily = f64x2.splat(MODEL_STRENGTH * now);
  let residual = f64x2.splat(0);
  let total = f64x2.splat(0);
  for (let i: usize = 0; i < bytes; i += 16) {
    let parent = ofFamilies(families, family + i);
    let strength = fromFamily;
    if (owned) {
      const own = v128.load(priors + bytes + i);
      parent = ownOr(v128.load(priors + i), parent, own);
      strength = ownOr(f64x2.mul(own, f64x2.splat(now)), strength, own);
    }
    if (single) {
      v128.store(means + i, parent);
      continue;
    }
    const sm = v128.load(s + i);
    const numerator = f64x2.add(sm, f64x2.mul(strength, parent));
    const m = f64x2.div(numerator, f64x2.add(f64x2.add(sm, v128.load(f + i)), strength));
    v128.store(means + i, m);
    const sc = v128.load(row + i);
    const wc = f64x2.add(sc, v128.load(row + bytes * RowField.FAILURES + i));
    residual = f64x2.add(residual, f64x2.sub(sc, f64x2.mul(m, wc)));
    total = f64x2.add(total, wc);
  }
  if (single) return 0;
  const r = f64x2.extract_lane(residual, 0) + f64x2.extract_lane(residual, 1);
  const n = f64x2.extract_lane(total, 0) + f64x2.extract_lane(total, 1);
  return r / (n + SEGMENT_STRENGTH * now);
}

/**
 * m_ms of two arms from their m_m: the shift by effect/variance on the logit scale, by odds: one exponential. `own` are the strengths of the
 * arms' own priors, whose means `given` the clip leaves room for.
 */
// @ts-ignore: decorator
@inline
export function cellMeans(m: v128, effect: f64, own: v128, given: v128): v128 {
  const failure = f64x2.sub(v128.load64_splat(POOL, 24), m);
  const variance = f64x2.pmax(f64x2.mul(m, failure), v128.load64_splat(POOL));
  const odds = f64x2.mul(failure, expV(f64x2.div(f64x2.splat(-effect), variance)));
  const mean = f64x2.div(m, f64x2.add(m, odds));
  const low = v128.load64_splat(POOL, 8);
  const high = v128.load64_splat(POOL, 16);
  const least = f64x2.pmin(low, ownOr(given, low, own));
  return f64x2.pmin(f64x2.pmax(mean, least), f64x2.pmax(high, ownOr(given, high, own)));
}

/** The same of one arm, with the same bits. */
export function cellMean(m: f64, effect: f64): f64 {
  const failure = 1 - m;
  const odds = failure * exp(-effect / max(m * failure, SMALLEST_VARIANCE));
  return min(max(m / (m + odds), SMALLEST_MEAN), LARGEST_MEAN);
}
