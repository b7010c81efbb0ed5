import type { Arms } from '../../arms/models';
import { ParameterError } from '../../core/errors';
import { requireNumber, UNIT } from '../../core/validation';
import type { OutcomeTable } from '../table';
import { cheapestArm, everywhere, premiumArm } from './constant';
import type { StaticPolicy } from './context';
import { labelsPolicy } from './labels';
import { oraclePolicy } from './oracle';
import { randomPolicy } from './random';
import { segmentMeansPolicy } from './segmentMeans';
import { hasPromptLengths, thresholdPolicy } from './threshold';

/** A policy that learns, run by the kernel. */
export interface LearningPolicy {
  /** One segment for all requests instead of the table's. */
  readonly flat: boolean;
  /** Prompts are read: they alone decide, or beside the segments. */
  readonly prompts?: 'alone' | 'beside';
  /** Chooses among (model, n), on a table with several samples: by utility, or by BEST-Route's rule at a threshold. */
  readonly bestOf?: { readonly threshold: number | undefined };
}

export const LEARNING_POLICIES: ReadonlyMap<string, LearningPolicy> = new Map([
  ['thompson', { flat: false }],
  ['thompson-flat', { flat: true }],
  ['thompson-context', { flat: true, prompts: 'alone' }],
  ['thompson-full', { flat: false, prompts: 'beside' }],
  ['thompson-best-of-n', { flat: false, bestOf: { threshold: undefined } }],
]);

const BEST_ROUTE = 'best-route:';

/** The learning policy of a name, undefined for any other. @throws {ParameterError} for a threshold outside [0, 1] */
export function learningPolicy(name: string): LearningPolicy | undefined {
  if (!name.startsWith(BEST_ROUTE)) return LEARNING_POLICIES.get(name);
  const text = name.slice(BEST_ROUTE.length);
  const threshold = requireNumber(
    `--policy ${BEST_ROUTE}`,
    text.trim() === '' ? text : Number(text),
    UNIT,
  );
  return { flat: false, bestOf: { threshold } };
}

/** Does a policy choose among (model, n), so that the table's arms are to be those? */
export function needsSamples(name: string, arms: Arms): boolean {
  if (learningPolicy(name)?.bestOf) return true;
  return (
    name.startsWith(FIXED) && !arms.indexOf.has(name.slice(FIXED.length)) && /×\d+$/.test(name)
  );
}

const STATIC_POLICIES: ReadonlyMap<string, StaticPolicy> = new Map<string, StaticPolicy>([
  ['random', randomPolicy],
  ['cheapest', ({ table }) => everywhere(table, cheapestArm(table))],
  ['premium', ({ table }) => everywhere(table, premiumArm(table))],
  ['threshold', thresholdPolicy],
  ['segment-means', segmentMeansPolicy],
  ['labels', labelsPolicy],
  ['oracle', oraclePolicy],
]);

const FIXED = 'fixed:';
const NAMED = [...LEARNING_POLICIES.keys(), ...STATIC_POLICIES.keys()];
/** Beyond this the fixed models would drown the table; the hull is made of all of them anyway. */
const MOST_FIXED_BY_DEFAULT = 10;

/** The static policy of a name. @throws {ParameterError} for a name or model that does not exist */
export function staticPolicy(name: string, arms: Arms): StaticPolicy {
  const policy = STATIC_POLICIES.get(name);
  if (policy) return policy;
  if (!name.startsWith(FIXED)) {
    const names = `among ${NAMED.join(', ')}, ${BEST_ROUTE}THRESHOLD, ${FIXED}MODEL`;
    throw new ParameterError('--policy', names, name);
  }
  const arm = fixedArm(name, arms);
  return ({ table }) => everywhere(table, arm);
}

/** The arm that a policy always picks, or undefined if it varies. */
export function constantArm(name: string, table: OutcomeTable): number | undefined {
  if (name === 'cheapest') return cheapestArm(table);
  if (name === 'premium') return premiumArm(table);
  return name.startsWith(FIXED) ? fixedArm(name, table.arms) : undefined;
}

/**
 * Every policy that a table allows, but those that read prompts, which take some hundred times as long, those of several samples, which
 * make other arms of the table, and `labels`: what is replayed when none is named.
 */
export function defaultPolicies(table: OutcomeTable): string[] {
  const usable = NAMED.filter(
    (name) =>
      !LEARNING_POLICIES.get(name)?.prompts &&
      !LEARNING_POLICIES.get(name)?.bestOf &&
      name !== 'labels' &&
      (name !== 'threshold' || hasPromptLengths(table)),
  );
  const { list } = table.arms;
  return list.length > MOST_FIXED_BY_DEFAULT
    ? usable
    : [...usable, ...list.map(({ model }) => FIXED + model)];
}

function fixedArm(name: string, arms: Arms): number {
  const model = name.slice(FIXED.length);
  const arm = arms.indexOf.get(model);
  if (arm !== undefined) return arm;
  const many = /^(.+)[xX*](\d+)$/.exec(model);
  const hint =
    many && arms.indexOf.has(many[1]!)
      ? `; samples are written with the sign ×: ${FIXED}${many[1]}×${many[2]}`
      : '';
  throw new ParameterError(
    `--policy ${FIXED}`,
    `a model of the table (${[...arms.indexOf.keys()].join(', ')}${hint})`,
    model,
  );
}
