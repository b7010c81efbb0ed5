import { ParameterError } from '../../core/errors';
import { FINITE, NOT_NEGATIVE, UNIT, wholeBetween, type Interval } from '../../core/validation';
import { checkLatencyState } from '../../forecast/latency/latencyState';
import type { EarlyReport } from '../../forecast/quality/earlyReports';
import { ByteReader } from '../../memory/byteReader';
import { ByteWriter } from '../../memory/byteWriter';
import type { SnapshotSection } from '../../memory/sections';
import type { ContextExpert } from '../contextExpert';
import type { RouterParts, StateParts } from './parts';

/** Byte offset of the clock that the moments in a latency block are of; -1 = out of date (assembly/forecast/latencyBlock.ts). */
const FRESH = 40;

/** What is known of the models' latencies: the kernel's block. */
export function latencySection({ state }: StateParts): SnapshotSection {
  const { latency } = state;
  return {
    name: 'latency',
    version: 1,
    whenUnknown: 'refuse',
    optional: latency === undefined,
    write() {
      const bytes = latency?.export();
      // What follows from the sums is made anew after a restore.
      if (bytes) new DataView(bytes.buffer).setFloat64(FRESH, -1, true);
      return bytes;
    },
    read(bytes) {
      // Switched off: what was learned goes.
      if (!latency) return [];
      checkLatencyState(bytes, latency);
      latency.restore(bytes);
      return [];
    },
  };
}

/** The second expert: its block, the encoder, reports and open decisions that wait for it. */
export function contextSection({ state }: RouterParts): SnapshotSection {
  const { expert } = state;
  return {
    name: 'context',
    version: 1,
    whenUnknown: 'refuse',
    optional: expert === undefined,
    write: () => expert && writeContext(expert, state),
    read(bytes) {
      if (!expert) throw new ParameterError('options.context', 'given, as before', undefined);
      const reader = new ByteReader('context', bytes);
      const parts = {
        block: reader.block(),
        encoder: reader.block(),
        vectorLength: reader.number('vectorLength', LENGTH),
        early: readEarly(reader, state.arms),
      };
      expert.restore(parts);
      readCosts(reader, state);
      readPrompts(reader, state);
      reader.end();
      return [];
    },
  };
}

const LENGTH = wholeBetween(0, 2 ** 20);
const MISSING: Interval = {
  text: 'a finite number or NaN',
  contains: (v) => Number.isNaN(v) || Number.isFinite(v),
};

type State = RouterParts['state'];

function writeContext(expert: ContextExpert, state: State): Uint8Array {
  const writer = new ByteWriter();
  const { block, encoder, vectorLength, early } = expert.export();
  writer.block(block);
  writer.block(encoder);
  writer.f64(vectorLength);
  writer.u8(early === undefined ? 0 : 1);
  writer.u32(early?.length ?? 0);
  for (const { prompt, vector, arm, reward, costUsd, clock } of early ?? []) {
    writer.text(prompt);
    writer.numbers(vector);
    writer.u32(arm);
    for (const value of [reward, costUsd, clock]) writer.f64(value);
  }
  writer.numbers(state.expectedCosts().slice());
  const kept = [...state.pending.inOrder()].filter(({ prompt }) => prompt !== undefined);
  writer.u32(kept.length);
  for (const { sequenceNumber, prompt } of kept) {
    const { features, vector, mean, cellMean } = prompt!;
    writer.f64(sequenceNumber);
    writer.numbers(features);
    writer.text(prompt!.prompt);
    writer.numbers(vector);
    writer.f64(mean);
    writer.f64(cellMean);
  }
  return writer.taken();
}

function readEarly(reader: ByteReader, arms: number): EarlyReport[] | undefined {
  const complete = reader.u8() === 1;
  const reports = Array.from({ length: reader.count('early', 30) }, (): EarlyReport => {
    const prompt = reader.text();
    if (prompt === undefined) throw new ParameterError('context.early', 'with its prompt', prompt);
    const vector = finite(reader.numbers());
    const arm = reader.u32();
    if (arm >= arms) throw new ParameterError('context.early.arm', `< ${arms}`, arm);
    const reward = reader.number('early.reward', optional(UNIT));
    const costUsd = reader.number('early.costUsd', optional(NOT_NEGATIVE));
    return {
      prompt,
      vector,
      arm,
      reward,
      costUsd,
      clock: reader.number('early.clock', NOT_NEGATIVE),
    };
  });
  return complete ? reports : undefined;
}

/** What the cells expected of costs at the latest decision: reports are learned beside it. */
function readCosts(reader: ByteReader, state: State): void {
  const costs = finite(reader.numbers());
  const into = state.expectedCosts();
  if (costs?.length !== into.length)
    throw new ParameterError('context.costs', `${into.length} numbers`, costs);
  into.set(costs);
}

function readPrompts(reader: ByteReader, { pending }: State): void {
  const count = reader.count('prompts', 27);
  for (let i = 0; i < count; i++) {
    const sequenceNumber = reader.f64();
    const features = finite(reader.numbers());
    const prompt = reader.text();
    const vector = finite(reader.numbers());
    const mean = reader.number('prompts.mean', MISSING);
    const cellMean = reader.number('prompts.cellMean', MISSING);
    const ticket = pending.find(sequenceNumber);
    if (typeof ticket !== 'string') ticket.prompt = { features, prompt, vector, mean, cellMean };
  }
}

function finite(values: Float64Array | undefined): Float64Array | undefined {
  const bad = values?.find((value) => !FINITE.contains(value));
  if (bad !== undefined) throw new ParameterError('context', 'made of finite numbers', bad);
  return values;
}

function optional({ text, contains }: Interval): Interval {
  return { text: `${text}, or NaN`, contains: (v) => Number.isNaN(v) || contains(v) };
}
