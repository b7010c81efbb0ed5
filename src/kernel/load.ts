import { KernelError, ParameterError, show } from '../core/errors';
import { ABI_VERSION } from './exports';
import { Kernel } from './kernel';
import { KERNEL_BASE64 } from './kernelBytes.generated';

/** The compiled kernel. Compiled once a process; every owner of state makes its own instance of it. */
export class CompiledKernel {
  readonly #module: WebAssembly.Module;

  /** @internal */
  constructor(module: WebAssembly.Module) {
    this.#module = module;
  }

  /** @internal A fresh instance with its own memory. @throws {KernelError} when the ABI is not this facade's. */
  instantiate(): Kernel {
    const kernel = new Kernel(this.#module);
    const version = kernel.raw.abi_version();
    if (version === ABI_VERSION) return kernel;
    throw new KernelError(`kernel ABI must be ${ABI_VERSION}, got ${show(version)}`);
  }
}

let compiled: CompiledKernel | undefined;
let compiling: Promise<CompiledKernel> | undefined;

/**
 * Compiles the kernel without blocking; later calls give the same compiled kernel.
 *
 * @throws {KernelError} where the host has no WebAssembly SIMD or its policy forbids compilation
 * (a Content-Security-Policy needs `'wasm-unsafe-eval'`).
 */
export function loadKernel(): Promise<CompiledKernel> {
  if (compiled) return Promise.resolve(compiled);
  compiling ??= WebAssembly.compile(kernelBytes()).then(remember, (cause: unknown) => {
    compiling = undefined;
    throw refused(cause);
  });
  return compiling;
}

/** As `loadKernel`, at once: for hosts that allow synchronous compilation (all but some edge runtimes). */
export function loadKernelSync(): CompiledKernel {
  if (compiled) return compiled;
  try {
    return remember(new WebAssembly.Module(kernelBytes()));
  } catch (cause) {
    throw refused(cause);
  }
}

/** The kernel of an option, by default `loadKernelSync()`. @throws {ParameterError} */
export function kernelOf(option: CompiledKernel | undefined): CompiledKernel {
  if (option === undefined) return loadKernelSync();
  // Not by the class: a process may hold two copies of this package.
  if (typeof (option as Partial<CompiledKernel> | null)?.instantiate === 'function') return option;
  throw new ParameterError('options.kernel', 'a kernel from loadKernel()', option);
}

function remember(module: WebAssembly.Module): CompiledKernel {
  compiled ??= new CompiledKernel(module);
  return compiled;
}

function refused(cause: unknown): KernelError {
  return new KernelError(`this host did not compile the kernel: ${String(cause)}`, { cause });
}

function kernelBytes(): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(KERNEL_BASE64), (character) => character.charCodeAt(0));
}
