/**
 * What the best of n samples is worth, from M recorded ones: exact, for every subset of n is equally likely (docs/MATH.md §29).
 *
 *   P(sample i is the best of n) = [C(L + E, n) - C(L, n)] / (E C(M, n))
 *
 * L: samples of lower score, E: those of equal score, itself included. Without ties this is C(L, n - 1)/C(M, n), L + 1 being
 * the sample's rank; among ties every sample is the first as often as the next.
 */

/** C(k, n)/C(M, n) for k <= M: the probability that n of M samples are all among k. */
function within(k: f64, all: f64, n: f64): f64 {
  let p: f64 = 1;
  for (let j: f64 = 0; j < n; j++) p *= max(k - j, 0) / (all - j);
  return p;
}

/**
 * For each of `rows` rows of `samples` values: the expectation of `values` at the sample of highest `scores` among n of them,
 * 1 <= n <= samples. Both rows × samples; they may be the same. Writes `rows` f64.
 */
export function expectedBest(rows: u32, samples: u32, n: u32, scores: usize, values: usize, out: usize): void {
  const bytes = (<usize>samples) << 3;
  const all = <f64>samples;
  for (let row: u32 = 0; row < rows; row++) {
    let sum: f64 = 0;
    for (let i: usize = 0; i < bytes; i += 8) {
      const score = load<f64>(scores + i);
      let lower: f64 = 0;
      let equal: f64 = 0;
      for (let j: usize = 0; j < bytes; j += 8) {
        const other = load<f64>(scores + j);
        lower += f64(other < score);
        equal += f64(other == score);
      }
      const best = (within(lower + equal, all, <f64>n) - within(lower, all, <f64>n)) / equal;
      sum += best * load<f64>(values + i);
    }
    store<f64>(out, sum);
    out += 8;
    scores += bytes;
    values += bytes;
  }
}
