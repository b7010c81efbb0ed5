/**
 * Strategy: prompts that are mathematics and prompts that only look like it, by what a reader would say. How many of recorded prompts are told is in
 * docs/decisions/2026-11-22-rules.md; that hostile prompts are read in linear time is words.test.ts's.
 */
import { expect, test } from 'vitest';
import { MATHEMATICS_POINTS, mathematicsPoints } from '../../src/rules/mathematics';

const MATHEMATICS = [
  'Solve 3x + 5 = 20 for x.',
  'Find the derivative of x^2 sin(x)',
  'Compute \\frac{1}{2} + \\int_0^1 t dt',
  'Ann has 3 apples and 4 pears. How many fruits has she?',
  'Prove that √2 is irrational: suppose p² = 2q²',
  'Prove that √2 is irrational',
  'What is 2+2?',
  "What's 17 * 23",
  'what is 10-3?',
  'What is 3/4 of 100?',
  'How much is 12 × 12?',
  'what does 3 + 4 equal',
  '2+2',
  '2 + 2 = ?',
  '3.5*2=',
  'The following problem: 545.5195 + 352.9820 = ?',
  'Calculate 2000.5 - 1',
  'Calculate: 144 / 12',
  'What is √16?',
  'solve x²=4',
  'solve x ≤ 5 - 2x',
  'x² + y² = 25',
  'Evaluate ∫ x² dx',
  '计算 3+5',
  '请计算3+5。',
  '3+5等于多少',
  'Was ist 7*8?',
  'Combien font 6 × 7 ?',
  'Сколько будет 5+7?',
  'Show that n³ - n is divisible by 6',
];

const OTHER = [
  'Meet me on 2023-06-01 or 3/4',
  'Write a poem about the sea',
  'How many roads must a man walk down',
  'Translate: the prime minister adds value',
  'What is 2024-11-22?',
  'What day is 11/22/2024?',
  '2024-11-22',
  'What is 1.2.3?',
  'Upgrade from v1.2.3 to 2.0.0-rc.1+5',
  'Call 555-123-4567 or +1-555-123-4567 or (555) 123-4567',
  '555-1234',
  'price is $5-$10',
  'What is $5-$10 in euros',
  'Open https://a.b/c/d?x=1&y=2&z=3',
  'fetch a.b/c/d?x=1&y=2 from www.x.y/a/b?c=1',
  'mail x+1=2@a.b',
  'I work on C++ and a = b',
  'What is C++?',
  'Rename src/a/b.ts to src/a/c.ts',
  'ls /usr/a/b ~/x/y ./a/b C:\\a\\b',
  'What is F-16?',
  'What is x86/x64?',
  'What is 24/7 support?',
  'what is 9/11',
  'What is i+1 theory',
  'A 50 m² flat of 3 rooms',
  'As Smith says¹, and Jones² too',
  '甲-乙-丙 丁-戊',
  'a score of 3-2',
  'TCP/IP and/or UDP',
  'git rebase -i HEAD~3',
];

test.each(MATHEMATICS)('mathematics: %j', (prompt) => {
  expect(mathematicsPoints(prompt)).toBeGreaterThanOrEqual(MATHEMATICS_POINTS);
});

test.each(OTHER)('no mathematics: %j', (prompt) => {
  expect(mathematicsPoints(prompt)).toBeLessThan(MATHEMATICS_POINTS);
});
