/** Replays the golden vectors in the Node that runs this, as host.py does in Python: `node --import tsx node.ts KERNEL_WASM`. */
import { readFileSync } from 'node:fs';
import { readGolden, replay } from '../golden/replay';

const module = new WebAssembly.Module(readFileSync(process.argv[2]!));
const { vectors } = readGolden();
let checks = 0;
let failures = 0;
for (const vector of vectors) {
  for (const { step, expected, received } of replay(module, vector)) {
    checks++;
    if (expected === received) continue;
    failures++;
    console.log(`${vector.area}: ${vector.name}, step ${step}: ${received}`);
  }
}
console.log(`Node ${process.version}`);
console.log(`${vectors.length} vectors, ${checks} checks, ${failures} failures`);
process.exitCode = failures || !checks ? 1 : 0;
