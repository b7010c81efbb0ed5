/**
 * Strategy: laws of the encoder: when it freezes, what then never changes, batch = loop of single, round trips of its state at every stage; custom encoders; and bad
 * input, after which the state must be byte for byte what it was.
 * Not here: what the directions are (reference.test.ts), the named features (features.test.ts).
 */
import { describe, expect, test } from 'vitest';
import {
  loadKernelSync,
  PROMPT_FEATURES,
  PromptEncoder,
  queryFeatures,
  type Encoder,
} from '../../src/index';
import { expectRefusal, thrownBy } from '../support/refusal';
import { unitsFrom } from './data';

const WORDS =
  'what is the sum of a list and why do trees lose their leaves in autumn write code'.split(' ');

/** Different prompts of a few common words and some rare ones. */
function promptsOf(count: number, seed = 1): string[] {
  const unit = unitsFrom(seed);
  const word = () =>
    unit() < 0.8 ? WORDS[Math.floor(unit() * WORDS.length)]! : `w${Math.floor(unit() * 300)}`;
  return Array.from({ length: count }, (_, i) =>
    [`p${i}`, ...Array.from({ length: 3 + (i % 9) }, word)].join(' '),
  );
}

/** A vector of six numbers from a prompt's units. */
const small: Encoder = (prompt) => {
  const vector = new Float64Array(6);
  for (let i = 0; i < prompt.length; i++) vector[i % 5]! += prompt.charCodeAt(i) / 64;
  return vector;
};

function frozenEncoder(prompts: readonly string[], encoder?: Encoder): PromptEncoder {
  const made = new PromptEncoder({
    freezeAfterPrompts: prompts.length,
    ...(encoder ? { encoder } : {}),
  });
  for (const prompt of prompts) made.observe(prompt);
  return made;
}

/** Two states of megabytes; toEqual would take seconds. */
function expectSameBytes(ours: Uint8Array, theirs: Uint8Array): void {
  expect(Buffer.compare(ours, theirs)).toBe(0);
}

const projections = (features: Float64Array) => features.slice(8);
const isZero = (features: Float64Array) => features.every((value) => value === 0);

