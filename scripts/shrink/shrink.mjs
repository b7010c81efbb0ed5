// Makes a compiled kernel smaller, above all compressed: what it computes stays the same, bit for bit.
import { brotliCompressSync } from 'node:zlib';
import binaryen from 'assemblyscript/binaryen';
import { smallConstants } from './constants.mjs';
import { renumberLocals } from './locals.mjs';
import { readModule, writeModule } from './module.mjs';

const { Features } = binaryen;
const FEATURES =
  Features.SIMD128 |
  Features.BulkMemory |
  Features.BulkMemoryOpt |
  Features.SignExt |
  Features.NontrappingFPToInt |
  Features.MutableGlobals;

/** More rounds than it takes to settle; the smallest result is taken, as brotli's own choices are not foreseen by any model. */
const ROUNDS = 8;

export function shrink(wasm) {
  const module = readModule(optimised(wasm));
  for (const body of module.functions) body.code = smallConstants(body.code);
  const rounds = renumberLocals(module.functions);
  const results = Array.from({ length: ROUNDS }, () => {
    rounds.next();
    return writeModule(module);
  });
  const sizes = results.map((result) => brotliCompressSync(result).length);
  return results[sizes.indexOf(Math.min(...sizes))];
}

/** A function with one caller that is larger stays one: its locals would make those of the caller dearer. Found by trying. */
const LARGEST_INLINED_ONCE = 100;

/** Twice more for size: asc stops at what its own pipeline finds. Locals are shared out anew, the most used ones first. */
function optimised(wasm) {
  const module = binaryen.readBinary(wasm);
  module.setFeatures(FEATURES);
  // All options that asc sets too: they are global.
  binaryen.setOptimizeLevel(3);
  binaryen.setShrinkLevel(2);
  binaryen.setAlwaysInlineMaxSize(2);
  binaryen.setFlexibleInlineMaxSize(20);
  binaryen.setOneCallerInlineMaxSize(LARGEST_INLINED_ONCE);
  binaryen.setZeroFilledMemory(true);
  binaryen.setLowMemoryUnused(true); // static data starts at 1,024
  module.optimize();
  module.optimize();
  module.runPasses(['reorder-locals']);
  const bytes = module.emitBinary();
  module.dispose();
  return bytes;
}
