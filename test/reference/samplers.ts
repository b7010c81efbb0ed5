/**
 * Slow, obvious reference of the draws that read on in one stream, and of assembly/decision/draw.ts, over the reference
 * generator, with the host's exp and log. It tests acceptance exactly, without any squeeze, and counts what happened.
 * Bulk fills are in runs.ts. Draws agree with the kernel's except where the last bit of a logarithm decides an acceptance, once in some 1e12 draws.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ReferenceStream } from './rng';
import { pairedWords, toSignedUnit, toUnit52 } from './rng';

const SOURCE = readFileSync(
  resolve(import.meta.dirname, '../../assembly/distributions/zigguratEdges.ts'),
  'utf8',
);

/** Layers of each ziggurat. */
export const LAYERS = 1024;

/** A constant as it stands in the source of the kernel; acceptance.test.ts checks that its layers close. */
function constant(name: string): number {
  return Number(new RegExp(`const ${name}: f64 = ([0-9.]+);`).exec(SOURCE)![1]);
}

/** Width of the base strip, its edge r, and upwards: each layer is as large as the base strip; the last edge is 0. */
function edges(name: string, density: (x: number) => number, inverse: (height: number) => number) {
  const [base, r] = [constant(`${name}_BASE`), constant(`${name}_R`)];
  const list = [base, r];
  let height = density(r);
  while (list.length < LAYERS) {
    height += (base * density(r)) / list.at(-1)!;
    list.push(inverse(height));
  }
  return [...list, 0];
}

export const NORMAL_EDGES = edges(
  'NORMAL',
  (x) => Math.exp(-0.5 * x * x),
  (height) => Math.sqrt(-2 * Math.log(height)),
);
export const EXPONENTIAL_EDGES = edges(
  'EXPONENTIAL',
  (x) => Math.exp(-x),
  (height) => -Math.log(height),
);

/** The published squeeze constant 0.0331 scaled by (2/3)/d, written for z² y² = z⁴/(9 d). */
export const SQUEEZE = (0.0331 * 2 * 9) / 3;

/** What happened while drawing. */
export class Counts {
  normalCandidates = 0;
  normalInside = 0;
  normalTails = 0;
  exponentialCandidates = 0;
  exponentialInside = 0;
  gammaCandidates = 0;
  gammaAccepted = 0;
  /** Candidates with 1 + c z <= 0. */
  gammaNegative = 0;
  /** Candidates, accepted or not, that the squeeze would have let pass. */
  squeezed = 0;
  /** Logarithmic tests that a squeeze in front of them leaves to do. */
  exactTests = 0;
  /** Settling streams opened, a stage. */
  readonly settled = [0, 0, 0, 0];
  /** Words of settling streams. */
  words = 0;
}

/** Standard normal. */
export function nextNormal(stream: ReferenceStream, counts: Counts): number {
  for (;;) {
    const value = settle(stream.nextU64(), stream, counts);
    if (value !== undefined) return value;
  }
}

/** The normal of the word `bits` where its first test passes. */
export function normalInside(bits: bigint, counts: Counts): number | undefined {
  const layer = Number(bits & 1023n);
  const x = toSignedUnit(bits) * NORMAL_EDGES[layer]!;
  if (Math.abs(x) >= NORMAL_EDGES[layer + 1]!) return undefined;
  counts.normalCandidates++;
  counts.normalInside++;
  return x;
}

/** The normal of the word `bits`, or nothing where it is turned down. */
export function settle(bits: bigint, stream: ReferenceStream, counts: Counts): number | undefined {
  const inside = normalInside(bits, counts);
  if (inside !== undefined) return inside;
  counts.normalCandidates++;
  const layer = Number(bits & 1023n);
  const [upper, lower] = [NORMAL_EDGES[layer]!, NORMAL_EDGES[layer + 1]!];
  const x = toSignedUnit(bits) * upper;
  if (layer === 0) return normalTail(x, stream, counts);
  const density = (t: number) => Math.exp(-0.5 * t * t);
  const height = density(upper) + stream.nextUnit() * (density(lower) - density(upper));
  return height < density(x) ? x : undefined;
}

