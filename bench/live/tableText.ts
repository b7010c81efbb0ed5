/** A title and rows under their heads, columns aligned by spaces; the first column's repetitions are left out. */
export function tableText(
  title: string,
  heads: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const shown = rows.map((row, i) =>
    i > 0 && row[0] === rows[i - 1]![0] ? ['', ...row.slice(1)] : row,
  );
  const widths = heads.map((head, c) =>
    Math.max(head.length, ...shown.map((row) => row[c]!.length)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, c) => cell.padEnd(widths[c]!))
      .join('  ')
      .trimEnd();
  return `${[title, line(heads), line(widths.map((width) => '-'.repeat(width))), ...shown.map(line)].join('\n')}\n`;
}
