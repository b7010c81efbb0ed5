import { Presets, SingleBar } from 'cli-progress';

/** Where the work stands. */
export interface Progress {
  update(label: string, done: number, total: number): void;
  close(): void;
}

/** A bar on standard error when that is a terminal, else nothing: standard output belongs to the result. */
export function openProgress(): Progress {
  if (!process.stderr.isTTY) return { update: () => undefined, close: () => undefined };
  const format = ' {bar} {percentage} % · {label}';
  const bar = new SingleBar(
    { format, clearOnComplete: true, hideCursor: false },
    Presets.shades_classic,
  );
  let started = false;
  return {
    update: (label, done, total) => {
      if (!started) bar.start(total, done, { label });
      started = true;
      bar.update(done, { label });
      // The work is synchronous: without this the bar would be drawn once, at the end.
      (bar as unknown as { render(): void }).render();
    },
    close: () => bar.stop(),
  };
}
