// Writes docs/ABI.md, docs/kernel.h and src/kernel/exports.ts from the exports in assembly/abi, so that none can drift from the kernel.
// `--check` only tells whether they are up to date.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';

const C_TYPES = { usize: 'uint32_t', u32: 'uint32_t', i32: 'int32_t', f64: 'double', void: 'void' };
/** What crosses, for the page. */
const WASM_TYPES = { usize: 'i32 address', u32: 'i32 unsigned', i32: 'i32', f64: 'f64', void: '' };

/** Sizes are of the kernel's address type too, but no addresses. */
const wasmType = (name, type) => WASM_TYPES[name.endsWith('bytes') ? 'u32' : type];

const at = (path) => new URL(`../${path}`, import.meta.url);

/** Areas of exports, in the order of assembly/index.ts: [{ title, functions: [{ name, parameters: [[name, type]], result, doc }] }]. */
function sections() {
  const index = readFileSync(at('assembly/index.ts'), 'utf8');
  return [...index.matchAll(/export \* from '\.\/abi\/(\w+)';/g)].map(([, title]) => ({
    title,
    functions: [...readFileSync(at(`assembly/abi/${title}.ts`), 'utf8').matchAll(EXPORT)].map(
      parseFunction,
    ),
  }));
}

const EXPORT = /(?:\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n)?export function (\w+)\(([^)]*)\): (\w+) \{/g;

function parseFunction([, doc = '', name, parameters, result]) {
  return {
    name,
    result,
    doc: doc
      .replace(/^\s*\* ?/gm, '')
      .replace(/\s+/g, ' ')
      .trim(),
    parameters: parameters
      .split(',')
      .map((parameter) => parameter.trim())
      .filter(Boolean)
      .map((parameter) => parameter.split(': ')),
  };
}

function page() {
  const lines = [
    '# The ABI of kernel.wasm',
    '',
    'Written by `scripts/make-abi.mjs` from `assembly/abi`; do not edit. Version 2.',
    '',
    'The kernel imports nothing and exports its memory. Only numbers cross: unsigned 32-bit addresses and counts, and f64. Memory comes from',
    '`allocate`, zeroed and 16-byte aligned, and is never taken back; growing detaches views that a host holds. Sizes of blocks are functions. Everything in',
    'memory is little-endian. 64-bit seeds and sequence numbers are passed as two unsigned halves. Address 0 stands for an array that is not given, NaN for a number that is',
    'not known. Arguments are the host’s to check. What the functions compute is in [MATH.md](MATH.md), the evidence block in `assembly/evidence/layout.ts`.',
    '',
    '- Distributions of `sampler_fill`: 0 uniform [p, q), 1 normal (mean p, sd q), 2 exponential (rate p), 3 Gamma (shape p, scale q), 4 Beta (p, q).',
    '- `decide_batch` writes six f64 a request: arm (−1: none eligible), drawn quality, expected cost, utility, runner-up (−1: none), margin.',
    '',
  ];
  for (const { title, functions } of sections()) {
    lines.push(`## ${title}`, '');
    for (const { name, parameters, result, doc } of functions) {
      const typed = parameters.map(
        ([parameter, type]) => `${parameter}: ${wasmType(parameter, type)}`,
      );
      const returned = result === 'void' ? '' : ` → ${wasmType(name, result)}`;
      lines.push(`- \`${name}(${typed.join(', ')})${returned}\`${doc ? `<br>${doc}` : ''}`);
    }
    lines.push('');
  }
  return lines.join('\n');
}

function header() {
  const lines = [
    '/* Exports of kernel.wasm. Written by scripts/make-abi.mjs from assembly/abi; do not edit.',
    ' * Addresses are offsets into kernel memory. See docs/ABI.md. */',
    '#ifndef THOMPSONITE_KERNEL_H',
    '#define THOMPSONITE_KERNEL_H',
    '',
    '#include <stdint.h>',
    '',
    '#define THOMPSONITE_ABI_VERSION 3',
    '',
  ];
  for (const { functions } of sections()) {
    for (const { name, parameters, result } of functions) {
      const typed = parameters.map(([parameter, type]) => `${C_TYPES[type]} ${parameter}`);
      lines.push(`${C_TYPES[result]} ${name}(${typed.join(', ') || 'void'});`);
    }
    lines.push('');
  }
  return [...lines, '#endif', ''].join('\n');
}

/** The facade's view of the exports. */
function typescript() {
  const lines = [
    "/** The kernel's raw exports; addresses and counts are unsigned 32-bit numbers. Written by scripts/make-abi.mjs from assembly/abi; do not edit. */",
    'export interface KernelExports {',
    '  readonly memory: WebAssembly.Memory;',
  ];
  for (const { functions } of sections()) {
    lines.push('');
    for (const { name, parameters, result } of functions) {
      const typed = parameters.map(([parameter]) => `${parameter}: number`).join(', ');
      lines.push(`  ${name}(${typed}): ${result === 'void' ? 'void' : 'number'};`);
    }
  }
  lines.push(
    '}',
    '',
    '/** Version of the ABI that this facade speaks. */',
    'export const ABI_VERSION = 3;',
  );
  return lines.join('\n');
}

const path = fileURLToPath(at('src/kernel/exports.ts'));
const formatted = await format(typescript(), { ...(await resolveConfig(path)), filepath: path });
const check = process.argv.includes('--check');
for (const [path, text] of [
  ['docs/ABI.md', page()],
  ['docs/kernel.h', header()],
  ['src/kernel/exports.ts', formatted],
]) {
  if (!check) writeFileSync(at(path), text);
  else if (readFileSync(at(path), 'utf8') !== text) {
    console.error(`${path} is out of date; run node scripts/make-abi.mjs`);
    process.exitCode = 1;
  }
}
