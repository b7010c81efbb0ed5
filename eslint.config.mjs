import tseslint from 'typescript-eslint';

/** Functions whose bits differ between hosts: what decides must come from the kernel. */
const TRANSCENDENTAL = [
  'acos',
  'acosh',
  'asin',
  'asinh',
  'atan',
  'atan2',
  'atanh',
  'cbrt',
  'cos',
  'cosh',
  'exp',
  'expm1',
  'hypot',
  'log',
  'log10',
  'log1p',
  'log2',
  'pow',
  'sin',
  'sinh',
  'tan',
  'tanh',
];

const hostMath = TRANSCENDENTAL.map((property) => ({
  object: 'Math',
  property,
  message: 'Differs between hosts in the last bit; use the kernel.',
}));

const only = (object, property, message) => ({ object, property, message });

export default tseslint.config(
  { ignores: ['build/', 'dist/', 'coverage/', 'assembly/', '**/*.generated.ts', '.cache/'] },
  ...tseslint.configs.strict,
  ...tseslint.configs.stylistic,
  {
    rules: {
      // Indices checked by construction: a bang says so in one character.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      'no-restricted-properties': [
        'error',
        only('Math', 'random', 'Randomness comes from src/random.'),
      ],
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/replay/report/**'],
    rules: {
      'no-restricted-properties': [
        'error',
        ...hostMath,
        only('Math', 'random', 'Randomness comes from src/random.'),
        only('Date', 'now', 'Time comes from src/core/clock.ts.'),
        only('performance', 'now', 'Time comes from src/core/clock.ts.'),
      ],
      'no-restricted-syntax': [
        'error',
        {
          // 2 ** 32 and the like are exact and folded; anything computed is not.
          selector:
            'BinaryExpression[operator="**"]:not([left.type="Literal"][right.type="Literal"])',
          message: 'Differs between hosts in the last bit; use the kernel.',
        },
      ],
    },
  },
  { files: ['src/core/clock.ts'], rules: { 'no-restricted-properties': 'off' } },
);
