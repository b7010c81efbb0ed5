import type { Arms } from '../arms/models';
import { ParameterError } from '../core/errors';
import {
  NOT_NEGATIVE,
  optionalNumber,
  POSITIVE,
  rejectUnknownKeys,
  requireId,
  requireNumber,
  requireObject,
  requireOptions,
  TOKENS,
  USD,
  wholeBetween,
  type Interval,
} from '../core/validation';
import { parseWindow } from '../pacing/window';
import { SpendMeter } from '../pacing/spendMeter';
import type { Condition } from './conditions';
import { KeywordMatcher } from './keywords';
import { MATHEMATICS_POINTS } from './mathematics';
import type { RuleAction, RuleFunction } from './options';
import { POLICY_NAMES, type PolicyName } from './oracleMatrix';
import { wordsOf } from './words';

/** Indices of the models that remain, rising. */
export type AllowedArms = readonly number[];

export type Policies = ReadonlyMap<PolicyName, AllowedArms>;

export interface ParsedRule {
  readonly name: string;
  /** A function decides by itself; else `allowed` remain where the condition holds. */
  readonly test: Condition | RuleFunction;
  readonly allowed: AllowedArms | undefined;
}

const MOST_RULES = 256;
const MOST_KEYWORDS = 1000;
const LONGEST_KEYWORD = 64;
const TAPER: Interval = { text: 'in [0, 1)', contains: (v) => v >= 0 && v < 1 };

const CONDITION_KEYS: Readonly<Record<string, readonly string[]>> = {
  keywords: ['keywords', 'atLeast'],
  length: ['atLeastTokens', 'atMostTokens'],
  mathematics: ['atLeastPoints'],
  budget: ['usd', 'windowRequests', 'windowMs', 'taperFrom'],
  segment: ['segments'],
  always: [],
};
const ACTION_KEYS = ['policy', 'models', 'force'] as const;

/** @throws {ParameterError} */
export function parseRules(
  parameter: string,
  value: unknown,
  arms: Arms,
): { readonly policies: Policies; readonly chain: readonly ParsedRule[] } {
  const options = requireOptions(parameter, value, ['policies', 'chain']);
  const policies = parsePolicies(`${parameter}.policies`, options['policies'], arms);
  const chain = options['chain'];
  if (!Array.isArray(chain) || chain.length === 0 || chain.length > MOST_RULES)
    throw new ParameterError(`${parameter}.chain`, `an array of 1 to ${MOST_RULES} rules`, chain);
  return {
    policies,
    // Array.from visits the holes of an array, which map passes over.
    chain: Array.from(chain as unknown[], (rule, i) =>
      parseRule(`${parameter}.chain[${i}]`, rule, i, policies, arms),
    ),
  };
}

function parsePolicies(parameter: string, value: unknown, arms: Arms): Policies {
  const options = requireOptions(parameter, value === undefined ? {} : value, POLICY_NAMES);
  return new Map(
    POLICY_NAMES.filter((name) => options[name] !== undefined).map((name) => [
      name,
      parseModelList(`${parameter}.${name}`, options[name], arms),
    ]),
  );
}

function parseRule(
  parameter: string,
  value: unknown,
  index: number,
  policies: Policies,
  arms: Arms,
): ParsedRule {
  if (typeof value === 'function') {
    const name = value.name === '' ? `function#${index}` : value.name.slice(0, 256);
    return { name, test: value as RuleFunction, allowed: undefined };
  }
  const rule = requireObject(parameter, value);
  const { when } = rule;
  const keys =
    typeof when === 'string' && Object.hasOwn(CONDITION_KEYS, when) && CONDITION_KEYS[when];
  if (!keys) {
    const known = Object.keys(CONDITION_KEYS).map((key) => JSON.stringify(key));
    throw new ParameterError(`${parameter}.when`, known.join(' or '), when);
  }
  rejectUnknownKeys(parameter, rule, ['when', 'name', ...ACTION_KEYS, ...keys]);
  const name =
    rule['name'] === undefined
      ? `${String(when)}#${index}`
      : requireId(`${parameter}.name`, rule['name']);
  const action = Object.fromEntries(
    ACTION_KEYS.filter((key) => rule[key] !== undefined).map((key) => [key, rule[key]]),
  );
  return {
    name,
    test: parseCondition(parameter, rule),
    allowed: parseAction(parameter, action, policies, arms),
  };
}

