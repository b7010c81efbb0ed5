/**
 * Two providers on this machine's loopback interface that speak over real HTTP as the OpenAI- and Anthropic-shaped APIs do: their paths,
 * bodies, headers, usage and errors. Behind them stand simulated models, which add two numbers and are sometimes wrong.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ModelSimulator, SimulatedReply, SimulatedRequest } from '../../src/simulator';

export interface Providers {
  /** Base addresses, as a client's option `baseURL` wants them. */
  readonly openai: string;
  readonly anthropic: string;
  /** The request that the caller asks about next; the fakes cannot know its number otherwise. */
  current: SimulatedRequest | undefined;
  close(): Promise<void>;
}

type Shape = (response: ServerResponse, model: string, text: string, reply: SimulatedReply) => void;

export async function startProviders(world: ModelSimulator): Promise<Providers> {
  const providers = { openai: '', anthropic: '', current: undefined } as unknown as {
    -readonly [Key in keyof Providers]: Providers[Key];
  };
  let asked: SimulatedRequest | undefined;
  let attempts = new Map<string, number>();
  /** A second call for one request has luck of its own. */
  const attemptAt = (model: string) => {
    if (asked !== providers.current) attempts = new Map();
    asked = providers.current;
    const attempt = attempts.get(model) ?? 0;
    attempts.set(model, attempt + 1);
    return attempt;
  };
  const serve = (path: string, shape: Shape) =>
    listen(async (request, response) => {
      if (request.method !== 'POST' || request.url !== path)
        return void response.writeHead(404).end();
      const { model, messages } = JSON.parse(await bodyOf(request)) as {
        model: string;
        messages: { content: string }[];
      };
      const reply = world.call(model, providers.current, attemptAt(model));
      // A provider that hangs says nothing at all: the client must give up by itself.
      if (reply.kind === 'error' && reply.error === 'timeout') return;
      shape(
        response,
        model,
        reply.kind === 'answer' ? sum(messages[0]!.content, reply.quality) : '',
        reply,
      );
    });
  const servers = [
    await serve('/v1/chat/completions', openai),
    await serve('/v1/messages', anthropic),
  ];
  [providers.openai, providers.anthropic] = servers.map(addressOf) as [string, string];
  providers.close = async () => {
    for (const server of servers) server.closeAllConnections();
    await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  };
  return providers;
}

/** The sum that is asked for, or a wrong one. */
function sum(prompt: string, quality: number): string {
  const [a, b] = prompt.match(/\d+/g)!.map(Number) as [number, number];
  return String(a + b + (quality === 1 ? 0 : 1));
}

const openai: Shape = (response, model, text, reply) => {
  if (reply.kind === 'error') {
    send(response, reply, {
      error: { message: reply.error, type: reply.error, code: reply.error },
    });
    return;
  }
  const { promptTokens, outputTokens } = reply;
  send(response, reply, {
    object: 'chat.completion',
    model,
    choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
    usage: {
      prompt_tokens: promptTokens,
      completion_tokens: outputTokens,
      total_tokens: promptTokens + outputTokens,
    },
  });
};

const anthropic: Shape = (response, model, text, reply) => {
  if (reply.kind === 'error') {
    send(response, reply, { type: 'error', error: { type: reply.error, message: reply.error } });
    return;
  }
  send(response, reply, {
    type: 'message',
    role: 'assistant',
    model,
    content: [{ type: 'text', text }],
    stop_reason: 'end_turn',
    usage: { input_tokens: reply.promptTokens, output_tokens: reply.outputTokens },
  });
};

function send(response: ServerResponse, reply: SimulatedReply, body: object): void {
  const status = reply.kind === 'answer' ? 200 : (reply.status ?? 500);
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (reply.kind === 'error' && reply.retryAfterMs !== undefined)
    headers['retry-after'] = String(Math.ceil(reply.retryAfterMs / 1000));
  response.writeHead(status, headers);
  response.end(JSON.stringify(body));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

async function listen(
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<Server> {
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return server;
}

function addressOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
