/** Prompts, models and token counts that nobody wrote: the 14-feature design that scikit-learn's fit is compared on. */
import {
  queryModelFeatures,
  type ModelDescription,
} from '../../src/forecast/features/modelFeatures';
import { Draws } from './data';

const OPENINGS = [
  'Write a Python function that',
  'Prove step by step that',
  'Compare the two arguments and explain why',
  'Tell a story in which',
  'What is the history of a place where',
  'Calculate the integral and show that',
  'Summarise for a child how',
  'Fix the bug: the code must ensure that',
];
const MIDDLES = [
  'a sorted list is merged with another one',
  'the sum of two odd numbers is even',
  'a poem about rain becomes a song',
  'the capital of a country moved in 1960',
  'an algorithm reads an array of strings, but only if it is exactly in order',
  'the data show a trend; is it significant?',
];
const ENDINGS = [
  '',
  '. Be brief.',
  '! Give at least three examples and cite every source. Then list what is missing.',
];

/** Twelve models; the last two are of families without an indicator. */
const MODELS: readonly ModelDescription[] = [
  { family: 'openai', billionParameters: 200, typicalOutputTokens: 350 },
  { family: 'openai', typicalOutputTokens: 280 },
  { family: 'anthropic', billionParameters: 70, typicalOutputTokens: 410 },
  { family: 'anthropic', typicalOutputTokens: 240 },
  { family: 'google', billionParameters: 27, typicalOutputTokens: 520 },
  { family: 'google', billionParameters: 9, typicalOutputTokens: 470 },
  { family: 'meta', billionParameters: 405, typicalOutputTokens: 330 },
  { family: 'meta', billionParameters: 8, typicalOutputTokens: 300 },
  { family: 'mistral', billionParameters: 46.7, typicalOutputTokens: 190 },
  { family: 'mistral', billionParameters: 7, typicalOutputTokens: 260 },
  { family: 'alone', billionParameters: 13, typicalOutputTokens: 120 },
  { family: 'other' },
];

/** Weights of the simulated log tokens: no power of two, none like another. */
const TRUTH = [0.31, 0.72, 0.4, 0.65, 0.22, -0.35, -0.18, 0.1, 0.15, 0.05, -0.1, -0.2, 0.3, 1.1];

export interface PromptDesign {
  readonly name: string;
  /** Row-major, rows × 14. */
  readonly features: Float64Array;
  readonly targets: Float64Array;
}

/** Rows of every prompt with some of the models, in an order of its own; `models` of them, from the first. */
function design(name: string, seed: number, prompts: number, models: number): PromptDesign {
  const draws = new Draws(seed);
  const pick = <T>(from: readonly T[]) => from[Math.floor((draws.unit() + 0.5) * from.length)]!;
  const rows: Float64Array[] = [];
  const targets: number[] = [];
  for (let i = 0; i < prompts; i++) {
    const prompt = `${pick(OPENINGS)} ${pick(MIDDLES)}${pick(ENDINGS)}`;
    for (const model of MODELS.slice(0, models)) {
      if (draws.unit() > 0.2) continue;
      const x = queryModelFeatures(prompt, model);
      let y = 3;
      for (let j = 0; j < 14; j++) y += TRUTH[j]! * x[j]!;
      rows.push(x);
      targets.push(y + 0.8 * draws.bell());
    }
  }
  const features = new Float64Array(rows.length * 14);
  rows.forEach((x, i) => features.set(x, 14 * i));
  return { name, features, targets: Float64Array.from(targets) };
}

export function promptDesigns(): PromptDesign[] {
  return [
    design('twelve models, 600 prompts', 1, 600, 12),
    design('twelve models, 40 prompts', 2, 40, 12),
    design('eleven models, 8 prompts', 3, 8, 11),
    // Every row has one indicator: their sum is the constant that centring takes away.
    design('families with an indicator only', 4, 200, 10),
  ];
}
