import { ParameterError } from '../core/errors';
import type { Kernel } from '../kernel/kernel';

/** Byte offsets in the header of an evidence block (assembly/evidence/layout.ts). */
const enum EvidenceHeader {
  Version = 4,
  Arms = 8,
  Families = 12,
  Segments = 16,
  Reports = 24,
  HalfLife = 32,
  Landmark = 40,
  Clock = 48,
  PriorMean = 56,
  PriorStrength = 64,
  Bytes = 256,
}

/** What the header of an evidence block says. */
export interface EvidenceShape {
  readonly layoutVersion: number;
  readonly arms: number;
  readonly families: number;
  readonly segments: number;
  /** Rewards taken in, undecayed. */
  readonly reports: number;
  readonly halfLife: number;
  /** In whole half-lives. */
  readonly landmark: number;
  readonly clock: number;
  readonly priorMean: number;
  readonly priorStrength: number;
}

/** Reads the header of a block. @throws {ParameterError} for fewer bytes than a header has */
export function evidenceShape(state: Uint8Array): EvidenceShape {
  if (state.length < EvidenceHeader.Bytes)
    throw new ParameterError('state.length', `>= ${EvidenceHeader.Bytes}`, state.length);
  const view = new DataView(state.buffer, state.byteOffset, state.length);
  const u32 = (at: number) => view.getUint32(at, true);
  const f64 = (at: number) => view.getFloat64(at, true);
  return {
    layoutVersion: u32(EvidenceHeader.Version),
    arms: u32(EvidenceHeader.Arms),
    families: u32(EvidenceHeader.Families),
    segments: u32(EvidenceHeader.Segments),
    reports: f64(EvidenceHeader.Reports),
    halfLife: f64(EvidenceHeader.HalfLife),
    landmark: f64(EvidenceHeader.Landmark),
    clock: f64(EvidenceHeader.Clock),
    priorMean: f64(EvidenceHeader.PriorMean),
    priorStrength: f64(EvidenceHeader.PriorStrength),
  };
}

/** By the status of `evidence_check`. */
const FAULTS = new Map([
  [-1, 'a block of evidence'],
  [-2, 'of a layout that this kernel reads'],
  [-3, 'as long as its numbers of arms, families and segments say'],
  [-4, 'with a half-life, clock, prior and strength that can be'],
  [-5, 'with arms whose family and prices can be'],
]);

/**
 * Copies a block that came from outside to `address`, where it has room, and has it checked.
 * @returns cells that could not be, empty now
 * @throws {ParameterError} where the block as a whole cannot be
 */
export function putEvidence(kernel: Kernel, address: number, state: Uint8Array): number {
  kernel.u8(address, state.length).set(state);
  const badCells = kernel.raw.evidence_check(address, state.length);
  if (badCells >= 0) return badCells;
  throw new ParameterError('evidence', FAULTS.get(badCells)!, state);
}
