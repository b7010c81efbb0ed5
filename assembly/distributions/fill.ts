/** Bulk fills: the next values of a sampler's sequence (sampler.ts), run by run. */
import { exp, expV } from '../math/exp';
import { log } from '../math/log';
import { betaTableDraws } from './betaTable';
import { nextBeta, ratiosInto, TWO_POINTS } from './beta';
import { settleExponential } from './exponential';
import { gammaWidth, settledAtOnce, settleGamma, THIRD } from './gamma';
import { settleNormal } from './normal';
import {
  exponentialCandidates,
  gammaCandidates,
  gammaCandidatesEach,
  hasFailed,
  normalCandidates,
  notedPair,
} from './passes';
import { openRun, openSettling, RUN_VALUES, runWords, Scratch, Stage, useRun } from './sampler';
import { makeEdges } from './zigguratEdges';
import { nextUnit, toUnit } from '../rng/stream';

export namespace Distribution {
  export const UNIFORM: i32 = 0;
  export const NORMAL: i32 = 1;
  export const EXPONENTIAL: i32 = 2;
  export const GAMMA: i32 = 3;
  export const BETA: i32 = 4;
}
/** Two more with exports of their own. */
const BETAS_EACH: i32 = 5;
const FROM_TABLE: i32 = 6;

/** Beyond it the vector exponential is not specified. */
const LARGEST_EXPONENT: f64 = 700;
/** Above it the odds may have overflowed, which would make 0 of a subnormal draw. */
const LARGEST_ODDS: f64 = 1e300;
/** Words of one element for a whole run. */
const ONE_EACH: u32 = RUN_VALUES;

/**
 * Writes the next `count` values. Parameters (p, q): uniform [p, q), normal (mean p, sd q), exponential (rate p),
 * Gamma (shape p, scale q), Beta (p, q). Ranges are the caller's to check.
 */
export function fill(sampler: usize, distribution: i32, count: u32, p: f64, q: f64, out: usize): void {
  fillRuns(sampler, distribution, count, p, q, 0, 0, out);
}

/** Writes the next `count` draws from Beta(alphas[i], betas[i]). */
export function fillBetasEach(sampler: usize, count: u32, alphas: usize, betas: usize, out: usize): void {
  fillRuns(sampler, BETAS_EACH, count, 1, 1, alphas, betas, out);
}

/** Writes the next `count` draws from the Beta of a quantile table. */
export function fillFromTable(sampler: usize, table: usize, count: u32, out: usize): void {
  fillRuns(sampler, FROM_TABLE, count, 0, 0, table, 0, out);
}

/** `first` and `second`: addresses of the shapes of BETAS_EACH, or of the table. */
function fillRuns(
  sampler: usize,
  distribution: i32,
  count: u32,
  p: f64,
  q: f64,
  first: usize,
  second: usize,
  out: usize,
): void {
  makeEdges();
  const words = wordsOfRun(distribution, p, q);
  const shapes = sampler + Scratch.EXPONENTIALS;
  while (count > 0) {
    const place = openRun(sampler, words);
    const run = min(count, RUN_VALUES - place);
    const size = (<usize>run) << 3;
    const end = out + size;
    // Vectors need even ends; the odd value beyond one is made as well and left out.
    const even = ((place | run) & 1) == 0;
    const from = ((<usize>place) & ~1) << 3;
    const to = ((<usize>(place + run) + 1) & ~1) << 3;
    const values = even ? out : sampler + Scratch.VALUES;
    if (distribution == FROM_TABLE) {
      betaTableDraws(first, runWords(sampler) + from, to - from, values);
    } else if (distribution == BETAS_EACH) {
      pairShapes(first, second, size, place & 1, shapes);
      betasEach(sampler, from, to - from, shapes, values);
      first += size;
      second += size;
    } else {
      fillRun(sampler, distribution, from, to, p, q, values);
    }
    moveInto(values + (((<usize>place) << 3) - from), distribution, p, q, out, end);
    useRun(sampler, run);
    out = end;
    count -= run;
  }
}

function wordsOfRun(distribution: i32, p: f64, q: f64): u32 {
  if (distribution == Distribution.BETA || distribution == BETAS_EACH)
    return p < 1 || q < 1 ? 5 * ONE_EACH : 3 * ONE_EACH;
  if (distribution != Distribution.GAMMA || p == 1) return ONE_EACH;
  return p < 1 ? (5 * ONE_EACH) / 2 : (3 * ONE_EACH) / 2;
}