function normalTail(x: number, stream: ReferenceStream, counts: Counts): number {
  counts.normalTails++;
  const r = NORMAL_EDGES[1]!;
  for (;;) {
    const excess = -Math.log(stream.nextOpenUnit()) / r;
    if (-2 * Math.log(stream.nextOpenUnit()) > excess * excess) return Math.sign(x) * (r + excess);
  }
}

/** The exponential that begins with the word `bits` and reads on in the stream. */
export function exponentialFrom(bits: bigint, stream: ReferenceStream, counts: Counts): number {
  let beyond = 0;
  for (; ; bits = stream.nextU64()) {
    const layer = Number(bits & 1023n);
    const [upper, lower] = [EXPONENTIAL_EDGES[layer]!, EXPONENTIAL_EDGES[layer + 1]!];
    const x = toUnit52(bits) * upper;
    counts.exponentialCandidates++;
    if (x < lower) {
      counts.exponentialInside++;
      return beyond + x;
    }
    if (layer === 0) {
      beyond += lower;
      continue;
    }
    const floor = Math.exp(-upper);
    if (floor + stream.nextUnit() * (Math.exp(-lower) - floor) < Math.exp(-x)) return beyond + x;
  }
}

/** log of the acceptance ratio of Marsaglia & Tsang's method, by the series of log1p where terms cancel. */
export function logAcceptance(z: number, d: number): number {
  const y = z / Math.sqrt(9 * d);
  if (Math.abs(y) > 0.1) return 0.5 * z * z + d * (1 - (1 + y) ** 3 + 3 * Math.log1p(y));
  let sum = 0;
  for (let k = 24; k >= 4; k--) sum += (k % 2 ? 3 : -3) * (y ** k / k);
  return d * sum;
}

/** Gamma of shape >= 1 (or a boosted one) by Marsaglia & Tsang's method. */
export function nextGammaAboveOne(shape: number, stream: ReferenceStream, counts: Counts): number {
  const d = shape - 1 / 3;
  for (;;) {
    const z = nextNormal(stream, counts);
    const y = z / Math.sqrt(9 * d);
    counts.gammaCandidates++;
    if (y <= -1) {
      counts.gammaNegative++;
      continue;
    }
    const u = stream.nextUnit();
    if (!passesExactly(z, u, d, counts)) continue;
    counts.gammaAccepted++;
    return d * (1 + y) ** 3;
  }
}

function nextLogGamma(shape: number, stream: ReferenceStream, counts: Counts): number {
  if (shape >= 1) return Math.log(nextGammaAboveOne(shape, stream, counts));
  const boosted = Math.log(nextGammaAboveOne(shape + 1, stream, counts));
  return boosted + Math.log(stream.nextOpenUnit()) / shape;
}

/** Below it, a Beta of two such shapes is 0 or 1: any other draw has a probability under 1e-287. */
export const TWO_POINTS = 1e-290;

export function twoPoints(a: number, b: number, stream: ReferenceStream): number {
  return stream.nextUnit() < a / (a + b) ? 1 : 0;
}

/** Beta(a, b), all of it from one stream. */
export function nextBeta(a: number, b: number, stream: ReferenceStream, counts: Counts): number {
  if (a >= 1 && b >= 1) {
    const x = nextGammaAboveOne(a, stream, counts);
    return x / (x + nextGammaAboveOne(b, stream, counts));
  }
  if (a < TWO_POINTS && b < TWO_POINTS) return twoPoints(a, b, stream);
  const logX = nextLogGamma(a, stream, counts);
  return fromLogs(logX, nextLogGamma(b, stream, counts));
}

/** X/(X + Y) by the smaller of the two ratios, which cannot overflow. */
export function fromLogs(logX: number, logY: number): number {
  const ratio = Math.exp(-Math.abs(logY - logX));
  return logY > logX ? ratio / (1 + ratio) : 1 / (1 + ratio);
}

