/**
 * Strategy: every option, argument and field out of range, with NaN among them, is refused by the house's error and leaves the world as
 * it was; hostile ids are ids like any other. Not tested here: the reader of traffic (traffic.test.ts).
 */
import { expect, test } from 'vitest';
import { ParameterError } from '../../src/index';
import { ModelSimulator } from '../../src/simulator';
import { thrownBy } from '../support/refusal';
import { MODELS, world } from './world';

const model = { usdPerMillionInputTokens: 1, usdPerMillionOutputTokens: 1, quality: 0.5 };
const having = (fields: object) => ({ models: { m: { ...model, ...fields } } });

test.each<[string, object]>([
  ['options', null as never],
  ['options', { modells: {} }],
  ['models', {}],
  ['models', { models: {} }],
  ['models["m"]', { models: { m: 1 } }],
  ['models["m"]', having({ qualty: 1 })],
  ['id in models', { models: { '': model } }],
  ['models["m"].usdPerMillionInputTokens', having({ usdPerMillionInputTokens: undefined })],
  ['models["m"].usdPerMillionOutputTokens', having({ usdPerMillionOutputTokens: -1 })],
  ['models["m"].family', having({ family: '' })],
  ['models["m"].quality', having({ quality: undefined })],
  ['models["m"].quality', having({ quality: 1.1 })],
  ['models["m"].quality', having({ quality: NaN })],
  ['models["m"].quality', having({ quality: {} })],
  ['models["m"].quality["a"]', having({ quality: { a: -0.1 } })],
  ['models["m"].gradeStrength', having({ gradeStrength: 0 })],
  ['models["m"].outputTokens.median', having({ outputTokens: { median: 0 } })],
  ['models["m"].outputTokens', having({ outputTokens: 300 })],
  ['models["m"].firstTokenMs.logSd', having({ firstTokenMs: { median: 1, logSd: 4 } })],
  ['models["m"].perOutputTokenMs', having({ perOutputTokenMs: { mean: 1 } })],
  ['models["m"].errors', having({ errors: { oops: 0.1 } })],
  ['models["m"].errors.server', having({ errors: { server: NaN } })],
  ['the sum of models["m"].errors', having({ errors: { server: 0.6, quota: 0.5 } })],
  ['models["m"].timeoutMs', having({ timeoutMs: 0 })],
  ['models["m"].retryAfterMs', having({ retryAfterMs: -1 })],
  ['segments', { models: MODELS, segments: {} }],
  ['segments["a"].share', { models: MODELS, segments: { a: { share: 0 } } }],
  ['segments["a"]', { models: MODELS, segments: { a: { shre: 1 } } }],
  ['arrivals.requestsPerSecond', { models: MODELS, arrivals: { requestsPerSecond: 0 } }],
  ['arrivals.requestsPerSecond', { models: MODELS, arrivals: {} }],
  ['arrivals', { models: MODELS, arrivals: { requestsPerSecond: 1, speed: 2 } }],
  ['arrivals.rows', { models: MODELS, arrivals: { rows: [] } }],
  ['arrivals.speed', { models: MODELS, arrivals: { rows: [{ atSeconds: 0 }], speed: NaN } }],
  ['arrivals.rows[0].atSeconds', { models: MODELS, arrivals: { rows: [{}] } }],
  [
    'arrivals.rows[1].atSeconds',
    { models: MODELS, arrivals: { rows: [{ atSeconds: 2 }, { atSeconds: 1 }] } },
  ],
  ['lengthLogSd', { models: MODELS, lengthLogSd: -1 }],
  ['startMs', { models: MODELS, startMs: Infinity }],
  ['seed', { models: MODELS, seed: -1 }],
])('refuses %s', (parameter, options) => {
  const error = thrownBy(() => new ModelSimulator(options as never));
  expect(error).toBeInstanceOf(ParameterError);
  expect(error).toMatchObject({ parameter });
});

test.each<[string, (one: ModelSimulator) => unknown]>([
  ['model', (one) => one.call('nobody')],
  ['model', (one) => one.call('constructor')],
  ['model', (one) => one.degrade('nobody', {})],
  ['model', (one) => one.reset('nobody')],
  ['request', (one) => one.call('graded', { number: 1, segmnt: 'a' } as never)],
  ['request.number', (one) => one.call('graded', { number: -1 })],
  ['request.promptTokens', (one) => one.call('graded', { promptTokens: NaN })],
  ['request.lengthFactor', (one) => one.call('graded', { lengthFactor: 0 })],
  ['attempt', (one) => one.call('graded', {}, 0.5)],
  ['ms', (one) => one.advance(-1)],
  ['count', (one) => one.requests(NaN).next()],
  ['degradation', (one) => one.degrade('graded', { quallity: 0 } as never)],
  ['degradation.quality', (one) => one.degrade('graded', { quality: 2 })],
  ['degradation.qualityFactor', (one) => one.degrade('graded', { qualityFactor: NaN })],
  ['degradation.latencyFactor', (one) => one.degrade('graded', { latencyFactor: 0 })],
  ['degradation.errors.auth', (one) => one.degrade('graded', { errors: { auth: -1 } })],
  ['outage.durationMs', (one) => one.outage('graded', { durationMs: 0 })],
  ['outage.fromMs', (one) => one.outage('graded', { durationMs: 1, fromMs: NaN })],
  ['outage.error', (one) => one.outage('graded', { durationMs: 1, error: 'oops' as never })],
  ['outage.share', (one) => one.outage('graded', { durationMs: 1, share: 2 })],
  ['outage.retryAfterMs', (one) => one.outage('graded', { durationMs: 1, retryAfterMs: -1 })],
])('refuses %s and stays as it was', (parameter, action) => {
  const one = world();
  const error = thrownBy(() => action(one));
  expect(error).toBeInstanceOf(ParameterError);
  expect(error).toMatchObject({ parameter });
  const fresh = world();
  // Without a number, a call takes the next: it shows whether the refused one used it up.
  expect(one.call('graded')).toEqual(fresh.call('graded'));
  expect(one.next()).toEqual(fresh.next());
});

test('a segment that a model’s quality does not know is refused by name', () => {
  const one = new ModelSimulator({ models: { m: { ...model, quality: { a: 1 } } }, seed: 1 });
  expect(thrownBy(() => one.call('m', { segment: 'b' }))).toMatchObject({
    parameter: 'request.segment',
    received: 'b',
  });
  expect(one.call('m', { segment: 'a' })).toMatchObject({ quality: 1 });
});

test('ids that are names of the prototype’s are ids', () => {
  const ids = ['__proto__', 'constructor'];
  const of = <Value>(value: Value) => Object.fromEntries(ids.map((id) => [id, value]));
  const one = new ModelSimulator({ models: of(model), segments: of({}), seed: 1 });
  expect(Object.keys(one.models)).toEqual(['__proto__', 'constructor']);
  for (const request of one.requests(20)) {
    expect(one.call('__proto__', request)).toMatchObject({ model: '__proto__' });
    expect(one.call('constructor', request)).toMatchObject({ model: 'constructor' });
  }
  expect(({} as Record<string, unknown>)['quality']).toBeUndefined();
});
