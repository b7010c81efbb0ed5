import { requireNumber, requireObject, wholeBetween } from '../../core/validation';
import { jsonBytes, parseJsonBytes } from '../../memory/jsonSection';
import { parseSegmentNames, type SegmentName } from '../../memory/replicaState';
import type { SnapshotSection } from '../../memory/sections';
import type { Segments } from '../segments';
import type { StateParts } from './parts';

const NAME = 'segments';

/** Names of rows in their order; null = requests without a segment, true = the row that segments beyond the limit share. */
export function segmentNames(segments: Segments): SegmentName[] {
  return segments.rows().map(({ segment, shared }) => shared || segment);
}

/** The rows' names. A router that has decided nothing has a row that nobody has asked for. */
export function segmentsSection({ state }: StateParts): SnapshotSection {
  return {
    name: NAME,
    version: 1,
    whenUnknown: 'refuse',
    optional: false,
    write() {
      const { sharedRequests } = state.segments;
      return jsonBytes({ names: segmentNames(state.segments), sharedRequests });
    },
    read(bytes) {
      const fields = requireObject(NAME, parseJsonBytes(bytes, NAME));
      const { names } = fields;
      const none = Array.isArray(names) && names.length === 0 && state.evidence.segments === 1;
      const parsed = none ? [] : parseSegmentNames('names', names, state.evidence.segments);
      const sharedRequests = requireNumber(
        'sharedRequests',
        fields['sharedRequests'],
        wholeBetween(0, Number.MAX_SAFE_INTEGER),
      );
      state.segments.restore(parsed, sharedRequests);
      return [];
    },
  };
}
