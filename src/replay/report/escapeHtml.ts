import { cleanName } from './names';

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
]);

/** Text from data as HTML text or quoted attribute value: markup becomes letters, control characters U+FFFD. */
export function escapeHtml(text: string): string {
  return cleanName(text).replace(/[&<>"']/g, (letter) => ENTITIES.get(letter) ?? '');
}
