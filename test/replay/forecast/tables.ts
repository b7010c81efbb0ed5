/** Small tables of tokens for the tests of forecasts. */
import type { ModelOptions } from '../../../src/arms/models';
import { Generator } from '../../../src/random/generator';
import { assembleTokenTable, type TokenTable } from '../../../src/replay/forecast/tokenTable';
import type { RecordedRequest } from '../../../src/replay/table';

export interface Answer {
  readonly prompt?: string | undefined;
  readonly at?: number;
  /** Tokens by model; NaN = not known. */
  readonly tokens: Readonly<Record<string, number>>;
}

export function recorded(answers: readonly Answer[]): RecordedRequest[] {
  return answers.map(({ prompt, at = NaN, tokens }, i) => ({
    id: String(i),
    segment: undefined,
    atSeconds: at,
    promptTokens: NaN,
    prompt,
    promptCharacters: prompt?.length ?? NaN,
    outcomes: new Map(
      Object.entries(tokens).map(([model, outputTokens]) => [
        model,
        { quality: NaN, costUsd: NaN, outputTokens },
      ]),
    ),
  }));
}

export function tokenTable(
  answers: readonly Answer[],
  families: Readonly<Record<string, string>> = {},
): TokenTable {
  const models = Object.entries(families).map(([model, family]): [string, ModelOptions] => [
    model,
    { family, usdPerMillionInputTokens: 1, usdPerMillionOutputTokens: 1 },
  ]);
  return assembleTokenTable({
    file: 'file',
    name: 'made',
    requests: recorded(answers),
    models: new Map(models),
    skippedLines: 0,
  });
}

/** A prompt whose length tells its number, so that features of it can be found in a table of any order. */
export function promptOf(i: number): string {
  return `${'x'.repeat(1 + (i % 7))} ${i}`;
}

/** `prompts` prompts answered by m0, m1, … of families of three; log-normal-like lengths around 100 · 2^model. */
export function simulated(prompts: number, models: number, seed = 1): TokenTable {
  const generator = new Generator(seed, 0);
  const names = Array.from({ length: models }, (_, i) => `m${i}`);
  const answers = Array.from({ length: prompts }, (_, i) => ({
    prompt: promptOf(i),
    tokens: Object.fromEntries(
      names.map((name, m) => [name, Math.ceil(100 * 2 ** m * (0.5 + generator.unit()))]),
    ),
  }));
  return tokenTable(
    answers,
    Object.fromEntries(names.map((name, m) => [name, `f${Math.floor(m / 3)}`])),
  );
}
