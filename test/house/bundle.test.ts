/**
 * Strategy: bundle the built library entry as a browser's bundler would, without any Node built-in, and run the bundle in a
 * bare context that has only what browsers and edge runtimes share. A real browser is not started here.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { runInNewContext } from 'node:vm';
import { build, type Format } from 'esbuild';
import { expect, test } from 'vitest';
import type * as library from '../../src/index';

type Library = typeof library;

const DIST = resolve(import.meta.dirname, '../../dist');

const PROGRAM = `
  import { createRouterSync, loadKernel, Sampler } from ${JSON.stringify(`${DIST}/index.js`)};
  const router = createRouterSync({
    models: { a: { family: 'f', usdPerMillionInputTokens: 1, usdPerMillionOutputTokens: 1 } },
    willingnessToPayUsd: 0.01,
    seed: 1,
  });
  const decision = router.select({ segment: 's', promptTokens: 10 });
  globalThis.answer = {
    model: decision.model,
    report: router.report(decision.decisionId, { reward: 1, costUsd: 0.001 }).kind,
    draws: [...new Sampler({ seed: 1 }).beta(2, 3, 3)],
    loaded: loadKernel(),
  };
`;

async function bundle(format: Format): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: PROGRAM, resolveDir: DIST },
    bundle: true,
    write: false,
    format,
    platform: 'browser',
    logLevel: 'silent',
  });
  return outputFiles[0]!.text;
}

test('bundles for browsers and runs with nothing but the web’s globals', async () => {
  const sandbox: Record<string, unknown> = { WebAssembly, atob, crypto, Uint8Array };
  runInNewContext(await bundle('iife'), sandbox);
  const { model, report, draws, loaded } = sandbox['answer'] as Record<string, unknown>;
  expect(model).toBe('a');
  expect(report).toBe('accepted');
  expect((draws as number[]).every((draw) => draw > 0 && draw < 1)).toBe(true);
  await expect(loaded).resolves.toBeDefined();
});

test('the published files say nothing of Node', () => {
  for (const file of ['index.js', 'index.cjs']) {
    const text = readFileSync(`${DIST}/${file}`, 'utf8');
    expect(text).not.toMatch(/\bnode:|\brequire\(['"]|\bfrom ['"]/);
  }
});

test('the CommonJS build works too', async () => {
  const commonJs = createRequire(import.meta.url)(`${DIST}/index.cjs`) as Library;
  const esm = (await import(`${DIST}/index.js`)) as Library;
  const draws = ({ Sampler }: Library) => new Sampler({ seed: 3 }).gamma(2, 1, 4);
  expect(draws(commonJs)).toEqual(draws(esm));
});
