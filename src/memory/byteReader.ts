import { ParameterError } from '../core/errors';
import { requireNumber, type Interval } from '../core/validation';

/** Reads what a `ByteWriter` wrote, and never beyond it. Every method throws a ParameterError where bytes are missing. */
export class ByteReader {
  readonly #name: string;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  /** @param name what the bytes are, for messages */
  constructor(name: string, bytes: Uint8Array) {
    this.#name = name;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  f64(): number {
    return this.#view.getFloat64(this.#take(8), true);
  }

  /** A number that must lie in an interval. @throws {ParameterError} */
  number(field: string, interval: Interval): number {
    return requireNumber(`${this.#name}.${field}`, this.f64(), interval);
  }

  /** A count of things that take `bytesEach` at least: more cannot be there. @throws {ParameterError} */
  count(field: string, bytesEach: number): number {
    const count = this.u32();
    const most = Math.floor((this.#bytes.length - this.#at) / bytesEach);
    if (count <= most) return count;
    throw new ParameterError(`${this.#name}.${field}`, `at most ${most}, as its bytes are`, count);
  }

  block(): Uint8Array {
    const length = this.u32();
    const start = this.#take(length);
    return this.#bytes.slice(start, start + length);
  }

  text(): string | undefined {
    if (this.u8() === 0) return undefined;
    const units = this.block();
    const view = new DataView(units.buffer);
    let text = '';
    for (let i = 0; i + 1 < units.length; i += 2)
      text += String.fromCharCode(view.getUint16(i, true));
    return text;
  }

  numbers(): Float64Array | undefined {
    if (this.u8() === 0) return undefined;
    const values = new Float64Array(this.count('numbers', 8));
    for (let i = 0; i < values.length; i++) values[i] = this.f64();
    return values;
  }

  /** @throws {ParameterError} where bytes are left */
  end(): void {
    if (this.#at === this.#bytes.length) return;
    throw new ParameterError(`${this.#name}.length`, String(this.#at), this.#bytes.length);
  }

  #take(length: number): number {
    const start = this.#at;
    if (start + length > this.#bytes.length)
      throw new ParameterError(`${this.#name}.length`, `>= ${start + length}`, this.#bytes.length);
    this.#at = start + length;
    return start;
  }
}
