/**
 * What a decision saw of the (model, n) arms beside draws, costs and shapes: enough to tell their propensities. Arrays of an f64 a model, padded
 * to pairs, one after the other: 6, then one for each n > 1.
 */
export namespace View {
  export const SAMPLES: usize = 0; // best n at the draw
  export const ALLOWED: usize = 1; // most samples allowed, 0 = not eligible
  export const COST: usize = 2; // expected of one sample
  export const STRENGTH: usize = 3; // of the beta-binomial
  export const GAIN: usize = 4; // of the proxy
  export const DRAWN: usize = 5; // quality of one sample
  export const SURPLUS: usize = 6; // of n = 2, then the others
}

/** Number of arrays. */
export function viewArrays(samples: u32): usize {
  return View.SURPLUS + <usize>samples - 1;
}

// @ts-ignore: decorator
@inline
export function viewArray(view: usize, stride: usize, index: usize): usize {
  return view + index * stride;
}
