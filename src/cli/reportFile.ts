import { modelsFileOf } from '../replay/readTable';
import { requireOtherFile, requireWritable } from './outputFile';

/** Where a report goes, and what is read for it. */
export interface ReportPlaces {
  readonly report: string | undefined;
  /** undefined = the built-in workload. */
  readonly table: string | undefined;
  readonly models: string | undefined;
}

/** A report can be written, over neither the table nor its models file. @throws {UsageError} */
export async function requireReportFile({ report, table, models }: ReportPlaces): Promise<void> {
  if (report === undefined) return;
  await requireWritable('--report', report);
  if (table === undefined) return;
  await requireOtherFile('--report', report, [
    { name: 'TABLE', file: table },
    { name: 'the models file', file: models ?? modelsFileOf(table) },
  ]);
}
