import type { ArmExplanation, Explanation, Flip } from './explanation';

interface Column {
  readonly head: string;
  readonly text: (arm: ArmExplanation) => string;
  /** Is it worth its room? */
  readonly shown: (arms: readonly ArmExplanation[]) => boolean;
  readonly left?: boolean;
}

const always = () => true;

const COLUMNS: readonly Column[] = [
  {
    head: 'drawn',
    text: (arm) => arm.sampledQuality?.toFixed(4) ?? '–',
    shown: isDrawn,
  },
  {
    head: 'mean ± sd',
    text: (arm) => `${arm.meanQuality.toFixed(3)} ± ${arm.qualityDeviation.toFixed(3)}`,
    shown: always,
  },
  { head: 'cost USD', text: (arm) => significant(arm.expectedCostUsd), shown: always },
  { head: '− cost', text: (arm) => arm.costTerm.toFixed(4), shown: always },
  {
    head: '− latency',
    text: (arm) => arm.latencyTerm.toFixed(4),
    shown: (arms) => arms.some(({ latencyTerm }) => latencyTerm !== 0),
  },
  {
    head: '− risk',
    text: (arm) => arm.riskTerm.toFixed(4),
    shown: (arms) => arms.some(({ riskTerm }) => riskTerm !== 0),
  },
  { head: '= utility', text: (arm) => arm.utility?.toFixed(4) ?? '–', shown: isDrawn },
  { head: 'margin', text: (arm) => arm.margin?.toFixed(4) ?? '–', shown: isDrawn },
  { head: 'propensity', text: (arm) => share(arm.propensity), shown: always },
  {
    head: 'P(good)',
    text: (arm) => (arm.confidence === undefined ? '–' : share(arm.confidence)),
    shown: (arms) => arms.some(({ confidence }) => confidence !== undefined),
  },
  { head: '', text: noteOf, shown: (arms) => arms.some((arm) => noteOf(arm) !== ''), left: true },
];

const MOST_LISTED = 8;

/**
 * An explanation as text for a terminal: who was chosen and why, a line a model, dearest utility first, and the changes that would flip the choice. Lines
 * are not wrapped; ids are shown without control characters.
 *
 * @example
 * ```ts
 * const models = { only: { family: 'a', usdPerMillionInputTokens: 1, usdPerMillionOutputTokens: 2 } };
 * const router = await createRouter({ models, willingnessToPayUsd: 0.01 });
 * const decision = router.select();
 * if (decision.kind === 'decision') {
 *   const explanation = router.explain(decision);
 *   if (explanation.kind === 'explanation') console.log(formatExplanation(explanation));
 * }
 * ```
 */
export function formatExplanation(explanation: Explanation): string {
  return [...heading(explanation), '', ...table(explanation), '', ...ending(explanation)].join(
    '\n',
  );
}

function heading(explanation: Explanation): string[] {
  const { decisionId, segment, model, n, greatestUtility, chosenBy, arms } = explanation;
  const of = segment === undefined ? '' : ` in segment ${printable(segment)}`;
  const greatest = printable(greatestUtility ?? '');
  const only = arms.filter(({ eligible }) => eligible).length === 1;
  const why =
    only && chosenBy !== 'fallback'
      ? 'the only model eligible'
      : {
          utility: 'of the greatest utility',
          fallback: `by fallback, in the stead of ${greatest}`,
          floor: `by the floor; of the greatest utility was ${greatest}`,
          propensities: 'drawn from the propensities',
        }[chosenBy];
  const { willingnessToPayUsd, expert, promptShare, propensityAccuracy } = explanation;
  const worth =
    willingnessToPayUsd === Infinity
      ? 'Money is no object'
      : `Quality from 0 to 1 is worth ${significant(willingnessToPayUsd)} USD`;
  const who = `qualities by ${expert === 'prompt' ? 'the prompt' : 'the segment'}`;
  const odds = promptShare === undefined ? '' : ` (the prompt decides ${share(promptShare)})`;
  const rough = propensityAccuracy === 'rough' ? '; propensities are rough' : '';
  return [
    `Decision ${printable(decisionId)}${of}: ${named(model, n)}, ${why}.`,
    `${worth}; ${who}${odds}${rough}.`,
    ...rulingOf(explanation),
  ];
}

function rulingOf({ rule, arms }: Explanation): string[] {
  if (rule === undefined) return [];
  const out = arms.filter(({ reason }) => reason === 'rule').map(({ model }) => printable(model));
  return [
    `Rule ${printable(rule)} fired: it left out ${out.length > 0 ? listed(out) : 'no model'}.`,
  ];
}

