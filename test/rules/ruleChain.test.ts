/**
 * Strategy: one example a kind of rule, the order of the chain, budgets that taper (share of fired rules against spent share), and
 * every malformed rule refused by name. Not tested here: words and matching (words.test.ts), rules inside a router
 * (test/router/rules.test.ts).
 */
import { expect, test } from 'vitest';
import { armsFrom } from '../../src/arms/models';
import { ParameterError } from '../../src/core/errors';
import type { RuleOptions } from '../../src/rules/options';
import { RuleChain, type RuledRequest } from '../../src/rules/ruleChain';

const model = { family: 'f', usdPerMillionInputTokens: 1, usdPerMillionOutputTokens: 1 };
const arms = armsFrom(new Map(['large', 'medium', 'small', '__proto__'].map((id) => [id, model])));
const names = (indices: readonly number[]) => indices.map((arm) => arms.list[arm]!.model);

function ruling(options: RuleOptions, request: object = {}, sequenceNumber = 0) {
  const chain = new RuleChain('rules', options, arms);
  const parsed = { segment: undefined, promptTokens: NaN, eligible: undefined, ...request };
  const found = ruled(chain, parsed, sequenceNumber);
  return found && [found.rule, names(found.eligible)];
}

function ruled(chain: RuleChain, request: RuledRequest, sequenceNumber: number) {
  return chain.rule(request, chain.candidates(request), { sequenceNumber, nowMs: 0 });
}

const policies = { standard: ['small', 'medium'], complex: ['large'] };

test('the first rule that fires rules', () => {
  const options: RuleOptions = {
    policies,
    chain: [
      { when: 'keywords', keywords: ['legal advice'], force: 'large', name: 'lawyers' },
      { when: 'mathematics', policy: 'complex' },
      { when: 'length', atLeastTokens: 1000, models: ['medium', 'large'] },
      { when: 'segment', segments: ['chat'], policy: 'ambiguous' },
      { when: 'always', policy: 'standard' },
    ],
  };
  expect(ruling(options, { prompt: 'Legal advice: solve x + 1 = 2' })).toEqual([
    'lawyers',
    ['large'],
  ]);
  expect(ruling(options, { prompt: 'solve 2x + 1 = 2' })).toEqual(['mathematics#1', ['large']]);
  expect(ruling(options, { promptTokens: 1000 })).toEqual(['length#2', ['large', 'medium']]);
  expect(ruling(options, { prompt: 'x'.repeat(4000) })).toEqual(['length#2', ['large', 'medium']]);
  expect(ruling(options, { segment: 'chat' })).toEqual(['segment#3', names([0, 1, 2, 3])]);
  expect(ruling(options)).toEqual(['always#4', ['medium', 'small']]);
});

test('what the request does not allow, no rule brings back', () => {
  const options: RuleOptions = { policies, chain: [{ when: 'always', force: 'small' }] };
  expect(ruling(options, { eligible: [0] })).toEqual(['always#0', []]);
  expect(
    ruling({ policies, chain: [{ when: 'always', policy: 'standard' }] }, { eligible: [3, 0, 1] }),
  ).toEqual(['always#0', ['small']]);
});

test('a chain that does not fire leaves the request alone', () => {
  expect(
    ruling(
      { chain: [{ when: 'keywords', keywords: ['code'], force: 'small' }] },
      { prompt: 'decode' },
    ),
  ).toBeUndefined();
  expect(ruling({ chain: [{ when: 'length', atMostTokens: 10, force: 'small' }] })).toBeUndefined();
});

test('function rules see the request and may decline', () => {
  const seen: unknown[] = [];
  const options: RuleOptions = {
    policies,
    chain: [
      function tenants(request) {
        seen.push(request);
        return request.segment === 'vip' ? { policy: 'complex' } : undefined;
      },
      () => ({ models: ['small'] }),
    ],
  };
  expect(
    ruling(options, { segment: 'vip', promptTokens: 3, prompt: 'hi', eligible: [1, 0] }),
  ).toEqual(['tenants', ['large']]);
  expect(ruling(options)).toEqual(['function#1', ['small']]);
  expect(seen).toEqual([
    {
      segment: 'vip',
      promptTokens: 3,
      prompt: 'hi',
      eligible: names([1, 0]),
    },
    {
      segment: undefined,
      promptTokens: undefined,
      prompt: undefined,
      eligible: names([0, 1, 2, 3]),
    },
  ]);
});

test('what a function rule throws comes out, and so does an action that is none', () => {
  const broken = () => {
    throw new Error('down');
  };
  expect(() => ruling({ chain: [broken] })).toThrow('down');
  expect(() => ruling({ chain: [() => ({ force: 'nobody' })] })).toThrow(
    /rule function#0 gives\.force must be the id/,
  );
  expect(() => ruling({ chain: [() => ({}) as never] })).toThrow(ParameterError);
});

