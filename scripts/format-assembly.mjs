// Formats assembly/ with prettier, whose parser takes AssemblyScript but for decorated functions: the decorators are hidden in
// comments meanwhile. `--check` only tells which files are not formatted.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { format } from 'prettier';

const folder = fileURLToPath(new URL('../assembly', import.meta.url));
const check = process.argv.includes('--check');
const OPTIONS = { parser: 'typescript', singleQuote: true, printWidth: 120 };
let unformatted = 0;

for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
  if (!name.endsWith('.ts')) continue;
  const path = join(folder, name);
  const text = readFileSync(path, 'utf8');
  const hidden = text.replace(/^@(inline|unsafe)$/gm, '//@@$1');
  const formatted = (await format(hidden, OPTIONS)).replace(/^\/\/@@(inline|unsafe)$/gm, '@$1');
  if (formatted === text) continue;
  unformatted++;
  if (check) console.error(`assembly/${name} is not formatted; run npm run format`);
  else writeFileSync(path, formatted);
}
if (check && unformatted > 0) process.exitCode = 1;
