/** The library entry: no runtime dependency, no Node built-in. */
export { DataError, KernelError, ParameterError } from './core/errors';
export { CompiledKernel, loadKernel, loadKernelSync } from './kernel/load';
export { quantileTablePays } from './random/quantileTables';
export { Sampler, type BetaMethod, type BetaOptions, type SamplerOptions } from './random/sampler';
export type { ModelOptions, ModelPrices } from './arms/models';
export { DEMO_MODELS } from './arms/demoModels';
export { EXPERT_PRIORS, type ExpertPrior } from './arms/expertPriors';
export { priorFrom, type BetaPrior, type Prior } from './arms/prior';
export { UNIFORM_PRIORS, type PriorOptions } from './arms/priors';
export type { PosteriorOptions } from './posterior/options';
export type { DriftDirection, DriftOptions } from './posterior/drift';
export type { BudgetEvent, BudgetOptions, BudgetStats } from './pacing/budget';
export { oraclePolicyOf, type AnswerLabel, type PolicyName } from './rules/oracleMatrix';
export type {
  RuleAction,
  RuleCondition,
  RuleDefinition,
  RuleFunction,
  RuleOptions,
  RuleRequest,
} from './rules/options';
export type { ArmPosterior, SamplesPosterior } from './posterior/evidence';
export {
  betaCdfInto,
  betaQuantileInto,
  logBetaInto,
  logGammaInto,
  normalCdfInto,
  normalQuantileInto,
  type Tail,
} from './posterior/special';
export {
  fitBayesianRidge,
  type BayesianRidgeFit,
  type RidgeStatus,
} from './forecast/bayesianRidge';
export { type RidgePrediction } from './forecast/ridgePrediction';
export {
  OnlineRidge,
  type ObserveOptions,
  type OnlineRidgeOptions,
  type PrecisionEstimate,
} from './forecast/onlineRidge';
export type { EvidenceOptions, RidgeFitOptions } from './forecast/ridgeOptions';
export type {
  OwnFeaturesOptions,
  TokenForecasterOptions,
  TokenModelOptions,
} from './forecast/tokens/options';
export type { PromptInput } from './forecast/tokens/rowFeatures';
export { TokenForecaster, type TokenObservation } from './forecast/tokens/tokenForecaster';
export type { TokenPrediction } from './forecast/tokens/tokenPrediction';
export type { RidgePredictionTarget } from './forecast/ridgeWorkspace';
export { CostForecaster } from './forecast/cost/costForecaster';
export type {
  CostForecast,
  CostForecasterOptions,
  CostRequest,
} from './forecast/cost/costForecaster';
export type { DatedPrice, PriceTable, PriceTier, TokenPrices } from './forecast/cost/prices';
export {
  LatencyForecaster,
  type LatencyFitOptions,
  type LatencyForecast,
  type LatencyPredictOptions,
} from './forecast/latency/latencyForecaster';
export type {
  LatencyForecasterOptions,
  LatencyObservation,
} from './forecast/latency/latencyOptions';
export type { OutputTokens, TokenForecast } from './forecast/tokenForecast';
export {
  QUERY_FEATURES,
  queryFeatures,
  type QueryFeature,
} from './forecast/features/queryFeatures';
export {
  MODEL_FAMILIES,
  MODEL_FEATURES,
  modelFeatures,
  queryModelFeatures,
  type ModelDescription,
  type ModelFeature,
} from './forecast/features/modelFeatures';
export type { Encoder, PromptEncoderOptions } from './forecast/encoder/encoderOptions';
export { PROMPT_FEATURES, PromptEncoder } from './forecast/encoder/promptEncoder';
export { QualityForecaster } from './forecast/quality/qualityForecaster';
export type {
  QualityForecast,
  QualityForecasterOptions,
  QualityObservation,
} from './forecast/quality/qualityForecaster';
export type { ContextOptions } from './selection/context';
export type { RewardOptions } from './reward/composite';
export { argmaxUtilityInto, type ArgmaxOptions } from './selection/argmax';
export {
  propensitiesInto,
  type PropensityAccuracy,
  type PropensityInput,
  type StatedAccuracy,
} from './selection/propensities';
export { PropensityChooser, type PropensityChooserOptions } from './selection/propensityChooser';
export type {
  AnyDecision,
  Decision,
  ExcludedModel,
  ExclusionReason,
  GroupFields,
  NoEligibleModel,
  PropensityDecision,
  PropensityResult,
  SelectResult,
} from './selection/decision';
export {
  TableChooser,
  type TableChoiceOptions,
  type TableChooserOptions,
} from './selection/tableChooser';
export type { RouteRequest } from './selection/request';
export type { BestOfOptions } from './selection/bestOf';
export type { FloorBaseline, FloorOptions } from './selection/floor';
export type {
  ArmExplanation,
  Explanation,
  Flip,
  UnknownDecision,
} from './selection/explain/explanation';
export type { FlipKind } from './selection/explain/flips';
export type { ChosenBy } from './selection/explain/traces';
export { formatExplanation } from './selection/explain/format';
export type { FallbackOptions } from './selection/fallback';
export type { LatencyOptions } from './selection/latency';
export type { BatchMethod, BatchOptions, EqualRequests } from './router/batchRequests';
export type { DemoRouterOptions, PropensityMode, RouterOptions } from './router/options';
export type { LogHealth, LogSink } from './router/log/sink';
export { LogReplayer, type LogReplayerOptions, type LogSummary } from './router/log/logReplayer';
export type { PropensitySummary } from './router/log/propensityTally';
export type { Outcome, RewardFunction } from './router/outcome';
export type { SampleOutcome } from './router/runOutcome';
export type {
  ClockStepEvent,
  DriftEvent,
  ExpiredEvent,
  ReportEvent,
  RouterEventName,
  RouterEvents,
  RouterListener,
} from './router/events';
export {
  routerOptionsSchema,
  type StandardIssue,
  type StandardResult,
  type StandardSchema,
} from './router/optionsSchema';
export type { BreakerStats, ModelStats, RouterStats } from './router/stats';
export type { RouterPosteriors, SegmentPosteriors } from './router/posteriors';
export {
  createRouter,
  createRouterSync,
  restoreRouter,
  restoreRouterSync,
} from './router/createRouter';
export { Router, type ReportResult } from './router/router';
export type { RouterRecovery } from './router/snapshot/recovery';
export type { RestoreOptions } from './router/snapshot/restoreOptions';
export type { ShadowBudget, ShadowCall, ShadowOptions } from './shadow/options';
export type { Shadow } from './shadow/shadow';
export type { ShadowComparison } from './shadow/comparison';
export type { ShadowRecord, ShadowStatus } from './shadow/record';
export type { ShadowAnswer, ShadowStats } from './shadow/stats';
export { CircuitBreaker, type BreakerCounts, type BreakerListener } from './breaker/circuitBreaker';
export {
  errorClassOfStatus,
  type ErrorClass,
  type ErrorEffect,
  type ErrorEffects,
} from './breaker/errorClasses';
export {
  parseBreakerOptions,
  type BreakerOptions,
  type BreakerWindow,
  type ParsedBreakerOptions,
} from './breaker/options';
export type { ReportEffect } from './breaker/outcome';
export { reachableArms, reachableArmsInto, type ReachableArms } from './breaker/reachable';
export { reduceBreaker, type BreakerEvent, type Reduction } from './breaker/reduce';
export { parseRetryAfterMs } from './breaker/retryAfter';
export {
  initialBreakerState,
  type BreakerState,
  type BreakerTransition,
  type CircuitState,
  type TransitionCause,
} from './breaker/state';
export type { SnapshotHeader, UnknownSectionRule } from './memory/container';
export type { MergedEvidence } from './memory/mergeEvidence';
export type { MergedPosteriors } from './memory/mergedPosteriors';
export { ReplicaRegister, type RegisterEffect, type ReplicaEntry } from './memory/replicaRegister';
export type { EvidenceClock, ReplicaArm, SegmentName } from './memory/replicaState';
export type { RouterStore, StoredRouter } from './memory/routerStore';
export { SnapshotError, type SnapshotFault, type SnapshotLoss } from './memory/snapshotError';
export { bestOfN } from './best-of-n/bestOfN';
export { expectedBestOf, proxyGain, type RecordedSamples } from './best-of-n/expectedBest';
export type { BestOfNOptions, Generation, SampleCall, ScoreCall } from './best-of-n/options';
export {
  bestOfNPriorMean,
  fitRepeats,
  type BestOfNPriorOptions,
  type RepeatsFit,
} from './best-of-n/repeats';
export type {
  BestOfNResult,
  BestSample,
  FailedSample,
  NoSample,
  SampleFailure,
  SampleResult,
  ScoredSample,
} from './best-of-n/sampleResult';
export {
  chooseBestRoute,
  chooseByUtility,
  matchProbability,
  type BestRouteOptions,
  type LevelPosterior,
} from './best-of-n/rules';
