import { ParameterError } from '../core/errors';

/** A 64-bit seed as the kernel takes it. */
export interface Seed {
  /** Lower 32 bits, unsigned. */
  readonly low: number;
  /** Upper 32 bits, unsigned. */
  readonly high: number;
}

const LARGEST_SEED = 2n ** 64n - 1n;

/**
 * Reads a seed: a whole number in [0, 2^53 - 1] or a bigint in [0, 2^64 - 1].
 * @throws {ParameterError}
 */
export function seedFrom(parameter: string, value: unknown): Seed {
  const isNumber = typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
  const isBigint = typeof value === 'bigint' && value >= 0n && value <= LARGEST_SEED;
  if (!isNumber && !isBigint) {
    throw new ParameterError(
      parameter,
      'a whole number in [0, 2^53 - 1] or a bigint in [0, 2^64 - 1]',
      value,
    );
  }
  const bits = BigInt(value as number | bigint);
  return { low: Number(bits & 0xffffffffn), high: Number(bits >> 32n) };
}

/** A seed from the host's cryptographic generator. */
export function freshSeed(): Seed {
  const [low, high] = crypto.getRandomValues(new Uint32Array(2)) as unknown as [number, number];
  return { low, high };
}

/** The seed as one number. */
export function seedValue({ low, high }: Seed): bigint {
  return (BigInt(high) << 32n) | BigInt(low);
}

/** Eight hexadecimal digits from the host's cryptographic generator: tells instances apart, decides nothing. */
export function freshTag(): string {
  return freshSeed().low.toString(16).padStart(8, '0');
}
