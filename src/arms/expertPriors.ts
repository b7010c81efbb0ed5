/**
 * What others have published of models, as priors of their mean reward.
 *
 * One scale for all: the mean over six tests (MMLU, GPQA, MATH, HumanEval, MGSM, DROP) that one table reports of many models. A model that
 * stands in another table only is linked to that scale by the one model both tables have: the difference of the two models' log odds is taken over.
 * Strength: by the method of moments, a model's mean over six tests says of the next test what 7.4 observed rewards would say
 * (mean m(1 - m) over mean variance between tests, less 1), so 7; a linked mean counts for less than half of that, 3. A few dozen reports outweigh
 * either. The means are of other tasks than yours: they rank models better than they foretell a reward.
 */
import type { Prior } from './prior';

/** A prior with where its mean is from. */
export interface ExpertPrior extends Prior {
  /** Where the figures stand. */
  readonly source: string;
  /** When they were published: a year, and the month where it is known. */
  readonly date: string;
}

/** Observations that a mean over six tests is worth, and one that is linked. */
const STRENGTH = 7;
const LINKED_STRENGTH = 3;

const SIMPLE_EVALS =
  'https://github.com/openai/simple-evals (README, commit 0f2cf33): mean of MMLU, GPQA, MATH, HumanEval, MGSM and DROP';
const REASONING_GYM =
  'https://github.com/open-thought/reasoning-gym-eval (easy settings, mean score), linked by claude-3-5-sonnet';
const PARETO_BANDIT =
  'https://github.com/ParetoBandit/ParetoBandit (validation split, mean quality), linked by llama-3.1-8b-instruct';
const ROUTE_LLM =
  'https://github.com/lm-sys/RouteLLM (its MMLU answers, accuracy), linked by gpt-4-1106-preview';

function measured(mean: number): ExpertPrior {
  return Object.freeze({ mean, strength: STRENGTH, source: SIMPLE_EVALS, date: '2025-04' });
}

function linked(mean: number, source: string, date: string): ExpertPrior {
  return Object.freeze({ mean, strength: LINKED_STRENGTH, source, date });
}

/**
 * Priors of well-known models from published figures, by the models' usual names; each has its source and date. For `priors: 'expert'`, or
 * entry by entry under the ids of your models: `prior: EXPERT_PRIORS['gpt-4.1']`.
 */
export const EXPERT_PRIORS: Readonly<Record<string, ExpertPrior>> = Object.freeze({
  o3: measured(0.89),
  'o4-mini': measured(0.89),
  'o3-mini': measured(0.874),
  'gpt-4.1': measured(0.832),
  'gpt-4.1-mini': measured(0.828),
  'gpt-4.1-nano': measured(0.725),
  'gpt-4o': measured(0.796),
  'gpt-4o-mini': measured(0.744),
  'gpt-4-turbo': measured(0.789),
  'gpt-4-1106-preview': measured(0.743),
  'claude-3-5-sonnet': measured(0.816),
  'claude-3-opus': measured(0.76),
  'llama-3.1-405b-instruct': measured(0.798),
  'llama-3.1-70b-instruct': measured(0.731),
  'llama-3.1-8b-instruct': measured(0.586),
  'claude-sonnet-4': linked(0.889, REASONING_GYM, '2025'),
  'llama-4-maverick': linked(0.818, REASONING_GYM, '2025'),
  'llama-4-scout': linked(0.719, REASONING_GYM, '2025'),
  'llama-3.3-70b-instruct': linked(0.613, REASONING_GYM, '2025'),
  'mistral-small-3.1-24b-instruct': linked(0.646, REASONING_GYM, '2025'),
  'gemma-3-27b-it': linked(0.565, REASONING_GYM, '2025'),
  'gemini-2.5-pro': linked(0.846, PARETO_BANDIT, '2026-03'),
  'gemini-2.5-flash': linked(0.831, PARETO_BANDIT, '2026-03'),
  'mistral-large-2512': linked(0.824, PARETO_BANDIT, '2026-03'),
  'mixtral-8x7b-instruct-v0.1': linked(0.597, ROUTE_LLM, '2024-06'),
});
