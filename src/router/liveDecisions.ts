import type { CircuitState } from '../breaker/state';
import type { ParsedRequest } from '../selection/request';
import type { ArmBreakers } from './armBreakers';
import type { Steering } from './steering';
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
  readonly #steering: Steering;

  constructor(state: RouterState, breakers: ArmBreakers | undefined, steering: Steering) {
    this.#state = state;
    this.#steering = steering;
    this.#breakers = breakers;
  }

  decideOne(request: ParsedRequest, vectors: Vectors, moment: Moment): Decided {
    if (!this.#steering.steers) return this.#decideOne(request, vectors, moment);
    return this.#decideOne(this.#steering.steer([request], moment)[0]!, vectors, moment);
  }

  #decideOne(request: ParsedRequest, vectors: Vectors, moment: Moment): Decided {
    const narrowed = this.#breakers?.narrow(request, moment.nowMs) ?? request;
    const afforded = this.#steering.afford(narrowed, moment);
    const decided = this.#state.decideOne(afforded, vectors, moment.elapsedMs);
    this.#admit(decided, moment.nowMs);
    return decided;
  }

  /** The same as that many `decideOne` at one moment. */
  decide(asked: readonly ParsedRequest[], moment: Moment): Decided[] {
    // Before anything changes: the caller's encoder and rules may throw.
    const vectors = this.#state.vectors(asked);
    const requests = this.#steering.steers ? this.#steering.steer(asked, moment) : asked;
    if (this.#steering.oneByOne)
      return requests.map((request, i) =>
        this.#decideOne(request, vectors.slice(i, i + 1), moment),
      );
    if (this.#breakers?.allClosed ?? true) return this.#together(requests, vectors, moment);
    const decided: Decided[] = [];
    while (decided.length < requests.length) {
      const first = decided.length;
      const rows = this.#steadyRows(requests, first, moment.nowMs);
      if (rows.length > 0) {
        const some = vectors.slice(first, first + rows.length);
        for (const one of this.#together(rows, some, moment)) decided.push(one);
      } else {
        decided.push(this.#decideOne(requests[first]!, vectors.slice(first, first + 1), moment));
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

  #admit(decided: Decided, nowMs: number): void {
    const { request, choice, ticket } = decided;
    this.#steering.decided(decided);
    if (!ticket || !this.#breakers) return;
    ticket.permit = this.#breakers.admit(choice.arm, nowMs, request.letThrough === choice.arm);
  }
}
