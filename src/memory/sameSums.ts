import type { ReadReplica } from './mergeEvidence';

/** Of a segment's row (assembly/evidence/layout.ts): successes, failures, cost, cost weight. Squares weigh twice and say no more. */
const FIELDS = [0, 1, 4, 5] as const;
const ROW_FIELDS = 6;
/** Sums so many half-lives old are nothing. */
const FURTHEST = 900;

/**
 * Have two states of one replica learned the same? Their bytes may differ nevertheless: decisions and reads since move the landmark by whole half-lives, which multiplies sums
 * by powers of two, add segments, and refresh what is derived.
 */
export function sameSums(a: ReadReplica, b: ReadReplica): boolean {
  const [first, second] = [cellsOf(a), cellsOf(b)];
  const steps = b.shape.landmark - a.shape.landmark;
  if (Math.abs(steps) > FURTHEST) return true;
  const scale = powerOfTwo(Math.abs(steps));
  const equal = (one: number, other: number) =>
    steps >= 0 ? one === other * scale || tiny(other) : one * scale === other || tiny(one);
  const keys = new Set([...first.keys(), ...second.keys()]);
  return [...keys].every((key) =>
    FIELDS.every((_, i) => equal(first.get(key)?.[i] ?? 0, second.get(key)?.[i] ?? 0)),
  );
}

/** What halving may have rounded. */
function tiny(value: number): boolean {
  return Math.abs(value) < 1e-290;
}

function powerOfTwo(exponent: number): number {
  let power = 1;
  for (let i = 0; i < exponent; i++) power *= 2;
  return power;
}

/** Sums of cells by segment and model. */
function cellsOf({ arms, segments, evidence }: ReadReplica): Map<string, readonly number[]> {
  const view = new DataView(evidence.buffer, evidence.byteOffset, evidence.length);
  const stride = 2 * Math.ceil(arms.length / 2);
  const rowBytes = 8 * ROW_FIELDS * stride;
  const start = evidence.length - segments.length * rowBytes;
  const cells = new Map<string, readonly number[]>();
  segments.forEach((segment, row) => {
    arms.forEach(({ model }, arm) => {
      const at = (field: number) => start + row * rowBytes + 8 * (field * stride + arm);
      cells.set(
        JSON.stringify([segment, model]),
        FIELDS.map((field) => view.getFloat64(at(field), true)),
      );
    });
  });
  return cells;
}
