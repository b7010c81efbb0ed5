import type { Arm, Arms } from '../arms/models';
import { EarlyReports, type EarlyReport } from '../forecast/quality/earlyReports';
import { QualityBlock, type QualityForecasts } from '../forecast/quality/qualityBlock';
import { requireVector } from '../forecast/encoder/encoderOptions';
import { PromptEncoder } from '../forecast/encoder/promptEncoder';
import type { Kernel } from '../kernel/kernel';
import type { ParsedPosteriorOptions } from '../posterior/options';
import type { ParsedContext } from '../selection/context';
import type { ParsedRequest } from '../selection/request';

/** What a decision keeps of its prompt until its reports are in. */
export interface KeptPrompt {
  readonly features: Float64Array | undefined;
  /** Only while the encoder was not frozen: such prompts are encoded again. */
  readonly prompt: string | undefined;
  readonly vector: Float64Array | undefined;
  /** Mean rewards that the two experts expected of the chosen arm. */
  readonly mean: number;
  readonly cellMean: number;
}

/** All that the expert knows, for a snapshot. */
export interface ExpertState {
  readonly block: Uint8Array;
  readonly encoder: Uint8Array;
  readonly vectorLength: number;
  readonly early: readonly EarlyReport[] | undefined;
}

/** Forecasts as the log has them: plain copies. */
export type LoggedForecasts = { readonly [Key in keyof QualityForecasts]: readonly number[] };

/**
 * The second expert of a router: encoder, context block, and reports that came before the encoder was frozen. In the replay of a log, which holds
 * no prompts, the logged forecasts stand for it, and only the experts' scores are learned.
 */
export class ContextExpert {
  readonly block: QualityBlock;
  readonly #kernel: Kernel;
  readonly #options: ParsedContext;
  #encoder: PromptEncoder | undefined;
  readonly #early = new EarlyReports();
  #vectorLength = 0;

  constructor(
    kernel: Kernel,
    arms: Arms,
    options: ParsedContext,
    posterior: ParsedPosteriorOptions,
    replayed: boolean,
  ) {
    this.#kernel = kernel;
    this.#options = options;
    const families = arms.list.map(({ family }) => family);
    const { halfLifeRequests, priorMean } = posterior;
    this.block = new QualityBlock(kernel, families, {
      experts: 2,
      halfLife: halfLifeRequests,
      priorMean,
    });
    if (replayed) return;
    const { encoder, freezeAfterPrompts } = options;
    this.#encoder = new PromptEncoder({ ...(encoder && { encoder }), freezeAfterPrompts }, kernel);
  }

  /** Not in the replay of a log, which has no encoder. */
  export(): ExpertState {
    return {
      block: this.block.state(),
      encoder: this.#encoder!.exportState(),
      vectorLength: this.#vectorLength,
      early: this.#early.reports,
    };
  }

  /**
   * Takes over what `export` gave for the same arms and options.
   * @throws {ParameterError | KernelError} for bytes that cannot be; this expert is then of no use any more
   */
  restore({ block, encoder, vectorLength, early }: ExpertState): void {
    this.block.restore(block);
    const own = this.#options.encoder;
    this.#encoder = PromptEncoder.fromState(encoder, own ? { encoder: own } : {}, this.#kernel);
    this.#vectorLength = vectorLength;
    this.#early.restore(early);
  }

  /** Vectors of the caller's encoder for requests, checked before anything changes. @throws {ParameterError} */
  vectors(requests: readonly ParsedRequest[]): readonly (Float64Array | undefined)[] {
    const { encoder } = this.#options;
    if (!encoder || !this.#encoder) return requests.map(() => undefined);
    let length = this.#vectorLength;
    const vectors = requests.map(({ prompt }) => {
      if (prompt === undefined) return undefined;
      const vector = requireVector('encoder(prompt)', encoder(prompt), length);
      length = vector.length;
      return vector.slice();
    });
    this.#vectorLength = length;
    return vectors;
  }

  /**
   * Puts the features of a request where the kernel reads them and returns their address; 0 where logged forecasts were put in their stead. A prompt that
   * freezes the encoder is the first to be read with all features.
   */
  put(request: ParsedRequest, vector: Float64Array | undefined): number {
    const { prompt, features, forecasts } = request;
    if (!this.#encoder) {
      if (forecasts) putForecasts(forecasts, this.block.forecasts());
      return 0;
    }
    if (features) this.block.put(features);
    if (prompt !== undefined) {
      if (this.#encoder.observe(prompt, vector)) this.#early.relearn(this.block, this.#encoder);
      this.#encoder.encodeAt(this.block.x, prompt, vector);
    }
    return this.block.x;
  }

  /** What a ticket must keep of the request that was put last. */
  remember(
    { prompt }: ParsedRequest,
    vector: Float64Array | undefined,
    mean: number,
    cellMean: number,
  ): KeptPrompt {
    const again = this.#encoder?.frozen === false;
    return {
      features: this.#encoder && this.block.taken(),
      prompt: again ? prompt : undefined,
      vector: again ? vector : undefined,
      mean,
      cellMean,
    };
  }

  /** Adds the next arm. @throws {KernelError} when the host refuses the memory; nothing has changed then */
  addArm(arm: Arm): void {
    this.block.addArm(arm.index, arm.family);
  }

  /** As `QualityBlock.reprice`. */
  reprice(arm: number, ratio: number, costUsd: number): void {
    if (!this.#encoder) return;
    this.block.reprice(arm, ratio, costUsd);
    this.#early.reprice(arm, ratio, costUsd);
  }

  /** Learns reward and cost (NaN = not known) of a decision; `costs` is the address of what calls are expected to cost. */
  learn(
    kept: KeptPrompt,
    arm: number,
    reward: number,
    costUsd: number,
    clock: number,
    costs: number,
  ): void {
    const { raw } = this.#kernel;
    if (!Number.isNaN(reward))
      raw.context_score(this.block.address, reward, kept.mean, kept.cellMean);
    if (!this.#encoder || !kept.features) return;
    if (Number.isNaN(reward) && Number.isNaN(costUsd)) return;
    const { prompt, vector } = kept;
    if (!this.#encoder.frozen) {
      if (prompt === undefined) this.#early.give();
      else this.#early.add({ prompt, vector, arm, reward, costUsd, clock });
    }
    if (prompt !== undefined && this.#encoder.frozen)
      this.#encoder.encodeAt(this.block.x, prompt, vector);
    else this.block.put(kept.features);
    this.block.observe(arm, reward, costUsd, clock, false, costs);
  }
}

function putForecasts(from: LoggedForecasts, into: QualityForecasts): void {
  into.means.set(from.means);
  into.variances.set(from.variances);
  into.costsUsd.set(from.costsUsd);
  into.doubtsUsd.set(from.doubtsUsd);
}
