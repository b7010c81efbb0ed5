// Kills a router with a file store at random moments, again and again, in one folder. Every life must begin with a state that is, to the last bit, that of a router
// that was never killed after as many steps, and must miss nothing that a life before had flushed.
//
//   node bench/crash/kills.mjs [--kills 1000] [--seed 1]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { mersenne } from 'pure-rand/generator/mersenne';
import { createRouterSync } from 'thompsonite';
import { knowledgeOf, OPTIONS, step, stepsOf } from './life.mjs';

const LIFE = join(import.meta.dirname, 'life.mjs');
/** A quarter of the kills falls while a life begins, which takes some 100 ms and more; the others while it works. */
const BEGINNING_MS = 400;
const WORKING_MS = 120;

const { values } = parseArgs({
  options: { kills: { type: 'string', default: '1000' }, seed: { type: 'string', default: '1' } },
});
const kills = Number(values.kills);
const random = mersenne(Number(values.seed));
const unit = () => (random.next() >>> 0) / 2 ** 32;
const folder = mkdtempSync(join(tmpdir(), 'thompsonite-kills-'));
const whole = createRouterSync(OPTIONS);
const counts = { lives: 0, began: 0, steps: 0, flushes: 0, torn: 0, beyondFlush: 0, unused: 0 };
let flushed = 0;

/** Holds what a life found against the router that was never killed. */
function check({ steps, knowledge, recovery, unusedFiles, tornBytes }) {
  if (steps < flushed) throw new Error(`${flushed} steps were flushed, ${steps} were found`);
  while (stepsOf(whole) < steps) step(whole, stepsOf(whole));
  if (stepsOf(whole) !== steps) throw new Error(`went back from ${stepsOf(whole)} to ${steps}`);
  if (knowledge !== knowledgeOf(whole)) throw new Error(`another state after ${steps} steps`);
  if (recovery?.lostLines > 0) throw new Error(`lines were lost: ${recovery.problem}`);
  counts.began++;
  counts.steps = steps;
  counts.torn += tornBytes > 0 ? 1 : 0;
  counts.beyondFlush += steps > flushed ? 1 : 0;
  counts.unused += unusedFiles.length;
}

async function liveAndKill() {
  const child = spawn(process.execPath, [LIFE, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const early = unit() < 0.25;
  let timer = early && setTimeout(() => child.kill('SIGKILL'), unit() * BEGINNING_MS);
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      // The last line may be torn.
      if (!line.endsWith('}')) continue;
      const told = JSON.parse(line);
      if (told.flushed === undefined) {
        check(told);
        timer ||= setTimeout(() => child.kill('SIGKILL'), unit() * WORKING_MS);
      } else {
        flushed = Math.max(flushed, told.flushed);
        counts.flushes++;
      }
    }
  } finally {
    clearTimeout(timer);
    child.kill('SIGKILL');
  }
  const [, signal] = await ended;
  if (signal !== 'SIGKILL') throw new Error('a life ended by itself');
  counts.lives++;
}

try {
  while (counts.lives < kills) await liveAndKill();
  console.log(JSON.stringify({ kills: counts.lives, ...counts, flushed }));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
