import { readContainer, type Container, type SnapshotHeader } from '../memory/container';
import type { SnapshotLoss } from '../memory/snapshotError';
import type { RouterPosteriors } from './posteriors';
import { restoreRouterSync } from './createRouter';
import { standIns } from './snapshot/givenOptions';
import { readContents } from './snapshot/contents';
import { numbersOf } from './snapshot/kernelSection';
import type { RouterStats } from './stats';

/** What a snapshot says, as plain JSON. */
export interface SnapshotDescription {
  readonly header: SnapshotHeader;
  readonly sections: readonly {
    readonly name: string;
    readonly version: number;
    readonly bytes: number;
  }[];
  readonly instanceId: string;
  readonly replicaId: string;
  /** Decimal. */
  readonly seed: string;
  /** Of the next decision. */
  readonly sequenceNumber: number;
  readonly evidenceVersion: number;
  /** As they were given; functions are named apart. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly functions: readonly string[];
  readonly models: readonly {
    readonly model: string;
    readonly family: string;
    readonly usdPerMillionInputTokens: number | null;
    readonly usdPerMillionOutputTokens: number | null;
  }[];
  readonly posteriors: RouterPosteriors;
  readonly stats: RouterStats;
  readonly losses: readonly SnapshotLoss[];
}

/**
 * Reads a snapshot as `restoreRouter` would, without the functions that its router was given, at the time of its taking.
 * @throws {SnapshotError}
 */
export function describeSnapshot(snapshot: Uint8Array): SnapshotDescription {
  const container = readContainer(snapshot);
  const { stored, arms } = readContents(container);
  const losses: SnapshotLoss[] = [];
  const latestMs = latestReading(container);
  const router = restoreRouterSync(snapshot, {
    ...standIns(stored.given),
    clock: () => latestMs,
    onLoss: (loss) => losses.push(loss),
  });
  const perMillion = (usd: number | null) => (usd === null ? null : usd * 1e6);
  return {
    header: container.header,
    sections: container.sections.map(({ name, version, bytes }) => ({
      name,
      version,
      bytes: bytes.length,
    })),
    instanceId: stored.instanceId,
    replicaId: stored.replicaId,
    seed: String(stored.seed),
    ...numbersOf(container),
    options: { ...stored.given.values, willingnessToPayUsd: stored.willingnessToPayUsd },
    functions: stored.given.functions,
    models: arms.map((arm) => ({
      model: arm.model,
      family: arm.family,
      usdPerMillionInputTokens: perMillion(arm.usdPerInputToken),
      usdPerMillionOutputTokens: perMillion(arm.usdPerOutputToken),
    })),
    posteriors: router.getPosteriors(),
    stats: router.getStats(),
    losses,
  };
}

/** Breakers are shown as they were then. */
function latestReading({ sections }: Container): number {
  const bytes = sections.find(({ name }) => name === 'time')?.bytes;
  if (!bytes || bytes.length < 8) return 0;
  const latestMs = new DataView(bytes.buffer).getFloat64(0, true);
  return Number.isNaN(latestMs) ? 0 : latestMs;
}
