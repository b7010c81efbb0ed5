/** Bytes of numbers and texts, one behind the other, little-endian: the counterpart of `ByteReader`. */
export class ByteWriter {
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  u8(value: number): void {
    this.#reserve(1);
    this.#view.setUint8(this.#length, value);
    this.#length += 1;
  }

  u32(value: number): void {
    this.#reserve(4);
    this.#view.setUint32(this.#length, value, true);
    this.#length += 4;
  }

  f64(value: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  /** Length, then the bytes. */
  block(bytes: Uint8Array): void {
    this.u32(bytes.length);
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** A text, or undefined. */
  text(text: string | undefined): void {
    this.u8(text === undefined ? 0 : 1);
    if (text === undefined) return;
    // Lone surrogates, which UTF-8 has not, must come back as they were.
    const units = new Uint8Array(2 * text.length);
    const view = new DataView(units.buffer);
    for (let i = 0; i < text.length; i++) view.setUint16(2 * i, text.charCodeAt(i), true);
    this.block(units);
  }

  /** Numbers, or undefined. */
  numbers(values: Float64Array | undefined): void {
    this.u8(values === undefined ? 0 : 1);
    if (values === undefined) return;
    this.u32(values.length);
    for (const value of values) this.f64(value);
  }

  /** What has been written, a copy. */
  taken(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const bytes = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + more));
    bytes.set(this.#bytes);
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }
}
