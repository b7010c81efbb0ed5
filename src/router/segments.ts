import type { Evidence } from '../posterior/evidence';

/** Most cells (arm × segment, an arm being a model or a (model, n)) of one router: beyond it, new segments share one row. */
export const MOST_CELLS = 2 ** 20;

/** Stands for all segments that came after the limit; no string, so that no request can name it. */
const OTHER_SEGMENT = Symbol('other segments');

/** A row and whose it is: a segment's, that of requests without one (null), or all the others' (`shared`). */
export interface NamedRow {
  readonly segment: string | null;
  readonly shared: boolean;
  readonly row: number;
}

/** Segment names to rows of evidence, added as they are first seen. */
export class Segments {
  readonly #evidence: Evidence;
  readonly #samples: number;
  #most = 0;
  readonly #indexOf = new Map<string | symbol | undefined, number>();
  #shared = 0;

  /** @param samples most of a decision: arms are (model, n) */
  constructor(evidence: Evidence, arms: number, samples = 1) {
    this.#evidence = evidence;
    this.#samples = samples;
    this.setArms(arms);
  }

  /** From now on every row has so many arms. */
  setArms(arms: number): void {
    this.#most = Math.max(1, Math.floor(MOST_CELLS / (arms * this.#samples)));
  }

  /** Rows that more arms must leave room for: those in use, and the one that segments without a row of their own share. */
  get rowsNeeded(): number {
    return this.#indexOf.size + Number(!this.#indexOf.has(OTHER_SEGMENT));
  }

  /** Requests whose segment had to share one row. */
  get sharedRequests(): number {
    return this.#shared;
  }

  /** Row of a segment, `undefined` being the unnamed one; a new segment gets a new row while there is room. */
  rowOf(segment: string | undefined): number {
    const known = this.#indexOf.get(segment);
    if (known !== undefined) return known;
    if (this.#indexOf.size < this.#most - 1) return this.#add(segment);
    this.#shared++;
    return this.#indexOf.get(OTHER_SEGMENT) ?? this.#add(OTHER_SEGMENT);
  }

  /** Row of a segment that has been seen, or that would share the last row; else undefined. */
  find(segment: string | undefined): number | undefined {
    return this.#indexOf.get(segment) ?? this.#indexOf.get(OTHER_SEGMENT);
  }

  /** Has the segment no row yet? */
  isNew(segment: string | undefined): boolean {
    return !this.#indexOf.has(segment);
  }

  /** Rows in use with their names, in the order in which they were first seen. */
  rows(): readonly NamedRow[] {
    return Array.from(this.#indexOf, ([name, row]) => ({
      segment: typeof name === 'string' ? name : null,
      shared: name === OTHER_SEGMENT,
      row,
    }));
  }

  /** The row that `find` gives, if any. */
  rowsOf(segment: string | undefined): readonly NamedRow[] {
    const found = this.find(segment);
    return this.rows().filter(({ row }) => row === found);
  }

  /** Takes names of rows back, in their order: null = requests without a segment, true = the shared row. The evidence has the rows. */
  restore(names: readonly (string | null | true)[], sharedRequests: number): void {
    this.#indexOf.clear();
    names.forEach((name, row) => {
      this.#indexOf.set(name === true ? OTHER_SEGMENT : (name ?? undefined), row);
    });
    this.#shared = sharedRequests;
  }

  /** Number of rows in use. */
  get count(): number {
    return this.#indexOf.size;
  }

  #add(segment: string | symbol | undefined): number {
    // The block is made with one row, for the first segment.
    const row = this.#indexOf.size === 0 ? 0 : this.#evidence.addSegment();
    this.#indexOf.set(segment, row);
    return row;
  }
}
