import Table from 'cli-table3';
import { shortName } from '../replay/report/names';
import {
  fixed,
  NOTHING,
  percent,
  signed,
  usdLike,
  whole,
  withInterval,
} from '../replay/report/numbers';
import type { PolicyResult, ReplayResult } from '../replay/result';

/** Letters of a policy's name, so that six columns fit into 120. */
const NAME_LETTERS = 20;

/** Columns set apart by spaces alone and one rule under the head; no colour codes, so that it survives a pipe. */
const BORDERS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

/** The policies of a replay for a terminal of 100 to 120 columns, means with 95 % intervals. */
export function policyTable(result: ReplayResult): string {
  const head = [
    'policy',
    'quality [ci]',
    'USD/1000 [ci]',
    'utility [ci]',
    'hull gain [ci]',
    'late',
  ];
  return alignedTable(head, result.policies.map(policyRow));
}

/** What the answers took; utility here has the price of the time taken off. */
export function latencyTable(result: ReplayResult): string {
  const rows = result.policies.map(({ policy, latency }) => [
    shortName(policy, NAME_LETTERS),
    ...(latency
      ? [
          whole(latency.meanMs),
          whole(latency.p50Ms),
          whole(latency.p95Ms),
          latency.lateShare === null ? NOTHING : percent(latency.lateShare),
          fixed(latency.utility),
        ]
      : []),
  ]);
  const head = ['policy', 'mean ms', 'p50 ms', 'p95 ms', 'over limit', 'utility'];
  return alignedTable(head, rows);
}

/** The frontier of a replay; empty where none was swept. */
export function frontierTable(result: ReplayResult): string {
  if (!result.frontier?.length) return '';
  const rows = result.frontier.map((one) => [
    shortName(one.policy, NAME_LETTERS),
    one.apgr === null ? NOTHING : fixed(one.apgr),
    one.apgrCost === null ? NOTHING : fixed(one.apgrCost),
    one.cpt50 === null ? NOTHING : percent(one.cpt50),
    one.cpt80 === null ? NOTHING : percent(one.cpt80),
    whole(one.points.length),
  ]);
  return alignedTable(['policy', 'APGR', 'APGR(cost)', 'CPT50', 'CPT80', 'points'], rows);
}

function policyRow(one: PolicyResult): string[] {
  return [
    shortName(one.policy, NAME_LETTERS),
    narrow(withInterval(one.quality, fixed)),
    narrow(withInterval(one.costUsdPer1000, usdLike(one.costUsdPer1000.mean))),
    narrow(withInterval(one.utility, fixed)),
    one.hullGain === null ? NOTHING : narrow(withInterval(one.hullGain, gain)),
    one.hullGainLate === null ? NOTHING : gain(one.hullGainLate.mean),
  ];
}

/** Three places are what 120 columns have room for; the JSON document keeps every digit. */
function gain(value: number): string {
  return signed(value, 3);
}

/** Leaves out the zero before the point in an interval: "0.769 [.761, .776]". */
function narrow(text: string): string {
  return text.replace(/(\[|, )([+-]?)0\./g, '$1$2.');
}

/** First column left, the others right. */
function alignedTable(head: string[], rows: string[][]): string {
  const table = new Table({
    chars: BORDERS,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    colAligns: head.map((_, i) => (i === 0 ? 'left' : 'right')),
  });
  table.push(head, ...rows);
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}
