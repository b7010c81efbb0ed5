import type { CircuitState } from '../breaker/state';
import type { ParsedRequest } from '../selection/request';
import type { ArmBreakers } from './armBreakers';
import type { Steering } from './steering';
import type { Decided, Take, Vectors } from './decided';
import type { RouterState } from './state';
import { LEAST_ALIKE } from './ticketBatch';

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
    const steering = this.#steering;
    if (!steering.steers) return this.#decideOne(request, vectors, moment);
    const [candidates] = steering.ask([request]);
    const steered = steering.steer(request, candidates, steering.stampOf(moment), moment);
    return this.#decideOne(steered, vectors, moment);
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
    if (this.#steering.oneByOne) {
      return this.#steeredOneByOne(asked, moment, (request, i) =>
        this.#decideOne(request, vectors.slice(i, i + 1), moment),
      );
    }
    const requests = this.#steered(asked, moment);
    const decided: Decided[] = [];
    this.#inSteadyParts(requests, moment, (some, first) => {
      const part = vectors.slice(first, first + some.length);
      for (const one of this.#state.decide(some, part, moment.elapsedMs)) {
        this.#admit(one, moment.nowMs);
        decided.push(one);
      }
    });
    return decided;
  }

  /** The same by drawing from propensities. @param take is handed each decision, in an object that is used again */
  decideFromPropensities(asked: readonly ParsedRequest[], moment: Moment, take: Take): void {
    const admitAndTake = (decided: Decided) => {
      this.#admit(decided, moment.nowMs);
      take(decided);
    };
    const decide = (requests: readonly ParsedRequest[]) => {
      const permits = this.#permits(requests.length, moment.nowMs);
      this.#inSteadyParts(requests, moment, (some) => {
        this.#state.decideFromPropensities(some, moment.elapsedMs, admitAndTake, permits);
      });
    };
    if (this.#steering.oneByOne)
      this.#steeredOneByOne(asked, moment, (request) => decide([request]));
    else decide(this.#steered(asked, moment));
  }

  /** Each request is steered when the one before it is decided; what throws does so before the first. */
  #steeredOneByOne<Result>(
    asked: readonly ParsedRequest[],
    moment: Moment,
    decide: (request: ParsedRequest, i: number) => Result,
  ): Result[] {
    const candidates = this.#steering.ask(asked);
    const stamp = this.#steering.stampOf(moment);
    return asked.map((request, i) =>
      decide(this.#steering.steer(request, candidates[i], stamp, moment), i),
    );
  }

  /** Permits by arm, where no admission changes them and there are calls enough to ask for all. */
  #permits(calls: number, nowMs: number): readonly number[] | undefined {
    if (calls < LEAST_ALIKE || this.#breakers?.allClosed === false) return undefined;
    return this.#breakers?.closedPermits(nowMs) ?? [];
  }

  #steered(asked: readonly ParsedRequest[], moment: Moment): readonly ParsedRequest[] {
    return this.#steering.steers ? this.#steering.steerTogether(asked, moment) : asked;
  }

  /** Hands over together what no admission in between would narrow otherwise, the rest one by one. */
  #inSteadyParts(
    requests: readonly ParsedRequest[],
    { nowMs }: Moment,
    decide: (requests: readonly ParsedRequest[], first: number) => void,
  ): void {
    if (this.#breakers?.allClosed ?? true) {
      decide(requests, 0);
      return;
    }
    for (let first = 0; first < requests.length;) {
      const steady = this.#steadyRows(requests, first, nowMs);
      const rows = steady.length > 0 ? steady : [this.#breakers!.narrow(requests[first]!, nowMs)];
      decide(rows, first);
      first += rows.length;
    }
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
    let narrowed: ParsedRequest | undefined;
    for (let i = first; i < requests.length; i++) {
      // Perf: equal requests are one object, and nothing has changed in between.
      if (!narrowed || requests[i] !== requests[i - 1])
        narrowed = breakers.narrow(requests[i]!, nowMs);
      // Being let through begins a half-open round.
      if ((narrowed.letThrough ?? -1) >= 0) break;
      rows.push(narrowed);
    }
    return rows;
  }

  #admit(decided: Decided, nowMs: number): void {
    const { request, choice, ticket } = decided;
    this.#steering.decided(decided);
    if (!ticket || !this.#breakers) return;
    ticket.permit = this.#breakers.admit(choice.arm, nowMs, request.letThrough === choice.arm);
  }
}
