/**
 * The two loops of dense linear algebra, two lanes at a time: inner product and a := a + f b.
 *
 * An odd count is rounded up: the element after the last must be readable in both, and zero in one of them with a finite
 * one in the other. Every matrix and vector of assembly/regression is padded so. The summation order is fixed.
 *
 * Perf: unrolled, for speed on long rows and because the optimiser would copy a shorter body into each of its thirty callers.
 */

/** Sum over i < count of a[i] b[i]. */
export function dot(a: usize, b: usize, count: u32): f64 {
  let s = f64x2.splat(0);
  let t = s;
  let u = s;
  const end = a + ((<usize>count) << 3);
  for (; a + 40 < end; a += 48, b += 48) {
    s = f64x2.add(s, f64x2.mul(v128.load(a), v128.load(b)));
    t = f64x2.add(t, f64x2.mul(v128.load(a, 16), v128.load(b, 16)));
    u = f64x2.add(u, f64x2.mul(v128.load(a, 32), v128.load(b, 32)));
  }
  for (; a < end; a += 16, b += 16) s = f64x2.add(s, f64x2.mul(v128.load(a), v128.load(b)));
  s = f64x2.add(f64x2.add(s, t), u);
  return f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1);
}

/** a[i] += factor b[i] for i < count. */
export function addScaled(a: usize, factor: f64, b: usize, count: u32): void {
  const f = f64x2.splat(factor);
  const end = a + ((<usize>count) << 3);
  for (; a + 40 < end; a += 48, b += 48) {
    v128.store(a, f64x2.add(v128.load(a), f64x2.mul(f, v128.load(b))));
    v128.store(a, f64x2.add(v128.load(a, 16), f64x2.mul(f, v128.load(b, 16))), 16);
    v128.store(a, f64x2.add(v128.load(a, 32), f64x2.mul(f, v128.load(b, 32))), 32);
  }
  for (; a < end; a += 16, b += 16) v128.store(a, f64x2.add(v128.load(a), f64x2.mul(f, v128.load(b))));
}