describe.each([
  ['hashed n-grams', undefined],
  ['a custom encoder', small],
])('%s', (_, custom) => {
  const options = custom ? { encoder: custom } : {};
  const prompts = promptsOf(40);

  test('features are a one, the named ones, and projections once frozen', () => {
    const encoder = new PromptEncoder({ ...options, freezeAfterPrompts: 40 });
    expect(encoder).toMatchObject({ frozen: false, prompts: 0, rank: 0, version: 'surface' });
    prompts.forEach((prompt, i) => {
      const features = encoder.encode(prompt);
      expect(features.length).toBe(PROMPT_FEATURES);
      expect([...features.slice(0, 8)]).toEqual([1, ...Object.values(queryFeatures(prompt))]);
      expect(isZero(projections(features))).toBe(true);
      expect(encoder.observe(prompt)).toBe(i === 39);
    });
    expect(encoder.frozen).toBe(true);
    expect(encoder.prompts).toBe(40);
    expect(encoder.rank).toBe(custom ? 5 : 40);
    expect(encoder.energyShare).toBeCloseTo(1, 10);
    const features = encoder.encode(prompts[3]!);
    expect([...features.slice(0, 8)]).toEqual([1, ...Object.values(queryFeatures(prompts[3]!))]);
    expect(isZero(projections(features))).toBe(false);
    expect(isZero(projections(features).slice(encoder.rank))).toBe(true);
  });

  test('frozen is frozen', () => {
    const encoder = frozenEncoder(prompts, custom);
    const before = encoder.exportState();
    const { version } = encoder;
    expect(version).toMatch(/^[0-9a-f]{16}$/);
    for (const prompt of promptsOf(10, 7)) expect(encoder.observe(prompt)).toBe(false);
    expect(encoder.freeze()).toBe(false);
    expectSameBytes(encoder.exportState(), before);
    expect(encoder.version).toBe(version);
    expect(frozenEncoder(prompts, custom).version).toBe(version);
    expect(frozenEncoder(prompts.slice(1), custom).version).not.toBe(version);
  });

  test('a prompt that came before counts once', () => {
    const encoder = new PromptEncoder({ ...options, freezeAfterPrompts: 3 });
    for (let i = 0; i < 5; i++) expect(encoder.observe('again and again')).toBe(false);
    expect(encoder.prompts).toBe(1);
    encoder.observe('another');
    expect(encoder.observe('a third')).toBe(true);
  });

  test('freeze() does not wait, and does nothing without prompts', () => {
    const encoder = new PromptEncoder(options);
    expect(encoder.freezeAfterPrompts).toBe(500);
    expect(encoder.freeze()).toBe(false);
    encoder.observe(prompts[0]!);
    encoder.observe(prompts[1]!);
    expect(encoder.freeze()).toBe(true);
    expect(encoder).toMatchObject({ frozen: true, prompts: 2, rank: 2 });
  });

  test('a batch is a loop of single prompts, whatever its size', () => {
    for (const encoder of [new PromptEncoder(options), frozenEncoder(prompts, custom)]) {
      const many = [...promptsOf(300, 5), '', prompts[0]!, 'x y '.repeat(9000)];
      const all = encoder.encodeAll(many);
      expect(all.length).toBe(many.length * PROMPT_FEATURES);
      many.forEach((prompt, i) => {
        const row = all.subarray(i * PROMPT_FEATURES, (i + 1) * PROMPT_FEATURES);
        expect(row).toEqual(encoder.encode(prompt));
      });
      expect(encoder.encodeAll([])).toEqual(new Float64Array(0));
    }
  });

  test('a batch of more entries than cross at once', () => {
    const unit = unitsFrom(3);
    const many = Array.from({ length: 12 }, () =>
      Array.from({ length: 3000 }, () => `w${Math.floor(unit() * 1e6)}`).join(' '),
    );
    const encoder = frozenEncoder(many.slice(0, 4), custom);
    const all = encoder.encodeAll(many);
    expect(all.slice(-PROMPT_FEATURES)).toEqual(encoder.encode(many[11]!));
    expect(all.slice(0, PROMPT_FEATURES)).toEqual(encoder.encode(many[0]!));
  });

  test.each([0, 1, 2, 17, 39, 40])('its state goes on after %d prompts', (count) => {
    const encoder = new PromptEncoder({ ...options, freezeAfterPrompts: 40 });
    for (const prompt of prompts.slice(0, count)) encoder.observe(prompt);
    const state = encoder.exportState();
    const restored = PromptEncoder.fromState(state, options);
    expectSameBytes(restored.exportState(), state);
    expect(restored.prompts).toBe(count);
    for (const prompt of prompts) {
      encoder.observe(prompt);
      restored.observe(prompt);
    }
    expect(restored.version).toBe(encoder.version);
    expect(restored.encode('what is new')).toEqual(encoder.encode('what is new'));
    expectSameBytes(restored.exportState(), encoder.exportState());
  });

  test('what no prompt can be', () => {
    const encoder = new PromptEncoder({ ...options, freezeAfterPrompts: 3 });
    encoder.observe('one');
    const before = encoder.exportState();
    for (const value of [undefined, null, 7, {}] as unknown as string[]) {
      expectRefusal(() => encoder.observe(value), 'prompt', 'a string', value);
      expectRefusal(() => encoder.encode(value), 'prompt', 'a string', value);
      expectRefusal(() => encoder.encodeAll(['a', value]), 'prompts[1]', 'a string', value);
    }
    expectRefusal(() => encoder.encodeAll('ab' as never), 'prompts', 'an array', 'ab');
    expectSameBytes(encoder.exportState(), before);
    expect(encoder.encodeAll(['b'])).toEqual(encoder.encode('b'));
  });

  test('empty, huge and broken prompts are prompts', () => {
    const odd = ['', ' ', '\ud800', '\udfff\ud800x', 'a b '.repeat(250_000), '\u0000', '😀'];
    const encoder = frozenEncoder(odd.slice(2), custom);
    for (const prompt of odd) {
      const features = encoder.encode(prompt);
      expect(features.every((value) => Number.isFinite(value))).toBe(true);
    }
    expect(isZero(projections(encoder.encode('')))).toBe(true);
  });

  test('prompts without anything to project on', () => {
    const empty = new PromptEncoder({ ...options, freezeAfterPrompts: 1 });
    expect(empty.observe('')).toBe(true);
    expect(empty).toMatchObject({ frozen: true, rank: 0, energyShare: 0 });
    expect(isZero(projections(empty.encode('something')))).toBe(true);
    expect(PromptEncoder.fromState(empty.exportState(), options).version).toBe(empty.version);
  });
});

describe('hashed n-grams', () => {
  test('letters, not how they are written, and only both ends of a long prompt', () => {
    const encoder = frozenEncoder(promptsOf(30));
    const same = (a: string, b: string) => {
      expect(projections(encoder.encode(a))).toEqual(projections(encoder.encode(b)));
    };
    same('What is THE sum', '  what\tis\nthe sum ');
    const [start, end] = ['what is the '.repeat(1400), ' list and why'.repeat(1300)];
    same(start + 'sum of '.repeat(100_000) + end, start + 'trees '.repeat(100_000) + end);
  });

  test('freezes after 500 by default', () => {
    const encoder = new PromptEncoder();
    const frozenAt = promptsOf(501).findIndex((prompt) => encoder.observe(prompt));
    expect(frozenAt).toBe(499);
    expect(encoder).toMatchObject({ prompts: 500, rank: 128 });
  });

  test('takes no vectors', () => {
    const encoder = new PromptEncoder();
    const vector = Float64Array.of(1);
    const allowed = 'absent, as there is no options.encoder';
    expectRefusal(() => encoder.observe('a', vector), 'vector', allowed, vector);
    expectRefusal(() => encoder.encode('a', vector), 'vector', allowed, vector);
    expect(encoder.prompts).toBe(0);
  });
});

