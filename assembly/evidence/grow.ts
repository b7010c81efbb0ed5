/**
 * Blocks that take more arms while they are in use. Arrays run over arms, so with more of them every array stands
 * elsewhere; what it holds keeps its bits, and new entries are 0.
 */
import {
  armBytes,
  ArmField,
  familyCount,
  FamilyField,
  Header,
  HEADER_BYTES,
  paddedBytes,
  RowField,
  segmentCount,
} from './layout';

/**
 * Moves `count` arrays of `bytes` each, which stand one after the other, to places `wider` bytes apart, the last one
 * first. `to` may be `from` or a little behind it, as no array moves to a lower address.
 */
export function spreadArrays(from: usize, to: usize, count: usize, bytes: usize, wider: usize): void {
  for (let i = count; i-- > 0;) {
    memory.copy(to + i * wider, from + i * bytes, bytes);
    memory.fill(to + i * wider + bytes, 0, wider - bytes);
  }
}

/**
 * Copies an evidence block to `to`, which may be the same place, with room for more arms and families. Arms are set
 * afterwards. Memory behind the new block is not touched.
 */
export function growEvidence(evidence: usize, to: usize, arms: u32, families: u32): void {
  const segments = segmentCount(evidence);
  const bytes = armBytes(evidence);
  const wider = paddedBytes(arms);
  const familyBytes = paddedBytes(familyCount(evidence));
  const widerFamily = paddedBytes(families);
  const rows = <usize>segments * RowField.COUNT;
  const familiesFrom = HEADER_BYTES + ArmField.COUNT * bytes;
  const familiesTo = HEADER_BYTES + ArmField.COUNT * wider;
  const rowsFrom = familiesFrom + FamilyField.COUNT * familyBytes;
  const rowsTo = familiesTo + FamilyField.COUNT * widerFamily;
  spreadArrays(evidence + rowsFrom, to + rowsTo, rows, bytes, wider);
  spreadArrays(evidence + familiesFrom, to + familiesTo, FamilyField.COUNT, familyBytes, widerFamily);
  spreadArrays(evidence + HEADER_BYTES, to + HEADER_BYTES, ArmField.COUNT, bytes, wider);
  memory.copy(to, evidence, HEADER_BYTES);
  store<u32>(to, arms, Header.ARMS);
  store<u32>(to, families, Header.FAMILIES);
}
