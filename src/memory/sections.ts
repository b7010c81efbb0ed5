import { KernelError, ParameterError } from '../core/errors';
import type { Container, SectionBytes, UnknownSectionRule } from './container';
import { SnapshotError, type SnapshotLoss } from './snapshotError';

/**
 * A part of an owner's state that a snapshot holds. A piece that has state of its own adds one of these; nothing else changes.
 */
export interface SnapshotSection {
  /** 1 to 16 characters of a-z, 0-9 and '-'. */
  readonly name: string;
  /** Of the bytes: raised when an older library could not read them. From 1. */
  readonly version: number;
  /** What a library does that has no such section. */
  readonly whenUnknown: UnknownSectionRule;
  /** May a snapshot lack it, as those of before the section came to be? */
  readonly optional: boolean;
  /** The state as bytes; undefined = nothing to say. */
  write(): Uint8Array | undefined;
  /**
   * Takes the state of bytes over, from `write` of this or an earlier `version`. Called on owners that nobody has yet: one that throws is dropped.
   * @returns what had to be left out
   * @throws {SnapshotError | ParameterError} for bytes that say what cannot be
   */
  read(bytes: Uint8Array, version: number): readonly SnapshotLoss[];
}

/** Sections of a snapshot that this library does not know and must hand on. */
export type KeptSections = readonly SectionBytes[];

export function writeSections(
  sections: readonly SnapshotSection[],
  kept: KeptSections,
): SectionBytes[] {
  const own = sections.flatMap((section) => {
    const bytes = section.write();
    const { name, version, whenUnknown } = section;
    return bytes ? [{ name, version, whenUnknown, bytes }] : [];
  });
  return [...own, ...kept];
}

/**
 * Hands each section of a container to its reader, in the readers' order.
 * @throws {SnapshotError} for one that is missing, too new, or cannot be
 */
export function readSections(
  container: Container,
  readers: readonly SnapshotSection[],
): { readonly kept: KeptSections; readonly losses: readonly SnapshotLoss[] } {
  const losses: SnapshotLoss[] = [];
  const byName = new Map(container.sections.map((section) => [section.name, section]));
  for (const reader of readers) {
    const section = byName.get(reader.name);
    if (section) losses.push(...read(reader, section));
    else if (!reader.optional) throw new SnapshotError('invalid', 'is missing', reader.name);
  }
  const known = new Set(readers.map(({ name }) => name));
  const kept: SectionBytes[] = [];
  for (const section of container.sections) {
    const { name, whenUnknown } = section;
    if (known.has(name)) continue;
    if (whenUnknown === 'refuse')
      throw new SnapshotError('newer-version', 'this library does not know it', name);
    if (whenUnknown === 'keep') kept.push(section);
    else losses.push({ section: name, count: 1, problem: 'this library does not know it' });
  }
  return { kept, losses };
}

function read(reader: SnapshotSection, section: SectionBytes): readonly SnapshotLoss[] {
  const { name, version, bytes } = section;
  if (version > reader.version)
    throw new SnapshotError(
      'newer-version',
      `has version ${version}, this library reads up to ${reader.version}`,
      name,
    );
  try {
    return reader.read(bytes, version);
  } catch (error) {
    if (error instanceof SnapshotError) throw error;
    // A full memory is no fault of the snapshot.
    if (!(error instanceof ParameterError || error instanceof KernelError)) throw error;
    throw new SnapshotError('invalid', error.message, name, { cause: error });
  }
}
