// Evidence that comes from outside: sound blocks, bad cells, blocks that cannot be, and merges with their landmarks.
import { block, learn } from './evidence.mjs';

const LANDMARK_SPAN = 64;

export function record(vector) {
  vector('a sound block passes the check and keeps its bits', (kernel) => {
    const world = block(kernel, {});
    learn(kernel, world, 40);
    kernel.call('evidence_check', world.evidence, world.bytes);
    kernel.hash(world.evidence, world.bytes);
  });

  vector('cells that cannot be are emptied, and the sums made anew', (kernel) => {
    const world = block(kernel, {});
    learn(kernel, world, 40);
    for (const [back, value] of [
      [8 * 6, NaN],
      [8 * 40, -1],
      [8 * 100, Infinity],
    ])
      kernel.write(world.evidence.plus(world.bytes - back), 'f64', [value]);
    kernel.call('evidence_check', world.evidence, world.bytes);
    kernel.hash(world.evidence, world.bytes);
    kernel.call('evidence_check', world.evidence, world.bytes);
  });

  vector('blocks that cannot be', (kernel) => {
    const world = block(kernel, { halfLife: 20 });
    const check = () => kernel.call('evidence_check', world.evidence, world.bytes);
    kernel.call('evidence_check', world.evidence, 100);
    kernel.call('evidence_check', world.evidence, world.bytes + 16);
    for (const [at, type, wrong, right] of [
      [0, 'u32', 1, 0x56455354],
      [8, 'u32', 0, 5],
      [16, 'u32', 0xffffffff, 4],
      [56, 'f64', 0, 0.7],
      [64, 'f64', NaN, 2],
      [144, 'f64', 0, 12],
      [40, 'f64', 0.5, 0],
      [32, 'f64', -1, 20],
    ]) {
      kernel.write(world.evidence.plus(at), type, [wrong]);
      check();
      kernel.write(world.evidence.plus(at), type, [right]);
    }
    check();
  });

  vector('merged: other landmarks, other orders, some left out', (kernel) => {
    const worlds = [0, 1].map((i) => {
      const arms = 5 - i;
      const evidence = kernel.allocate(`block${i}`, kernel.call('evidence_bytes', arms, 3, 3));
      kernel.call('evidence_init', evidence, arms, 3, 3, 20, 0.7, 2);
      for (let arm = 0; arm < arms; arm++)
        kernel.call('evidence_set_arm', evidence, arm, arm % 3, 1e-6, 4e-6);
      const scratch = kernel.allocate(`scratch${i}`, kernel.call('scratch_bytes', arms));
      return { evidence, scratch, arms, segments: 3 };
    });
    learn(kernel, worlds[0], 150);
    learn(kernel, worlds[1], 150, (i) => i + 20 * LANDMARK_SPAN);
    const [arms, segments] = [kernel.allocate('arms', 16), kernel.allocate('segments', 12)];
    kernel.write(arms, 'u32', [4, 0, 2, 0xffffffff]);
    kernel.write(segments, 'u32', [2, 0xffffffff, 0]);
    const bytes = kernel.call('evidence_bytes', 5, 3, 3);
    kernel.call('evidence_merge', worlds[0].evidence, worlds[1].evidence, arms, segments);
    kernel.hash(worlds[0].evidence, bytes);
    kernel.call('evidence_check', worlds[0].evidence, bytes);
    const other = block(kernel, { halfLife: 21 });
    kernel.call('evidence_merge', worlds[0].evidence, other.evidence, arms, segments);
  });
}
