import { readContainer, type Container } from '../../memory/container';
import type { StoredRouter } from '../../memory/routerStore';
import type { SnapshotLoss } from '../../memory/snapshotError';
import type { LoggedRestart } from '../log/parseLine';
import {
  parseRouterOptions,
  type DemoRouterOptions,
  type ParsedRouterOptions,
  type RouterOptions,
} from '../options';
import { haveModels, type ChangesModels } from './haveModels';
import { numbersOf } from './kernelSection';
import { RecoveryCounts, type RouterRecovery } from './recovery';
import { restoredOptions, type RestoreOptions } from './restoreOptions';

/** What a router is restored from. */
export interface RouterOrigin {
  readonly container: Container;
  readonly restart: Omit<LoggedRestart, 'instanceId'>;
  readonly onLoss: (loss: SnapshotLoss) => void;
  /** Is it on the way only, to take lines of its log? Then it writes nothing. */
  readonly recovers: boolean;
}

/** A router, as far as opening one needs it. */
interface Recoverable extends ChangesModels {
  readonly instanceId: string;
  snapshot(): Uint8Array;
  recover(lines: Iterator<string>, counts: RecoveryCounts): string | undefined;
  recovered(recovery: RouterRecovery): this;
}

type Make<R> = (options: ParsedRouterOptions, from?: RouterOrigin) => R;

/** Of a name, so that a number fits behind it within 64 characters. */
const LONGEST_BASE = 53;

/** A new router, or the one that its store has. */
export function openRouter<R extends Recoverable>(
  options: RouterOptions | DemoRouterOptions,
  make: Make<R>,
): R {
  const parsed = parseRouterOptions(options);
  const found = parsed.store?.found;
  return found ? recoveredRouter(found, options, make) : make(parsed);
}

/** A router from a snapshot. */
export function restoredRouter<R extends Recoverable>(
  snapshot: Uint8Array,
  options: RestoreOptions,
  make: Make<R>,
  recovers = false,
): R {
  const container = readContainer(snapshot);
  const { sequenceNumber, evidenceVersion } = numbersOf(container);
  const {
    options: parsed,
    formerId,
    models,
    changed,
  } = restoredOptions(container, options, sequenceNumber);
  const onLoss = options.onLoss ?? (() => undefined);
  const restart = { formerId, sequenceNumber, evidenceVersion, changed };
  const router = make(parsed, { container, restart, onLoss, recovers });
  if (models) haveModels(router, parsed.arms, models);
  return router;
}

/**
 * The router of a store: its newest snapshot, brought where the log behind it leads. It goes on under another name, because decisions that were not
 * kept may still be reported, and their numbers are given anew.
 */
function recoveredRouter<R extends Recoverable>(
  { snapshot, lines }: StoredRouter,
  options: RouterOptions | DemoRouterOptions,
  make: Make<R>,
): R {
  const others = ['store', 'log', 'instanceId', 'models'];
  const quiet: RestoreOptions = Object.fromEntries(
    Object.entries(options).filter(([key]) => !others.includes(key)),
  );
  const named = (instanceId: string): RestoreOptions => ({ ...quiet, instanceId });
  const counts = new RecoveryCounts();
  const left = lines[Symbol.iterator]();
  let router = restoredRouter(snapshot, quiet, make, true);
  for (let name = router.recover(left, counts); name !== undefined;) {
    router = restoredRouter(router.snapshot(), named(name), make, true);
    name = router.recover(left, counts);
  }
  const next = { ...options, instanceId: nextName(router.instanceId) };
  return restoredRouter(router.snapshot(), next, make).recovered(counts.summary);
}

/** The name of the life after: 'a' is followed by 'a.2', and that by 'a.3'. */
function nextName(name: string): string {
  const [, life] = /\.(\d{1,9})$/.exec(name) ?? [];
  const base = life === undefined ? name : name.slice(0, -life.length - 1);
  return `${base.slice(0, LONGEST_BASE)}.${Number(life ?? 1) + 1}`;
}