describe('a custom encoder', () => {
  test('vectors given are taken for the encoder’s', () => {
    const refusing: Encoder = () => {
      throw new Error('not asked');
    };
    const prompts = promptsOf(12);
    const asked = frozenEncoder(prompts, small);
    const given = new PromptEncoder({ encoder: refusing, freezeAfterPrompts: 12 });
    for (const prompt of prompts) given.observe(prompt, small(prompt));
    expect(given.version).toBe(asked.version);
    expect(given.encode('new', small('new'))).toEqual(asked.encode('new'));
    const all = given.encodeAll(['a', 'b'], [small('a'), small('b')]);
    expect(all).toEqual(asked.encodeAll(['a', 'b']));
    expect(() => given.encode('new')).toThrow('not asked');
    const vectors = [small('a')];
    expectRefusal(() => given.encodeAll(['a'], 'v' as never), 'vectors', 'an array', 'v');
    expectRefusal(() => given.encodeAll(['a', 'b'], vectors), 'vectors.length', '2, as prompts', 1);
  });

  test.each([1, 4096])('%d numbers', (length) => {
    const unit = unitsFrom(9);
    const random: Encoder = () => Float64Array.from({ length }, () => unit() - 0.5);
    const encoder = frozenEncoder(promptsOf(10), random);
    expect(encoder.rank).toBe(Math.min(10, length));
  });

  test.each<[string, string, string, unknown, Float64Array]>([
    ['encoder(prompt)[1]', 'in [-1e50, 1e50]', 'NaN', NaN, Float64Array.of(1, NaN, 0, 0, 0, 0)],
    ['encoder(prompt)[0]', 'in [-1e50, 1e50]', '1e51', 1e51, Float64Array.of(1e51, 0, 0, 0, 0, 0)],
    [
      'encoder(prompt)[5]',
      'in [-1e50, 1e50]',
      '-Infinity',
      -Infinity,
      Float64Array.of(0, 0, 0, 0, 0, -Infinity),
    ],
    ['encoder(prompt).length', '6', 'too short', 5, new Float64Array(5)],
    ['encoder(prompt).length', '6', 'too long', 7, new Float64Array(7)],
    ['encoder(prompt).length', '6', 'empty', 0, new Float64Array(0)],
  ])('%s must be %s: %s', (parameter, allowed, _, received, vector) => {
    let bad = false;
    const encoder = new PromptEncoder({
      encoder: (prompt) => (bad ? vector : small(prompt)),
      freezeAfterPrompts: 3,
    });
    for (const frozen of [false, true]) {
      bad = false;
      for (const prompt of promptsOf(frozen ? 3 : 1)) encoder.observe(prompt);
      expect(encoder.frozen).toBe(frozen);
      const before = encoder.exportState();
      bad = true;
      expectRefusal(() => encoder.encode('x'), parameter, allowed, received);
      expectRefusal(() => encoder.encodeAll(['x']), parameter, allowed, received);
      if (!frozen) expectRefusal(() => encoder.observe('x'), parameter, allowed, received);
      expectSameBytes(encoder.exportState(), before);
    }
  });

  test('a first vector of no possible length, or no vector at all', () => {
    const allowed = 'a whole number in [1, 4096]';
    for (const length of [0, 4097]) {
      const encoder = new PromptEncoder({ encoder: () => new Float64Array(length) });
      expectRefusal(() => encoder.observe('x'), 'encoder(prompt).length', allowed, length);
    }
    const array = [1, 2];
    const encoder = new PromptEncoder({ encoder: () => array as never });
    expectRefusal(() => encoder.encode('x'), 'encoder(prompt)', 'a Float64Array', array);
    const before = encoder.exportState();
    const throwing = new PromptEncoder({
      encoder: () => {
        throw new TypeError('mine');
      },
    });
    expect(thrownBy(() => throwing.observe('x'))).toBeInstanceOf(TypeError);
    expectSameBytes(throwing.exportState(), before);
  });

  test('numbers of any size, equal and constant ones', () => {
    const unit = unitsFrom(2);
    const scales = [1e50, 1e-50, 1, 1];
    const awkward: Encoder = () => {
      const values = scales.map((scale) => scale * (unit() - 0.5));
      return Float64Array.of(...values, values[0]!, 0, 7);
    };
    const encoder = frozenEncoder(promptsOf(60), awkward);
    expect(encoder.rank).toBe(5);
    const features = encoder.encode('x', Float64Array.of(...scales, 1e50, 0, 7));
    expect(features.every((value) => Number.isFinite(value))).toBe(true);
  });
});

