import { byCodeUnit, type ModelOptions } from '../../arms/models';
import { DataError } from '../../core/errors';
import { logInto } from '../../posterior/special';
import type { RecordedOutcome, RecordedRequest } from '../table';

/** Distinct prompts (or requests, in order of time) below which a split has an empty part or one of a single prompt. */
const FEWEST_PROMPTS = 10;

/** What an empty answer counts as in logarithms: as the forecaster takes it (docs/MATH.md §20). */
const LEAST_TOKENS = 0.5;

/** max(tokens, ½). */
export function placeOf(tokens: number): number {
  return Math.max(tokens, LEAST_TOKENS);
}

export interface TokenModel {
  readonly model: string;
  /** Index among `TokenTable.families`. */
  readonly family: number;
}

/** Recorded lengths of answers: a row is one model's answer to one request. Rows stand in the order of the file. */
export interface TokenTable {
  readonly name: string;
  /** Lines that held a request, whether used or not. */
  readonly requests: number;
  readonly skippedLines: number;
  readonly requestsWithoutPrompt: number;
  /** Outcomes of requests with a prompt that do not tell their tokens. */
  readonly outcomesWithoutTokens: number;
  /** Rows with 0 tokens; in logarithms they count as half of one. */
  readonly zeroTokenRows: number;
  /** In code-unit order. */
  readonly models: readonly TokenModel[];
  /** A model of unknown family is a family of its own, without a name. */
  readonly families: readonly (string | undefined)[];
  /** Distinct texts, in the order of their first use. */
  readonly prompts: readonly string[];
  /** Prompt of each used request. */
  readonly requestPrompts: Uint32Array;
  /** Time of each used request, or undefined where one has none. */
  readonly atSeconds: Float64Array | undefined;
  readonly rows: number;
  /** Index among the used requests, of each row. */
  readonly rowRequests: Uint32Array;
  /** Index in `prompts`, of each row. */
  readonly rowPrompts: Uint32Array;
  /** Index in `models`, of each row. */
  readonly rowModels: Uint32Array;
  readonly tokens: Float64Array;
  /** log max(tokens, ½). */
  readonly logTokens: Float64Array;
}

export interface TokenTableSource {
  readonly file: string;
  readonly name: string;
  readonly requests: readonly RecordedRequest[];
  readonly models: ReadonlyMap<string, ModelOptions>;
  readonly skippedLines: number;
}

interface Row {
  readonly request: number;
  readonly prompt: number;
  readonly model: string;
  readonly tokens: number;
}

/**
 * Lays out what a token forecast can learn from: requests with a prompt and, of them, outcomes with a count of tokens.
 * @throws {DataError} when less is left than can be split
 */
export function assembleTokenTable({
  file,
  name,
  requests,
  models,
  skippedLines,
}: TokenTableSource): TokenTable {
  const withPrompt = requests.filter(({ prompt }) => prompt !== undefined);
  if (withPrompt.length === 0)
    throw new DataError(
      file,
      undefined,
      requests.length === 0
        ? 'holds no request that can be used'
        : `holds no prompts: none of its ${requests.length} requests has the field "prompt"`,
    );
  const used = withPrompt.filter(({ outcomes }) => [...outcomes.values()].some(hasTokens));
  const prompts = [...new Set(used.map(({ prompt }) => prompt!))];
  const ordered = used.length > 0 && used.every(({ atSeconds }) => !Number.isNaN(atSeconds));
  const units = ordered ? used.length : prompts.length;
  if (units < FEWEST_PROMPTS)
    throw new DataError(
      file,
      undefined,
      `must hold at least ${FEWEST_PROMPTS} ${ordered ? 'requests' : 'different prompts'} with outputTokens, got ${units}`,
    );
  const promptIndex = new Map(prompts.map((prompt, index) => [prompt, index]));
  const rows = used.flatMap(({ prompt, outcomes }, request): Row[] =>
    [...outcomes]
      .filter(([, outcome]) => hasTokens(outcome))
      .map(([model, outcome]) => ({
        request,
        prompt: promptIndex.get(prompt!)!,
        model,
        tokens: outcome.outputTokens,
      })),
  );
  const outcomes = withPrompt.reduce((sum, request) => sum + request.outcomes.size, 0);
  const tokens = Float64Array.from(rows, (row) => row.tokens);
  const known = modelsOf(rows, models);
  const modelIndex = new Map(known.models.map(({ model }, index) => [model, index]));
  return {
    name,
    requests: requests.length,
    skippedLines,
    requestsWithoutPrompt: requests.length - withPrompt.length,
    outcomesWithoutTokens: outcomes - rows.length,
    zeroTokenRows: tokens.filter((count) => count === 0).length,
    ...known,
    prompts,
    requestPrompts: Uint32Array.from(used, ({ prompt }) => promptIndex.get(prompt!)!),
    atSeconds: ordered ? Float64Array.from(used, ({ atSeconds }) => atSeconds) : undefined,
    rows: rows.length,
    rowRequests: Uint32Array.from(rows, ({ request }) => request),
    rowPrompts: Uint32Array.from(rows, ({ prompt }) => prompt),
    rowModels: Uint32Array.from(rows, ({ model }) => modelIndex.get(model)!),
    tokens,
    logTokens: logInto(tokens.map(placeOf), new Float64Array(rows.length)),
  };
}

function hasTokens(outcome: RecordedOutcome): boolean {
  return !Number.isNaN(outcome.outputTokens);
}

/** Models in code-unit order and the families they belong to, in the order of their first model. */
function modelsOf(
  rows: readonly Row[],
  options: ReadonlyMap<string, ModelOptions>,
): Pick<TokenTable, 'models' | 'families'> {
  const families: (string | undefined)[] = [];
  const indexOf = (family: string | undefined): number => {
    const at = family === undefined ? -1 : families.indexOf(family);
    return at >= 0 ? at : families.push(family) - 1;
  };
  const ids = [...new Set(rows.map(({ model }) => model))].sort(byCodeUnit);
  return {
    models: ids.map((model) => ({ model, family: indexOf(options.get(model)?.family) })),
    families,
  };
}
