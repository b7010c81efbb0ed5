/** The library entry: no runtime dependency, no Node built-in. */
export { DataError, KernelError, ParameterError } from './core/errors';
export { CompiledKernel, loadKernel, loadKernelSync } from './kernel/load';
export { quantileTablePays } from './random/quantileTables';
export { Sampler, type BetaMethod, type BetaOptions, type SamplerOptions } from './random/sampler';
export type { ModelOptions } from './arms/models';
export type { PosteriorOptions } from './posterior/options';
export type { ArmPosterior } from './posterior/evidence';
export type { RewardOptions } from './reward/composite';
export { argmaxUtilityInto, type ArgmaxOptions } from './selection/argmax';
export type {
  Decision,
  ExcludedModel,
  ExclusionReason,
  NoEligibleModel,
  SelectResult,
} from './selection/decision';
export {
  TableChooser,
  type TableChoiceOptions,
  type TableChooserOptions,
} from './selection/tableChooser';
export type { RouteRequest } from './selection/request';
export type { RouterOptions } from './router/options';
export type { Outcome } from './router/outcome';
export { createRouter, createRouterSync, type ReportResult, type Router } from './router/router';
