import { parseArgs } from 'node:util';
import { CASES, type BenchCase } from './cases';
import type { Rounds } from './contest';

export interface BenchOptions {
  readonly cases: readonly BenchCase[];
  readonly rounds: Rounds;
  readonly write: boolean;
  readonly installPeers: boolean;
  readonly help: boolean;
}

export const USAGE = `npm run bench -- [options]

  --only REGEX      the cases whose id or title matches
  --quick           fewer and shorter rounds: for a look, not for figures
  --rounds N        rounds that count (default 15)
  --write           write bench/RESULTS.md and bench/figures/
  --install-peers   put numpy, scipy and scikit-learn into build/peers/python first
  --help

THOMPSONITE_BENCH_PYTHON names the Python whose numpy and scikit-learn are timed (default: that of --install-peers, else python3).
Rust's rand_distr is timed where cargo is installed.
`;

const FULL: Rounds = { shortWarmUps: 5, warmUps: 2, counted: 15, leastNanoseconds: 20e6 };
const QUICK: Rounds = { shortWarmUps: 3, warmUps: 2, counted: 3, leastNanoseconds: 3e6 };

/** @throws {Error} with a sentence, for arguments that are not understood */
export function readOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      write: { type: 'boolean', default: false },
      'install-peers': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const { only, rounds } = values;
  const pattern = only === undefined ? undefined : new RegExp(only);
  const cases = CASES.filter(
    ({ id, title }) => !pattern || pattern.test(id) || pattern.test(title),
  );
  if (cases.length === 0) throw new Error(`--only ${only} matches no case`);
  if (values.write && (cases.length < CASES.length || values.quick))
    throw new Error('--write records a whole run: not with --only or --quick');
  const base = values.quick ? QUICK : FULL;
  const counted = rounds === undefined ? base.counted : Number(rounds);
  if (!(Number.isInteger(counted) && counted >= 1 && counted <= 1000))
    throw new Error(`--rounds must be a whole number in [1, 1000], got ${rounds}`);
  return {
    cases,
    rounds: { ...base, counted },
    write: values.write,
    installPeers: values['install-peers'],
    help: values.help,
  };
}
