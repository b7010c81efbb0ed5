/** Three digits that count, never an exponent: 0.0123, 1.23, 12.3, 123, 1230. */
export function three(value: number): string {
  if (!Number.isFinite(value) || value === 0) return String(value);
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(digits);
}

const UNITS = [
  [1e6, 'ms'],
  [1e3, 'µs'],
  [1, 'ns'],
] as const;

/** The unit in which `nanoseconds` is at least 1. */
export function timeUnit(nanoseconds: number): { readonly size: number; readonly name: string } {
  const [size, name] = UNITS.find(([size]) => nanoseconds >= size) ?? [1, 'ns'];
  return { size, name };
}