describe('options and states that are none', () => {
  test('options', () => {
    expect(() => new PromptEncoder({ encode: small } as never)).toThrow('with keys among');
    expectRefusal(
      () => new PromptEncoder({ encoder: 3 as never }),
      'options.encoder',
      'a function',
      3,
    );
    for (const value of [0, 1.5, 1001, NaN])
      expectRefusal(
        () => new PromptEncoder({ freezeAfterPrompts: value }),
        'options.freezeAfterPrompts',
        'a whole number in [1, 1000]',
        value,
      );
    const kernel = loadKernelSync();
    expect(new PromptEncoder({ kernel }).frozen).toBe(false);
  });

  test('a state needs its encoder, and one without takes none', () => {
    const [hashed, custom] = [frozenEncoder(['a']), frozenEncoder(['a'], small)];
    expect(() => PromptEncoder.fromState(custom.exportState())).toThrow('options.encoder must be');
    expect(() => PromptEncoder.fromState(hashed.exportState(), { encoder: small })).toThrow(
      'options.encoder must be absent',
    );
    const wrong = PromptEncoder.fromState(custom.exportState(), {
      encoder: () => new Float64Array(3),
    });
    expectRefusal(() => wrong.encode('a'), 'encoder(prompt).length', '6', 3);
  });

  test.each([
    [
      'collecting',
      (): PromptEncoder => {
        const encoder = new PromptEncoder({ encoder: small, freezeAfterPrompts: 9 });
        for (const prompt of promptsOf(4)) encoder.observe(prompt);
        return encoder;
      },
    ],
    ['frozen', (): PromptEncoder => frozenEncoder(promptsOf(4), small)],
  ])('bytes changed, %s: refused or the same shape, never a crash', (_, make) => {
    const options = { encoder: small };
    const state = make().exportState();
    const restore = (bytes: Uint8Array) => PromptEncoder.fromState(bytes, options);
    for (const bytes of [
      state.slice(1),
      state.slice(0, -1),
      Uint8Array.of(...state, 0),
      new Uint8Array(0),
    ])
      expect(() => restore(bytes)).toThrow(/^state/);
    for (const bytes of [undefined, 'state', [...state]] as unknown as Uint8Array[])
      expectRefusal(() => restore(bytes), 'state', 'a Uint8Array', bytes);
    let refused = 0;
    for (let i = 0; i < Math.min(state.length, 600); i++) {
      const bytes = state.slice();
      bytes[i]! ^= 0xff;
      const error = thrownBy(() => {
        const restored = restore(bytes);
        restored.observe('more');
        restored.freeze();
        expect(restored.encode('more').length).toBe(PROMPT_FEATURES);
      });
      if (error === undefined) continue;
      refused++;
      expect(error).toMatchObject({ name: 'ParameterError' });
    }
    expect(refused).toBeGreaterThan(30);
    // Not aligned in its buffer.
    const shifted = new Uint8Array(state.length + 1);
    shifted.set(state, 1);
    expectSameBytes(restore(shifted.subarray(1)).exportState(), state);
  });

  test.each([
    ['a scale', 64, NaN],
    ['a scale', 64, -1],
    ['the rank', 24, 129],
    ['the prompts', 16, 0],
    ['the share', 32, Infinity],
  ])('%s at byte %d of the block is %d', (_, offset, value) => {
    const state = frozenEncoder(promptsOf(4), small).exportState();
    new DataView(state.buffer).setFloat64(32 + offset, value, true);
    expect(() => PromptEncoder.fromState(state, { encoder: small })).toThrow(/^state\./);
  });
});

describe('the length of vectors', () => {
  test('is fixed by what is observed, not by what is encoded', () => {
    const vectorOf = (prompt: string) => Float64Array.of(1, prompt.length, 3);
    const encoder = new PromptEncoder({ encoder: vectorOf });
    const state = encoder.exportState();
    const short = Float64Array.of(1);
    const features = encoder.encode('one', vectorOf('one'));
    expect(encoder.encode('one', short)).toEqual(features);
    expect(encoder.encodeAll(['one', 'two'], [short, short])).toHaveLength(272);
    expect(() => encoder.encodeAll(['one', 'two'], [short, vectorOf('two')])).toThrow(/length/);
    expect(encoder.exportState()).toEqual(state);
    expect(() => encoder.observe('one', Float64Array.of(NaN))).toThrow();
    expect(encoder.exportState()).toEqual(state);
    encoder.observe('one');
    expect(() => encoder.encode('one', short)).toThrow(/length/);
    expect(encoder.encode('one')).toEqual(features);
  });
});
