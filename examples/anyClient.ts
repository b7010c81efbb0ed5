/**
 * Any client: the router decides, the program calls. Two providers answer over real HTTP on this machine, one shaped like
 * OpenAI's API, one like Anthropic's; one of them fails for a while. Run it with `npx tsx examples/anyClient.ts`.
 */
import { createRouter } from '../src/index';
import { ModelSimulator } from '../src/simulator';
import { anthropicClient, openaiClient } from './support/clients';
import { startProviders } from './support/fakeProviders';
import { printTable } from './support/table';

const REQUESTS = 600;
const price = { usdPerMillionInputTokens: 0.5, usdPerMillionOutputTokens: 2 };

// What stands behind the providers: models that can add, mostly. Requests come once a second of simulated time.
const world = new ModelSimulator({
  models: {
    'gpt-like': { ...price, family: 'openai', quality: 0.97, errors: { timeout: 0.005 } },
    'claude-like': { ...price, family: 'anthropic', quality: 0.9, errors: { server: 0.01 } },
  },
  arrivals: { requestsPerSecond: 1 },
  seed: 3,
});
// For two minutes the better one answers 429 and asks to wait.
world.outage('gpt-like', {
  fromMs: 200_000,
  durationMs: 120_000,
  error: 'rateLimited',
  retryAfterMs: 'remaining',
});

const providers = await startProviders(world);
const clients = {
  'gpt-like': openaiClient(providers.openai),
  'claude-like': anthropicClient(providers.anthropic),
};
const router = await createRouter({
  models: world.models,
  willingnessToPayUsd: 1,
  clock: world.clock, // without it, the wall clock: here two minutes must not take two minutes
  seed: 1,
});

const changes: string[] = [];
router.on('breaker', ({ model, from, to, cause }) => {
  changes.push(`${(world.nowMs / 1000).toFixed(0)} s: ${model} ${from} → ${to} (${cause})`);
});

/** Tries models until one answers, at most three calls. Every call has a decision and a report of its own. */
async function ask(prompt: string, isRight: (text: string) => boolean) {
  const failures: string[] = [];
  for (let call = 0; call < 3; call++) {
    const decision = router.select();
    if (decision.kind !== 'decision') break;
    const model = decision.model as keyof typeof clients;
    const { text, outcome } = await clients[model](model, prompt, 200);
    router.report(decision.decisionId, {
      ...outcome,
      ...(text !== undefined && { reward: isRight(text) ? 1 : 0 }),
    });
    if (text !== undefined) return { model, right: isRight(text), failures };
    failures.push(outcome.error!);
  }
  return { model: undefined, right: false, failures };
}

const phases = ['before', 'outage', 'after'].map((name) => ({
  name,
  requests: 0,
  served: { 'gpt-like': 0, 'claude-like': 0 },
  right: 0,
  failures: 0,
}));
for (const request of world.requests(REQUESTS)) {
  providers.current = request;
  const [a, b] = [request.number, 17];
  const { model, right, failures } = await ask(`${a} + ${b} = ?`, (text) => text === String(a + b));
  const phase = phases[request.atMs < 200_000 ? 0 : request.atMs < 320_000 ? 1 : 2]!;
  phase.requests++;
  if (model) phase.served[model]++;
  phase.right += right ? 1 : 0;
  phase.failures += failures.length;
}
await providers.close();

console.log(`Circuit breakers\n\n${changes.join('\n')}`);
printTable(
  'Who answered, and how well',
  ['phase', 'requests', 'gpt-like', 'claude-like', 'unanswered', 'right', 'failed calls'],
  phases.map(({ name, requests, served, right, failures }) => [
    name,
    String(requests),
    String(served['gpt-like']),
    String(served['claude-like']),
    String(requests - served['gpt-like'] - served['claude-like']),
    `${((100 * right) / requests).toFixed(0)} %`,
    String(failures),
  ]),
);
