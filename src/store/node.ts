/** The entry `thompsonite/node`: a router's memory in files. */
export { FileStore, openFileStore, type FileStoreHealth, type FileStoreOptions } from './fileStore';
export type { StoreFile, StoreFiles } from './files';
export type { UnusedFile } from './generations';
export { StoreError, type StoreFault } from './storeError';
