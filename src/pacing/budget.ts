/** Decisions that a pacer remembers. Chosen on routellm-mmlu and reasoning-gym-easy (docs/MATH.md §27). */
export const PACER_ROWS = 64;
