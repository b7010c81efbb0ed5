import { oraclePolicyOf, type AnswerLabel, type PolicyName } from '../../rules/oracleMatrix';
import type { OutcomeTable } from '../table';
import { cheapestArm, strongestArm } from './constant';
import type { PolicyContext } from './context';

/** Quality from which an answer counts as right. */
const RIGHT = 0.5;

/**
 * Hindsight by labels: every request is labelled by the oracle matrix from how the cheapest arm (medium) and the one of highest mean
 * quality (large) did; complex ones go to the large arm, all others to the medium one. A table does not say who admitted not to know,
 * so that answers are right or wrong. The bound of what a classifier of the three policies could reach with these two models.
 */
export function labelsPolicy({ table }: PolicyContext): Int32Array {
  const arms = { medium: cheapestArm(table), large: strongestArm(table) };
  return Int32Array.from({ length: table.rows }, (_, row) => {
    const policy = oraclePolicyOf(label(table, row, arms.medium), label(table, row, arms.large));
    return ARM_OF[policy] === 'large' ? arms.large : arms.medium;
  });
}

const ARM_OF: Readonly<Record<PolicyName, 'medium' | 'large'>> = {
  standard: 'medium',
  complex: 'large',
  ambiguous: 'medium',
};

function label(table: OutcomeTable, row: number, arm: number): AnswerLabel {
  return table.quality[row * table.arms.list.length + arm]! >= RIGHT ? 'right' : 'wrong';
}
