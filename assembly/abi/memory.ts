import { allocate as allocateBytes } from '../memory/arena';

/** Rises with every change of a signature or of a meaning. */
export function abi_version(): u32 {
  return 3;
}

export function allocate(bytes: usize): usize {
  return allocateBytes(bytes);
}
