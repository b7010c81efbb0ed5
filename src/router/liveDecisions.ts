import type { CircuitState } from '../breaker/state';
import type { ParsedRequest } from '../selection/request';
import type { ArmBreakers } from './armBreakers';
import type { Decided, RouterState, Vectors } from './state';

/** The caller's clock and the router's own time, read once a call. */
export interface Moment {
  readonly nowMs: number;
  readonly elapsedMs: number;
}

/** Decides through the breakers: they narrow each request, and the chosen arm's gives the ticket its permit. */
export class LiveDecisions {
  readonly #state: RouterState;
  readonly #breakers: ArmBreakers | undefined;

  constructor(state: RouterState, breakers: ArmBreakers | undefined) {
    this.#state = state;
    this.#breakers = breakers;
  }

  decideOne(request: ParsedRequest, vectors: Vectors, moment: Moment): Decided {
    const narrowed = this.#breakers?.narrow(request, moment.nowMs) ?? request;
    const decided = this.#state.decideOne(narrowed, vectors, moment.elapsedMs);
    this.#admit(decided, moment.nowMs);
    return decided;
  }

  /** The same as that many `decideOne` at one moment. */
  decide(requests: readonly ParsedRequest[], moment: Moment): Decided[] {
    // Before anything changes: the caller's encoder may throw.
    const vectors = this.#state.vectors(requests);
    if (this.#breakers?.allClosed ?? true) return this.#together(requests, vectors, moment);
    const decided: Decided[] = [];
    while (decided.length < requests.length) {
      const first = decided.length;
      const rows = this.#steadyRows(requests, first, moment.nowMs);
      if (rows.length > 0) {
        const some = vectors.slice(first, first + rows.length);
        for (const one of this.#together(rows, some, moment)) decided.push(one);
      } else {
        decided.push(this.decideOne(requests[first]!, vectors.slice(first, first + 1), moment));
      }
    }
    return decided;
  }

  /** The breaker's state, as a decision tells it. */
  breakerOf({ choice }: Decided): CircuitState | undefined {
    return choice.arm < 0 ? undefined : this.#breakers?.stateOf(choice.arm);
  }

  /** Requests from `first` on, narrowed, that no admission among them would narrow otherwise. */
  #steadyRows(
    requests: readonly ParsedRequest[],
    first: number,
    nowMs: number,
  ): readonly ParsedRequest[] {
    const breakers = this.#breakers!;
    const rows: ParsedRequest[] = [];
    if (!breakers.isSteady(nowMs)) return rows;
    for (let i = first; i < requests.length; i++) {
      const narrowed = breakers.narrow(requests[i]!, nowMs);
      // Being let through begins a half-open round.
      if ((narrowed.letThrough ?? -1) >= 0) break;
      rows.push(narrowed);
    }
    return rows;
  }

  #together(requests: readonly ParsedRequest[], vectors: Vectors, moment: Moment): Decided[] {
    const decided = this.#state.decide(requests, vectors, moment.elapsedMs);
    for (const one of decided) this.#admit(one, moment.nowMs);
    return decided;
  }

  #admit({ request, choice, ticket }: Decided, nowMs: number): void {
    if (!ticket || !this.#breakers) return;
    ticket.permit = this.#breakers.admit(choice.arm, nowMs, request.letThrough === choice.arm);
  }
}
