import { loadKernel, loadKernelSync } from '../kernel/load';
import type { DemoRouterOptions, RouterOptions } from './options';
import { makerWith, type Router } from './router';
import { openRouter, restoredRouter } from './snapshot/openRouter';
import type { RestoreOptions } from './snapshot/restoreOptions';

/**
 * Makes a router, or goes on with the one that `options.store` has. Compiles the kernel without blocking on the first call. Without models it chooses among a dated list,
 * `DEMO_MODELS`, to try things out, and each of its decisions says `demo: true`.
 * @throws {ParameterError} for an option out of range
 * @throws {SnapshotError} for options in conflict with what the store has
 * @throws {KernelError} where WebAssembly with SIMD is not available
 */
export async function createRouter(
  options: RouterOptions | DemoRouterOptions = {},
): Promise<Router> {
  return openRouter(options, makerWith(await loadKernel()));
}

/**
 * As `createRouter`, at once: for hosts that allow synchronous compilation.
 * @throws {ParameterError} for an option out of range
 * @throws {SnapshotError} for options in conflict with what the store has
 * @throws {KernelError} where WebAssembly with SIMD is not available
 */
export function createRouterSync(options: RouterOptions | DemoRouterOptions = {}): Router {
  return openRouter(options, makerWith(loadKernelSync()));
}

/**
 * A router from what `router.snapshot()` gave. With the same requests and reports it decides as the other would have, to the last bit; reports
 * for decisions from before count.
 * @param options what is to be said anew (`RestoreOptions`)
 * @throws {SnapshotError} for bytes that are no snapshot, are damaged or from a later library, and for options in conflict with it
 * @throws {ParameterError} for an option out of range
 * @throws {KernelError} where WebAssembly with SIMD is not available
 *
 * @example
 * ```ts
 * import { restoreRouter } from 'thompsonite';
 *
 * const models = { only: { family: 'a', usdPerMillionInputTokens: 1, usdPerMillionOutputTokens: 2 } };
 * const router = await createRouter({ models, willingnessToPayUsd: 0.01 });
 * const decision = router.select();
 * const restored = await restoreRouter(router.snapshot());
 * if (decision.kind === 'decision') restored.report(decision.decisionId, { reward: 1 });
 * ```
 */
export async function restoreRouter(
  snapshot: Uint8Array,
  options: RestoreOptions = {},
): Promise<Router> {
  return restoredRouter(snapshot, options, makerWith(await loadKernel()));
}

/** As `restoreRouter`, at once: for hosts that allow synchronous compilation. */
export function restoreRouterSync(snapshot: Uint8Array, options: RestoreOptions = {}): Router {
  return restoredRouter(snapshot, options, makerWith(loadKernelSync()));
}
