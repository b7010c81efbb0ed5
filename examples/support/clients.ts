/** Two clients in a few lines each, where a program has its SDKs: they ask over HTTP and say what became of it. */
import { errorClassOfStatus, parseRetryAfterMs, type Outcome } from '../../src/index';

export interface Answer {
  /** undefined where the call failed. */
  readonly text: string | undefined;
  /** What to tell the router, but for the reward, which is the program's to judge. */
  readonly outcome: Outcome;
}

/** What a body says, whichever shape it has. */
interface Said {
  readonly text: string;
  readonly promptTokens: number;
  readonly outputTokens: number;
}

export type Client = (model: string, prompt: string, timeoutMs: number) => Promise<Answer>;

export function openaiClient(baseUrl: string): Client {
  return (model, prompt, timeoutMs) =>
    post(
      `${baseUrl}/v1/chat/completions`,
      { model, messages: asMessages(prompt) },
      timeoutMs,
      (body) => {
        const { choices, usage } = body as {
          choices: { message: { content: string } }[];
          usage: { prompt_tokens: number; completion_tokens: number };
        };
        return {
          text: choices[0]!.message.content,
          promptTokens: usage.prompt_tokens,
          outputTokens: usage.completion_tokens,
        };
      },
    );
}

export function anthropicClient(baseUrl: string): Client {
  return (model, prompt, timeoutMs) =>
    post(
      `${baseUrl}/v1/messages`,
      { model, max_tokens: 1000, messages: asMessages(prompt) },
      timeoutMs,
      (body) => {
        const { content, usage } = body as {
          content: { text: string }[];
          usage: { input_tokens: number; output_tokens: number };
        };
        return {
          text: content[0]!.text,
          promptTokens: usage.input_tokens,
          outputTokens: usage.output_tokens,
        };
      },
    );
}

const asMessages = (prompt: string) => [{ role: 'user', content: prompt }];

async function post(
  url: string,
  body: object,
  timeoutMs: number,
  read: (body: unknown) => Said,
): Promise<Answer> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const said: unknown = await response.json();
    if (!response.ok) return failed(response);
    const { text, promptTokens, outputTokens } = read(said);
    return { text, outcome: { status: response.status, promptTokens, outputTokens } };
  } catch (error) {
    const gaveUp = error instanceof Error && error.name === 'TimeoutError';
    return { text: undefined, outcome: { error: gaveUp ? 'timeout' : 'network' } };
  }
}

function failed({ status, headers }: Response): Answer {
  const retryAfterMs = parseRetryAfterMs(headers.get('retry-after'), Date.now());
  return {
    text: undefined,
    outcome: {
      status,
      error: errorClassOfStatus(status)!,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    },
  };
}
