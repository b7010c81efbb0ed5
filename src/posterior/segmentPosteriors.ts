import type { ArmPosterior } from './evidence';

/** What is believed of every model in one segment; plain JSON. */
export interface SegmentPosteriors {
  /** null: requests without a segment, or, with `shared`, all segments beyond the limit. */
  readonly segment: string | null;
  readonly shared: boolean;
  readonly models: Readonly<Record<string, ArmPosterior>>;
}
