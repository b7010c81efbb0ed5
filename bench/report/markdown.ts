/** bench/RESULTS.md: made by the program alone, so that no figure in it was typed. */
import { nameOf } from '../cases';
import type { Rounds } from '../contest';
import type { Machine } from '../machine';
import type { Absent, Contestant } from '../peers/lineProcess';
import type { Judged } from '../verdicts';
import { FIGURES } from './figures';
import { three, timeUnit } from './numbers';
import {
  betaMedian,
  disagreements,
  limitRows,
  MEDIAN_GOAL,
  presence,
  type Limits,
} from './summary';
import { aimRow, notTimedLines } from './text';

export interface Run {
  readonly machine: Machine;
  readonly contestants: readonly (Contestant | Absent)[];
  readonly judged: readonly Judged[];
  readonly limits: Limits;
  readonly rounds: Rounds;
}

export function resultsMarkdown(run: Run): string {
  return `${[
    '# Benchmarks',
    'Written by `npm run bench -- --write`; do not edit.',
    setting(run),
    '## Aims',
    AIMS_NOTE,
    markdownTable(
      ['work', 'ours', 'against', 'ratio', 'quartiles', 'floor', 'goal', 'reached'],
      run.judged.flatMap((one) =>
        one.verdicts.map((verdict) => {
          const [title, time, peer, ratio, ...rest] = aimRow(one, verdict);
          const way = one.ours && nameOf(one.ours.entrant, one.result.case.work);
          return [
            title,
            `${time}${way ? ` (${way.replace('thompsonite ', '')})` : ''}`,
            peer,
            `**${ratio}**`,
            ...rest,
          ];
        }),
      ),
    ),
    median(run.judged),
    markdownTable(['artifact', 'measured', 'floor', 'goal', 'reached'], limitRows(run.limits)),
    ...FIGURES.map(({ file, caption }) => `![${caption}](figures/${file})\n\n*${caption}*`),
    '## Every contestant',
    ALL_NOTE,
    ...run.judged.map(caseSection),
    '## What is timed',
    METHOD,
  ]
    .filter((part) => part !== '')
    .join('\n\n')}\n`;
}

function setting({ machine, contestants, rounds }: Run): string {
  return [
    `- ${machine.date}; ${machine.processor}; ${machine.system}; ${rounds.counted} rounds, at least ${rounds.leastNanoseconds / 1e6} ms a turn.`,
    ...contestants.map((one) => `- ${one.name}: ${presence(one)}`),
  ].join('\n');
}

const AIMS_NOTE =
  "Ratio: the peer's CPU time over ours in the same round, median and quartiles over the rounds, against the fastest of the peer's ways. Above 1 ours is faster. One thread; set-up that belongs to the method (tables, propensities) is inside our time.";

const ALL_NOTE =
  "CPU time an operation; ratio is the time over that of our first way. All contestants' checksums are compared: of random draws within six standard errors, of deterministic work within rounding.";

const METHOD = `- Every contestant is a process of its own that lives for the whole run and measures its own CPU time around the work, all its threads together
  (\`process.cpuUsage\`, \`time.process_time_ns\`, \`CLOCK_PROCESS_CPUTIME_ID\`). They take turns, in an order that moves on by one each round, after warm-up turns
  that do not count; a short job is repeated within its turn.
- Ours goes through the facade: arguments are checked, data is copied into the kernel and results out of it into the caller's array.
- numpy: vectorised calls, both its fast generators, \`out=\` and buffers made once where the function has them, one thread. A rank-one update is tried in four
  ways of numpy alone, which the aim is against, and with scipy's BLAS, which is shown beside them. scikit-learn: \`BayesianRidge()\` with its defaults, on rows
  in C and in Fortran order.
- Rust: rand_distr with xoshiro256++, distributions made once, a tight loop into an existing vector, \`opt-level = 3\`, \`lto\`, one codegen unit, the target's default
  processor (no \`target-cpu=native\`).
- Plain TypeScript: a 32-bit xoshiro128++, the polar method, Marsaglia & Tsang's Gamma, typed arrays; Cholesky factors for the regression. @stdlib: generators made
  by its factories.`;

function median(judged: readonly Judged[]): string {
  const value = betaMedian(judged);
  if (value === undefined) return '';
  return `Beta, one posterior, against numpy: median over the shapes ${three(value)} (goal ${MEDIAN_GOAL}).`;
}

function caseSection(judged: Judged): string {
  const { result, lines } = judged;
  const { title, unit, work } = result.case;
  const { size, name } = timeUnit(Math.min(...lines.map((line) => line.nanoseconds.median)));
  const differing = disagreements([judged]);
  return [
    `### ${title}`,
    lines.length === 0
      ? ''
      : markdownTable(
          ['', `${name} per ${unit}`, 'min–max', 'ratio', 'quartiles'],
          lines.map(({ entrant, nanoseconds, ratio }) => [
            nameOf(entrant, work),
            three(nanoseconds.median / size),
            `${three(nanoseconds.min / size)}–${three(nanoseconds.max / size)}`,
            ratio ? three(ratio.median) : '–',
            ratio ? `${three(ratio.lower)}–${three(ratio.upper)}` : '–',
          ]),
        ),
    notTimedLines(result)
      .map((line) => `- ${line}`)
      .join('\n'),
    differing.length > 0 ? `**Checksums differ, not the same work: ${differing.join('; ')}**` : '',
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function markdownTable(
  head: readonly string[],
  rows: readonly (readonly (string | undefined)[])[],
): string {
  const line = (cells: readonly (string | undefined)[]) =>
    `| ${cells.map((cell) => cell ?? '').join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}
