import type { OutcomeTable } from '../../src/replay/table';
export function budget(table: OutcomeTable, seeds: number): void {
  void table; void seeds;
}