/**
 * The qualities that decision `sequence` of stream base `base` draws, `shapes` holding a, b an arm, the number of arms
 * even. Words of normals first, then the 32-bit heads of the uniforms; what they do not settle reads on in the stream.
 */
export function referenceQualities(
  base: bigint,
  sequence: bigint,
  shapes: Float64Array,
  counts = new Counts(),
): Float64Array {
  const arms = shapes.length / 2;
  const { words, stream } = pairedWords(base, sequence, 3 * arms);
  const heads = words.slice(2 * arms).flatMap((word) => [word & 0xffffffffn, word >> 32n]);
  const gammaAt = (i: number) => {
    const candidate = { shape: shapes[i]!, bits: words[i]!, head: Number(heads[i]!) };
    return gammaOfWord(candidate, () => stream, counts);
  };
  return Float64Array.from({ length: arms }, (_, arm) => {
    const [a, b] = [shapes[2 * arm]!, shapes[2 * arm + 1]!];
    if (a < 1 || b < 1) return nextBeta(a, b, stream, counts);
    const x = gammaAt(2 * arm);
    return x / (x + gammaAt(2 * arm + 1));
  });
}

/** A Gamma to be made of the word of a normal and the upper 32 bits of a uniform, shape >= 1. */
export interface WordCandidate {
  readonly shape: number;
  readonly bits: bigint;
  readonly head: number;
}

/** Made of these alone where nothing else could matter, else with the stream that `open` gives. */
export function gammaOfWord(
  { shape, bits, head }: WordCandidate,
  open: () => ReferenceStream,
  counts: Counts,
): number {
  counts.gammaCandidates++;
  const inside = normalInside(bits, counts);
  if (inside !== undefined) {
    const candidate = { shape, z: inside, head };
    if (acceptsEveryCompletion(candidate, counts)) return gammaOf(candidate);
    return settleGamma(candidate, open(), counts);
  }
  const stream = open();
  const z = settle(bits, stream, counts) ?? nextNormal(stream, counts);
  return settleGamma({ shape, z, head }, stream, counts);
}

interface Candidate {
  readonly shape: number;
  readonly z: number;
  /** Upper 32 bits of the uniform. */
  readonly head: number;
}

function gammaOf({ shape, z }: Candidate): number {
  const d = shape - 1 / 3;
  return d * (1 + z / Math.sqrt(9 * d)) ** 3;
}

/** The Gamma of a candidate whose uniform is completed to 85 bits by the stream's next word, or a fresh one. */
function settleGamma(candidate: Candidate, stream: ReferenceStream, counts: Counts): number {
  const { shape, z, head } = candidate;
  const d = shape - 1 / 3;
  const u = (head + stream.nextUnit()) * 2 ** -32;
  if (gammaOf(candidate) > 0 && passesExactly(z, u, d, counts)) {
    counts.gammaAccepted++;
    return gammaOf(candidate);
  }
  return nextGammaAboveOne(shape, stream, counts);
}

/** Would the greatest uniform that begins with the head be accepted? Then all are. */
function acceptsEveryCompletion(candidate: Candidate, counts: Counts): boolean {
  const { shape, z, head } = candidate;
  if (gammaOf(candidate) <= 0) {
    counts.gammaNegative++;
    return false;
  }
  const isAccepted = passesExactly(z, (head + 1) * 2 ** -32, shape - 1 / 3, counts);
  if (isAccepted) counts.gammaAccepted++;
  return isAccepted;
}

/** Marsaglia & Tsang's test, without any squeeze; what a squeeze would have done is counted. */
function passesExactly(z: number, u: number, d: number, counts: Counts): boolean {
  const isSqueezed = u < 1 - SQUEEZE * ((z * z * z * z) / (9 * d));
  if (isSqueezed) counts.squeezed++;
  else counts.exactTests++;
  return Math.log(u) < logAcceptance(z, d);
}
