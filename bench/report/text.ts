/** What is printed while the cases run and at the end. */
import { nameOf } from '../cases';
import type { CaseResult } from '../contest';
import type { Judged, Verdict } from '../verdicts';
import { three, timeUnit } from './numbers';

/** Columns padded to their widest cell; the first to the left, the others to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** One case: every contestant's time with its spread, and the ratio to ours. */
export function caseText(judged: Judged): string {
  const { result, lines, disagreeing } = judged;
  const { work, title, unit } = result.case;
  const { size, name } = timeUnit(Math.min(...lines.map((line) => line.nanoseconds.median)));
  const time = (nanoseconds: number) => three(nanoseconds / size);
  const rows = lines.map(({ entrant, nanoseconds, ratio, checksum }) => [
    `  ${nameOf(entrant, work)}`,
    time(nanoseconds.median),
    time(nanoseconds.min),
    time(nanoseconds.max),
    ratio ? three(ratio.median) : '–',
    ratio ? `${three(ratio.lower)}–${three(ratio.upper)}` : '',
    checksum.toPrecision(7),
  ]);
  const head = ['', 'median', 'min', 'max', 'ratio', 'quartiles', 'checksum'];
  return [
    `${title}, ${name} per ${unit}`,
    ...(lines.length > 0 ? [table([head, ...rows])] : []),
    ...notTimedLines(result).map((line) => `  ${line}`),
    ...disagreeing.map(
      (entrant) => `  ${nameOf(entrant, work)}: CHECKSUM DIFFERS, not the same work`,
    ),
    '',
  ].join('\n');
}

/** Who was not timed and why, one line a reason. */
export function notTimedLines(result: CaseResult): string[] {
  const names = new Map<string, string[]>();
  for (const { entrant, reason } of result.notTimed)
    names.set(reason, [...(names.get(reason) ?? []), nameOf(entrant, result.case.work)]);
  return [...names].map(([reason, who]) => `${who.join(', ')}: not timed, ${reason}`);
}

/** The table of aims. */
export function aimsText(judged: readonly Judged[]): string {
  const rows = judged.flatMap((one) => one.verdicts.map((verdict) => aimRow(one, verdict)));
  const head = ['aims', 'ours', 'against', 'ratio', 'quartiles', 'floor', 'goal', ''];
  return table([head, ...rows]);
}

/** The cells of an aim: work, our time, peer, ratio, quartiles, floor, goal, what was reached. */
export function aimRow({ ours }: Judged, { case: one, aim, line, reached }: Verdict): string[] {
  const unit = timeUnit(ours?.nanoseconds.median ?? 1);
  const [peer] = aim.peers;
  const named = line?.entrant ?? peer;
  return [
    one.title,
    ours ? `${three(ours.nanoseconds.median / unit.size)} ${unit.name}` : '–',
    named ? nameOf(named, one.work) : '–',
    line?.ratio ? three(line.ratio.median) : '–',
    line?.ratio ? `${three(line.ratio.lower)}–${three(line.ratio.upper)}` : '–',
    three(aim.floor),
    three(aim.goal),
    reached,
  ];
}
