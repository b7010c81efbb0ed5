import type { ParsedRequest } from '../selection/request';
import type { Segments } from './segments';

/** Where to cut a batch: the request that brings the router's second segment, -1 for none. */
export function secondSegmentIn(requests: readonly ParsedRequest[], segments: Segments): number {
  if (segments.count > 1) return -1;
  // A second segment changes how all arms are pooled (docs/MATH.md §6): what comes before it in the batch must not know.
  const first = requests.find(isServable);
  return requests.findIndex(
    (request) => isServable(request) && request !== first && isSecond(request, first!, segments),
  );
}

/** Would a request bring the second segment, after the batch's first one? */
function isSecond({ segment }: ParsedRequest, first: ParsedRequest, segments: Segments): boolean {
  if (segments.count > 1 || !segments.isNew(segment)) return false;
  return segments.count === 1 ? !segments.isNew(first.segment) : segment !== first.segment;
}

function isServable({ eligible }: ParsedRequest): boolean {
  return eligible?.length !== 0;
}
