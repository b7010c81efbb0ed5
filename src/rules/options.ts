import type { PolicyName } from './oracleMatrix';

/** What a rule does with a request it fires on: exactly one of the three. */
export type RuleAction =
  /** Only the models of a policy remain. */
  | { readonly policy: PolicyName }
  /** Only these models remain. */
  | { readonly models: readonly string[] }
  /** This model serves, with propensity 1 (with `bestOf` n stays free); where the request or a breaker excludes it, none does. */
  | { readonly force: string };

/** When a rule fires. */
export type RuleCondition =
  /**
   * The prompt has at least `atLeast` (default 1) of the keywords, each one or several whole words in any script ("C++" and "write
   * code" are keywords; "code" is not in "decode"). At most 1,000, of 1 to 64 characters; those of the same words count once.
   */
  | { readonly when: 'keywords'; readonly keywords: readonly string[]; readonly atLeast?: number }
  /** The prompt's tokens, or a quarter of its characters where these are not known, are within both bounds. */
  | { readonly when: 'length'; readonly atLeastTokens?: number; readonly atMostTokens?: number }
  /** The prompt has at least so many points of mathematics (docs/decisions/2026-11-22-rules.md). Default 2. */
  | { readonly when: 'mathematics'; readonly atLeastPoints?: number }
  /**
   * The window's live spend nears `usd`: from the share `taperFrom` (default 0.5) on the rule fires for a share of the requests that
   * grows evenly, to all of them when `usd` is spent. Spend is what reports say and, before they come, the expected cost.
   */
  | {
      readonly when: 'budget';
      readonly usd: number;
      readonly windowRequests?: number;
      readonly windowMs?: number;
      readonly taperFrom?: number;
    }
  /** The request is of one of these segments. */
  | { readonly when: 'segment'; readonly segments: readonly string[] }
  /** Always: the last rule of a chain, if any. */
  | { readonly when: 'always' };

/** A rule as plain JSON. */
export type RuleDefinition = RuleCondition &
  RuleAction & {
    /** What decisions say fired. @defaultValue its `when`, '#' and its place in the chain, from 0 */
    readonly name?: string;
  };

/** What a function rule sees. */
export interface RuleRequest {
  readonly segment: string | undefined;
  readonly promptTokens: number | undefined;
  readonly prompt: string | undefined;
  /** Models that the request allows. */
  readonly eligible: readonly string[];
}

/**
 * A rule as a function: an action, or undefined where it does not fire. What it throws comes out of `select`, which has then changed
 * nothing: a rule that cannot be checked must not be passed over. Its name is the function's.
 */
export type RuleFunction = (request: RuleRequest) => RuleAction | undefined;

/** Rules of a router: the first of the chain that fires narrows the models or forces one. */
export interface RuleOptions {
  /** The models of each policy; a policy that is not named allows all. */
  readonly policies?: Readonly<Partial<Record<PolicyName, readonly string[]>>>;
  /** At most 256. */
  readonly chain: readonly (RuleDefinition | RuleFunction)[];
}
