import { ParameterError } from '../../core/errors';
import { NOT_NEGATIVE } from '../../core/validation';
import { ByteReader } from '../../memory/byteReader';
import { ByteWriter } from '../../memory/byteWriter';
import { jsonBytes, parseJsonBytes } from '../../memory/jsonSection';
import type { SnapshotSection } from '../../memory/sections';
import type { SnapshotLoss } from '../../memory/snapshotError';
import type { RouterParts } from './parts';

/** The clock's latest reading and the time that tickets age by. */
export function timeSection({ time }: RouterParts): SnapshotSection {
  return {
    name: 'time',
    version: 1,
    whenUnknown: 'skip',
    optional: false,
    write() {
      const writer = new ByteWriter();
      const { latestMs, elapsedMs } = time.export();
      writer.f64(latestMs);
      writer.f64(elapsedMs);
      return writer.taken();
    },
    read(bytes) {
      const reader = new ByteReader('time', bytes);
      const latestMs = reader.f64();
      const elapsedMs = reader.number('elapsedMs', NOT_NEGATIVE);
      if (!(Number.isNaN(latestMs) || Number.isFinite(latestMs)))
        throw new ParameterError('time.latestMs', 'a finite number or NaN', latestMs);
      time.restore(latestMs, elapsedMs);
      return [];
    },
  };
}

/** Every arm's breaker; one that cannot be begins anew, closed. Without breakers the section is kept for a router that has some. */
export function breakersSection({ breakers, state }: RouterParts): SnapshotSection {
  const name = 'breakers';
  return {
    name,
    version: 1,
    whenUnknown: 'skip',
    optional: true,
    write() {
      if (!breakers) return undefined;
      return jsonBytes(Array.from({ length: state.arms }, (_, arm) => breakers.stateAt(arm)));
    },
    read(bytes) {
      const states = parseJsonBytes(bytes, name);
      if (!Array.isArray(states) || states.length !== state.arms)
        throw new ParameterError('breakers', `a list of ${state.arms}`, states);
      const losses: SnapshotLoss[] = [];
      if (!breakers) return losses;
      states.forEach((one, arm) => {
        try {
          breakers.restoreAt(arm, one);
        } catch (error) {
          if (!(error instanceof ParameterError)) throw error;
          const problem = `a breaker that cannot be: ${error.message}; it is closed now`;
          losses.push({ section: name, count: 1, problem });
        }
      });
      return losses;
    },
  };
}

/** What `getStats` counts. It decides nothing. */
export function countsSection({ tally }: RouterParts): SnapshotSection {
  const name = 'counts';
  return {
    name,
    version: 1,
    whenUnknown: 'skip',
    optional: true,
    write: () => jsonBytes(tally),
    read(bytes) {
      tally.restore(parseJsonBytes(bytes, name));
      return [];
    },
  };
}
