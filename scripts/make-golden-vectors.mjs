// Writes test/golden/vectors.json: programs of calls, and the bits that every build and every host of the kernel must give
// back, recorded from build/kernel.wasm through its raw exports alone. A file an area in scripts/golden/. Run it when vectors are
// added or a change of bits is meant ("value-breaking" in the changelog). `--check` only tells whether the file is up to date.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Recorder } from './golden/recorder.mjs';

const at = (path) => new URL(`../${path}`, import.meta.url);
const TARGET = at('test/golden/vectors.json');

const areas = readdirSync(at('scripts/golden'))
  .filter((file) => file !== 'recorder.mjs')
  .map((file) => file.replace('.mjs', ''))
  .sort();

const vectors = [];
for (const area of areas) {
  const { record } = await import(`./golden/${area}.mjs`);
  record((name, run) => {
    const recorder = new Recorder();
    run(recorder);
    vectors.push({ area, name, steps: recorder.steps });
  });
}

/** One step a line: the file is read by people when it changes. */
function text() {
  const line = ({ area, name, steps }) =>
    `{"area": ${JSON.stringify(area)}, "name": ${JSON.stringify(name)}, "steps": [\n` +
    `${steps.map((step) => `  ${JSON.stringify(step)}`).join(',\n')}\n]}`;
  return `"vectors": [\n${vectors.map(line).join(',\n')}\n]}\n`;
}

const { devDependencies, version } = JSON.parse(readFileSync(at('package.json'), 'utf8'));
const head = {
  program: 'scripts/make-golden-vectors.mjs',
  format: 'test/golden/README.md',
  versions: {
    thompsonite: version,
    assemblyscript: devDependencies.assemblyscript,
    node: process.version,
  },
};

if (!process.argv.includes('--check')) {
  writeFileSync(TARGET, `${JSON.stringify(head).slice(0, -1)},\n${text()}`);
  console.log(`${vectors.length} vectors of ${areas.join(', ')}`);
} else if (!readFileSync(TARGET, 'utf8').endsWith(`,\n${text()}`)) {
  console.error('test/golden/vectors.json is out of date: node scripts/make-golden-vectors.mjs');
  process.exitCode = 1;
}
