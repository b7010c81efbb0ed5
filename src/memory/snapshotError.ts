import { show } from '../core/errors';

/**
 * Why a snapshot cannot be loaded: it is none; it is cut off or its checksum differs; a later library wrote it, or it was made with a kernel whose
 * blocks this one does not read; what it says cannot be; it contradicts the options it is restored with.
 */
export type SnapshotFault = 'not-a-snapshot' | 'corrupt' | 'newer-version' | 'invalid' | 'conflict';

/** A snapshot that cannot be loaded. Nothing has changed, and nothing half-made is left. */
export class SnapshotError extends Error {
  override readonly name = 'SnapshotError';

  constructor(
    readonly fault: SnapshotFault,
    problem: string,
    /** Name of the section that the fault lies in, or undefined. */
    readonly section?: string,
    options?: ErrorOptions,
  ) {
    super(section === undefined ? problem : `section ${show(section)}: ${problem}`, options);
  }
}

/** Something in a snapshot that was left out, while the rest was loaded. */
export interface SnapshotLoss {
  readonly section: string;
  /** How many cells, tickets or sections were left out. */
  readonly count: number;
  /** In words for people. */
  readonly problem: string;
}