test('a budget rule tapers: from half of the budget on it fires ever more often', () => {
  const options: RuleOptions = {
    chain: [{ when: 'budget', usd: 100, windowRequests: 1e9, force: 'small' }],
  };
  const chain = new RuleChain('rules', options, arms);
  const request = { segment: undefined, promptTokens: NaN, eligible: undefined };
  let sequenceNumber = 0;
  const shares = [40, 55, 75, 90, 99, 100, 130].map((spent) => {
    ruled(chain, request, sequenceNumber);
    chain.expect(sequenceNumber, spent);
    let fired = 0;
    for (let i = 0; i < 1000; i++) if (ruled(chain, request, ++sequenceNumber)) fired++;
    chain.settle(sequenceNumber - 1000, 0);
    return fired / 1000;
  });
  [0, 0.1, 0.5, 0.8, 0.98, 1, 1].forEach((share, i) =>
    expect(Math.abs(shares[i]! - share)).toBeLessThan(0.005),
  );
});

test('function rules behind a budget rule are asked before it is known whether it fires', () => {
  let asked = 0;
  const chain = new RuleChain(
    'rules',
    {
      chain: [
        { when: 'budget', usd: 0, windowRequests: 5, force: 'small' },
        () => {
          asked++;
          return { force: 'large' };
        },
        { when: 'always', force: 'medium' },
      ],
    },
    arms,
  );
  const request = { segment: undefined, promptTokens: NaN, eligible: undefined };
  expect(chain.candidates(request).map(({ name }) => name)).toEqual(['budget#0', 'function#1']);
  expect(asked).toBe(1);
  expect(ruled(chain, request, 0)?.rule).toBe('budget#0');
});

test.each<[string, unknown]>([
  ['rules', []],
  ['rules', { chain: [{ when: 'always', force: 'small' }], other: 1 }],
  ['rules.chain', { chain: [] }],
  ['rules.chain', { chain: {} }],
  ['rules.policies', { policies: { hard: ['small'] }, chain: [] }],
  ['rules.policies.complex', { policies: { complex: [] }, chain: [] }],
  ['rules.policies.complex[0]', { policies: { complex: ['nobody'] }, chain: [] }],
  ['rules.chain[0]', { chain: ['small'] }],
  ['rules.chain[0].when', { chain: [{ when: 'constructor', force: 'small' }] }],
  ['rules.chain[0].when', { chain: [{ force: 'small' }] }],
  ['rules.chain[0]', { chain: [{ when: 'always' }] }],
  ['rules.chain[0]', { chain: [{ when: 'always', force: 'small', policy: 'complex' }] }],
  ['rules.chain[0]', { chain: [{ when: 'always', force: 'small', keywords: ['a'] }] }],
  ['rules.chain[0].name', { chain: [{ when: 'always', force: 'small', name: '' }] }],
  ['rules.chain[0].force', { chain: [{ when: 'always', force: 'toString' }] }],
  ['rules.chain[0].policy', { chain: [{ when: 'always', policy: 'hard' }] }],
  ['rules.chain[0].models', { chain: [{ when: 'always', models: [] }] }],
  ['rules.chain[0].keywords', { chain: [{ when: 'keywords', keywords: [], force: 'small' }] }],
  [
    'rules.chain[0].keywords[1]',
    { chain: [{ when: 'keywords', keywords: ['a', '  '], force: 'small' }] },
  ],
  [
    'rules.chain[0].keywords[0]',
    { chain: [{ when: 'keywords', keywords: ['a'.repeat(65)], force: 'small' }] },
  ],
  [
    'rules.chain[0].atLeast',
    { chain: [{ when: 'keywords', keywords: ['a'], atLeast: 2, force: 'small' }] },
  ],
  [
    'rules.chain[0].atLeast',
    { chain: [{ when: 'keywords', keywords: ['a', 'A'], atLeast: 2, force: 'small' }] },
  ],
  ['rules.chain[0]', { chain: [{ when: 'length', force: 'small' }] }],
  [
    'rules.chain[0].atLeastTokens',
    { chain: [{ when: 'length', atLeastTokens: NaN, force: 'small' }] },
  ],
  [
    'rules.chain[0].atMostTokens',
    { chain: [{ when: 'length', atLeastTokens: 5, atMostTokens: 4, force: 'small' }] },
  ],
  [
    'rules.chain[0].atLeastPoints',
    { chain: [{ when: 'mathematics', atLeastPoints: 0, force: 'small' }] },
  ],
  ['rules.chain[0].usd', { chain: [{ when: 'budget', usd: -1, windowMs: 1000, force: 'small' }] }],
  ['rules.chain[0].windowRequests', { chain: [{ when: 'budget', usd: 1, force: 'small' }] }],
  [
    'rules.chain[0].windowMs',
    { chain: [{ when: 'budget', usd: 1, windowMs: 1, windowRequests: 1, force: 'small' }] },
  ],
  ['rules.chain[0]', { chain: [, { when: 'always', force: 'small' }] }],
  ['rules.chain[0].models[0]', { chain: [{ when: 'always', models: [, 'small'] }] }],
  ['rules.chain[0].windowMs', { chain: [{ when: 'budget', usd: 1, windowMs: 0, force: 'small' }] }],
  [
    'rules.chain[0].taperFrom',
    { chain: [{ when: 'budget', usd: 1, windowMs: 1000, taperFrom: 1, force: 'small' }] },
  ],
  ['rules.chain[0].segments', { chain: [{ when: 'segment', segments: [], force: 'small' }] }],
])('refused by name: %s in %j', (parameter, options) => {
  const make = () => new RuleChain('rules', options, arms);
  expect(make).toThrow(ParameterError);
  try {
    make();
  } catch (error) {
    expect((error as ParameterError).parameter).toBe(parameter);
  }
});
