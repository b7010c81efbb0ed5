/** The entry `thompsonite/simulator`. */
export {
  outcomeOf,
  type ReplyOutcome,
  type SimulatedAnswer,
  type SimulatedError,
  type SimulatedReply,
} from './answer';
export { ModelSimulator, type CallRequest, type SimulatorOptions } from './modelSimulator';
export { routeOf, type SimulatedRequest, type SimulatedSegment } from './requests';
export {
  type ErrorRates,
  type LogNormal,
  type Quality,
  type SimulatedModel,
} from './simulatedModel';
export { parseTraffic, type Arrivals, type RecordedArrival } from './traffic';
export { type Degradation, type Outage } from './trouble';
