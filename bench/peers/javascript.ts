import { fileURLToPath } from 'node:url';
import { startProcess, type Absent, type Contestant } from './lineProcess';

/** A contestant written in TypeScript, in a process of its own: the bundle beside this one (scripts/run-bench.mjs). */
export function startJavaScript(name: string): Promise<Contestant | Absent> {
  const program = fileURLToPath(new URL('contestant.js', import.meta.url));
  return startProcess(name, { program: process.execPath, arguments: [program, name] });
}
