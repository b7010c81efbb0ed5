import { ParameterError, show } from '../core/errors';
import { parseRouterOptions, type RouterOptions } from './options';

/**
 * The interface of Standard Schema, version 1 (https://standardschema.dev), as far as it is needed here: what libraries that take anybody's
 * validators look for.
 */
export interface StandardSchema<Input, Output = Input> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => StandardResult<Output>;
    readonly types?: { readonly input: Input; readonly output: Output };
  };
}

export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] };

export interface StandardIssue {
  readonly message: string;
  readonly path: readonly (string | number)[];
}

/**
 * The options of `createRouter` as a Standard Schema: the same checks as there, the first that fails being the issue. What passes is handed on as
 * it came, defaults not filled in; undefined becomes \{\}, the demonstration. Options from plain JSON need no functions; JSON has no Infinity, for which any huge number stands.
 *
 * @example
 * ```ts
 * import { routerOptionsSchema } from 'thompsonite';
 *
 * const models = { only: { family: 'a', usdPerMillionInputTokens: 1, usdPerMillionOutputTokens: -2 } };
 * const result = routerOptionsSchema['~standard'].validate({ models, willingnessToPayUsd: 0.01 });
 * console.log(result.issues?.[0]?.path); // [ 'models', 'only', 'usdPerMillionOutputTokens' ]
 * ```
 */
export const routerOptionsSchema: StandardSchema<RouterOptions> = {
  '~standard': { version: 1, vendor: 'thompsonite', validate },
};

function validate(value: unknown): StandardResult<RouterOptions> {
  try {
    // As createRouter() takes it.
    const options = (value === undefined ? {} : value) as RouterOptions;
    parseRouterOptions(options);
    return { value: options };
  } catch (error) {
    if (error instanceof ParameterError)
      return { issues: [{ message: error.message, path: pathOf(error.parameter) }] };
    // A getter or a proxy of the caller's that throws.
    const what = show(error instanceof Error ? error.message : error);
    return { issues: [{ message: `options cannot be read: ${what}`, path: [] }] };
  }
}

/** `models["a"].family` in its parts. What a message says of a part before its name (`id in models`) is none. */
function pathOf(parameter: string): (string | number)[] {
  const parts = parameter.replace(/^.* /, '').match(/[^.[\]"]+|"(?:[^"\\]|\\.)*"/g) ?? [];
  return parts
    .map((part) => (part.startsWith('"') ? (JSON.parse(part) as string) : part))
    .filter((part) => part !== 'options');
}
