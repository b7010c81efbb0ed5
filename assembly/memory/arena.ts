/**
 * The instance's memory after its static data, handed out in order and never taken back: an owner that needs to
 * start over drops its instance. There is no allocation on any hot path.
 */

/** Everything is 16-byte aligned, for v128. */
const ALIGNMENT: usize = 16;
const PAGE_SHIFT: usize = 16;

/** 0 before the first call: the address of the heap here would need a start function, which costs more than all it does. */
let top: usize = 0;

// @ts-ignore: decorator
@inline
function aligned(bytes: usize): usize {
  return (bytes + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
}

/** Address of `bytes` zeroed bytes, 16-byte aligned, or 0 when the host refuses the memory. */
export function allocate(bytes: usize): usize {
  if (bytes > usize.MAX_VALUE - ALIGNMENT) return 0;
  const start = max(top, aligned(__heap_base));
  const end = start + aligned(bytes);
  if (end < start) return 0; // the size wrapped around 2^32
  const available = (<usize>memory.size()) << PAGE_SHIFT;
  if (end > available) {
    // Doubling keeps the number of growths, each of which detaches every view, logarithmic.
    const missing = (end - available + (1 << PAGE_SHIFT) - 1) >> PAGE_SHIFT;
    const wanted = max(missing, min(<usize>memory.size(), 4096));
    if (memory.grow(<i32>wanted) < 0 && memory.grow(<i32>missing) < 0) return 0;
  }
  top = end;
  return start;
}
