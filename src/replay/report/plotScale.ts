/**
 * A scale whose bounds we set ourselves, so that labels can be placed by pixel before the plot is drawn.
 */
export interface PlotScale {
  readonly domain: readonly [number, number];
  readonly log: boolean;
  /** Distance of `value` from the low end, 0 to 1; values outside are moved to the nearer end. */
  position(value: number): number;
  /** The value at `position`. */
  valueAt(position: number): number;
  /** `value` moved inside the bounds. */
  clamp(value: number): number;
}

/** Log where the range is wider than this ratio. */
const WIDE = 20;

/** From the least to the largest of `values`, with `margin` of the length added at both ends. */
export function linearScale(values: readonly number[], margin = 0.05): PlotScale {
  const [low, high] = extent(values);
  const pad = (high - low || Math.abs(high) || 1) * margin;
  return makeScale(low - pad, high + pad, false);
}

/** For costs: log if the range is wider than twentyfold and nothing is free, else linear from 0 or above. */
export function costScale(values: readonly number[], margin = 0.05): PlotScale {
  const [low, high] = extent(values);
  if (low > 0 && high / low > WIDE) {
    const pad = Math.exp(Math.log(high / low) * margin);
    return makeScale(low / pad, high * pad, true);
  }
  const linear = linearScale(values, margin);
  return low >= 0 ? makeScale(Math.max(0, linear.domain[0]), linear.domain[1], false) : linear;
}

/** 1, 2, 5, 10, … within the bounds of a log scale: vega would write every digit of every decade. */
export function logTicks(scale: PlotScale): number[] {
  const [low, high] = scale.domain;
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); 10 ** power <= high; power++) {
    for (const digit of [1, 2, 5]) {
      const tick = Number(`${digit}e${power}`);
      if (tick >= low && tick <= high) ticks.push(tick);
    }
  }
  return ticks;
}

function makeScale(low: number, high: number, log: boolean): PlotScale {
  const forth = log ? Math.log : (value: number) => value;
  const back = log ? Math.exp : (value: number) => value;
  const from = forth(low);
  const length = forth(high) - from;
  const clamp = (value: number) => Math.min(high, Math.max(low, value));
  return {
    domain: [low, high],
    log,
    clamp,
    position: (value) => (forth(clamp(value)) - from) / length,
    valueAt: (position) => back(from + position * length),
  };
}

function extent(values: readonly number[]): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low <= high ? [low, high] : [0, 1];
}
