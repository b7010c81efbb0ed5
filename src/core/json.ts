import { show } from './errors';

/** Parses a line that must be one JSON value. @throws {SyntaxError} in words for people */
export function parseJsonLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // JSON has no NaN and no Infinity, but programs write them: name the field rather than the line.
    const [, field, number] = /"([^"]+)"\s*:\s*(-?(?:NaN|Infinity))\b/.exec(line) ?? [];
    if (field !== undefined)
      throw new SyntaxError(`${field} must be a finite number, got ${number}`);
    throw new SyntaxError(`the line must be one JSON object, got ${show(line)}`);
  }
}
