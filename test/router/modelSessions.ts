/** Traffic in which models come, go and change their prices, in a fixed pattern. */
import { mersenne } from 'pure-rand/generator/mersenne';
import type { Decision, ModelOptions, Router, RouteRequest } from '../../src/index';
import { model } from './routers';
import type { Session } from './sessions';

const SEGMENTS = [undefined, 'a', 'b', 'constructor'];
const FAMILIES = ['a', 'b', 'new', '__proto__'];
/** Those of MODELS, then others, some hostile. */
const IDS = ['cheap', 'middle', 'dear', 'x', '__proto__', 'aa', 'constructor', 'zz', 'B', 'é'];

type Below = (n: number) => number;

/** Some `count` requests with reports and changes of the models between them. */
export function driveChanges(session: Session, count: number, seed = 1): Session {
  const random = mersenne(seed);
  const below: Below = (n) => (random.next() >>> 0) % n;
  const { router, decisions, prompts } = session;
  const open: Decision[] = [];
  const families = new Map<string, string>(Object.entries({ cheap: 'a', middle: 'b', dear: 'b' }));
  for (let done = 0; done < count;) {
    if (below(6) === 0) changeModels(router, families, below);
    const requests = Array.from({ length: below(5) === 0 ? 1 + below(6) : 1 }, () =>
      request(families, below, prompts),
    );
    const results =
      requests.length === 1 ? [router.select(requests[0])] : router.selectBatch(requests);
    done += requests.length;
    for (const result of results) if (result.kind === 'decision') open.push(result);
    decisions.push(...results.filter((result) => result.kind === 'decision'));
    for (let i = below(3); i > 0 && open.length > 0; i--) report(router, open, below);
  }
  return session;
}

/** One change that the router must take. */
function changeModels(router: Router, families: Map<string, string>, below: Below): void {
  const id = IDS[below(IDS.length)]!;
  const serves = router.models.includes(id);
  if (!serves) router.addModel(id, options(id, families, below));
  else if (below(2) === 0) router.retireModel(id);
  else {
    const { usdPerMillionInputTokens, usdPerMillionOutputTokens } = priced(below);
    router.repriceModel(id, { usdPerMillionInputTokens, usdPerMillionOutputTokens });
  }
}

function options(id: string, families: Map<string, string>, below: Below): ModelOptions {
  const family = families.get(id) ?? FAMILIES[below(FAMILIES.length)]!;
  families.set(id, family);
  const prior = below(3) === 0 && { mean: (1 + below(99)) / 101, strength: 1 + below(9) };
  return { ...priced(below), family, ...(prior && { prior }) };
}

function priced(below: Below): ModelOptions {
  return model('a', below(4) === 0 ? 0 : below(400) / 100, below(5) === 0 ? 0 : below(1500) / 100);
}

function request(families: Map<string, string>, below: Below, prompts: boolean): RouteRequest {
  const segment = SEGMENTS[below(SEGMENTS.length)];
  const known = [...families.keys()];
  const some = Array.from({ length: 1 + below(3) }, () => known[below(known.length)]!);
  const eligible = below(4) === 0;
  return {
    ...(segment !== undefined && { segment }),
    ...(below(2) === 0 && { promptTokens: below(3000) }),
    ...(eligible && { eligible: some }),
    ...(prompts && { prompt: `say ${below(7)} words ${below(5)}` }),
  };
}

function report(router: Router, open: Decision[], below: Below): void {
  const [decision] = open.splice(below(open.length), 1) as [Decision];
  const reward = below(101) / 100;
  const outcomes = [
    { reward, costUsd: below(1000) / 1e5 },
    { reward, promptTokens: below(900), outputTokens: below(900), latencyMs: 50 + below(4000) },
    { costUsd: below(10) / 1e3, latencyMs: 50 + below(4000) },
  ];
  router.report(decision.decisionId, outcomes[below(3)]!);
}
