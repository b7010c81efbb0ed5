// Detectors of drift, widened evidence, pacers, and replays that they steer.
import { ARMS, block, learn } from './evidence.mjs';
import { halves } from './recorder.mjs';

function detectors(kernel, arms, threshold) {
  const drift = kernel.allocate('drift', kernel.call('drift_bytes', arms));
  kernel.call('drift_init', drift, arms, threshold, 0.125);
  return drift;
}

function pacer(kernel, arms, rows) {
  const bytes = kernel.call('pacing_bytes', arms, rows);
  const address = kernel.allocate('pacer', bytes);
  kernel.call('pacing_init', address, arms, rows);
  return { address, bytes };
}

export function record(vector) {
  vector('an arm widened weighs less everywhere', (kernel) => {
    const world = block(kernel, { halfLife: 50 });
    learn(kernel, world, 200);
    kernel.call('evidence_widen', world.evidence, 3, 0.1);
    kernel.call('evidence_widen', world.evidence, 4, 1);
    kernel.hash(world.evidence, world.bytes);
  });

  vector('an arm that falls, then one that rises', (kernel) => {
    const world = block(kernel, { arms: 2, segments: 2 });
    const { evidence, scratch } = world;
    const drift = detectors(kernel, 2, 3);
    for (let i = 0; i < 240; i++) {
      const late = i >= 160;
      const arm = i % 2;
      const often = arm === 0 ? (late ? 5 : 1) : late ? 1 : 3;
      const reward = (i >> 1) % 6 >= often ? 1 : i % 5 === 0 ? 0.25 : 0;
      const where = [(i >> 2) % 2, arm];
      kernel.call('drift_observe', drift, evidence, scratch, ...where, reward, i);
      kernel.call('evidence_observe', evidence, scratch, ...where, reward, NaN, NaN, i);
    }
    kernel.call('drift_alarms', drift);
    kernel.hash(drift, kernel.call('drift_bytes', 2));
    kernel.hash(evidence, world.bytes);
  });

  vector('a pacer: empty, filling, full, and with nothing left', (kernel) => {
    const arms = 3;
    const { scratch, evidence } = block(kernel, { arms, segments: 1 });
    const own = pacer(kernel, arms, 8);
    const mask = kernel.allocate('mask', 8);
    kernel.call('pacing_weight', own.address, 0.001, 2);
    for (let i = 0; i < 20; i++) {
      kernel.call('evidence_forecast', evidence, scratch, 0, i, 100 * i);
      kernel.write(mask, 'u8', [1, 1, i % 3 === 0 ? 0 : 1]);
      kernel.call('pacing_afford', scratch, arms, 1 / (50 * i), i % 7 === 6 ? 0.0001 : 1, mask);
      kernel.read(mask, 'u8', arms);
      kernel.call('pacing_remember', own.address, scratch, arms, i % 2 ? mask : 0);
      kernel.call('pacing_weight', own.address, 0.0001 * (15 - i), i % 4 === 3 ? 2 : 0);
    }
    kernel.hash(own.address, own.bytes);
    const bytes = kernel.call('pacing_bytes', 5, 8);
    const grown = kernel.allocate('grown', bytes);
    kernel.call('pacing_grow', own.address, grown, 5);
    kernel.call('pacing_weight', grown, 0.0001, 1);
    kernel.hash(grown, bytes);
  });

  for (const [name, clocked, drifts, paced] of [
    ['by time', true, false, false],
    ['with detectors', false, true, false],
    ['to a spend target', false, false, true],
    ['by all three', true, true, true],
  ]) {
    vector(`replay steered ${name}`, (kernel) => {
      const rows = 400;
      const arms = ARMS.length;
      const world = block(kernel, { halfLife: clocked ? 5e5 : Infinity });
      const at = (name, bytes) => kernel.allocate(name, bytes);
      const order = at('order', rows * 4);
      const segments = at('segments', rows * 4);
      const tokens = at('tokens', rows * 8);
      const quality = at('quality', rows * arms * 8);
      const cost = at('cost', rows * arms * 8);
      const clocks = at('clocks', rows * 8);
      const chosen = at('chosen', rows * 4);
      kernel.writeIntegers(order, { seed: 1, count: rows, below: rows });
      kernel.writeIntegers(segments, { seed: 2, count: rows, below: world.segments });
      kernel.writeUniform(tokens, { seed: 3, count: rows, low: -100, high: 900 });
      kernel.writeUniform(quality, { seed: 4, count: rows * arms, low: 0, high: 1 });
      kernel.writeUniform(cost, { seed: 5, count: rows * arms, low: 0, high: 2 ** -8 });
      const times = Array.from({ length: rows }, (_, i) => 1.7e12 + 1000 * i * (1 + (i % 3)));
      kernel.write(
        clocks,
        'f64',
        times.map((t, i) => Math.max(t, ...times.slice(0, i))),
      );
      const drift = drifts ? detectors(kernel, arms, 2) : 0;
      const own = paced ? pacer(kernel, arms, 16) : undefined;
      if (own) kernel.call('pacing_target', own.address, 0.2, 150);
      kernel.call(
        'replay_run',
        world.evidence,
        world.scratch,
        ...halves(11n),
        0,
        rows,
        order,
        segments,
        tokens,
        quality,
        cost,
        paced ? 1 : 100,
        1,
        0,
        0,
        0,
        0,
        clocked ? clocks : 0,
        drift,
        own ? own.address : 0,
        chosen,
      );
      if (drifts) kernel.call('drift_alarms', drift);
      kernel.hash(chosen, rows * 4);
      kernel.hash(world.evidence, world.bytes);
    });
  }
}
