import { ParameterError } from '../core/errors';

/** Throws if `other` is the forecaster itself: every observation would count twice. @throws {ParameterError} */
export function requireAnother(other: object, self: object): void {
  if (other === self) throw new ParameterError('other', 'another forecaster', 'the same one');
}

/** Throws unless both have the same ids in the same order. @throws {ParameterError} */
export function requireSameIds(other: readonly string[], own: readonly string[]): void {
  const at = Array.from({ length: Math.max(other.length, own.length) }).findIndex(
    (_, i) => other[i] !== own[i],
  );
  if (at < 0) return;
  const expected = own[at] === undefined ? 'no model' : JSON.stringify(own[at]);
  throw new ParameterError(
    'other',
    `of the same models in the same order, with ${expected} at ${at}`,
    other[at],
  );
}

/** @throws {ParameterError} */
export function requireSameHalfLife(other: number, own: number): void {
  if (other !== own) throw new ParameterError('other', `of the half-life ${own}`, other);
}
