/**
 * Names of models, segments, policies and tables come from strangers' files. What is printed of them is one line,
 * free of control and direction-changing characters (terminal escapes, text that reads backwards), and short.
 */

const LONGEST = 34;

/** `name` on one line: control, format, separator and lone surrogate characters become U+FFFD. */
export function cleanName(name: string): string {
  return name.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '\uFFFD');
}

/** `cleanName`, with the middle left out where it is longer than `longest` characters: ends tell versions apart. */
export function shortName(name: string, longest = LONGEST): string {
  const letters = Array.from(cleanName(name));
  if (letters.length <= longest) return letters.join('');
  const tail = Math.floor((longest - 1) / 2);
  const head = longest - 1 - tail;
  return `${letters.slice(0, head).join('')}…${letters.slice(-tail).join('')}`;
}

/**
 * A short label for each name, no two alike, so that labels can be the categories of a scale. Names of Object's own
 * members are quoted: vega-lite removes duplicates through a plain object and would drop a model called `constructor`.
 */
export function labelsOf(names: Iterable<string>, longest = LONGEST): Map<string, string> {
  const labels = new Map<string, string>();
  const taken = new Set<string>();
  for (const name of names) {
    if (labels.has(name)) continue;
    const label = firstFree(shortName(name, longest), taken);
    taken.add(label);
    labels.set(name, label);
  }
  return labels;
}

function firstFree(wanted: string, taken: ReadonlySet<string>): string {
  const label = wanted in {} ? `“${wanted}”` : wanted;
  if (!taken.has(label)) return label;
  let copy = 2;
  while (taken.has(`${label} (${copy})`)) copy++;
  return `${label} (${copy})`;
}
