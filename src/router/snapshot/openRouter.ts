import { parseModels } from '../../arms/models';
import { requireOptions } from '../../core/validation';
import { readContainer, type Container } from '../../memory/container';
import type { StoredRouter } from '../../memory/routerStore';
import type { SnapshotLoss } from '../../memory/snapshotError';
import type { LoggedRestart } from '../log/parseLine';
import { optionsOfMembers, type ChangedMembers } from '../log/routerMembers';
import type { ModelChange } from '../modelChanges';
import {
  parseRouterOptions,
  ROUTER_OPTIONS,
  type DemoRouterOptions,
  type ParsedRouterOptions,
  type RouterOptions,
} from '../options';
import { standIns } from './givenOptions';
import { haveModels, stepsTo, type ChangesModels } from './haveModels';
import { numbersOf } from './kernelSection';
import { parseBefore, readContents } from './contents';
import { RecoveryCounts, type RouterRecovery } from './recovery';
import {
  requireRestoreOptions,
  restoredOptions,
  wantedModels,
  type RestoreOptions,
} from './restoreOptions';
import { parseStore } from './storeOption';

/** What a router goes on from, for its log. */
export interface Restart {
  /** Its name before. */
  readonly formerId: string;
  /** Of the next decision. */
  readonly sequenceNumber: number;
  /** Models that were changed since. */
  readonly models: readonly ModelChange[];
  /** With these changes. */
  readonly evidenceVersion: number;
  /** Options that decisions depend on and that are others now. */
  readonly changed: ChangedMembers;
}

/** What a router is restored from. */
export interface RouterOrigin {
  readonly container: Container;
  readonly onLoss: (loss: SnapshotLoss) => void;
  /** Undefined on the way only, to take lines of its log and changes of its models: then it writes nothing. */
  readonly restart: Restart | undefined;
}

/** A router, as far as opening one needs it. */
interface Recoverable extends ChangesModels {
  readonly instanceId: string;
  snapshot(): Uint8Array;
  recover(lines: Iterator<string>, counts: RecoveryCounts): LoggedRestart | undefined;
  recovered(recovery: RouterRecovery): this;
}

type Make<R> = (options: ParsedRouterOptions, from?: RouterOrigin) => R;

/** Of a name, so that a number fits behind it within 64 characters. */
const LONGEST_BASE = 53;
const nobody = () => undefined;

/** A new router, or the one that its store has. */
export function openRouter<R extends Recoverable>(
  options: RouterOptions | DemoRouterOptions,
  make: Make<R>,
): R {
  const given = requireOptions('options', options, ROUTER_OPTIONS);
  const found = parseStore('store', given['store'])?.found;
  if (!found) return make(parseRouterOptions(options));
  // Models that are named and turn out undefined are a mistake, here as for a new router.
  if ('models' in given) parseModels('models', given['models']);
  return recoveredRouter(found, options, make);
}

/** A router from a snapshot. */
export function restoredRouter<R extends Recoverable>(
  snapshot: Uint8Array,
  options: RestoreOptions,
  make: Make<R>,
  whole = false,
): R {
  const given = requireRestoreOptions(options);
  const onLoss = (given['onLoss'] ?? nobody) as RouterOrigin['onLoss'];
  const before = readContainer(snapshot);
  const contents = readContents(before);
  const models = wantedModels(contents.arms, given['models']);
  const steps = models ? stepsTo(contents.arms, models) : [];
  if (steps.length === 0) return restoredFrom(before, given, whole, make, onLoss, []);
  // Rules and fallback may name models that come: they come first, to the router as it was.
  const { clock, priors = whole ? undefined : contents.stored.given.values['priors'] } = given;
  const changes = { clock, priors: priors ?? undefined };
  const router = make(parseBefore(contents, changes), {
    container: before,
    onLoss,
    restart: undefined,
  });
  const changed = haveModels(router, steps);
  return restoredFrom(readContainer(router.snapshot()), given, whole, make, onLoss, changed);
}

function restoredFrom<R>(
  container: Container,
  given: Record<string, unknown>,
  whole: boolean,
  make: Make<R>,
  onLoss: RouterOrigin['onLoss'],
  models: readonly ModelChange[],
): R {
  const numbers = numbersOf(container);
  const contents = readContents(container);
  const restored = restoredOptions(contents, given, numbers.sequenceNumber, whole);
  const { options, formerId, changed } = restored;
  return make(options, { container, onLoss, restart: { formerId, ...numbers, models, changed } });
}

/**
 * The router of a store: its newest snapshot, brought where the log behind it leads, by the options that the log was written with. It goes on under another name, because
 * decisions that were not kept may still be reported, and their numbers are given anew.
 */
function recoveredRouter<R extends Recoverable>(
  { snapshot, lines }: StoredRouter,
  options: RouterOptions | DemoRouterOptions,
  make: Make<R>,
): R {
  const { clock } = options;
  const counts = new RecoveryCounts();
  const left = lines[Symbol.iterator]();
  const first = readContainer(snapshot);
  const underWay = (container: Container, parsed: ParsedRouterOptions) =>
    make(parsed, { container, onLoss: nobody, restart: undefined });
  let router = underWay(first, parseBefore(readContents(first), { clock }));
  for (;;) {
    const restart = router.recover(left, counts);
    if (!restart) break;
    const container = readContainer(router.snapshot());
    const contents = readContents(container);
    const changes = {
      ...standIns(contents.stored.given),
      clock,
      instanceId: restart.instanceId,
      ...optionsOfMembers(restart.changed),
    };
    const { sequenceNumber } = numbersOf(container);
    router = underWay(container, restoredOptions(contents, changes, sequenceNumber, false).options);
  }
  const next = { ...options, instanceId: nextName(router.instanceId) };
  return restoredRouter(router.snapshot(), next, make, true).recovered(counts.summary);
}

/** The name of the life after: 'a' is followed by 'a.2', and that by 'a.3'. */
function nextName(name: string): string {
  const [, life] = /\.(\d{1,9})$/.exec(name) ?? [];
  const base = life === undefined ? name : name.slice(0, -life.length - 1);
  return `${base.slice(0, LONGEST_BASE)}.${Number(life ?? 1) + 1}`;
}
