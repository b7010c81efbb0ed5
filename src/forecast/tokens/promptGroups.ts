import type { PromptInput } from './rowFeatures';

/** An observation, checked. */
export interface Answer {
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

/** Groups answers by their inputs, one and the same for a prompt (`RowFeatures.reader`); groups and answers stay in order. */
export function groupByPrompt(answers: readonly Answer[]): PromptGroup[] {
  const groups = new Map<PromptInput, PromptGroup>();
  for (const answer of answers) {
    let group = groups.get(answer.input);
    if (!group)
      groups.set(answer.input, (group = { answers: [], repeats: new Map<number, number>() }));
    group.answers.push(answer);
    group.repeats.set(answer.model, (group.repeats.get(answer.model) ?? 0) + 1);
  }
  return [...groups.values()];
}
