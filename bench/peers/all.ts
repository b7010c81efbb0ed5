import { startJavaScript } from './javascript';
import type { Absent, Contestant } from './lineProcess';
import { startNumpy } from './python';
import { startRust } from './rust';

/** Names of the contestants' processes, in the order in which they are shown. */
export const PROCESSES = ['thompsonite', 'plain', 'stdlib', 'numpy', 'rust'] as const;
export type ProcessName = (typeof PROCESSES)[number];

const START: Readonly<Record<ProcessName, () => Promise<Contestant | Absent>>> = {
  thompsonite: () => startJavaScript('thompsonite'),
  plain: () => startJavaScript('plain'),
  stdlib: () => startJavaScript('stdlib'),
  numpy: startNumpy,
  rust: startRust,
};

/** Starts every contestant that is wanted; who does not start is among them with the reason. */
export function startAll(wanted: readonly ProcessName[]): Promise<(Contestant | Absent)[]> {
  return Promise.all(wanted.map((name) => START[name]()));
}
