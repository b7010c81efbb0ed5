/**
 * What became of an offer: `started`, or why not. `not-decided`: no model was eligible. `not-open`: the decision is not of this router, or forgotten,
 * or its reports are in. `repeated`: it was offered before, or is more than 65,536 decisions old. `not-sampled`: by the draw. `share`, `budget`: they are used up.
 * `busy`: as many calls are under way as may be. `no-candidate`: none that does not serve the request itself may be called. `closed`: the shadow is.
 */
export type ShadowAnswer =
  | 'started'
  | 'not-decided'
  | 'not-open'
  | 'repeated'
  | 'not-sampled'
  | 'share'
  | 'no-candidate'
  | 'busy'
  | 'budget'
  | 'closed';

export const SHADOW_ANSWERS: readonly ShadowAnswer[] = [
  'started',
  'not-decided',
  'not-open',
  'repeated',
  'not-sampled',
  'share',
  'no-candidate',
  'busy',
  'budget',
  'closed',
];

/** How calls ended. */
export interface EndCounts {
  readonly answered: number;
  readonly failed: number;
  readonly timedOut: number;
  readonly aborted: number;
  readonly invalid: number;
  /** Calls that gave a cost after they had been given up. */
  readonly late: number;
  /** Outcomes taken into the evidence. */
  readonly learned: number;
  /** Booked since the beginning. */
  readonly spentUsd: number;
}

export interface ShadowStats extends EndCounts {
  readonly answers: Readonly<Record<ShadowAnswer, number>>;
  readonly underWay: number;
  /** Booked in the window that ends now. */
  readonly windowUsd: number;
  /** Expected of the calls under way. */
  readonly reservedUsd: number;
}