/** Values from byte offset `from` of the run until `to`, both even; standard ones where `moveInto` does the rest. */
function fillRun(sampler: usize, distribution: i32, from: usize, to: usize, p: f64, q: f64, out: usize): void {
  const bytes = to - from;
  switch (distribution) {
    case Distribution.UNIFORM:
      return uniforms(sampler, from, bytes, p, q, out);
    case Distribution.NORMAL:
      return normals(sampler, from, bytes, out);
    case Distribution.EXPONENTIAL:
      return exponentials(sampler, 0, from, bytes, out);
    case Distribution.GAMMA:
      return gammas(sampler, from, bytes, p, out);
    case Distribution.BETA:
      return betas(sampler, from, bytes, p, q, out);
  }
}

/** Writes shift + scale * value, or value/rate. Perf: memory.copy would call the host for every run. */
function moveInto(values: usize, distribution: i32, p: f64, q: f64, out: usize, end: usize): void {
  const rate = distribution == Distribution.EXPONENTIAL ? p : 1;
  const shift = distribution == Distribution.NORMAL ? p : 0;
  const scale = distribution == Distribution.NORMAL || distribution == Distribution.GAMMA ? q : 1;
  if (rate != 1) {
    for (; out < end; out += 8, values += 8) store<f64>(out, load<f64>(values) / rate);
    return;
  }
  if (values == out && shift == 0 && scale == 1) return;
  for (; out + 8 < end; out += 16, values += 16) {
    v128.store(out, f64x2.add(f64x2.splat(shift), f64x2.mul(f64x2.splat(scale), v128.load(values))));
  }
  if (out < end) store<f64>(out, shift + scale * load<f64>(values));
}

/** Uniforms on [low, high): rounding may reach `high`, which is then drawn again. */
function uniforms(sampler: usize, from: usize, bytes: usize, low: f64, high: f64, out: usize): void {
  const words = runWords(sampler) + from;
  for (let i: usize = 0; i < bytes; i += 8) {
    let value = low + toUnit(load<u64>(words + i)) * (high - low);
    if (value >= high) {
      const stream = openSettling(sampler, from + i, Stage.VALUE);
      while (value >= high) value = low + nextUnit(stream) * (high - low);
    }
    store<f64>(out + i, value);
  }
}

function normals(sampler: usize, from: usize, bytes: usize, out: usize): void {
  const words = runWords(sampler) + from;
  const end = normalCandidates(words, bytes, sampler + Scratch.NOTED, out);
  settleNoted(sampler, Stage.NORMAL, from, words, end, out);
}

/** `skip`: bytes of the run's words in front of the exponentials'. */
function exponentials(sampler: usize, skip: usize, from: usize, bytes: usize, out: usize): void {
  const words = runWords(sampler) + skip + from;
  const end = exponentialCandidates(words, bytes, sampler + Scratch.NOTED, out);
  settleNoted(sampler, Stage.EXPONENTIAL, from, words, end, out);
}

/** Settles what was noted until `end`, normals or exponentials as `stage` says. */
function settleNoted(sampler: usize, stage: u64, from: usize, words: usize, end: usize, out: usize): void {
  for (let note = sampler + Scratch.NOTED; note < end; note += 4) {
    const i = notedPair(note);
    if (hasFailed(note, 0)) settleAt(sampler, stage, from + i, words + i, out + i);
    if (hasFailed(note, 1)) settleAt(sampler, stage, from + i + 8, words + i + 8, out + i + 8);
  }
}

function settleAt(sampler: usize, stage: u64, element: usize, word: usize, out: usize): void {
  const stream = openSettling(sampler, element, stage);
  const bits = load<u64>(word);
  const x = load<f64>(out);
  store<f64>(out, stage == Stage.NORMAL ? settleNormal(bits, x, stream) : settleExponential(bits, x, stream));
}

/**
 * Gammas of the shapes (a, b) by turns, each >= 1. The words of a run are a normal an element and then half a uniform
 * an element; `elements` is the number of elements of a whole run.
 */
