/** What a replay gives: the document of `--json`, and the series that the report plots beside it. */

/** A mean with its 95 % bootstrap interval. */
export interface Estimate {
  readonly mean: number;
  readonly ci95: readonly [number, number];
}

/** The table that was replayed. */
export interface TableSummary {
  readonly name: string;
  /** Lines read as requests. */
  readonly requests: number;
  /** Requests with a known quality of every model in `models`. */
  readonly usedRequests: number;
  readonly models: readonly string[];
  /** Models with quality on fewer than 95 % of the requests. */
  readonly leftOutModels: readonly string[];
  readonly segments: number;
  readonly skippedLines: number;
}

/** What a policy's answers took. */
export interface LatencyFigures {
  readonly meanMs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** Share of answers that took longer than the limit; null without one. */
  readonly lateShare: number | null;
  /** Quality minus cost and price of the time over willingness to pay, a request. */
  readonly utility: number;
}

export interface PolicyResult {
  readonly policy: string;
  readonly seeds: number;
  readonly quality: Estimate;
  readonly costUsdPer1000: Estimate;
  /** Quality minus cost over willingness to pay, a request. */
  readonly utility: Estimate;
  /** Quality above the static-mixture hull at the policy's own cost; null where it spends less than the cheapest arm. */
  readonly hullGain: Estimate | null;
  /** The same over the last half of each seed's requests. */
  readonly hullGainLate: Estimate | null;
  /** Where the replay minds time. */
  readonly latency?: LatencyFigures;
  /** Share of requests a model got, by model. */
  readonly shares: Readonly<Record<string, number>>;
}

export interface FrontierPoint {
  /** null stands for infinity: money is no object. */
  readonly willingnessToPayUsd: number | null;
  readonly quality: number;
  readonly costUsdPer1000: number;
  readonly strongShare: number;
}

export interface Frontier {
  readonly policy: string;
  readonly points: readonly FrontierPoint[];
  /** These four need a table of two models, else null; docs/MATH.md §11. */
  readonly apgr: number | null;
  readonly apgrCost: number | null;
  readonly cpt50: number | null;
  readonly cpt80: number | null;
}

export interface Timing {
  /** Learned decisions of the replay loop. */
  readonly decisions: number;
  /** Time spent in them. */
  readonly seconds: number;
  readonly decisionsPerSecond: number;
}

/** The document of `thompsonite replay --json`. */
export interface ReplayResult {
  readonly schemaVersion: 1;
  readonly table: TableSummary;
  readonly policies: readonly PolicyResult[];
  readonly frontier?: readonly Frontier[];
  readonly timing: Timing;
}

/** A model that always answers: a corner the static-mixture hull is made from. */
export interface FixedArm {
  readonly model: string;
  readonly quality: number;
  readonly costUsdPer1000: number;
}

/** Cumulative regret (sum of utility lost against `segment-means`) after `request` requests, with its range over seeds. */
export interface RegretPoint {
  readonly policy: string;
  readonly request: number;
  readonly mean: number;
  /** 5 % and 95 % quantiles over seeds. */
  readonly low: number;
  readonly high: number;
}

/** Share of a model among the requests of one stretch of the run, mean over seeds. */
export interface SharePoint {
  readonly model: string;
  /** Number of the stretch's last request. */
  readonly request: number;
  readonly share: number;
}

/** Utility a request that a policy gains in a segment over the best fixed model of the whole table. */
export interface SegmentGain {
  readonly segment: string;
  readonly requests: number;
  readonly gain: number;
  readonly ci95: readonly [number, number];
}

/** Series for the report's plots. */
export interface ReplaySeries {
  readonly willingnessToPayUsd: number;
  readonly seeds: number;
  /** The workload is a simulation made from published figures, not recorded traffic. */
  readonly synthetic: boolean;
  readonly arms: readonly FixedArm[];
  /** Corners of the static-mixture hull, by rising cost. */
  readonly hull: readonly { readonly quality: number; readonly costUsdPer1000: number }[];
  readonly regret: readonly RegretPoint[];
  /** Of the policy named in `sharesOf`. */
  readonly shares: readonly SharePoint[];
  readonly sharesOf: string;
  readonly segmentGains: readonly SegmentGain[];
}
