import { ParameterError } from '../core/errors';

/** How an answer did; `unknown` where the model said that it does not know. */
export type AnswerLabel = 'right' | 'wrong' | 'unknown';

/** What a request needs, whatever the models: a medium one, a large one, or nobody can say. */
export type PolicyName = 'standard' | 'complex' | 'ambiguous';

const ANSWER_LABELS: readonly AnswerLabel[] = ['right', 'wrong', 'unknown'];

export const POLICY_NAMES: readonly PolicyName[] = ['standard', 'complex', 'ambiguous'];

/**
 * The policy that hindsight gives a request, from how a medium and a large model answered it:
 *
 *     medium \ large   right      wrong       unknown
 *     right            standard   standard    standard
 *     wrong            complex    ambiguous   complex
 *     unknown          complex    ambiguous   ambiguous
 *
 * Standard where the medium model is right; else complex where the large one is right, or where the medium one is wrong and the
 * large one says that it does not know (it saw a difficulty that the medium one missed); else ambiguous.
 * @throws {ParameterError} for another label
 */
export function oraclePolicyOf(medium: AnswerLabel, large: AnswerLabel): PolicyName {
  requireLabel('medium', medium);
  requireLabel('large', large);
  if (medium === 'right') return 'standard';
  if (large === 'right') return 'complex';
  return medium === 'wrong' && large === 'unknown' ? 'complex' : 'ambiguous';
}

function requireLabel(parameter: string, label: unknown): void {
  if (ANSWER_LABELS.includes(label as AnswerLabel)) return;
  const known = ANSWER_LABELS.map((one) => JSON.stringify(one));
  throw new ParameterError(parameter, known.join(' or '), label);
}
