import { NOT_NEGATIVE, requireNumber, requireObject } from '../../core/validation';
import { ByteReader } from '../../memory/byteReader';
import { ByteWriter } from '../../memory/byteWriter';
import { jsonBytes, parseJsonBytes } from '../../memory/jsonSection';
import type { SnapshotSection } from '../../memory/sections';
import type { SnapshotLoss } from '../../memory/snapshotError';
import type { RouterParts, StateParts } from './parts';

/** The detectors of changes. A router that watches for none any more drops them. */
export function driftSection({ state }: StateParts): SnapshotSection {
  return {
    name: 'drift',
    version: 1,
    whenUnknown: 'refuse',
    optional: true,
    write: () => state.drift?.export(),
    read(bytes) {
      state.drift?.restore(bytes);
      return [];
    },
  };
}

/** The clock of decisions, and what budget and rules have counted. */
export function steeringSection({ state, steering }: RouterParts): SnapshotSection {
  const name = 'steering';
  const { clock, budget, rules } = steering.parts;
  const anew = (what: string): SnapshotLoss => ({
    section: name,
    count: 1,
    problem: `${what}: its options are others, and it begins anew`,
  });
  return {
    name,
    version: 1,
    whenUnknown: 'refuse',
    optional: true,
    write() {
      const paced = budget?.export();
      const numbers = jsonBytes({
        clock: state.clock,
        latest: clock?.latest,
        budget: paced?.numbers,
        rules: rules?.export(),
      });
      const writer = new ByteWriter();
      writer.block(numbers);
      writer.block(paced?.pacer ?? new Uint8Array(0));
      return writer.taken();
    },
    read(bytes) {
      const reader = new ByteReader(name, bytes);
      const numbers = requireObject(name, parseJsonBytes(reader.block(), name));
      const pacer = reader.block();
      reader.end();
      state.clock = requireNumber('steering.clock', numbers['clock'], NOT_NEGATIVE);
      const { latest } = numbers;
      if (clock && latest !== undefined)
        clock.latest = requireNumber('steering.latest', latest, NOT_NEGATIVE);
      const losses: SnapshotLoss[] = [];
      if (budget && numbers['budget'] !== undefined && !budget.restore(numbers['budget'], pacer))
        losses.push(anew('the budget'));
      if (rules && numbers['rules'] !== undefined && !rules.restore(numbers['rules']))
        losses.push(anew('spend of the rules'));
      return losses;
    },
  };
}
