/**
 * Strategy: the container alone. What is written reads back; every flipped bit, every cut and random bytes give a typed error and never a wrong success; with
 * the checksum made right again (an attacker, or a writer with a fault) reading still ends in a typed error or in sections that lie inside. What
 * sections mean is tested where they are made (restore.test.ts).
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  CONTAINER_VERSION,
  readContainer,
  writeContainer,
  type SectionBytes,
} from '../../src/memory/container';
import { crc32c } from '../../src/memory/crc32c';
import { readSections, writeSections, type SnapshotSection } from '../../src/memory/sections';
import { SnapshotError } from '../../src/memory/snapshotError';

const VERSIONS = { libraryVersion: '0.1.0', kernelAbi: 2, layoutVersion: 1 };

const sectionsArbitrary = fc.uniqueArray(
  fc.record({
    name: fc.stringMatching(/^[a-z\d-]{1,16}$/),
    version: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
    whenUnknown: fc.constantFrom('refuse', 'keep', 'skip'),
    bytes: fc.uint8Array({ maxLength: 50 }),
  }) as fc.Arbitrary<SectionBytes>,
  { selector: ({ name }) => name, maxLength: 6 },
);

/** What reading gives: sections, or the fault; anything else is thrown on. */
function attempt(bytes: Uint8Array): readonly SectionBytes[] | string {
  try {
    return readContainer(bytes).sections;
  } catch (error) {
    if (error instanceof SnapshotError) return error.fault;
    throw error;
  }
}

/** The bytes with their checksum made right. */
function sealed(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  new DataView(copy.buffer).setUint32(4, crc32c(copy.subarray(8)), true);
  return copy;
}

test('CRC-32C gives the published check value and those of RFC 3720', () => {
  expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283);
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(255))).toBe(0x62a8ab43);
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
});

test('what is written reads back', () => {
  fc.assert(
    fc.property(sectionsArbitrary, (sections) => {
      const bytes = writeContainer(VERSIONS, sections);
      const read = readContainer(bytes);
      expect(read.sections).toEqual(sections);
      expect(read.header).toMatchObject({ ...VERSIONS, containerVersion: CONTAINER_VERSION });
    }),
    { seed: 1 },
  );
});

test('a Buffer within others reads as the bytes it shows', () => {
  const bytes = writeContainer(VERSIONS, [
    { name: 'kernel', version: 1, whenUnknown: 'refuse', bytes: Uint8Array.of(5, 6) },
  ]);
  const section = readContainer(Buffer.from([9, ...bytes]).subarray(1)).sections[0]!;
  expect(section.bytes).toEqual(Uint8Array.of(5, 6));
  expect(section.bytes.byteOffset).toBe(0);
});

test('the header names the kernel block for other hosts', () => {
  const kernel = Uint8Array.of(1, 2, 3);
  const bytes = writeContainer(VERSIONS, [
    { name: 'first', version: 1, whenUnknown: 'skip', bytes: new Uint8Array(5) },
    { name: 'kernel', version: 1, whenUnknown: 'refuse', bytes: kernel },
  ]);
  const view = new DataView(bytes.buffer);
  const [address, length] = [view.getUint32(32, true), view.getUint32(36, true)];
  expect(address % 16).toBe(0);
  expect(bytes.slice(address, address + length)).toEqual(kernel);
});

describe('damage', () => {
  const intact = writeContainer(VERSIONS, [
    { name: 'kernel', version: 1, whenUnknown: 'refuse', bytes: new Uint8Array(70).fill(7) },
    { name: 'later', version: 3, whenUnknown: 'keep', bytes: new Uint8Array(9).fill(1) },
  ]);

  test('every single flipped bit is found', () => {
    for (let bit = 0; bit < 8 * intact.length; bit++) {
      const bytes = intact.slice();
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      expect(typeof attempt(bytes), `bit ${bit}`).toBe('string');
    }
  });

  test('every cut is found', () => {
    for (let length = 0; length < intact.length; length++)
      expect(typeof attempt(intact.slice(0, length)), `${length} bytes`).toBe('string');
    expect(attempt(Uint8Array.of(...intact, 0))).toBe('corrupt');
  });

  test('random bytes are no snapshot', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => typeof attempt(bytes) === 'string'),
      { seed: 2 },
    );
  });

  test('with the checksum made right, sections lie inside or the fault is told', () => {
    const change = fc.tuple(fc.nat({ max: intact.length - 1 }), fc.nat({ max: 255 }));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const bytes = intact.slice();
        for (const [at, value] of changes) bytes[at] = value;
        const read = attempt(sealed(bytes));
        if (typeof read === 'string') return;
        for (const section of read) expect(section.bytes.length).toBeLessThan(bytes.length);
      }),
      { seed: 3, numRuns: 2000 },
    );
  });

  test.each([undefined, null, 'TSNP', [], new ArrayBuffer(64), new Float64Array(64)])(
    'what is no Uint8Array is refused: %s',
    (value) => {
      expect(() => readContainer(value)).toThrow(SnapshotError);
    },
  );

  test('a newer container is told from a corrupt one', () => {
    const bytes = intact.slice();
    bytes[8] = CONTAINER_VERSION + 1;
    expect(attempt(bytes)).toBe('newer-version');
  });
});

describe('sections', () => {
  const section = (name: string, parts: Partial<SnapshotSection> = {}): SnapshotSection => ({
    name,
    version: 1,
    whenUnknown: 'refuse',
    optional: false,
    write: () => Uint8Array.of(1),
    read: () => [],
    ...parts,
  });
  const container = (sections: readonly SnapshotSection[]) =>
    readContainer(writeContainer(VERSIONS, writeSections(sections, [])));

  test('unknown ones are refused, kept or skipped as they say', () => {
    const known = section('known');
    const read = (whenUnknown: 'refuse' | 'keep' | 'skip') =>
      readSections(container([known, section('later', { whenUnknown })]), [known]);
    expect(() => read('refuse')).toThrow(/"later": this library does not know it/);
    expect(read('keep').kept.map(({ name }) => name)).toEqual(['later']);
    expect(read('keep').losses).toEqual([]);
    expect(read('skip').kept).toEqual([]);
    expect(read('skip').losses).toMatchObject([{ section: 'later', count: 1 }]);
  });

  test('kept ones stand in the next snapshot as they came', () => {
    const known = section('known');
    const bytes = Uint8Array.of(3, 1, 4);
    const later = section('later', { version: 9, whenUnknown: 'keep', write: () => bytes });
    const { kept } = readSections(container([known, later]), [known]);
    expect(writeSections([known], kept).at(-1)).toEqual({
      name: 'later',
      version: 9,
      whenUnknown: 'keep',
      bytes,
    });
  });

  test('a missing one is an error, unless it is optional; so is a newer version', () => {
    const old = container([section('a')]);
    expect(() => readSections(old, [section('a'), section('b')])).toThrow(/"b": is missing/);
    expect(readSections(old, [section('a'), section('b', { optional: true })]).losses).toEqual([]);
    const newer = container([section('a', { version: 2 })]);
    expect(() => readSections(newer, [section('a')])).toThrow(/has version 2/);
  });

  test('one that has nothing to say is not written', () => {
    expect(writeSections([section('a', { write: () => undefined })], [])).toEqual([]);
  });
});
