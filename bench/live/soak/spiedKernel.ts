import { CompiledKernel, loadKernelSync } from '../../../src/kernel/load';
import type { Kernel } from '../../../src/kernel/kernel';

/** A kernel whose owner's evidence can be looked at from outside: nothing is changed, only the block's address is noted. */
export interface Spied {
  readonly compiled: CompiledKernel;
  /** Bytes of the evidence of the router that was made with it. @param segments rows in use */
  evidenceBytes(arms: number, families: number, segments: number): Uint8Array;
}

export function spiedKernel(): Spied {
  const compiled = loadKernelSync();
  let kernel: Kernel | undefined;
  let address = 0;
  const instantiate = () => {
    kernel = compiled.instantiate();
    const { raw } = kernel;
    const spied = {
      ...raw,
      evidence_observe: (...all: Parameters<typeof raw.evidence_observe>) => {
        address = all[0];
        return raw.evidence_observe(...all);
      },
    };
    Object.defineProperty(kernel, 'raw', { value: spied });
    return kernel;
  };
  return {
    compiled: Object.assign(Object.create(CompiledKernel.prototype) as CompiledKernel, {
      instantiate,
    }),
    evidenceBytes: (arms, families, segments) =>
      bytesOf(kernel!, address, arms, families, segments),
  };
}

/** A copy of an evidence block. */
export function bytesOf(
  kernel: Kernel,
  address: number,
  arms: number,
  families: number,
  segments: number,
): Uint8Array {
  const length = kernel.raw.evidence_bytes(arms, families, segments);
  return kernel.u8(address, length).slice();
}
