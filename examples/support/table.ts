/** Prints a title, heads and rows with their columns aligned: words to the left, numbers to the right. */
export function printTable(
  title: string,
  heads: readonly string[],
  rows: readonly (readonly string[])[],
): void {
  const widths = heads.map((head, c) =>
    Math.max(head.length, ...rows.map((row) => row[c]!.length)),
  );
  const isNumber = heads.map((_, c) => rows.every((row) => /^[-–\d.,% ]*$/.test(row[c]!)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, c) => (isNumber[c] ? cell.padStart(widths[c]!) : cell.padEnd(widths[c]!)))
      .join('  ')
      .trimEnd();
  console.log(`\n${title}\n`);
  console.log(line(heads));
  console.log(widths.map((width) => '─'.repeat(width)).join('  '));
  for (const row of rows) console.log(line(row));
}
