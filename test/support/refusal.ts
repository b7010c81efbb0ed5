/** What a refused call looks like, in one place. */
import { expect } from 'vitest';
import { ParameterError } from '../../src/core/errors';

/** What `action` throws, or undefined. */
export function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}

/** Expects the house's error: name, what is allowed, and what came, on one line. */
export function expectRefusal(
  action: () => unknown,
  parameter: string,
  allowed: string,
  value: unknown,
) {
  const error = thrownBy(action);
  expect(error).toBeInstanceOf(ParameterError);
  expect(error).toBeInstanceOf(RangeError);
  expect(error).toMatchObject({ name: 'ParameterError', parameter, allowed, received: value });
  const { message } = error as ParameterError;
  expect(message.startsWith(`${parameter} must be ${allowed}, got `)).toBe(true);
  expect(message).not.toMatch(/[\n\r]/);
}
