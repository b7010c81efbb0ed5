/** A contestant's side of the protocol, for those written in TypeScript: takes turns from stdin until it closes. */
import { createInterface } from 'node:readline';
import type { Answer, Greeting, Refusal, Turn } from './protocol';
import { doTurn, type Works } from './works';

/** Greets, then answers line by line. */
export function serve(works: Works, versions: Readonly<Record<string, string>>): void {
  say({ versions });
  createInterface({ input: process.stdin }).on('line', (line) => {
    try {
      say(doTurn(works, JSON.parse(line) as Turn));
    } catch (error) {
      say({ refused: String(error) });
    }
  });
}

function say(message: Greeting | Answer | Refusal): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}
