// A WebAssembly module as sections and functions, a function as instructions: enough to rewrite instructions one by one.

const TYPE = 1;
const FUNCTION = 3;
const CODE = 10;

/** Sections in order; functions as `{ params, groups, code }`: groups of declared locals, [count, type], and instructions as byte arrays. */
export function readModule(bytes) {
  const reader = new Reader(bytes, 8);
  const sections = [];
  let types = [];
  let typeOf = [];
  let functions = [];
  while (reader.at < bytes.length) {
    const id = reader.byte();
    const size = reader.unsigned();
    const end = reader.at + size;
    const content = bytes.subarray(reader.at, end);
    if (id === TYPE) types = reader.vector(() => reader.parametersOfType());
    if (id === FUNCTION) typeOf = reader.vector(() => reader.unsigned());
    if (id === CODE) functions = reader.vector((i) => reader.body(types[typeOf[i]]));
    reader.at = end;
    sections.push({ id, content });
  }
  return { sections, functions };
}

export function writeModule({ sections, functions }) {
  const out = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  for (const { id, content } of sections) {
    const written =
      id === CODE ? [...unsigned(functions.length), ...functions.flatMap(sized)] : [...content];
    out.push(id, ...unsigned(written.length));
    for (const byte of written) out.push(byte);
  }
  return Uint8Array.from(out);
}

function sized({ groups, code }) {
  const locals = groups.flatMap(([count, type]) => [...unsigned(count), type]);
  const body = [...unsigned(groups.length), ...locals, ...code.flat()];
  return [...unsigned(body.length), ...body];
}

export function unsigned(value) {
  const out = [];
  for (; value > 127; value >>>= 7) out.push((value & 127) | 128);
  return [...out, value];
}

/** Blocks, branches, calls, variables, memory.size and memory.grow, integer constants. */
const ONE_OPERAND = new Set([
  2, 3, 4, 0x0c, 0x0d, 0x10, 0x20, 0x21, 0x22, 0x23, 0x24, 0x3f, 0x40, 0x41, 0x42,
]);
/** memory.copy and memory.fill: bytes after the opcode. */
const BULK_OPERANDS = { 10: 2, 11: 1 };

class Reader {
  constructor(bytes, at) {
    this.bytes = bytes;
    this.at = at;
  }

  byte() {
    return this.bytes[this.at++];
  }

  unsigned() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value |= (byte & 127) << shift;
      if (byte < 128) return value >>> 0;
    }
  }

  vector(read) {
    return Array.from({ length: this.unsigned() }, (_, i) => read(i));
  }

  /** Number of parameters of a function type. */
  parametersOfType() {
    this.at++;
    const parameters = this.vector(() => this.byte());
    this.vector(() => this.byte());
    return parameters.length;
  }

  body(params) {
    const size = this.unsigned();
    const end = this.at + size;
    const groups = this.vector(() => [this.unsigned(), this.byte()]);
    const code = [];
    while (this.at < end) {
      const start = this.at;
      this.skipInstruction();
      code.push([...this.bytes.subarray(start, this.at)]);
    }
    return { params, groups, code };
  }

  /** Operands by the kinds of instructions that the kernel has (WebAssembly 2.0, §5.4). */
  skipInstruction() {
    const opcode = this.byte();
    if (opcode === 0xfd) return this.skipVectorOperands(this.unsigned());
    if (opcode === 0xfc) return this.skip(BULK_OPERANDS[this.unsigned()] ?? 0);
    if (opcode === 0x0e) {
      this.vector(() => this.unsigned());
      return this.unsigned();
    }
    if (opcode >= 0x28 && opcode <= 0x3e) return this.unsigned() + this.unsigned();
    if (opcode === 0x44) return this.skip(8);
    if (opcode === 0x43) return this.skip(4);
    if (opcode === 0x1c) return this.vector(() => this.byte());
    if (ONE_OPERAND.has(opcode)) this.unsigned();
  }

  skipVectorOperands(opcode) {
    if (opcode <= 11 || opcode === 92 || opcode === 93 || (opcode >= 84 && opcode <= 91)) {
      this.unsigned();
      this.unsigned();
    }
    if (opcode === 12 || opcode === 13) this.skip(16);
    if ((opcode >= 21 && opcode <= 34) || (opcode >= 84 && opcode <= 91)) this.skip(1);
  }

  skip(bytes) {
    this.at += bytes;
  }
}
