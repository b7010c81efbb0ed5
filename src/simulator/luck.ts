import { DRAWS_IN_BLOCK, keyOf, keyOfText, type AddressedDraws } from '../random/addressedDraws';
import type { ParsedModel } from './simulatedModel';

/** What chance says about the answers of one model to the requests of one block. */
export interface AnswerLuck {
  /** Uniforms. */
  readonly quality: Float64Array;
  readonly error: Float64Array;
  readonly outage: Float64Array;
  /** Factors of medians. */
  readonly outputTokens: Float64Array;
  readonly firstTokenMs: Float64Array;
  readonly perOutputTokenMs: Float64Array;
}

/** Later attempts at a request, and blocks gone by, are kept no longer than this many. */
const KEPT_BLOCKS = 4;

/**
 * The luck of a model, by request and attempt. It hangs on the model's id and not on the other models, so a world with one
 * model more is the same world for the others.
 */
export class ModelLuck {
  readonly #draws: AddressedDraws;
  readonly #key: bigint;
  readonly #model: ParsedModel;
  /** By block and attempt; the oldest leaves. */
  readonly #kept = new Map<string, AnswerLuck>();
  #latest: AnswerLuck | undefined;
  #latestBlock = -1;
  #latestAttempt = -1;

  constructor(draws: AddressedDraws, worldKey: bigint, model: ParsedModel) {
    this.#draws = draws;
    this.#key = keyOfText(worldKey, model.id);
    this.#model = model;
  }

  /** The luck of the block that holds request `number`; its place in there is `number % DRAWS_IN_BLOCK`. */
  of(number: number, attempt: number): AnswerLuck {
    const block = Math.floor(number / DRAWS_IN_BLOCK);
    if (this.#latest && block === this.#latestBlock && attempt === this.#latestAttempt)
      return this.#latest;
    this.#latestBlock = block;
    this.#latestAttempt = attempt;
    return (this.#latest = this.#find(block, attempt));
  }

  #find(block: number, attempt: number): AnswerLuck {
    const name = `${block}/${attempt}`;
    const kept = this.#kept.get(name);
    if (kept) return kept;
    const made = this.#make(block, attempt);
    this.#kept.set(name, made);
    if (this.#kept.size > KEPT_BLOCKS) this.#kept.delete(this.#kept.keys().next().value!);
    return made;
  }

  #make(block: number, attempt: number): AnswerLuck {
    const { outputTokens, firstTokenMs, perOutputTokenMs } = this.#model;
    this.#draws.open(keyOf(keyOf(this.#key, BigInt(block)), BigInt(attempt)));
    return {
      quality: this.#draws.uniforms(),
      error: this.#draws.uniforms(),
      outage: this.#draws.uniforms(),
      outputTokens: this.#draws.logNormals(outputTokens.logSd),
      firstTokenMs: this.#draws.logNormals(firstTokenMs.logSd),
      perOutputTokenMs: this.#draws.logNormals(perOutputTokenMs.logSd),
    };
  }
}
