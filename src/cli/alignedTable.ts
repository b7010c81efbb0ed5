import Table from 'cli-table3';

/** Columns set apart by spaces alone and one rule under the head; no colour codes, so that it survives a pipe. */
const BORDERS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

/** Text for a terminal: first column left, the others right. */
export function alignedTable(head: string[], rows: string[][]): string {
  const table = new Table({
    chars: BORDERS,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    colAligns: head.map((_, i) => (i === 0 ? 'left' : 'right')),
  });
  table.push(head, ...rows);
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}