/** Thousands of models would hide the rest. */
function listed(models: readonly string[]): string {
  if (models.length <= MOST_LISTED) return models.join(', ');
  return `${models.slice(0, MOST_LISTED).join(', ')} and ${models.length - MOST_LISTED} more`;
}

function table({ arms, model, n }: Explanation): string[] {
  const columns = COLUMNS.filter(({ shown }) => shown(arms));
  const byMargin = isDrawn(arms);
  const ranked = [...arms].sort(
    byMargin
      ? (a, b) => (a.margin ?? Infinity) - (b.margin ?? Infinity) || 0
      : (a, b) => b.propensity - a.propensity,
  );
  const rows = [
    ['  model', ...columns.map(({ head }) => head)],
    ...ranked.map((arm) => [
      `${arm.model === model && arm.n === n ? '>' : ' '} ${named(arm.model, arm.n)}`,
      ...columns.map(({ text }) => text(arm)),
    ]),
  ];
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => lengthOf(row[i]!))));
  return rows.map((row) =>
    row
      .map((cell, i) => {
        const pad = ' '.repeat(widths[i]! - lengthOf(cell));
        return i === 0 || columns[i - 1]!.left ? cell + pad : pad + cell;
      })
      .join('  ')
      .trimEnd(),
  );
}

function ending({ flips, chosenBy }: Explanation): string[] {
  if (chosenBy === 'floor')
    return ['The floor does not look at utilities: no change of them would flip it.'];
  if (chosenBy === 'propensities')
    return ['It was drawn from the propensities: there are no draws of qualities to compare.'];
  if (flips.length === 0) return ['No single change would flip the choice.'];
  const sentences = flips.map(sentenceOf);
  const width = Math.max(...sentences.map((sentence) => lengthOf(sentence)));
  return [
    'It would flip with any one of:',
    ...sentences.map(
      (sentence, i) =>
        `  ${sentence.padEnd(width)}  → ${named(flips[i]!.chooses, flips[i]!.choosesN)}`,
    ),
  ];
}

function sentenceOf({ kind, model, n, from, to, relativeChange }: Flip): string {
  const whose = model === undefined ? '' : named(model, n);
  const by = Math.abs(to - from);
  const percent =
    relativeChange < Infinity ? `, ${Number((100 * relativeChange).toPrecision(3))} %` : '';
  switch (kind) {
    case 'quality-up':
      return `drawn quality of ${whose} above ${to.toFixed(4)} (+${significant(by)}${percent})`;
    case 'quality-down':
      return `drawn quality of ${whose} below ${to.toFixed(4)} (−${significant(by)}${percent})`;
    case 'cost-up':
      return `cost of ${whose} above ${significant(to)} USD (+${significant(by)}${percent})`;
    case 'cost-down':
      return `cost of ${whose} below ${significant(to)} USD (−${significant(by)}${percent})`;
    case 'willingness-to-pay': {
      const [side, sign] = to > from ? ['above', '+'] : ['below', '−'];
      const part = from < Infinity ? ` (${sign}${significant((100 * by) / from)} %)` : '';
      return `willingness to pay ${side} ${significant(to)} USD${part}`;
    }
  }
}

function noteOf({ reason, breaker, handsOver, eligible }: ArmExplanation): string {
  const notes = [
    eligible ? '' : (reason ?? 'not eligible'),
    handsOver ? 'hands over' : '',
    breaker === undefined || breaker === 'closed' || explains(reason, breaker) ? '' : breaker,
  ];
  return notes.filter((note, i) => note !== '' && notes.indexOf(note) === i).join(', ');
}

/** Does the reason say what the breaker would? */
function explains(reason: string | undefined, breaker: string): boolean {
  return reason === breaker || (reason === 'circuit-open' && breaker === 'open');
}

/** Three significant digits, as a decimal number where that is short. */
function significant(value: number): string {
  const rounded = Number(value.toPrecision(3));
  return rounded === 0 || (rounded >= 1e-6 && rounded < 1e6)
    ? decimal(rounded)
    : rounded.toExponential();
}

function decimal(rounded: number): string {
  const text = rounded.toFixed(10).replace(/\.?0+$/, '');
  return text === '' ? '0' : text;
}

function share(probability: number): string {
  return probability > 0 && probability < 0.00005 ? '< 0.0001' : probability.toFixed(4);
}

/** An id without what would move the cursor or hide text. */
function printable(id: string): string {
  return id.replace(/\p{C}/gu, '\uFFFD');
}

/** A model asked several times as in replays. */
function named(model: string, n = 1): string {
  return n === 1 ? printable(model) : `${printable(model)}×${n}`;
}

function isDrawn(arms: readonly ArmExplanation[]): boolean {
  return arms.some(({ sampledQuality }) => sampledQuality !== undefined);
}

function lengthOf(text: string): number {
  return [...text].length;
}