function gammasAboveOne(sampler: usize, elements: usize, from: usize, bytes: usize, a: f64, b: f64, out: usize): void {
  const noted = sampler + Scratch.NOTED;
  const words = runWords(sampler) + from;
  const uniforms = runWords(sampler) + (elements << 3) + (from >> 1);
  const first = gammaWidth(a - THIRD);
  const second = gammaWidth(b - THIRD);
  const end = gammaCandidates(a, b, words, uniforms, bytes, noted, out);
  for (let note = noted; note < end; note += 4) {
    const i = notedPair(note);
    const u = uniforms + (i >> 1);
    if (hasFailed(note, 0)) settleGammaAt(sampler, from + i, a - THIRD, first, words + i, u, out + i);
    if (hasFailed(note, 1)) {
      settleGammaAt(sampler, from + i + 8, b - THIRD, second, words + i + 8, u + 4, out + i + 8);
    }
  }
}

/** Settles the Gamma at `out`, whose normal or squeeze may have failed. */
function settleGammaAt(sampler: usize, element: usize, d: f64, c: f64, word: usize, uniform: usize, out: usize): void {
  const bits = load<u64>(word);
  const prefix = load<u32>(uniform);
  if (settledAtOnce(d, c, bits, prefix)) return;
  store<f64>(out, settleGamma(d, c, bits, prefix, openSettling(sampler, element, Stage.GAMMA)));
}

/** Gammas of one shape: an exponential, or Gamma(shape + 1) e^(-E/shape) below 1 (U^(1/shape) with U = e^-E). */
function gammas(sampler: usize, from: usize, bytes: usize, shape: f64, out: usize): void {
  if (shape == 1) return exponentials(sampler, 0, from, bytes, out);
  if (shape > 1) return gammasAboveOne(sampler, RUN_VALUES, from, bytes, shape, shape, out);
  const drop = sampler + Scratch.EXPONENTIALS;
  gammasAboveOne(sampler, RUN_VALUES, from, bytes, shape + 1, shape + 1, out);
  exponentials(sampler, (RUN_VALUES << 3) + (RUN_VALUES << 2), from, bytes, drop);
  const largest = f64x2.splat(LARGEST_EXPONENT);
  const shapes = f64x2.splat(shape);
  for (let i: usize = 0; i < bytes; i += 16) {
    const exponent = f64x2.div(v128.load(drop + i), shapes);
    const boosted = v128.load(out + i);
    v128.store(out + i, f64x2.mul(boosted, expV(f64x2.neg(f64x2.pmin(largest, exponent)))));
    if (v128.any_true(f64x2.ge(exponent, largest))) {
      store<f64>(out + i, f64x2.extract_lane(boosted, 0) * exp(-f64x2.extract_lane(exponent, 0)));
      store<f64>(out + i, f64x2.extract_lane(boosted, 1) * exp(-f64x2.extract_lane(exponent, 1)), 8);
    }
  }
}

function betas(sampler: usize, from: usize, bytes: usize, a: f64, b: f64, out: usize): void {
  const pairs = sampler + Scratch.GAMMAS;
  if (a >= 1 && b >= 1) {
    gammasAboveOne(sampler, 2 * RUN_VALUES, 2 * from, 2 * bytes, a, b, pairs);
    return ratiosInto(pairs, bytes, out);
  }
  if (a < TWO_POINTS && b < TWO_POINTS) {
    for (let i: usize = 0; i < bytes; i += 8) {
      store<f64>(out + i, nextBeta(a, b, openSettling(sampler, 2 * (from + i), Stage.VALUE)));
    }
    return;
  }
  boostedBetas(sampler, from, bytes, a, b, out);
}

/**
 * Betas with a shape below 1: 1 / (1 + (Y/X) e^gap) of boosted Gammas X and Y, gap = E/a - E'/b, in which a shape of 1
 * or more has no part. Where e^gap leaves the vector exponential's range, by logarithms.
 */
