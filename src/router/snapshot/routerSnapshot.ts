import { LIBRARY_VERSION } from '../../core/version';
import { ABI_VERSION } from '../../kernel/exports';
import { KERNEL_SECTION, writeContainer, type Container } from '../../memory/container';
import { writeReplicaState, type EvidenceClock } from '../../memory/replicaState';
import {
  readSections,
  writeSections,
  type KeptSections,
  type SnapshotSection,
} from '../../memory/sections';
import { SnapshotError, type SnapshotLoss } from '../../memory/snapshotError';
import { evidenceShape } from '../../posterior/evidenceState';
import type { ParsedPosteriorOptions } from '../../posterior/options';
import { armsOf, armsSection } from './armsSection';
import { contextSection, latencySection } from './forecastSections';
import { kernelSection } from './kernelSection';
import { levelsSection } from './levelsSection';
import { breakersSection, countsSection, timeSection } from './liveSections';
import { optionsSection } from './optionsSection';
import type { RouterParts } from './parts';
import { segmentNames, segmentsSection } from './segmentsSection';
import { driftSection, steeringSection } from './steeringSections';
import { ticketsSection } from './ticketsSection';

/** All sections of a router, in the order in which they are read: what a later one needs stands before it. */
function sectionsOf(parts: RouterParts): readonly SnapshotSection[] {
  return [
    kernelSection(parts),
    optionsSection(parts),
    armsSection(parts),
    segmentsSection(parts),
    ticketsSection(parts),
    levelsSection(parts),
    latencySection(parts),
    contextSection(parts),
    driftSection(parts),
    steeringSection(parts),
    breakersSection(parts),
    timeSection(parts),
    countsSection(parts),
    ...parts.more,
  ];
}

/** A router as bytes. Reads no clock and changes nothing. */
export function takeSnapshot(parts: RouterParts, kept: KeptSections): Uint8Array {
  const { layoutVersion } = evidenceShape(parts.state.evidence.export());
  const versions = { libraryVersion: LIBRARY_VERSION, kernelAbi: ABI_VERSION, layoutVersion };
  return writeContainer(versions, writeSections(sectionsOf(parts), kept));
}

/**
 * Fills a router that is new with what a snapshot has.
 * @throws {SnapshotError} for what cannot be; the router is then of no use
 */
export function fillFrom(
  container: Container,
  parts: RouterParts,
): { readonly kept: KeptSections; readonly losses: readonly SnapshotLoss[] } {
  const { layoutVersion: mine } = evidenceShape(parts.state.evidence.export());
  const { layoutVersion } = container.header;
  if (layoutVersion > mine)
    throw new SnapshotError(
      'newer-version',
      `its evidence has layout ${layoutVersion}, this kernel reads ${mine}`,
      KERNEL_SECTION,
    );
  return readSections(container, sectionsOf(parts));
}

function clockOf({ halfLifeRequests, halfLifeMs }: ParsedPosteriorOptions): EvidenceClock {
  if (halfLifeMs < Infinity) return 'time';
  return halfLifeRequests < Infinity ? 'requests' : 'none';
}

/** The router's own evidence, for a register of replicas. */
export function takeReplicaState({ options, state }: RouterParts): Uint8Array {
  const names = segmentNames(state.segments);
  return writeReplicaState({
    id: options.replicaId,
    sequenceNumber: state.evidenceVersion,
    clock: clockOf(options.posterior),
    arms: armsOf(options),
    // Before the first decision the block has a row without a name.
    segments: names.length === 0 ? [null] : names,
    evidence: state.evidence.export(),
  });
}
