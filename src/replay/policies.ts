import type { Arms } from '../arms/models';
import { ParameterError } from '../core/errors';
import { columnMeans, type OutcomeTable } from './table';
import { Generator, GeneratorStream } from '../random/generator';

/** What a policy decides by: prices of quality and, in a sweep, a cost an arm that stands for every recorded cost. */
export interface PolicyContext {
  readonly table: OutcomeTable;
  /** 1 / willingness to pay. */
  readonly costWeight: number;
  /** Each call of an arm costs this; undefined = the recorded costs. */
  readonly knownCostUsd: Float64Array | undefined;
}

/** A policy without memory: the arm of every row. `seed` matters to `random` only. */
export type StaticPolicy = (context: PolicyContext, seed: number) => Int32Array;

/** A policy that learns, run by the kernel. */
export interface LearningPolicy {
  readonly flat: boolean;
}

export const LEARNING_POLICIES: ReadonlyMap<string, LearningPolicy> = new Map([
  ['thompson', { flat: false }],
  ['thompson-flat', { flat: true }],
]);

/** Policies by name; those marked hindsight know the whole table and bound what can be reached. */
const STATIC_POLICIES: ReadonlyMap<string, StaticPolicy> = new Map<string, StaticPolicy>([
  ['random', randomPolicy],
  ['cheapest', (context) => everywhere(context.table, cheapestArm(context.table))],
  ['premium', (context) => everywhere(context.table, premiumArm(context.table))],
  ['threshold', thresholdPolicy],
  ['segment-means', segmentMeansPolicy],
  ['oracle', oraclePolicy],
]);

const FIXED = 'fixed:';

/** Names that `--policy` takes, for messages. */
export const POLICY_NAMES = [...LEARNING_POLICIES.keys(), ...STATIC_POLICIES.keys(), `${FIXED}MODEL`];

/** The static policy of a name. @throws {ParameterError} for a name or model that does not exist */
export function staticPolicy(name: string, arms: Arms): StaticPolicy {
  const policy = STATIC_POLICIES.get(name);
  if (policy) return policy;
  if (!name.startsWith(FIXED)) throw new ParameterError('--policy', `among ${POLICY_NAMES.join(', ')}`, name);
  const arm = fixedArm(name, arms);
  return ({ table }) => everywhere(table, arm);
}

/** The arm of `fixed:MODEL`. @throws {ParameterError} */
function fixedArm(name: string, arms: Arms): number {
  const model = name.slice(FIXED.length);
  const arm = arms.indexOf.get(model);
  if (arm !== undefined) return arm;
  throw new ParameterError('--policy fixed:', `a model of the table (${[...arms.indexOf.keys()].join(', ')})`, model);
}

/** The arm that a policy always picks, or undefined if it varies. */
export function constantArm(name: string, table: OutcomeTable): number | undefined {
  if (name === 'cheapest') return cheapestArm(table);
  if (name === 'premium') return premiumArm(table);
  return name.startsWith(FIXED) ? fixedArm(name, table.arms) : undefined;
}

/** Every policy that a table allows: what is replayed when none is named. Fixed models up to ten. */
export function defaultPolicies(table: OutcomeTable): string[] {
  const models = table.arms.list.map((arm) => FIXED + arm.model);
  const named = [...LEARNING_POLICIES.keys(), ...STATIC_POLICIES.keys()];
  const usable = hasPromptLengths(table) ? named : named.filter((name) => name !== 'threshold');
  return models.length <= 10 ? [...usable, ...models] : usable;
}

function hasPromptLengths(table: OutcomeTable): boolean {
  return table.promptLengths.every((length) => !Number.isNaN(length));
}

function everywhere(table: OutcomeTable, arm: number): Int32Array {
  return new Int32Array(table.rows).fill(arm);
}

/** What is known of an arm's price beforehand: the list price of 500 + 300 tokens, else the recorded mean. */
function priceTag(table: OutcomeTable): number[] {
  const recorded = columnMeans(table.costUsd, table.rows, table.arms.list.length);
  const priced = table.arms.list.every((arm) => !Number.isNaN(arm.usdPerInputToken));
  return table.arms.list.map((arm) =>
    priced ? 500 * arm.usdPerInputToken + 300 * arm.usdPerOutputToken : recorded[arm.index]!,
  );
}

