/** Decision ids: the router's instance id, a dash, the sequence number. */

const DASH = 45;
const ZERO = 48;

export function decisionIdOf(instanceId: string, sequenceNumber: number): string {
  return `${instanceId}-${sequenceNumber}`;
}

const LAST_DIGITS = Array.from({ length: 1000 }, (_, i) => String(i).padStart(3, '0'));

/** Makes the ids of one router, of numbers that mostly follow each other. Perf: a number's text takes several times as long as two texts together. */
export class DecisionIds {
  readonly #instanceId: string;
  #thousand = -1;
  #start = '';

  constructor(instanceId: string) {
    this.#instanceId = instanceId;
  }

  /** As `decisionIdOf`. */
  of(sequenceNumber: number): string {
    if (sequenceNumber < 1000) return decisionIdOf(this.#instanceId, sequenceNumber);
    const thousand = Math.floor(sequenceNumber / 1000);
    if (thousand !== this.#thousand) {
      this.#thousand = thousand;
      this.#start = decisionIdOf(this.#instanceId, thousand);
    }
    return this.#start + LAST_DIGITS[sequenceNumber - 1000 * thousand]!;
  }
}

/** NaN for an id that the router cannot have given. */
export function sequenceNumberOf(instanceId: string, decisionId: string): number {
  const start = instanceId.length + 1;
  const digits = decisionId.length - start;
  if (!(digits >= 1 && digits <= 16)) return NaN;
  if (decisionId.charCodeAt(start - 1) !== DASH || !decisionId.startsWith(instanceId)) return NaN;
  // Perf: every report comes through here; a regular expression would take as long as the rest of it.
  let number = 0;
  for (let i = start; i < decisionId.length; i++) {
    const digit = decisionId.charCodeAt(i) - ZERO;
    if (!(digit >= 0 && digit <= 9)) return NaN;
    number = 10 * number + digit;
  }
  const leadingZero = digits > 1 && decisionId.charCodeAt(start) === ZERO;
  return leadingZero ? NaN : number;
}

/**
 * The id that a decision has now: ids from before a restart begin with another name. Those that no router of these names gave stay as they are.
 * @param earlier names before, and the number below which their decisions are
 */
export function presentId(
  instanceId: string,
  earlier: readonly { readonly instanceId: string; readonly until: number }[],
  decisionId: string,
): string {
  // Perf: nearly always so.
  if (earlier.length === 0 || !Number.isNaN(sequenceNumberOf(instanceId, decisionId)))
    return decisionId;
  for (const { instanceId: name, until } of earlier) {
    const number = sequenceNumberOf(name, decisionId);
    if (number < until) return decisionIdOf(instanceId, number);
  }
  return decisionId;
}

/** The first part; the numbers hold no dash. */
export function instanceIdOf(decisionId: string): string {
  return decisionId.slice(0, Math.max(0, decisionId.lastIndexOf('-')));
}
