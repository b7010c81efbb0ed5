// Constants that are whole and small, as a converted integer: 3 bytes instead of 9. Optimising compilers (V8's among them) make a
// constant of it again.

const F64_CONST = 0x44;
const I32_CONST = 0x41;
const F64_CONVERT_I32_S = 0xb7;
/** What fits one byte of a signed LEB128. */
const LARGEST = 63;

export function smallConstants(code) {
  return code.flatMap((instruction) => {
    if (instruction[0] !== F64_CONST) return [instruction];
    const value = Buffer.from(instruction).readDoubleLE(1);
    if (!Number.isInteger(value) || Math.abs(value) > LARGEST || Object.is(value, -0))
      return [instruction];
    return [[I32_CONST, value & 127], [F64_CONVERT_I32_S]];
  });
}
