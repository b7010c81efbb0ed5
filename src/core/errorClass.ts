/**
 * Why a call failed, as far as it matters to a router: `rateLimited` (HTTP 429), `quota` (budget or credit used up),
 * `auth` (key refused), `timeout`, `contentFilter` (the provider declined the content), `badRequest` (the request's own
 * fault: malformed, too long), `server` (5xx), `network` (no answer at all), `other`.
 */
export type ErrorClass =
  | 'rateLimited'
  | 'quota'
  | 'auth'
  | 'timeout'
  | 'contentFilter'
  | 'badRequest'
  | 'server'
  | 'network'
  | 'other';

export const ERROR_CLASSES: readonly ErrorClass[] = [
  'rateLimited',
  'quota',
  'auth',
  'timeout',
  'contentFilter',
  'badRequest',
  'server',
  'network',
  'other',
];
