import { ParameterError } from '../../core/errors';
import { wholeBetween } from '../../core/validation';
import { ByteReader } from '../../memory/byteReader';
import { KERNEL_SECTION, type Container } from '../../memory/container';
import { SnapshotError } from '../../memory/snapshotError';
import type { SnapshotSection } from '../../memory/sections';
import { FLOOR_BASELINES } from '../../selection/floor';
import type { StateParts } from './parts';

/** Before the evidence block: what a host needs beside it to decide as the router would. */
const WORDS_BYTES = 64;
const COUNT = wholeBetween(0, Number.MAX_SAFE_INTEGER);

/** Numbers of the next decision and of the evidence. @throws {SnapshotError} */
export function numbersOf({ sections }: Container): {
  readonly sequenceNumber: number;
  readonly evidenceVersion: number;
} {
  const kernel = sections.find(({ name }) => name === KERNEL_SECTION);
  if (!kernel || kernel.bytes.length < WORDS_BYTES)
    throw new SnapshotError('invalid', 'is missing or cut off', KERNEL_SECTION);
  const { bytes } = kernel;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return { sequenceNumber: view.getFloat64(0, true), evidenceVersion: view.getFloat64(8, true) };
}

/**
 * The section that other hosts read: 64 bytes, then the evidence block as it stands in kernel memory.
 *
 *    0  f64  number of the next decision      32  f64  ε of the floor
 *    8  f64  version of the evidence          40  u32  its baseline: 0 uniform, 1 inverse cost
 *   16  f64  1 / willingness to pay           44  u32  bytes of the block
 *   24  f64  exploration scale                48  u64  seed
 *                                             56  f64  0
 */
export function kernelSection({ options, state }: StateParts): SnapshotSection {
  return {
    name: KERNEL_SECTION,
    version: 1,
    whenUnknown: 'refuse',
    optional: false,
    write() {
      const block = state.evidence.export();
      const bytes = new Uint8Array(WORDS_BYTES + block.length);
      const view = new DataView(bytes.buffer);
      const { costWeight, explorationScale, floor, seed } = options;
      const { sequenceNumber, evidenceVersion } = state;
      [sequenceNumber, evidenceVersion, costWeight, explorationScale, floor.epsilon].forEach(
        (value, i) => {
          view.setFloat64(8 * i, value, true);
        },
      );
      view.setUint32(40, FLOOR_BASELINES.indexOf(floor.baseline), true);
      view.setUint32(44, block.length, true);
      view.setUint32(48, seed.low, true);
      view.setUint32(52, seed.high, true);
      bytes.set(block, WORDS_BYTES);
      return bytes;
    },
    read(bytes) {
      const words = new ByteReader('kernel', bytes.subarray(0, WORDS_BYTES));
      const sequenceNumber = words.number('sequenceNumber', COUNT);
      const evidenceVersion = words.number('evidenceVersion', COUNT);
      const block = bytes.subarray(WORDS_BYTES);
      const stated = new DataView(bytes.buffer, bytes.byteOffset).getUint32(44, true);
      if (stated !== block.length)
        throw new ParameterError('kernel.evidenceBytes', String(block.length), stated);
      const badCells = state.evidence.restore(block);
      state.resume(sequenceNumber, evidenceVersion);
      if (badCells === 0) return [];
      return [
        {
          section: KERNEL_SECTION,
          count: badCells,
          problem: 'cells whose numbers cannot be: they are empty now',
        },
      ];
    },
  };
}
