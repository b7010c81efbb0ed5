/**
 * Slow, obvious reference of assembly/distributions and of assembly/decision/draw.ts over the reference generator, with
 * the host's exp and log. It tests acceptance exactly, without any squeeze, and counts what happened.
 * Draws agree with the kernel's except where the last bit of a logarithm decides an acceptance, once in some 1e12 draws.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pairedWords, Purpose, ReferenceStream, streamBase, toUnit } from './rng';

const TABLES = readFileSync(
  resolve(import.meta.dirname, '../../assembly/distributions/zigguratTables.ts'),
  'utf8',
);

/** The 257 edges of a ziggurat as they stand in the source of the kernel. */
function edges(name: string): number[] {
  const list = new RegExp(`${name} = memory.data<f64>\\(\\s*\\[([^\\]]*)\\]`).exec(TABLES)![1]!;
  return list.split(',').map(Number).slice(0, 257);
}

export const NORMAL_EDGES = edges('NORMAL_EDGES');
export const EXPONENTIAL_EDGES = edges('EXPONENTIAL_EDGES');

/** The published squeeze constant 0.0331 scaled by (2/3)/d, written for z² y² = z⁴/(9 d). */
export const SQUEEZE = (0.0331 * 2 * 9) / 3;

const BLOCK_VALUES = 1024;

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
  /** Words of the generator. */
  words = 0;
}

/** One draw of a distribution. */
export type Draw = (stream: ReferenceStream, counts: Counts) => number;

/** A bulk fill: `count` values of the sequence of `seed`, from its start. */
export function referenceFill(
  seed: bigint,
  count: number,
  draw: Draw,
  counts = new Counts(),
): Float64Array {
  const base = streamBase(seed, Purpose.SAMPLER);
  const out = new Float64Array(count);
  for (let start = 0; start < count; start += BLOCK_VALUES) {
    const stream = ReferenceStream.at(base, BigInt(start / BLOCK_VALUES));
    const end = Math.min(count, start + BLOCK_VALUES);
    for (let i = start; i < end; i++) out[i] = draw(stream, counts);
    counts.words += stream.words;
  }
  return out;
}

/** Standard normal. */
export function nextNormal(stream: ReferenceStream, counts: Counts): number {
  for (;;) {
    const value = settle(stream.nextU64(), stream, counts);
    if (value !== undefined) return value;
  }
}

/** The normal of the word `bits`, or nothing where it is turned down. */
function settle(bits: bigint, stream: ReferenceStream, counts: Counts): number | undefined {
  const layer = Number(bits & 255n);
  const [upper, lower] = [NORMAL_EDGES[layer]!, NORMAL_EDGES[layer + 1]!];
  const x = Number(BigInt.asIntN(64, bits) >> 11n) * 2 ** -52 * upper;
  counts.normalCandidates++;
  if (Math.abs(x) < lower) {
    counts.normalInside++;
    return x;
  }
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

/** Standard exponential. */
export function nextExponential(stream: ReferenceStream, counts: Counts): number {
  let beyond = 0;
  for (;;) {
    const bits = stream.nextU64();
    const layer = Number(bits & 255n);
    const [upper, lower] = [EXPONENTIAL_EDGES[layer]!, EXPONENTIAL_EDGES[layer + 1]!];
    const x = toUnit(bits) * upper;
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
    if (u < 1 - SQUEEZE * (z * y) ** 2) counts.squeezed++;
    if (Math.log(u) >= logAcceptance(z, d)) continue;
    counts.gammaAccepted++;
    return d * (1 + y) ** 3;
  }
}

function nextLogGamma(shape: number, stream: ReferenceStream, counts: Counts): number {
  if (shape >= 1) return Math.log(nextGammaAboveOne(shape, stream, counts));
  const boosted = Math.log(nextGammaAboveOne(shape + 1, stream, counts));
  return boosted + Math.log(stream.nextOpenUnit()) / shape;
}

/** Gamma(shape, 1). */
export function nextGamma(shape: number, stream: ReferenceStream, counts: Counts): number {
  if (shape === 1) return nextExponential(stream, counts);
  if (shape > 1) return nextGammaAboveOne(shape, stream, counts);
  return Math.exp(nextLogGamma(shape, stream, counts));
}

/** Beta(a, b). */
export function nextBeta(a: number, b: number, stream: ReferenceStream, counts: Counts): number {
  if (a >= 1 && b >= 1) {
    const x = nextGammaAboveOne(a, stream, counts);
    return x / (x + nextGammaAboveOne(b, stream, counts));
  }
  const logX = nextLogGamma(a, stream, counts);
  const logY = nextLogGamma(b, stream, counts);
  // X / (X + Y) by the smaller of the two ratios, which cannot overflow.
  const ratio = Math.exp(-Math.abs(logY - logX));
  return logY > logX ? ratio / (1 + ratio) : 1 / (1 + ratio);
}

/**
 * The qualities that decision `sequence` of stream base `base` draws, `shapes` holding a, b an arm, the number of arms
 * even. Normals first, then the 32-bit heads of the uniforms; what is not settled by them reads on in the stream.
 */
export function referenceQualities(
  base: bigint,
  sequence: bigint,
  shapes: Float64Array,
  counts = new Counts(),
): Float64Array {
  const arms = shapes.length / 2;
  const { words, stream } = pairedWords(base, sequence, 3 * arms);
  const normals = words
    .slice(0, 2 * arms)
    .map((bits) => settle(bits, stream, counts) ?? nextNormal(stream, counts));
  const heads = words.slice(2 * arms).flatMap((word) => [word & 0xffffffffn, word >> 32n]);
  return Float64Array.from({ length: arms }, (_, arm) => {
    const [i, j] = [2 * arm, 2 * arm + 1];
    const [a, b] = [shapes[i]!, shapes[j]!];
    const first = { shape: a, z: normals[i]!, head: Number(heads[i]!) };
    const second = { shape: b, z: normals[j]!, head: Number(heads[j]!) };
    const isSettled = passesSqueeze(first) && passesSqueeze(second);
    if (!isSettled && (a < 1 || b < 1)) return nextBeta(a, b, stream, counts);
    if (isSettled) counts.squeezed++;
    const x = isSettled ? gammaOf(first) : settleGamma(first, stream, counts);
    const y = isSettled ? gammaOf(second) : settleGamma(second, stream, counts);
    return x / (x + y);
  });
}

interface Candidate {
  readonly shape: number;
  readonly z: number;
  /** Upper 32 bits of the uniform. */
  readonly head: number;
}

/** Is every uniform that begins with the head below the squeeze? Never for shapes below 1. */
function passesSqueeze({ shape, z, head }: Candidate): boolean {
  if (shape < 1) return false;
  const y = z / Math.sqrt(9 * (shape - 1 / 3));
  return (head + 1) * 2 ** -32 <= 1 - SQUEEZE * (z * y) ** 2;
}

function gammaOf({ shape, z }: Candidate): number {
  const d = shape - 1 / 3;
  return d * (1 + z / Math.sqrt(9 * d)) ** 3;
}

function settleGamma(candidate: Candidate, stream: ReferenceStream, counts: Counts): number {
  const { shape, z, head } = candidate;
  const u = (head + stream.nextUnit()) * 2 ** -32;
  const isPositive = gammaOf(candidate) > 0;
  if (isPositive && Math.log(u) < logAcceptance(z, shape - 1 / 3)) return gammaOf(candidate);
  return nextGammaAboveOne(shape, stream, counts);
}
