/** A line of the plot: one value a column, in [0, 1]. */
export interface Line {
  readonly mark: string;
  readonly name: string;
  readonly values: readonly number[];
}

const ROWS = 11;

/** Prints lines over one another, shares from 0 to 100 % upwards; where lines meet, the later one is seen. */
export function printPlot(title: string, lines: readonly Line[], axis: string): void {
  const columns = Math.max(...lines.map(({ values }) => values.length));
  const grid = Array.from({ length: ROWS }, () => new Array<string>(columns).fill(' '));
  for (const { mark, values } of lines)
    values.forEach((value, column) => {
      grid[ROWS - 1 - Math.round(value * (ROWS - 1))]![column] = mark;
    });
  console.log(`\n${title}\n`);
  grid.forEach((row, i) => {
    const share = `${100 - (100 * i) / (ROWS - 1)} %`;
    console.log(`${(i % 5 === 0 ? share : '').padStart(6)} ┤${row.join('')}`.trimEnd());
  });
  console.log(`${' '.repeat(7)}└${'─'.repeat(columns)}`);
  console.log(`${' '.repeat(8)}${axis}`);
  console.log(lines.map(({ mark, name }) => `${' '.repeat(8)}${mark} ${name}`).join('\n'));
}
