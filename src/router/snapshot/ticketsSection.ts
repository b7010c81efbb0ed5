import { ParameterError } from '../../core/errors';
import { FINITE, NOT_NEGATIVE, TOKENS, wholeBetween, type Interval } from '../../core/validation';
import { ByteReader } from '../../memory/byteReader';
import { ByteWriter } from '../../memory/byteWriter';
import type { SnapshotSection } from '../../memory/sections';
import { MOST_FATES } from '../fates';
import type { PendingDecisions, Ticket } from '../pending';
import type { RouterParts, StateParts } from './parts';

const NAME = 'tickets';
const TICKET_BYTES = 8 * 8 + 2 * 4 + 1;
const COUNT = wholeBetween(0, Number.MAX_SAFE_INTEGER);
/** Fates of decisions, two bits each. */
const FATES_PER_BYTE = 4;
/** Of a number that may be missing: NaN. */
const optional = ({ text, contains }: Interval): Interval => ({
  text: `${text}, or NaN`,
  contains: (v) => Number.isNaN(v) || contains(v),
});

/** Open decisions, the least recently used first, and what became of the others: the window in which a second report is known as one. */
export function ticketsSection({ state }: StateParts): SnapshotSection {
  return {
    name: NAME,
    version: 1,
    whenUnknown: 'refuse',
    optional: false,
    write() {
      const writer = new ByteWriter();
      const { aged, evicted } = state.pending.expired;
      writer.f64(aged);
      writer.f64(evicted);
      writeFates(writer, state.pending);
      writer.u32(state.pending.size);
      for (const ticket of state.pending.inOrder()) writeTicket(writer, ticket);
      return writer.taken();
    },
    read(bytes) {
      const reader = new ByteReader(NAME, bytes);
      state.pending.recount({
        aged: reader.number('aged', COUNT),
        evicted: reader.number('evicted', COUNT),
      });
      readFates(reader, state.pending, state.sequenceNumber);
      let bad = 0;
      const tickets = reader.count('size', TICKET_BYTES);
      for (let i = 0; i < tickets; i++) if (!readTicket(reader, state)) bad++;
      reader.end();
      const problem = 'open decisions that cannot be: their reports will be unknown';
      return bad === 0 ? [] : [{ section: NAME, count: bad, problem }];
    },
  };
}

function writeTicket(writer: ByteWriter, ticket: Ticket): void {
  const { sequenceNumber, clock, permit, promptTokens, outputTokens } = ticket;
  const { latencyMs, retries, usedMs, arm, segment } = ticket;
  for (const value of [sequenceNumber, clock, permit, promptTokens]) writer.f64(value);
  for (const value of [outputTokens, latencyMs, retries, usedMs]) writer.f64(value);
  writer.u32(arm);
  writer.u32(segment);
  const { callKnown, rewardKnown, costKnown, latencyKnown } = ticket;
  const flags = [callKnown, rewardKnown, costKnown, latencyKnown];
  writer.u8(flags.reduce((bits, flag, i) => bits | (Number(flag) << i), 0));
}

/** False for a ticket that cannot be: it is left out. */
function readTicket(reader: ByteReader, state: RouterParts['state']): boolean {
  const numbers = Array.from({ length: 8 }, () => reader.f64()) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const [sequenceNumber, clock, permit, promptTokens, outputTokens, latencyMs, retries, usedMs] =
    numbers;
  const [arm, segment, flags] = [reader.u32(), reader.u32(), reader.u8()];
  const { pending, segments } = state;
  const sound =
    COUNT.contains(sequenceNumber) &&
    sequenceNumber < state.sequenceNumber &&
    typeof pending.find(sequenceNumber) === 'string' &&
    NOT_NEGATIVE.contains(clock) &&
    COUNT.contains(permit) &&
    optional(TOKENS).contains(promptTokens) &&
    optional(TOKENS).contains(outputTokens) &&
    optional(NOT_NEGATIVE).contains(latencyMs) &&
    optional(COUNT).contains(retries) &&
    FINITE.contains(usedMs) &&
    arm < state.arms &&
    segment < Math.max(1, segments.count);
  if (!sound) return false;
  const ticket = pending.reopen(sequenceNumber, usedMs);
  Object.assign(ticket, {
    clock,
    permit,
    promptTokens,
    outputTokens,
    latencyMs,
    retries,
    arm,
    segment,
  });
  ticket.callKnown = (flags & 1) !== 0;
  ticket.rewardKnown = (flags & 2) !== 0;
  ticket.costKnown = (flags & 4) !== 0;
  // Nobody waits for it where latency was switched off.
  ticket.latencyKnown = (flags & 8) !== 0 || state.latency === undefined;
  return true;
}

function writeFates(writer: ByteWriter, { fates }: PendingDecisions): void {
  const { first, next, slots } = fates.export();
  writer.f64(first);
  writer.f64(next);
  const packed = new Uint8Array(slots.length / FATES_PER_BYTE);
  slots.forEach((fate, i) => {
    packed[i >> 2]! |= fate << (2 * (i & 3));
  });
  writer.block(packed);
}

function readFates(reader: ByteReader, { fates }: PendingDecisions, sequenceNumber: number): void {
  const first = reader.number('first', wholeBetween(-1, sequenceNumber));
  const next = reader.number('next', wholeBetween(0, sequenceNumber));
  const packed = reader.block();
  const length = packed.length * FATES_PER_BYTE;
  // A power of two from 1,024 on.
  if (length < 1024 || length > MOST_FATES || (length & (length - 1)) !== 0)
    throw new ParameterError('tickets.fates', 'a window of 1024 to 2^20 decisions', length);
  const slots = Uint8Array.from({ length }, (_, i) => (packed[i >> 2]! >> (2 * (i & 3))) & 3);
  fates.restore(first, next, slots);
}
