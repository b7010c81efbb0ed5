/** Interleaved timing: contestants take turns, so that a machine whose speed drifts slows all of them alike. */

/** A number that keeps the work alive and shows that it is the same. */
export type Checksum = () => number;

export interface Contestant {
  readonly name: string;
  /** Does the work of a round; what it returns is called after the clock has stopped. */
  readonly run: (round: number) => Checksum;
}

export interface Timing {
  readonly name: string;
  /** Nanoseconds of CPU time an operation. */
  readonly min: number;
  readonly median: number;
  readonly max: number;
  readonly checksum: number;
}

/** Runs every contestant `rounds` times in turn after `warmUp` rounds; CPU time of this process. */
export function measure(
  contestants: readonly Contestant[],
  operations: number,
  rounds: number,
  warmUp: number,
): Timing[] {
  const times = contestants.map((): number[] => []);
  const checksums = contestants.map(() => 0);
  for (let round = 0; round < warmUp + rounds; round++) {
    contestants.forEach(({ run }, i) => {
      const before = process.cpuUsage();
      const checksum = run(round);
      const { user, system } = process.cpuUsage(before);
      if (round < warmUp) return;
      times[i]!.push(((user + system) * 1000) / operations);
      checksums[i]! += checksum();
    });
  }
  return contestants.map(({ name }, i) => {
    const sorted = times[i]!.sort((a, b) => a - b);
    return {
      name,
      min: sorted[0]!,
      median: sorted[sorted.length >> 1]!,
      max: sorted.at(-1)!,
      checksum: checksums[i]!,
    };
  });
}

/** A table of timings with the ratio of each median to the first one's. */
export function show(title: string, unit: string, timings: readonly Timing[]): string {
  const width = Math.max(...timings.map(({ name }) => name.length));
  const first = timings[0]!.median;
  const lines = timings.map(
    ({ name, min, median, max, checksum }) =>
      `  ${name.padEnd(width)}  median ${median.toFixed(1).padStart(8)}  min ${min.toFixed(1).padStart(8)}  max ${max
        .toFixed(1)
        .padStart(
          8,
        )} ${unit}  ratio ${(median / first).toFixed(2).padStart(6)}  checksum ${checksum.toPrecision(6)}`,
  );
  return [title, ...lines].join('\n');
}
