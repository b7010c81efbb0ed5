/** Units of one call: shares are kept as whole numbers of them, so that no rounding adds up. */
const CALL = 2 ** 32;

/** Calls that may be saved up while none could be made. */
export const MOST_SAVED_CALLS = 10;

/**
 * Calls in proportion to offers: each offer earns `share` of a call, a call costs one, up to 10 are saved up. So calls <= share × offers at
 * every moment since the beginning, and calls <= share × n + 10 among any n offers in a row. (A token bucket that begins empty.)
 */
export class ShareBudget {
  readonly #earned: number;
  readonly #most: number;
  #saved = 0;

  /** @param share in [0, 1], rounded down to a multiple of 2^-32 */
  constructor(share: number) {
    this.#earned = Math.floor(share * CALL);
    this.#most = MOST_SAVED_CALLS * CALL;
  }

  /** An offer was made. */
  earn(): void {
    this.#saved = Math.min(this.#saved + this.#earned, this.#most);
  }

  /** Is there enough for a call? */
  get suffices(): boolean {
    return this.#saved >= CALL;
  }

  spend(): void {
    this.#saved -= CALL;
  }
}
