import type { Estimate, Frontier, PolicyResult, ReplayResult, ReplaySeries } from '../result';
import { usesHindsight } from './baselines';
import { escapeHtml } from './escapeHtml';
import { fixed, interval, NOTHING, percent, signed, usd, usdLike, whole } from './numbers';
import { tableHtml } from './page';

/** Mean above its 95 % interval. */
function estimateCell(estimate: Estimate | null, write: (value: number) => string): string {
  if (estimate === null) return NOTHING;
  return `${write(estimate.mean)}<small>${interval(estimate, write)}</small>`;
}

function policyName(policy: string): string {
  return escapeHtml(policy) + (usesHindsight(policy) ? ' †' : '');
}

export function policiesHtml(policies: readonly PolicyResult[]): string {
  const head = [
    'Policy',
    'Quality',
    'USD per 1,000',
    'Utility',
    'Hull gain',
    'Hull gain, late half',
  ];
  const rows = policies.map((one) => [
    policyName(one.policy),
    estimateCell(one.quality, fixed),
    estimateCell(one.costUsdPer1000, usdLike(one.costUsdPer1000.mean)),
    estimateCell(one.utility, fixed),
    estimateCell(one.hullGain, signed),
    estimateCell(one.hullGainLate, signed),
  ]);
  return tableHtml(head, rows);
}

/** Each fixed model beside the share that the policy of `sharesOf` gave it: the plots may leave a name out, this not. */
export function modelsHtml(result: ReplayResult, series: ReplaySeries): string {
  const policy = result.policies.find((one) => one.policy === series.sharesOf);
  const shares = new Map(Object.entries(policy?.shares ?? {}));
  const head = [
    'Model',
    'Quality, always this one',
    'USD per 1,000',
    `Share of ${escapeHtml(series.sharesOf)}`,
  ];
  const byCost = [...series.arms].sort((a, b) => a.costUsdPer1000 - b.costUsdPer1000);
  const rows = byCost.map((arm) => [
    escapeHtml(arm.model),
    fixed(arm.quality),
    usd(arm.costUsdPer1000),
    policy ? percent(shares.get(arm.model) ?? 0) : NOTHING,
  ]);
  return tableHtml(head, rows);
}

export function frontierHtml(frontier: readonly Frontier[]): string {
  const head = ['Policy', 'APGR', 'APGR over cost', 'CPT50', 'CPT80', 'Points'];
  const orNothing = (value: number | null) => (value === null ? NOTHING : fixed(value));
  const shareOrNothing = (value: number | null) => (value === null ? NOTHING : percent(value));
  const rows = frontier.map((one) => [
    policyName(one.policy),
    orNothing(one.apgr),
    orNothing(one.apgrCost),
    shareOrNothing(one.cpt50),
    shareOrNothing(one.cpt80),
    whole(one.points.length),
  ]);
  return tableHtml(head, rows);
}
