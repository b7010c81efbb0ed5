/**
 * By how much the best of n falls short of 1, as a function of w = 1 - θ, its inverse and its derivatives (docs/MATH.md §29).
 *
 *   m_n(w) = (1 - γ) w + γ ∏_{j<n} (s w + j)/(s + j),  1 - m_n = θ + γ (g_n(θ) - θ)
 *
 * m_n is convex and rises from 0 to 1. Everything keeps its relative accuracy at w -> 0; `hitAt` and `solveHit` at θ -> 0.
 */

/** Of what was looked at last: derivatives by w; `slope` also after the inverses. */
export let slope: f64 = 0;
export let bend: f64 = 0;

const MOST_STEPS: i32 = 200;
const CLOSE: f64 = 1e-15;

export function missAt(n: u32, strength: f64, gain: f64, w: f64): f64 {
  let p: f64 = w;
  let first: f64 = 1;
  let second: f64 = 0;
  const x = strength * w;
  for (let j: f64 = 1; j < <f64>n; j++) {
    const per = 1 / (strength + j);
    const r = (x + j) * per;
    const q = strength * per;
    second = second * r + 2 * first * q;
    first = first * r + p * q;
    p *= r;
  }
  slope = 1 - gain + gain * first;
  bend = gain * second;
  return (1 - gain) * w + gain * p;
}

/** w with m_n(w) = miss in [0, 1]: Newton steps from above the root, which a convex function never passes. */
export function solveMiss(n: u32, strength: f64, gain: f64, miss: f64): f64 {
  missAt(n, strength, gain, 0);
  let w = min(1, miss / slope);
  for (let i = 0; i < MOST_STEPS; i++) {
    const step = (missAt(n, strength, gain, w) - miss) / slope;
    if (!(step > CLOSE * w)) break;
    w -= step;
  }
  return w;
}

/** 1 - m_n(1 - θ), all of whose terms are positive; `slope` is by θ, which is the same as by w. */
function hitAt(n: u32, strength: f64, gain: f64, theta: f64): f64 {
  let p: f64 = 1 - theta;
  let hit = theta;
  let first: f64 = 1;
  for (let j: f64 = 1; j < <f64>n; j++) {
    const per = strength / (strength + j);
    const r = 1 - theta * per;
    first = first * r + p * per;
    hit += p * theta * per;
    p *= r;
  }
  slope = 1 - gain + gain * first;
  return (1 - gain) * theta + gain * hit;
}

/** θ with 1 - m_n(1 - θ) = hit in [0, 1]: Newton steps from below the root, which a concave function never passes. */
export function solveHit(n: u32, strength: f64, gain: f64, hit: f64): f64 {
  hitAt(n, strength, gain, 0);
  let theta = hit / slope;
  for (let i = 0; i < MOST_STEPS; i++) {
    const step = (hit - hitAt(n, strength, gain, theta)) / slope;
    if (!(step > CLOSE * theta)) break;
    theta = min(1, theta + step);
  }
  return theta;
}
