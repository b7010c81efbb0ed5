import { ByteReader } from '../../memory/byteReader';
import { ByteWriter } from '../../memory/byteWriter';
import type { SnapshotSection } from '../../memory/sections';
import type { StateParts } from './parts';

const NAME = 'levels';
const TICKET_BYTES = 12;

/** What n samples add to the evidence of one, and how many were asked for of the open decisions. */
export function levelsSection({ options, state }: StateParts): SnapshotSection {
  return {
    name: NAME,
    version: 1,
    whenUnknown: 'refuse',
    optional: options.bestOf === undefined,
    write() {
      const { levels, evidence, pending } = state;
      if (!levels) return undefined;
      const writer = new ByteWriter();
      writer.block(levels.block.export(evidence.segments));
      writer.u32(pending.size);
      for (const { sequenceNumber, n } of pending.inOrder()) {
        writer.f64(sequenceNumber);
        writer.u32(n);
      }
      return writer.taken();
    },
    read(bytes) {
      const { levels, evidence, pending } = state;
      if (!levels) return [];
      const reader = new ByteReader(NAME, bytes);
      const badCells = levels.block.restore(reader.block(), evidence.segments);
      let badTickets = 0;
      const tickets = reader.count('tickets', TICKET_BYTES);
      for (let i = 0; i < tickets; i++) {
        const ticket = pending.find(reader.f64());
        const n = reader.u32();
        if (typeof ticket === 'string' || n < 1 || n > levels.block.mostOf(ticket.arm))
          badTickets++;
        else ticket.n = n;
      }
      reader.end();
      // One sample is what is known of a decision of which nothing is.
      for (const ticket of pending.inOrder()) ticket.n ||= 1;
      return [
        { count: badCells, problem: 'sums that cannot be: they are empty now' },
        { count: badTickets, problem: 'numbers of samples that cannot be' },
      ].flatMap((loss) => (loss.count > 0 ? [{ section: NAME, ...loss }] : []));
    },
  };
}
