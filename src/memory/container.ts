/**
 * The container of a snapshot (docs/SNAPSHOTS.md): a header, a table of sections, their bytes. Little-endian; every section begins at a multiple of 16.
 *
 *    0  u32  magic 'TSNP'                     24  u32  ABI version of the kernel
 *    4  u32  CRC-32C of all bytes from 8      28  u32  layout version of the evidence block
 *    8  u32  version of the container         32  u32  address of section 'kernel' (0: none)
 *   12  u32  bytes of the header              36  u32  its length
 *   16  u32  bytes of the whole               40  u32  number of sections
 *   20  u32  0                                44  u32  0
 *                                             48  16 bytes  version of the library, ASCII, zeros behind
 *
 * A row of the table: 16 bytes name (ASCII, zeros behind), u32 version, u32 flags, u32 address, u32 length.
 */
import { crc32c } from './crc32c';
import { SnapshotError } from './snapshotError';

/** Raised when a container can no longer be read by an older library. Sections have versions of their own. */
export const CONTAINER_VERSION = 1;
/** Name of the section that hosts without this library read. */
export const KERNEL_SECTION = 'kernel';

const MAGIC = 0x504e5354;
const HEADER_BYTES = 64;
const ROW_BYTES = 32;
const NAME_BYTES = 16;
const MOST_SECTIONS = 256;
const MOST_BYTES = 2 ** 32 - 1;
const ALIGNMENT = 16;

const enum At {
  Magic = 0,
  Checksum = 4,
  /** The checksum covers all from here. */
  Version = 8,
  HeaderBytes = 12,
  Bytes = 16,
  KernelAbi = 24,
  Layout = 28,
  KernelAddress = 32,
  KernelBytes = 36,
  Sections = 40,
  Library = 48,
}

/**
 * What a reader does that does not know a section: `'refuse'` the snapshot, because decisions depend on it; `'keep'` it for the next snapshot; `'skip'` it.
 */
export type UnknownSectionRule = 'refuse' | 'keep' | 'skip';
const RULES: readonly UnknownSectionRule[] = ['refuse', 'keep', 'skip'];

/** A section as bytes. */
export interface SectionBytes {
  /** 1 to 16 characters of a-z, 0-9 and '-'. */
  readonly name: string;
  /** Of the section's own format, from 1. */
  readonly version: number;
  readonly whenUnknown: UnknownSectionRule;
  readonly bytes: Uint8Array;
}

export interface SnapshotHeader {
  readonly containerVersion: number;
  readonly libraryVersion: string;
  readonly kernelAbi: number;
  /** Of the evidence block. */
  readonly layoutVersion: number;
  /** Of the whole snapshot. */
  readonly bytes: number;
  readonly checksum: number;
}

export interface Container {
  readonly header: SnapshotHeader;
  readonly sections: readonly SectionBytes[];
}

export type Versions = Pick<SnapshotHeader, 'libraryVersion' | 'kernelAbi' | 'layoutVersion'>;

/** Puts sections into one run of bytes. Names must differ. @throws {SnapshotError} for what has no room */
export function writeContainer(versions: Versions, sections: readonly SectionBytes[]): Uint8Array {
  let end = HEADER_BYTES + ROW_BYTES * sections.length;
  const places = sections.map(({ bytes }) => {
    const address = aligned(end);
    end = address + bytes.length;
    return address;
  });
  if (end > MOST_BYTES || sections.length > MOST_SECTIONS)
    throw new SnapshotError('invalid', `${end} bytes in ${sections.length} sections are too many`);
  const snapshot = new Uint8Array(end);
  const view = new DataView(snapshot.buffer);
  const u32 = (at: number, value: number) => view.setUint32(at, value, true);
  sections.forEach(({ name, version, whenUnknown, bytes }, i) => {
    const row = HEADER_BYTES + ROW_BYTES * i;
    putAscii(snapshot, row, name);
    const words = [version, RULES.indexOf(whenUnknown), places[i]!, bytes.length];
    words.forEach((word, j) => {
      u32(row + NAME_BYTES + 4 * j, word);
    });
    snapshot.set(bytes, places[i]);
    if (name !== KERNEL_SECTION) return;
    u32(At.KernelAddress, places[i]!);
    u32(At.KernelBytes, bytes.length);
  });
  u32(At.Magic, MAGIC);
  u32(At.Version, CONTAINER_VERSION);
  u32(At.HeaderBytes, HEADER_BYTES);
  u32(At.Bytes, end);
  u32(At.KernelAbi, versions.kernelAbi);
  u32(At.Layout, versions.layoutVersion);
  u32(At.Sections, sections.length);
  putAscii(snapshot, At.Library, versions.libraryVersion);
  u32(At.Checksum, crc32c(snapshot.subarray(At.Version)));
  return snapshot;
}

