import { ParameterError } from '../../core/errors';
import type { RouterStore } from '../../memory/routerStore';

/** @throws {ParameterError} for what is no store */
export function parseStore(parameter: string, value: unknown): RouterStore | undefined {
  if (value === undefined) return undefined;
  const methods = ['write', 'keep', 'flush'] as const;
  const store = value as Partial<RouterStore> | null;
  const fits =
    typeof value === 'object' && methods.every((name) => typeof store?.[name] === 'function');
  if (fits) return value as RouterStore;
  throw new ParameterError(parameter, `an object with ${methods.join(', ')}`, value);
}

const inUse = new WeakSet<RouterStore>();

/** A store serves one router: lines of two would lead nowhere. @throws {ParameterError} for one that has another router */
export function claimStore(store: RouterStore): void {
  if (inUse.has(store))
    throw new ParameterError(
      'store',
      'of this router alone: close it and open it again for another router',
      'the store of another router',
    );
  inUse.add(store);
}
