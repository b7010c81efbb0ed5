// A learned contextual decision (features of a prompt, 8 models, 136 features): the replay loop of dist/kernel.wasm, encoding included, against numpy on
// the same loop without it: by covariances, its fastest way, and by the kernel's own algorithm. Rounds alternate in one run; figures are medians. Goal:
// <= 45 µs and at least 10 times numpy's rate.
//
//   node bench/forecasts/context.mjs [--python PYTHON] [--rounds N] [--quick]
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    rounds: { type: 'string', default: '7' },
    quick: { type: 'boolean', default: false },
  },
});
const ROUNDS = values.quick ? 1 : Number(values.rounds);
const [ARMS, ROWS, ENTRIES, FROZEN_AT] = [8, values.quick ? 300 : 2000, 80, 100];

/** A table of random prompts, qualities and costs in an instance of the kernel; returns one run of the loop. */
function kernelLoop() {
  const module = new WebAssembly.Module(
    readFileSync(new URL('../../dist/kernel.wasm', import.meta.url)),
  );
  const kernel = new WebAssembly.Instance(module).exports;
  const features = kernel.encoder_features();
  const [inputs, arms] = [4096, ARMS];
  let seed = 1;
  const random = () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const place = (array) => {
    const address = kernel.allocate(array.byteLength);
    new array.constructor(kernel.memory.buffer, address, array.length).set(array);
    return address;
  };
  const uniform = (count, low, high) =>
    Float64Array.from({ length: count }, () => low + (high - low) * random());
  const evidence = kernel.allocate(kernel.evidence_bytes(arms, arms, 1));
  const scratch = kernel.allocate(kernel.scratch_bytes(arms));
  const context = kernel.allocate(kernel.context_bytes(features, arms));
  const contextScratch = kernel.allocate(kernel.context_scratch_bytes(features, arms));
  const encoder = kernel.allocate(kernel.encoder_bytes(inputs));
  const indices = place(
    Uint32Array.from({ length: ROWS * ENTRIES }, (_, i) =>
      Math.floor(((i % ENTRIES) + random()) * (inputs / ENTRIES)),
    ),
  );
  const entryValues = place(uniform(ROWS * ENTRIES, 1, 3));
  const starts = place(Uint32Array.from({ length: ROWS + 1 }, (_, row) => row * ENTRIES));
  const surface = place(uniform(ROWS * 10, 0, 30));
  kernel.encoder_init(encoder, inputs, 0);
  const fitScratch = kernel.allocate(kernel.encoder_fit_bytes(inputs, 200, 200 * ENTRIES));
  kernel.encoder_fit(encoder, fitScratch, 200, starts, indices, entryValues);
  const room = kernel.allocate((features + 2) * 8);
  const order = place(Uint32Array.from({ length: ROWS }, (_, i) => i));
  const table = [
    order,
    place(new Uint32Array(ROWS)),
    place(uniform(ROWS, 100, 900)),
    place(uniform(ROWS * arms, 0.3, 0.7)),
    place(uniform(ROWS * arms, 0.0005, 0.002)),
  ];
  const chosen = kernel.allocate(4 * ROWS);
  return () => {
    kernel.evidence_init(evidence, arms, arms, 1, Infinity, 0.5, 2);
    kernel.context_init(context, features, 8, arms, 1, Infinity, 0.5);
    for (let arm = 0; arm < arms; arm++) {
      kernel.evidence_set_arm(evidence, arm, arm, 1e-6, 2e-6);
      kernel.context_set_family(context, arm, arm);
    }
    kernel.replay_set_prompts(encoder, surface, starts, indices, entryValues, room);
    const start = performance.now();
    kernel.replay_context_run(
      evidence,
      scratch,
      context,
      contextScratch,
      1,
      0,
      0,
      ROWS,
      FROZEN_AT,
      ...table,
      50,
      1,
      0,
      0,
      0,
      0,
      chosen,
    );
    return ((performance.now() - start) * 1000) / ROWS;
  };
}

/** The peer, or undefined without Python or numpy. */
async function numpyLoop() {
  const script = new URL('contextPeer.py', import.meta.url).pathname;
  const env = { ...process.env, OPENBLAS_NUM_THREADS: '1', OMP_NUM_THREADS: '1' };
  const peer = spawn(values.python, [script], { env, stdio: ['pipe', 'pipe', 'ignore'] });
  const lines = createInterface({ input: peer.stdout })[Symbol.asyncIterator]();
  peer.on('error', () => undefined);
  const ready = await lines.next().catch(() => ({ done: true }));
  if (ready.done) return undefined;
  return {
    run: async () => {
      peer.stdin.write('\n');
      return (await lines.next()).value.split(' ').map(Number);
    },
    end: () => peer.stdin.end(),
  };
}

const median = (all) => all.toSorted((a, b) => a - b)[all.length >> 1];

const kernel = kernelLoop();
const numpy = await numpyLoop();
kernel();
const rounds = { kernel: [], numpy: [] };
for (let round = 0; round < ROUNDS; round++) {
  rounds.kernel.push(kernel());
  if (numpy) rounds.numpy.push(await numpy.run());
}
numpy?.end();
const own = median(rounds.kernel);
console.log(
  `kernel  ${own.toFixed(1)} µs a decision (smallest ${Math.min(...rounds.kernel).toFixed(1)}, goal <= 45)`,
);
if (numpy) {
  ['numpy, covariances', 'numpy, the same algorithm'].forEach((name, way) => {
    const theirs = median(rounds.numpy.map((times) => times[way]));
    console.log(
      `${name}  ${theirs.toFixed(1)} µs, ${(theirs / own).toFixed(1)} times as long (goal >= 10)`,
    );
  });
} else console.log('numpy   not here');
