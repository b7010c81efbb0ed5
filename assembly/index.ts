/**
 * The ABI: raw numbers and addresses only. Every export either cannot fail or returns a status; sizes are functions,
 * so that no host repeats a layout. 64-bit seeds and sequence numbers cross as two unsigned 32-bit halves.
 * Arguments are the host's to check.
 */
export * from './abi/memory';
export * from './abi/sampler';
export * from './abi/evidence';
export * from './abi/explain';
export * from './abi/decision';
export * from './abi/floor';
export * from './abi/replay';
export * from './abi/reward';
export * from './abi/ridge';
export * from './abi/special';
export * from './abi/propensities';
export * from './abi/latency';
export * from './abi/levels';
export * from './abi/elementary';
export * from './abi/encoder';
export * from './abi/tree';
export * from './abi/forecast';
export * from './abi/context';
export * from './abi/state';
export * from './abi/drift';
export * from './abi/pacing';
export * from './abi/stream';
export * from './abi/bestofn';
export * from './abi/arms';
export * from './abi/bestofreplay';
