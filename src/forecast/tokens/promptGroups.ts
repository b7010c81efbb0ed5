import type { PromptInput } from './rowFeatures';

/** An observation, checked but for its input. */
export interface Answer {
  /** Name of the input in messages. */
  readonly parameter: string;
  readonly input: PromptInput;
  /** Index of the model. */
  readonly model: number;
  readonly tokens: number;
  readonly clock: number;
}

/** Answers to one prompt, and how many of them each model has given. */
export interface PromptGroup {
  readonly answers: Answer[];
  readonly repeats: Map<number, number>;
}

/** Groups answers by what tells their prompts apart; groups and answers stay in order. */
export function groupByPrompt(
  answers: readonly Answer[],
  keyOf: (input: PromptInput) => unknown,
): PromptGroup[] {
  const groups = new Map<unknown, PromptGroup>();
  for (const answer of answers) {
    const key = keyOf(answer.input);
    let group = groups.get(key);
    if (!group) groups.set(key, (group = { answers: [], repeats: new Map<number, number>() }));
    group.answers.push(answer);
    group.repeats.set(answer.model, (group.repeats.get(answer.model) ?? 0) + 1);
  }
  return [...groups.values()];
}
