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
import { alignedTable } from './alignedTable';
import type { PolicyResult, ReplayResult } from '../replay/result';

/** Letters of a policy's name, so that six columns fit into 120. */
const NAME_LETTERS = 20;

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
