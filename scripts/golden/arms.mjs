// Arms that are added, priors of their own, prices that change; in each kind of block.
import { block, learn } from './evidence.mjs';

function forecast(kernel, { evidence, scratch }, arms, segment, clock) {
  kernel.call('evidence_forecast', evidence, scratch, segment, clock, 300);
  kernel.read(kernel.address('means', 'scratch_means', scratch, arms), 'f64', arms);
  kernel.read(kernel.address('shapes', 'scratch_shapes', scratch, arms), 'f64', 2 * arms);
  kernel.read(kernel.address('costs', 'scratch_costs', scratch, arms), 'f64', arms);
}

/** A block of `from` arms that has learned, with `to` arms from now on, in its place or in another. */
function grown(kernel, from, to, { inPlace = false, halfLife = Infinity } = {}) {
  const families = Math.min(from, 3);
  const room = kernel.call('evidence_bytes', to, families + 1, 4);
  const world = block(kernel, { arms: from, halfLife, spare: inPlace ? 40 : 0 });
  learn(kernel, world, 60);
  const target = inPlace ? world.evidence : kernel.allocate('larger evidence', room);
  kernel.call('evidence_grow', world.evidence, target, to, families + 1);
  for (let arm = from; arm < to; arm++)
    kernel.call('evidence_set_arm', target, arm, families - (arm % 2), 1e-6 * arm, 3e-6);
  const scratch = kernel.allocate('larger scratch', kernel.call('scratch_bytes', to));
  return { evidence: target, scratch, bytes: room, arms: to, segments: 4 };
}

export function record(vector) {
  for (const [from, to, inPlace] of [
    [1, 2, false],
    [2, 3, true],
    [3, 4, true],
    [5, 9, false],
  ]) {
    vector(`${from} arms become ${to}${inPlace ? ' in their place' : ''}`, (kernel) => {
      const world = grown(kernel, from, to, { inPlace });
      kernel.hash(world.evidence, world.bytes);
      forecast(kernel, world, to, 1, 60);
      learn(kernel, world, 40, (i) => 60 + i);
      kernel.hash(world.evidence, world.bytes);
    });
  }

  for (const [segments, halfLife] of [
    [1, Infinity],
    [4, 20],
  ]) {
    vector(`priors of their own, ${segments} segments, half-life ${halfLife}`, (kernel) => {
      const world = block(kernel, { arms: 5, segments, halfLife });
      for (const [arm, mean, strength] of [
        [0, 0.9, 7],
        [1, 0.001, 300],
        [3, 0.5, 2],
      ])
        kernel.call('evidence_set_prior', world.evidence, arm, mean, strength);
      for (const clock of [0, 45, 90]) {
        forecast(kernel, world, 5, segments - 1, clock);
        learn(kernel, world, 45, (i) => clock + i);
      }
      kernel.call('evidence_set_prior', world.evidence, 1, 0, 0);
      forecast(kernel, world, 5, 0, 135);
      kernel.hash(world.evidence, world.bytes);
    });
  }

  vector('prices that change, to and from nothing too', (kernel) => {
    const world = block(kernel, { arms: 5, halfLife: 30 });
    kernel.call('evidence_reprice', world.evidence, 1, 1e-6, 2e-6);
    learn(kernel, world, 80);
    for (const [arm, input, output] of [
      [0, 5e-6, 1e-5],
      [1, 1e-7, 9e-7],
      [2, 0, 0],
      [2, 1e-6, 2e-6],
      [3, 3e-6, 0],
      [3, 0, 4e-6],
      [3, 0, 4e-6],
      [4, 1e-6, 1e-6],
    ]) {
      kernel.call('evidence_reprice', world.evidence, arm, input, output);
      forecast(kernel, world, 5, arm % 4, 80);
    }
    kernel.hash(world.evidence, world.bytes);
  });

  for (const inPlace of [false, true]) {
    vector(`latencies of more models${inPlace ? ' in their place' : ''}`, (kernel) => {
      const room = kernel.call('latency_bytes', 5, 3);
      const latency = kernel.allocate('latency', room);
      kernel.call('latency_init', latency, 3, 2, 25);
      for (let model = 0; model < 3; model++)
        kernel.call('latency_set_group', latency, model, model >> 1);
      const observe = (block, models) => {
        for (let i = 0; i < 30; i++) {
          const ms = 200 + 90 * ((i * 7) % 11);
          const tokens = i % 2 ? NaN : 40 + i;
          kernel.call('latency_observe', block, block, i % models, ms, NaN, tokens, i);
        }
      };
      observe(latency, 3);
      const target = inPlace ? latency : kernel.allocate('larger', room);
      kernel.call('latency_grow', latency, target, 5, 3);
      kernel.call('latency_set_group', target, 3, 0);
      kernel.call('latency_set_group', target, 4, 2);
      const out = kernel.allocate('out', 48);
      for (let model = 0; model < 5; model++) {
        kernel.call('latency_forecast', target, model, NaN, NaN, out);
        kernel.read(out, 'f64', 6);
      }
      observe(target, 5);
      kernel.hash(target, room);
    });
  }

  for (const ratio of [0.25, Infinity]) {
    vector(`a context block with one more arm, costs times ${ratio}`, (kernel) => {
      const d = 4;
      const room = kernel.call('context_bytes', d, 4);
      const context = kernel.allocate('context', room);
      const scratch = kernel.allocate('scratch', kernel.call('context_scratch_bytes', d, 4));
      const costs = kernel.allocate('costs', 32);
      kernel.write(costs, 'f64', [0.001, 0.002, 0.004, 0.003]);
      const x = kernel.allocate('x', 8 * (d + 2));
      kernel.call('context_init', context, d, d, 3, 2, Infinity, 0.5);
      for (let arm = 0; arm < 3; arm++) kernel.call('context_set_family', context, arm, arm >> 1);
      for (let i = 0; i < 24; i++) {
        kernel.write(x, 'f64', [1, ((i * 5) % 7) / 7, ((i * 3) % 5) / 5, 0]);
        const report = [(i % 4) / 3, (1 + (i % 5)) / 1024, i];
        kernel.call('context_observe', context, scratch, i % 3, x, ...report, costs, 0);
      }
      kernel.call('context_grow', context, context, 4);
      kernel.call('context_set_family', context, 3, 1);
      kernel.call('context_scale_costs', context, 1, ratio, 0.5);
      kernel.call('context_predict', context, scratch, x, 24, costs);
      for (const index of [0, 1, 2]) {
        const array = kernel.address(`array ${index}`, 'context_array', context, scratch, index);
        kernel.read(array, 'f64', 4);
      }
      kernel.hash(context, room);
    });
  }
}