function cheapestArm(table: OutcomeTable): number {
  const price = priceTag(table);
  return price.indexOf(Math.min(...price));
}

function premiumArm(table: OutcomeTable): number {
  const price = priceTag(table);
  return price.indexOf(Math.max(...price));
}

function randomPolicy({ table }: PolicyContext, seed: number): Int32Array {
  const generator = new Generator(seed, GeneratorStream.RANDOM_POLICY);
  return Int32Array.from({ length: table.rows }, () => generator.index(table.arms.list.length));
}

/** Utility of an arm's recorded outcome. */
function utility({ table, costWeight, knownCostUsd }: PolicyContext, row: number, arm: number): number {
  const cell = row * table.arms.list.length + arm;
  return table.quality[cell]! - costWeight * (knownCostUsd?.[arm] ?? table.costUsd[cell]!);
}

/** Cost the arm is compared by when utilities tie. */
function tieCost({ table, knownCostUsd }: PolicyContext, row: number, arm: number): number {
  return knownCostUsd?.[arm] ?? table.costUsd[row * table.arms.list.length + arm]!;
}

/** Hindsight: for every request the arm of greatest recorded utility. No policy can do better. */
function oraclePolicy(context: PolicyContext): Int32Array {
  return Int32Array.from({ length: context.table.rows }, (_, row) =>
    bestArm(
      context.table.arms.list.length,
      (arm) => utility(context, row, arm),
      (arm) => tieCost(context, row, arm),
    ),
  );
}

/** Hindsight: for every segment the arm of greatest mean utility. No policy that sees segments alone can do better. */
function segmentMeansPolicy(context: PolicyContext): Int32Array {
  const { table } = context;
  const arms = table.arms.list.length;
  const utilities = new Float64Array(table.segmentNames.length * arms);
  const costs = new Float64Array(utilities.length);
  for (let row = 0; row < table.rows; row++) {
    for (let arm = 0; arm < arms; arm++) {
      const cell = table.segments[row]! * arms + arm;
      utilities[cell]! += utility(context, row, arm);
      costs[cell]! += tieCost(context, row, arm);
    }
  }
  const choice = table.segmentNames.map((_, segment) =>
    bestArm(
      arms,
      (arm) => utilities[segment * arms + arm]!,
      (arm) => costs[segment * arms + arm]!,
    ),
  );
  return Int32Array.from(table.segments, (segment) => choice[segment]!);
}

/**
 * Prompt length: prompts of at least T tokens go to the arm of highest mean quality, the rest to the cheapest, T chosen in
 * hindsight for the greatest utility.
 * @throws {ParameterError} when the table has prompts of unknown length
 */
function thresholdPolicy(context: PolicyContext): Int32Array {
  const { table } = context;
  if (!hasPromptLengths(table)) {
    throw new ParameterError('--policy threshold', 'used on tables whose every request has prompt or promptTokens', table.name);
  }
  const strong = strongestArm(table);
  const weak = cheapestArm(table);
  const rows = Array.from({ length: table.rows }, (_, row) => row);
  rows.sort((a, b) => table.promptLengths[b]! - table.promptLengths[a]!);
  let gain = 0;
  let best = { gain: 0, threshold: Infinity };
  rows.forEach((row, i) => {
    gain += utility(context, row, strong) - utility(context, row, weak);
    const next = rows[i + 1];
    const length = table.promptLengths[row]!;
    // A threshold falls between different lengths only.
    if (next !== undefined && table.promptLengths[next] === length) return;
    if (gain > best.gain) best = { gain, threshold: length };
  });
  return Int32Array.from(table.promptLengths, (length) => (length >= best.threshold ? strong : weak));
}

/** The arm of highest mean quality in the table. */
export function strongestArm(table: OutcomeTable): number {
  const means = columnMeans(table.quality, table.rows, table.arms.list.length);
  return means.indexOf(Math.max(...means));
}

/** Greatest utility; ties go to the cheaper, then to the lower index. */
function bestArm(arms: number, utilityOf: (arm: number) => number, costOf: (arm: number) => number): number {
  let best = 0;
  for (let arm = 1; arm < arms; arm++) {
    const difference = utilityOf(arm) - utilityOf(best);
    if (difference > 0 || (difference === 0 && costOf(arm) < costOf(best))) best = arm;
  }
  return best;
}