/**
 * Takes a container apart. Sections are copies, aligned for views of any type.
 * @throws {SnapshotError} for bytes that `writeContainer` of this version cannot have written
 */
export function readContainer(given: unknown): Container {
  if (!(given instanceof Uint8Array))
    throw new SnapshotError('not-a-snapshot', 'a snapshot must be a Uint8Array');
  // Slices of a Buffer would not be copies.
  const snapshot = new Uint8Array(given.buffer, given.byteOffset, given.length);
  const view = new DataView(snapshot.buffer, snapshot.byteOffset, snapshot.length);
  const u32 = (at: number) => view.getUint32(at, true);
  if (snapshot.length < 12 || u32(At.Magic) !== MAGIC)
    throw new SnapshotError('not-a-snapshot', 'the bytes are no snapshot of a router');
  const containerVersion = u32(At.Version);
  // Told before the checksum, which another version may make otherwise.
  if (containerVersion > CONTAINER_VERSION)
    throw new SnapshotError(
      'newer-version',
      `the container has version ${containerVersion}, this library reads up to ${CONTAINER_VERSION}`,
    );
  if (snapshot.length < HEADER_BYTES || u32(At.Bytes) !== snapshot.length)
    throw new SnapshotError(
      'corrupt',
      `${snapshot.length} bytes are here of ${snapshot.length < HEADER_BYTES ? 'a header' : u32(At.Bytes)}`,
    );
  const checksum = u32(At.Checksum);
  if (crc32c(snapshot.subarray(At.Version)) !== checksum)
    throw new SnapshotError('corrupt', 'the checksum does not fit the bytes');
  const header = {
    containerVersion,
    libraryVersion: asciiAt(snapshot, At.Library),
    kernelAbi: u32(At.KernelAbi),
    layoutVersion: u32(At.Layout),
    bytes: snapshot.length,
    checksum,
  };
  const count = u32(At.Sections);
  const table = HEADER_BYTES + ROW_BYTES * count;
  const fits = containerVersion > 0 && u32(At.HeaderBytes) === HEADER_BYTES;
  if (!fits || count > MOST_SECTIONS || table > snapshot.length)
    throw new SnapshotError('invalid', `the table of ${count} sections does not fit the bytes`);
  const sections = Array.from({ length: count }, (_, i) =>
    readSection(snapshot, HEADER_BYTES + ROW_BYTES * i, table, u32),
  );
  const names = new Set(sections.map(({ name }) => name));
  if (names.size < count) throw new SnapshotError('invalid', 'two sections have the same name');
  return { header, sections };
}

function readSection(
  snapshot: Uint8Array,
  row: number,
  table: number,
  u32: (at: number) => number,
): SectionBytes {
  const name = asciiAt(snapshot, row);
  if (!/^[a-z\d-]{1,16}$/.test(name))
    throw new SnapshotError('invalid', 'a section has no name of a-z, 0-9 and -');
  const [version, rule, address, length] = [0, 4, 8, 12].map((at) =>
    u32(row + NAME_BYTES + at),
  ) as [number, number, number, number];
  const whenUnknown = RULES[rule];
  const inside = address >= table && address + length <= snapshot.length;
  if (version < 1 || !whenUnknown || !inside || address % ALIGNMENT !== 0)
    throw new SnapshotError('invalid', 'its row in the table cannot be', name);
  return { name, version, whenUnknown, bytes: snapshot.slice(address, address + length) };
}

function aligned(address: number): number {
  return Math.ceil(address / ALIGNMENT) * ALIGNMENT;
}

function putAscii(bytes: Uint8Array, at: number, text: string): void {
  for (let i = 0; i < Math.min(text.length, NAME_BYTES); i++)
    bytes[at + i] = text.charCodeAt(i) & 127;
}

function asciiAt(bytes: Uint8Array, at: number): string {
  const field = bytes.subarray(at, at + NAME_BYTES);
  const end = field.indexOf(0);
  return String.fromCharCode(...field.subarray(0, end < 0 ? NAME_BYTES : end));
}