function boostedBetas(sampler: usize, from: usize, bytes: usize, a: f64, b: f64, out: usize): void {
  const pairs = sampler + Scratch.GAMMAS;
  const drop = sampler + Scratch.EXPONENTIALS;
  const skip: usize = 3 * (RUN_VALUES << 3);
  gammasAboveOne(sampler, 2 * RUN_VALUES, 2 * from, 2 * bytes, a < 1 ? a + 1 : a, b < 1 ? b + 1 : b, pairs);
  exponentials(sampler, skip, 2 * from, 2 * bytes, drop);
  const divisors = f64x2.replace_lane(f64x2.splat(a < 1 ? a : Infinity), 1, b < 1 ? b : Infinity);
  const one = f64x2.splat(1);
  const largest = f64x2.splat(LARGEST_EXPONENT);
  for (let i: usize = 0; i < bytes; i += 16) {
    const first = f64x2.div(v128.load(drop + 2 * i), divisors);
    const second = f64x2.div(v128.load(drop + 2 * i, 16), divisors);
    const gap = f64x2.sub(v128.shuffle<f64>(first, second, 0, 2), v128.shuffle<f64>(first, second, 1, 3));
    const firstPair = v128.load(pairs + 2 * i);
    const secondPair = v128.load(pairs + 2 * i, 16);
    const x = v128.shuffle<f64>(firstPair, secondPair, 0, 2);
    const y = v128.shuffle<f64>(firstPair, secondPair, 1, 3);
    const odds = f64x2.mul(f64x2.div(y, x), expV(gap));
    v128.store(out + i, f64x2.div(one, f64x2.add(one, odds)));
    const within = v128.and(f64x2.lt(f64x2.abs(gap), largest), f64x2.lt(odds, f64x2.splat(LARGEST_ODDS)));
    if (!i64x2.all_true(within)) {
      store<f64>(out + i, fromLogOdds(f64x2.extract_lane(x, 0), f64x2.extract_lane(y, 0), f64x2.extract_lane(gap, 0)));
      store<f64>(
        out + i,
        fromLogOdds(f64x2.extract_lane(x, 1), f64x2.extract_lane(y, 1), f64x2.extract_lane(gap, 1)),
        8,
      );
    }
  }
}

function fromLogOdds(x: f64, y: f64, gap: f64): f64 {
  const odds = gap + (log(y) - log(x));
  // Where e^odds would overflow, the draw is a subnormal, not 0.
  return odds > LARGEST_EXPONENT ? exp(-odds) : 1.0 / (1.0 + exp(odds));
}

/** Shapes as pairs, behind a pair without a value of its own if `odd`, and another one behind them. */
function pairShapes(alphas: usize, betas: usize, bytes: usize, odd: usize, out: usize): void {
  const any = f64x2.splat(2); // Cheap to draw, and left out.
  v128.store(out, any);
  out += odd << 4;
  let i: usize = 0;
  for (; i + 8 < bytes; i += 16) {
    const a = v128.load(alphas + i);
    const b = v128.load(betas + i);
    v128.store(out + 2 * i, v128.shuffle<f64>(a, b, 0, 2));
    v128.store(out + 2 * i, v128.shuffle<f64>(a, b, 1, 3), 16);
  }
  if (i < bytes) {
    store<f64>(out + 2 * i, load<f64>(alphas + i));
    store<f64>(out + 2 * i, load<f64>(betas + i), 8);
  }
  v128.store(out + 2 * bytes, any);
}

function betasEach(sampler: usize, from: usize, bytes: usize, shapes: usize, out: usize): void {
  const words = runWords(sampler) + 2 * from;
  const pairs = sampler + Scratch.GAMMAS;
  const noted = sampler + Scratch.NOTED;
  const uniforms = runWords(sampler) + 2 * (RUN_VALUES << 3) + from;
  const end = gammaCandidatesEach(shapes, words, uniforms, 2 * bytes, noted, pairs);
  for (let note = noted; note < end; note += 4) {
    const i = notedPair(note);
    settlePair(sampler, note, 2 * from + i, shapes + i, words + i, uniforms + (i >> 1), pairs + i);
  }
  ratiosInto(pairs, bytes, out);
}

/** Settles the two Gammas of the value whose first element stands at byte offset `element` of the run. */
function settlePair(
  sampler: usize,
  note: usize,
  element: usize,
  shapes: usize,
  words: usize,
  uniforms: usize,
  out: usize,
): void {
  const a = load<f64>(shapes);
  const b = load<f64>(shapes, 8);
  if (a >= 1 && b >= 1) {
    const d = a - THIRD;
    const e = b - THIRD;
    if (hasFailed(note, 0)) settleGammaAt(sampler, element, d, gammaWidth(d), words, uniforms, out);
    if (hasFailed(note, 1)) settleGammaAt(sampler, element + 8, e, gammaWidth(e), words + 8, uniforms + 4, out + 8);
    return;
  }
  const q = nextBeta(a, b, openSettling(sampler, element, Stage.VALUE));
  // As a pair (q, 1 - q), so that the common ratio gives q back.
  store<f64>(out, q);
  store<f64>(out, 1 - q, 8);
}
