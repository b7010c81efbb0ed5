import type { ModelOptions } from '../arms/models';
import { Generator, GeneratorStream } from '../random/generator';
import { Sampler } from '../random/sampler';
import { assembleTable } from './assembleTable';
import type { OutcomeTable, RecordedOutcome, RecordedRequest } from './table';
import { WORKLOAD_FIGURES } from './workloadFigures';

export const WORKLOAD_NAME = 'built-in synthetic workload';

const REQUESTS = 6000;
/** Share of answers decided by the request's own difficulty rather than the model's luck: models fail together. */
const SHARED_DIFFICULTY = 0.5;
/** Shape of the Gamma distribution of token counts: a coefficient of variation of 1/2. */
const TOKEN_SHAPE = 4;

type ModelFigures = ModelOptions & { readonly answerCharacters: number };

interface SegmentFigures {
  readonly promptTokens: number;
  readonly outputTokens: number;
  readonly accuracy: Readonly<Record<string, number>>;
}

/**
 * A simulated table made from published prices, benchmark accuracies and lengths (see workloadFigures.ts): it shows the
 * program at work without any download and proves nothing about live traffic.
 *
 * Each request belongs to a benchmark; a model answers it rightly with its published accuracy; token counts are Gamma
 * distributed around the published means, longer for models that are wordier in AlpacaEval.
 */
export function builtInWorkload(seed: number, limit: number): OutcomeTable {
  const models = new Map<string, ModelFigures>(Object.entries(WORKLOAD_FIGURES.models));
  const segments: [string, SegmentFigures][] = Object.entries(WORKLOAD_FIGURES.segments);
  const generator = new Generator(seed, GeneratorStream.WORKLOAD);
  const sampler = new Sampler({ seed });
  const meanCharacters =
    [...models.values()].reduce((sum, m) => sum + m.answerCharacters, 0) / models.size;
  const requests = Array.from({ length: Math.min(REQUESTS, limit) }, (_, i): RecordedRequest => {
    const [segment, figures] = segments[generator.index(segments.length)]!;
    const lengths = sampler.gamma(TOKEN_SHAPE, 1 / TOKEN_SHAPE, 1 + models.size);
    const promptTokens = wholeTokens(figures.promptTokens * lengths[0]!);
    const difficulty = generator.unit();
    const outcomes = [...models].map(([id, model], m): [string, RecordedOutcome] => {
      const luck = generator.unit();
      const u = generator.unit() < SHARED_DIFFICULTY ? difficulty : luck;
      const wordiness = model.answerCharacters / meanCharacters;
      return [
        id,
        outcomeOf(
          model,
          promptTokens,
          wholeTokens(figures.outputTokens * wordiness * lengths[1 + m]!),
          u < figures.accuracy[id]!,
        ),
      ];
    });
    return {
      id: String(i),
      segment,
      atSeconds: NaN,
      promptTokens,
      prompt: undefined,
      promptCharacters: NaN,
      outcomes: new Map(outcomes),
    };
  });
  const prices = new Map([...models].map(([id, model]): [string, ModelOptions] => [id, model]));
  return assembleTable({
    file: WORKLOAD_NAME,
    name: WORKLOAD_NAME,
    requests,
    models: prices,
    skippedLines: 0,
  });
}

function outcomeOf(
  model: ModelOptions,
  promptTokens: number,
  outputTokens: number,
  right: boolean,
): RecordedOutcome {
  const input = promptTokens * model.usdPerMillionInputTokens;
  const output = outputTokens * model.usdPerMillionOutputTokens;
  return { quality: right ? 1 : 0, costUsd: (input + output) / 1e6, outputTokens };
}

function wholeTokens(tokens: number): number {
  return Math.max(1, Math.round(tokens));
}
