import type { SpendMeter } from '../pacing/spendMeter';
import type { KeywordMatcher } from './keywords';
import { mathematicsPoints } from './mathematics';
import { wordsOf } from './words';

/** A condition, ready to be checked. */
export type Condition = ContentCondition | BudgetCondition;

/** One on the request alone. */
export type ContentCondition =
  | { readonly when: 'keywords'; readonly matcher: KeywordMatcher; readonly atLeast: number }
  | { readonly when: 'length'; readonly atLeastTokens: number; readonly atMostTokens: number }
  | { readonly when: 'mathematics'; readonly atLeastPoints: number }
  | { readonly when: 'segment'; readonly segments: ReadonlySet<string> }
  | { readonly when: 'always' };

/** One on what has been spent. */
export interface BudgetCondition {
  readonly when: 'budget';
  readonly usd: number;
  readonly taperFrom: number;
  readonly meter: SpendMeter;
}

const CHARACTERS_A_TOKEN = 4;

/** What conditions look at; the prompt is taken apart only once, and only where one asks. */
export class Subject {
  readonly segment: string | undefined;
  /** NaN = not known. */
  readonly #promptTokens: number;
  readonly #prompt: string | undefined;
  #words: readonly string[] | undefined;
  #mathematics: number | undefined;

  constructor(segment: string | undefined, promptTokens: number, prompt: string | undefined) {
    this.segment = segment;
    this.#promptTokens = promptTokens;
    this.#prompt = prompt;
  }

  /** Words of the prompt; none without one. */
  get words(): readonly string[] {
    return (this.#words ??= this.#prompt === undefined ? [] : wordsOf(this.#prompt));
  }

  /** Points of mathematics; none without a prompt. */
  get mathematics(): number {
    return (this.#mathematics ??= this.#prompt === undefined ? 0 : mathematicsPoints(this.#prompt));
  }

  /** Length of the prompt in tokens; NaN = neither tokens nor prompt are known. */
  get tokens(): number {
    if (!Number.isNaN(this.#promptTokens) || this.#prompt === undefined) return this.#promptTokens;
    return this.#prompt.length / CHARACTERS_A_TOKEN;
  }
}

/** Does a condition hold? What it needs and is not known, it does not. */
export function holds(condition: ContentCondition, subject: Subject): boolean {
  switch (condition.when) {
    case 'keywords':
      return condition.matcher.count(subject.words, condition.atLeast) >= condition.atLeast;
    case 'length':
      return subject.tokens >= condition.atLeastTokens && subject.tokens <= condition.atMostTokens;
    case 'mathematics':
      return subject.mathematics >= condition.atLeastPoints;
    case 'segment':
      return subject.segment !== undefined && condition.segments.has(subject.segment);
    case 'always':
      return true;
  }
}

/** Golden ratio's fraction: multiples of it fill [0, 1) evenly at every length (Weyl; Knuth, TAOCP 6.4). */
const GOLDEN = 0.6180339887498949;

/**
 * Fires for a share of the requests that grows evenly from 0 where `taperFrom` of the budget is spent to 1 where all is: no cliff.
 * Which requests is fixed by their numbers, spread evenly, so that neighbours do not all get the same.
 */
export function isShort(
  { usd, taperFrom, meter }: BudgetCondition,
  sequenceNumber: number,
): boolean {
  const share = usd > 0 ? meter.usd / usd : 1;
  const turn = (sequenceNumber % 2 ** 24) * GOLDEN;
  return (share - taperFrom) / (1 - taperFrom) > turn - Math.floor(turn);
}
