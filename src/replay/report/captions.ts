import type { PlotName } from './plots';

/** How to read each plot, in a sentence. */
export const CAPTIONS: Readonly<Record<PlotName, string>> = {
  costQuality:
    'Rings are models that always answer; the dashed line is the best that a coin between fixed models can buy at each cost, and the height of a policy above it is its hull gain (bars: 95 % bootstrap intervals; a ring without room for its name is in the table of models).',
  frontier:
    'The further a line runs above the straight dashed line, which sends random requests to the strong model, the better the policy knows which requests need it.',
  regret:
    'Utility lost so far against always asking the model that is best for the segment in hindsight: a line that flattens has learned, a straight one has not (bands: 5 % to 95 % of seeds).',
  shares:
    'Where the areas stop moving, the policy has settled; each stretch counts the requests since the one before.',
  segmentGains:
    'Bars right of zero are segments where routing beats the one model that is best on the whole table; an interval across zero decides nothing.',
};

export const POLICIES_NOTE =
  'Means with 95 % bootstrap intervals over requests and seeds. Hull gain is quality above the best mixture of fixed models at the same cost; – where a policy spends less than the cheapest model, so that no mixture compares. The late half shows what is left once the first half has taught the policy.';

export const HINDSIGHT_NOTE =
  '† Chosen with hindsight, which no live router has: oracle takes the best model of each single request, segment-means the model that is best on average in each segment, threshold the cut on prompt length that would have been best on this very table.';

export const FRONTIER_NOTE =
  'APGR: mean share of the quality gap between the weak and the strong model that is recovered over all shares of strong calls (0.5 is chance); over cost: the same with real cost in place of the share. CPT50, CPT80: least share of strong calls that recovers 50 % or 80 % of the gap. – needs a table of two models, or was not reached.';

export const SYNTHETIC_NOTE =
  'This workload is synthetic: it was made by a simulation from published figures, no model answered anything, and it proves nothing about live traffic.';
