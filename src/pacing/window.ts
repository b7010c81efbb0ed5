import { ParameterError } from '../core/errors';
import { requireNumber, wholeBetween, type Interval } from '../core/validation';
import type { SpendWindow } from './spendMeter';

const WINDOW_REQUESTS = wholeBetween(1, 1_000_000_000);
/** Up to a century. */
const WINDOW_MS: Interval = {
  text: 'in [1, 3.2e12]',
  contains: (v) => v >= 1 && v <= 3.2e12,
};

/**
 * Exactly one of `windowRequests` and `windowMs`.
 * @throws {ParameterError}
 */
export function parseWindow(parameter: string, options: Record<string, unknown>): SpendWindow {
  const { windowRequests, windowMs } = options;
  if (windowRequests !== undefined && windowMs !== undefined)
    throw new ParameterError(
      `${parameter}.windowMs`,
      'left out, as windowRequests is given',
      windowMs,
    );
  if (windowRequests === undefined && windowMs === undefined)
    throw new ParameterError(
      `${parameter}.windowRequests`,
      'given, or windowMs instead of it',
      windowRequests,
    );
  return windowRequests === undefined
    ? { requests: Infinity, ms: requireNumber(`${parameter}.windowMs`, windowMs, WINDOW_MS) }
    : {
        requests: requireNumber(`${parameter}.windowRequests`, windowRequests, WINDOW_REQUESTS),
        ms: Infinity,
      };
}
