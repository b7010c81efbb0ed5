import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { DataError } from '../core/errors';

const NEWLINE = 0x0a;
const GZIP_MAGIC = [0x1f, 0x8b];
const BYTE_ORDER_MARK = /^\uFEFF/;
const LONGEST_LINE_BYTES = 64 * 2 ** 20;

/** May return a promise: the next line is not read before it has settled. */
type OnLine = (line: string, number: number) => void | Promise<void>;

/**
 * Calls `onLine` with every non-empty line of a text file and its number from 1; a name ending in `.gz` is unpacked.
 * Lines end at "\n" only: prompts hold other line separators.
 * @throws {DataError} when the file cannot be read or unpacked
 */
export async function readLines(file: string, onLine: OnLine): Promise<void> {
  const packed = file.endsWith('.gz');
  const source = createReadStream(file);
  const split = (chunks: AsyncIterable<Buffer>) => splitLines(file, chunks, onLine);
  try {
    if (packed) await pipeline(source, requireBytes(file), createGunzip(), split);
    else await pipeline(source, split);
  } catch (error) {
    throw readable(file, error);
  }
}

async function splitLines(
  file: string,
  chunks: AsyncIterable<Buffer>,
  onLine: OnLine,
): Promise<void> {
  let number = 0;
  let rest: Buffer[] = [];
  let restBytes = 0;
  const emit = (last: Buffer) => {
    number++;
    const text = Buffer.concat([...rest, last]).toString('utf8');
    rest = [];
    restBytes = 0;
    const content = number === 1 ? text.replace(BYTE_ORDER_MARK, '') : text;
    return content.trim() === '' ? undefined : onLine(content, number);
  };
  let first = true;
  for await (const chunk of chunks) {
    if (first && GZIP_MAGIC.every((byte, i) => chunk[i] === byte)) {
      throw new DataError(file, undefined, 'holds gzip data but is not named .gz');
    }
    first = false;
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      const busy = emit(chunk.subarray(start, end));
      // Perf: waiting costs a turn of the event loop, even for nothing.
      if (busy) await busy;
      start = end + 1;
    }
    rest.push(chunk.subarray(start));
    restBytes += chunk.length - start;
    if (restBytes > LONGEST_LINE_BYTES)
      throw new DataError(file, number + 1, 'the line is longer than 64 MiB');
  }
  if (restBytes > 0) await emit(Buffer.alloc(0));
}

/** Passes bytes on; a file without any is said to be empty rather than cut off. */
function requireBytes(file: string) {
  return async function* (chunks: AsyncIterable<Buffer>) {
    let bytes = 0;
    for await (const chunk of chunks) {
      bytes += chunk.length;
      yield chunk;
    }
    if (bytes === 0) throw new DataError(file, undefined, 'is empty');
  };
}

function readable(file: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new DataError(file, undefined, 'no such file');
  if (code === 'EISDIR') return new DataError(file, undefined, 'is a folder, not a file');
  if (code === 'EACCES') return new DataError(file, undefined, 'may not be read');
  if (code === 'Z_DATA_ERROR')
    return new DataError(file, undefined, 'is named .gz but does not hold gzip data');
  if (code === 'Z_BUF_ERROR')
    return new DataError(file, undefined, 'ends in the middle of its gzip data');
  return error;
}