/** Models that an action leaves; undefined = all. @throws {ParameterError} */
export function parseAction(
  parameter: string,
  value: unknown,
  policies: Policies,
  arms: Arms,
): AllowedArms | undefined {
  const action = requireOptions(parameter, value, ACTION_KEYS) as Partial<
    Record<keyof (RuleAction & object) | 'policy' | 'models' | 'force', unknown>
  >;
  const given = ACTION_KEYS.filter((key) => action[key] !== undefined);
  if (given.length !== 1)
    throw new ParameterError(parameter, 'an object with one of policy, models, force', value);
  const { policy, models, force } = action;
  if (force !== undefined) return [armOf(`${parameter}.force`, force, arms)];
  if (models !== undefined) return parseModelList(`${parameter}.models`, models, arms);
  if (!POLICY_NAMES.includes(policy as PolicyName)) {
    const known = POLICY_NAMES.map((name) => JSON.stringify(name));
    throw new ParameterError(`${parameter}.policy`, known.join(' or '), policy);
  }
  return policies.get(policy as PolicyName);
}

function parseModelList(parameter: string, value: unknown, arms: Arms): AllowedArms {
  if (!Array.isArray(value) || value.length === 0)
    throw new ParameterError(parameter, 'an array of at least one model id', value);
  const indices = Array.from(value as unknown[], (model, i) =>
    armOf(`${parameter}[${i}]`, model, arms),
  );
  return [...new Set(indices)].sort((a, b) => a - b);
}

function armOf(parameter: string, model: unknown, arms: Arms): number {
  const index = typeof model === 'string' ? arms.indexOf.get(model) : undefined;
  if (index === undefined)
    throw new ParameterError(parameter, 'the id of one of the models', model);
  return index;
}

function parseCondition(parameter: string, rule: Record<string, unknown>): Condition {
  switch (rule['when']) {
    case 'keywords':
      return parseKeywords(parameter, rule);
    case 'length':
      return parseLength(parameter, rule);
    case 'mathematics':
      return {
        when: 'mathematics',
        atLeastPoints: optionalNumber(
          `${parameter}.atLeastPoints`,
          rule['atLeastPoints'],
          POSITIVE,
          MATHEMATICS_POINTS,
        ),
      };
    case 'budget':
      return {
        when: 'budget',
        usd: requireNumber(`${parameter}.usd`, rule['usd'], USD),
        taperFrom: optionalNumber(`${parameter}.taperFrom`, rule['taperFrom'], TAPER, 0.5),
        meter: new SpendMeter(parseWindow(parameter, rule)),
      };
    case 'segment':
      return {
        when: 'segment',
        segments: parseSegments(`${parameter}.segments`, rule['segments']),
      };
    default:
      return { when: 'always' };
  }
}

function parseKeywords(parameter: string, rule: Record<string, unknown>): Condition {
  const { keywords } = rule;
  if (!Array.isArray(keywords) || keywords.length === 0 || keywords.length > MOST_KEYWORDS) {
    const allowed = `an array of 1 to ${MOST_KEYWORDS} keywords`;
    throw new ParameterError(`${parameter}.keywords`, allowed, keywords);
  }
  Array.from(keywords as unknown[]).forEach((keyword, i) => {
    const right =
      typeof keyword === 'string' &&
      keyword.length <= LONGEST_KEYWORD &&
      wordsOf(keyword).length > 0;
    const allowed = `a string of 1 to ${LONGEST_KEYWORD} characters, not all spaces`;
    if (!right) throw new ParameterError(`${parameter}.keywords[${i}]`, allowed, keyword);
  });
  const matcher = new KeywordMatcher(keywords as string[]);
  // Of those that are not the same words: a rule that asks for more could never fire.
  const atLeast = wholeBetween(1, matcher.size);
  return {
    when: 'keywords',
    matcher,
    atLeast: optionalNumber(`${parameter}.atLeast`, rule['atLeast'], atLeast, 1),
  };
}

function parseLength(parameter: string, rule: Record<string, unknown>): Condition {
  const { atLeastTokens, atMostTokens } = rule;
  if (atLeastTokens === undefined && atMostTokens === undefined)
    throw new ParameterError(parameter, 'an object with atLeastTokens, atMostTokens or both', rule);
  const least = optionalNumber(`${parameter}.atLeastTokens`, atLeastTokens, TOKENS, 0);
  const most = {
    text: `>= atLeastTokens = ${least} and finite`,
    contains: (v: number) => v >= least && v < Infinity,
  };
  return {
    when: 'length',
    atLeastTokens: least,
    atMostTokens:
      atMostTokens === undefined
        ? Infinity
        : requireNumber(
            `${parameter}.atMostTokens`,
            requireNumber(`${parameter}.atMostTokens`, atMostTokens, NOT_NEGATIVE),
            most,
          ),
  };
}

function parseSegments(parameter: string, value: unknown): ReadonlySet<string> {
  if (!Array.isArray(value) || value.length === 0)
    throw new ParameterError(parameter, 'an array of at least one segment', value);
  return new Set(
    Array.from(value as unknown[], (segment, i) => requireId(`${parameter}[${i}]`, segment)),
  );
}
