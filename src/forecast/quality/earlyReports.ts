import type { PromptEncoder } from '../encoder/promptEncoder';
import type { QualityBlock } from './qualityBlock';

/** A report on a prompt that came before the encoder was frozen. */
export interface EarlyReport {
  readonly prompt: string;
  readonly vector: Float64Array | undefined;
  readonly arm: number;
  readonly reward: number;
  readonly costUsd: number;
  readonly clock: number;
}

/** Beyond so many, early reports stay as they were learned. */
const MOST = 4096;

/** Reports kept until the encoder is frozen, when they are learned anew with all features. */
export class EarlyReports {
  #reports: EarlyReport[] | undefined = [];

  /** Is every report so far here? */
  get complete(): boolean {
    return this.#reports !== undefined;
  }

  /** Those so far; undefined where some are not here. */
  get reports(): readonly EarlyReport[] | undefined {
    return this.#reports;
  }

  /** Takes over what `reports` gave. */
  restore(reports: readonly EarlyReport[] | undefined): void {
    this.#reports = reports && [...reports];
  }

  add(report: EarlyReport): void {
    if (this.#reports && this.#reports.length < MOST) this.#reports.push(report);
    else this.#reports = undefined;
  }

  /** The costs of an arm times `ratio`; `costUsd` where that is not above 0 and finite. */
  reprice(arm: number, ratio: number, costUsd: number): void {
    const scales = ratio > 0 && ratio < Infinity;
    this.#reports = this.#reports?.map((report) =>
      report.arm !== arm || Number.isNaN(report.costUsd)
        ? report
        : { ...report, costUsd: scales ? report.costUsd * ratio : costUsd },
    );
  }

  /** Some are not here: what was learned stays. */
  give(): void {
    this.#reports = undefined;
  }

  /** The encoder has been frozen: learns all anew where all are here. */
  relearn(block: QualityBlock, encoder: PromptEncoder): void {
    const reports = this.#reports;
    this.#reports = undefined;
    block.takeAllFeatures(reports === undefined);
    for (const { prompt, vector, arm, reward, costUsd, clock } of reports ?? []) {
      encoder.encodeAt(block.x, prompt, vector);
      block.observe(arm, reward, costUsd, clock, true);
    }
  }
}
