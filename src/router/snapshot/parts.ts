import type { SnapshotSection } from '../../memory/sections';
import type { ArmBreakers } from '../armBreakers';
import type { ParsedRouterOptions } from '../options';
import type { RouterState } from '../state';
import type { Tally } from '../stats';
import type { Steering } from '../steering';
import type { RouterTime } from '../time';

/** What decides and learns. */
export interface StateParts {
  readonly options: ParsedRouterOptions;
  readonly state: RouterState;
}

/** What a router is made of, as far as a snapshot holds it. */
export interface RouterParts extends StateParts {
  readonly breakers: ArmBreakers | undefined;
  readonly time: RouterTime;
  readonly tally: Tally;
  readonly steering: Steering;
  /** Of pieces that have state of their own. */
  readonly more: readonly SnapshotSection[];
}
