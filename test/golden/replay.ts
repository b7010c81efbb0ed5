/** Replays golden vectors (README.md in this folder has their format) through the raw exports of a kernel. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

type Address = string | readonly [name: string, offset: number];
interface Generated {
  readonly seed: number;
  readonly count: number;
}

export interface Step {
  readonly call?: string;
  readonly arguments?: readonly (number | Address)[];
  readonly returns?: number | string;
  readonly as?: string;
  readonly write?: string;
  readonly read?: string;
  readonly offset?: number;
  readonly f64?: readonly string[];
  readonly u32?: readonly number[];
  readonly u8?: readonly number[];
  readonly addresses?: readonly string[];
  readonly uniform?: Generated & { readonly low: number; readonly high: number };
  readonly integers?: Generated & { readonly below: number };
  readonly bytes?: number;
  readonly sha256?: string;
}

export interface Vector {
  readonly area: string;
  readonly name: string;
  readonly steps: readonly Step[];
}

export interface Golden {
  readonly program: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly vectors: readonly Vector[];
}

/** The file that holds the vectors. */
export const GOLDEN_FILE = resolve(import.meta.dirname, 'vectors.json');

export function readGolden(): Golden {
  return JSON.parse(readFileSync(GOLDEN_FILE, 'utf8')) as Golden;
}

type Export = (...args: number[]) => number | undefined;

/** What a step must give and what it gave, both as text. */
export interface Replayed {
  readonly step: number;
  readonly expected: string;
  readonly received: string;
}

/** Runs a vector in a fresh instance; one entry for each thing that it checks. */
export function replay(module: WebAssembly.Module, { steps }: Vector): Replayed[] {
  const { memory, ...exports } = new WebAssembly.Instance(module, {}).exports;
  const functions = exports as Record<string, Export>;
  const names = new Map<string, number>();
  const view = () => new DataView((memory as WebAssembly.Memory).buffer);
  const addressOf = (name: string) => names.get(name)!;
  const argument = (value: number | Address) => {
    if (typeof value === 'number') return value;
    if (typeof value !== 'string') return addressOf(value[0]) + value[1];
    return names.get(value) ?? f64(value);
  };
  const replayed: Replayed[] = [];
  steps.forEach((step, index) => {
    const check = (expected: unknown, received: unknown) =>
      replayed.push({ step: index, expected: String(expected), received: String(received) });
    const { call, write, read, offset = 0 } = step;
    if (call) {
      const result = functions[call]!(...step.arguments!.map(argument));
      if (step.as) names.set(step.as, result! >>> 0);
      if (typeof step.returns === 'string') check(step.returns, hex(result!));
      if (typeof step.returns === 'number') check(step.returns, result! >>> 0);
    }
    const { addresses, u32 = addresses?.map(addressOf) } = step;
    if (write) store(view(), addressOf(write) + offset, u32 ? { ...step, u32 } : step);
    if (read) load(view(), addressOf(read) + offset, step, check);
  });
  return replayed;
}

function store(view: DataView, at: number, { f64: digits, u32, u8, uniform, integers }: Step) {
  digits?.forEach((value, i) => view.setFloat64(at + i * 8, f64(value), true));
  u32?.forEach((value, i) => view.setUint32(at + i * 4, value, true));
  u8?.forEach((value, i) => view.setUint8(at + i, value));
  if (uniform) {
    const { low, high } = uniform;
    const value = (x: number) => low + (high - low) * (x / 2 ** 32);
    generate(uniform).forEach((x, i) => view.setFloat64(at + i * 8, value(x), true));
  }
  if (integers) {
    const value = (x: number) => (x >>> 16) % integers.below;
    generate(integers).forEach((x, i) => view.setUint32(at + i * 4, value(x), true));
  }
}

type Check = (expected: unknown, received: unknown) => void;

function load(view: DataView, at: number, step: Step, check: Check): void {
  step.f64?.forEach((value, i) => check(value, hex(view.getFloat64(at + i * 8, true))));
  step.u32?.forEach((value, i) => check(value, view.getUint32(at + i * 4, true)));
  step.u8?.forEach((value, i) => check(value, view.getUint8(at + i)));
  if (!step.sha256) return;
  const bytes = new Uint8Array(view.buffer, at, step.bytes);
  check(step.sha256, createHash('sha256').update(bytes).digest('hex'));
}

function generate({ seed, count }: Generated): number[] {
  let x = seed;
  return Array.from({ length: count }, () => (x = (Math.imul(1664525, x) + 1013904223) >>> 0));
}

const scratch = new DataView(new ArrayBuffer(8));

function f64(digits: string): number {
  if (digits === 'nan') return NaN;
  scratch.setBigUint64(0, BigInt(`0x${digits}`));
  return scratch.getFloat64(0);
}

/** The 16 hexadecimal digits of a number's bits, or nan. */
export function hex(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  scratch.setFloat64(0, value);
  return scratch.getBigUint64(0).toString(16).padStart(16, '0');
}
