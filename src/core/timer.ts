/** The only place that waits. */

/** Something that is about to happen. */
export interface Timer {
  cancel(): void;
  /** Does it keep the process alive? As made, it does not, where the host knows the difference. */
  keepAlive(keeps: boolean): void;
}

/** Calls `action` after `ms` ms, in a turn of its own. @param ms in [0, 2^31 - 1] */
export function startTimer(ms: number, action: () => void): Timer {
  const handle: unknown = setTimeout(action, ms);
  const timer: Timer = {
    cancel: () => clearTimeout(handle as number),
    keepAlive: (keeps) => {
      // Browsers and workers give a number.
      const { ref, unref } = Object(handle) as { ref?: () => void; unref?: () => void };
      (keeps ? ref : unref)?.call(handle);
    },
  };
  timer.keepAlive(false);
  return timer;
}
