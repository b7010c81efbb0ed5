// Decisions under a policy: a trusted arm, risk, traces; and what the traces tell afterwards.
import { block, learn } from './evidence.mjs';
import { halves } from './recorder.mjs';

const ROWS = 6;
const SLOTS = 4;

/** A policy with room for traces. */
function policyOf(kernel, arms, { trusted = -1, floor = 0, confidence = 0, riskWeight = 0 }) {
  const slotBytes = kernel.call('trace_bytes', arms, 0, Number(riskWeight > 0), 0);
  const ring = kernel.allocate('ring', SLOTS * slotBytes);
  const policy = kernel.allocate('policy', kernel.call('policy_bytes'));
  kernel.write(policy, 'u32', [trusted >>> 0, 0]);
  kernel.write(policy.plus(8), 'f64', [floor, confidence, riskWeight]);
  // Where memory starts is the build's own affair: the ring's address cannot be written.
  return { policy, ring, slotBytes };
}

function run(kernel, { arms, explorationScale = 1, epsilon = 0, ...options }) {
  const world = block(kernel, { arms });
  learn(kernel, world, 40);
  const each = (value) => Array.from({ length: ROWS }, (_, i) => value(i));
  const place = (name, type, values) => {
    const address = kernel.allocate(name, values.length * 8);
    kernel.write(address, type, values);
    return address;
  };
  const inputs = [
    place(
      'segments',
      'u32',
      each((i) => i % world.segments),
    ),
    place(
      'tokens',
      'f64',
      each((i) => 100 * i),
    ),
    place(
      'clocks',
      'f64',
      each((i) => 41 + i),
    ),
    place(
      'masks',
      'u8',
      each((i) => i).flatMap((i) =>
        Array.from({ length: arms }, (_, arm) => Number((arm + i) % arms < i)),
      ),
    ),
  ];
  const { policy } = policyOf(kernel, arms, options);
  const scratch = kernel.allocate('pScratch', kernel.call('propensity_scratch_bytes', arms));
  const p = kernel.allocate('p', ROWS * arms * 8);
  const out = kernel.allocate('out', ROWS * 80);
  kernel.call(
    'decide_batch_floored',
    world.evidence,
    world.scratch,
    ...halves(42),
    ...halves(7),
    ROWS,
    ...inputs,
    20,
    explorationScale,
    epsilon,
    0,
    scratch,
    p,
    0,
    policy,
    out,
  );
  kernel.read(out, 'f64', ROWS * 10);
  kernel.read(p, 'f64', ROWS * arms);
}

/** A slot written by hand stands for one that a decision has left: its bits are the host's to choose. */
function explained(kernel, { arms, context = 0, ...options }) {
  const { policy } = policyOf(kernel, arms, options);
  const stride = 8 * (arms + (arms % 2));
  const slotBytes = kernel.call('trace_bytes', arms, 0, 1, context);
  const slot = kernel.allocate('slot', slotBytes);
  kernel.write(slot, 'u32', [12, 0]);
  kernel.write(slot.plus(8), 'f64', [20, 1, 0.3]);
  kernel.write(slot.plus(32), 'u32', [0, 0, context]);
  const array = (index, value) =>
    kernel.write(
      slot.plus(48 + index * stride),
      'f64',
      Array.from({ length: arms }, (_, arm) => value(arm)),
    );
  array(0, (arm) => (arm + 1) / 1024);
  array(1, (arm) => 0.9 - arm / 16);
  array(2, (arm) => (arm === 1 ? NaN : 0.8 - arm / 8));
  kernel.write(
    slot.plus(48 + 3 * stride),
    'f64',
    Array.from({ length: 2 * arms }, (_, i) => 2 + ((i * 7) % 11)),
  );
  array(6, (arm) => arm / 64);
  if (context) {
    array(7, (arm) => 0.7 - arm / 32);
    array(8, (arm) => (arm + 1) / 256);
    array(9, (arm) => (arm + 1) / 2048);
    array(10, (arm) => (arm + 1) / 8192);
  }
  const own = kernel.allocate('scratch', kernel.call('scratch_bytes', arms));
  const mask = kernel.allocate('mask', arms);
  const scratch = kernel.allocate('pScratch', kernel.call('propensity_scratch_bytes', arms));
  const p = kernel.allocate('p', arms * 8);
  const confidences = kernel.allocate('confidences', arms * 8);
  const out = kernel.allocate('out', 16);
  const key = [...halves(42), 0.1, 1];
  const room = [own, mask, scratch, p, confidences, out];
  kernel.call('trace_explain', arms, slot, ...key, policy, 0, context, ...room);
  for (const address of [p, confidences]) kernel.read(address, 'f64', arms);
  kernel.read(out, 'f64', 2);
  kernel.read(mask, 'u8', arms);
}

const POLICIES = [
  ['with a trusted arm', { arms: 5, trusted: 2, floor: 0.5, confidence: 0.8 }],
  [
    'with a trusted arm and a floor',
    { arms: 3, trusted: 0, floor: 0.6, confidence: 0.9, epsilon: 0.3 },
  ],
  ['with risk, spread widened', { arms: 5, riskWeight: 0.5, explorationScale: 2 }],
  [
    'with risk and a trusted arm, by means',
    { arms: 4, trusted: 3, floor: 0.7, confidence: 0.7, riskWeight: 2, explorationScale: 0 },
  ],
];

export function record(vector) {
  for (const [name, options] of POLICIES)
    vector(`decisions ${name}`, (kernel) => run(kernel, options));
  const options = { trusted: 2, floor: 0.6, confidence: 0.9, riskWeight: 0.25 };
  vector('an explained decision', (kernel) => explained(kernel, { arms: 3, ...options }));
  vector('an explained decision of two experts', (kernel) =>
    explained(kernel, { arms: 4, context: 1, ...options }),
  );
}
