/** A router in miniature: its state is how many lines it has written, and every line says its number. */
import { writeContainer, readContainer } from '../../src/memory/container';
import { jsonBytes, parseJsonBytes } from '../../src/memory/jsonSection';
import type { RouterStore, StoredRouter } from '../../src/memory/routerStore';

const VERSIONS = { libraryVersion: '0', kernelAbi: 1, layoutVersion: 1 };

export function snapshotOf(count: number): Uint8Array {
  return writeContainer(VERSIONS, [
    { name: 'count', version: 1, whenUnknown: 'refuse', bytes: jsonBytes(count) },
  ]);
}

/** Lines that a state holds; -1 where they do not lead to one. */
export function countOf(found: StoredRouter | undefined): number {
  if (!found) return 0;
  let count = found.snapshot
    ? (parseJsonBytes(readContainer(found.snapshot).sections[0]!.bytes, 'count') as number)
    : 0;
  for (const line of found.lines) {
    const number = numberOf(line);
    if (number === undefined) continue;
    if (number !== count + 1) return -1;
    count = number;
  }
  return count;
}

function numberOf(line: string): number | undefined {
  try {
    return (JSON.parse(line) as { n: number }).n;
  } catch {
    return undefined;
  }
}

export class CountingRouter {
  readonly #store: RouterStore;
  count: number;

  constructor(store: RouterStore) {
    this.#store = store;
    this.count = countOf(store.found);
    store.keep(snapshotOf(this.count));
  }

  step(): void {
    this.count++;
    this.#store.write(
      `${JSON.stringify({ n: this.count, padding: 'x'.repeat(this.count % 90) })}\n`,
    );
    if (this.#store.snapshotDue) this.#store.keep(snapshotOf(this.count));
  }

  async flush(): Promise<void> {
    if (this.#store.snapshotDue) this.#store.keep(snapshotOf(this.count));
    await this.#store.flush();
  }
}
