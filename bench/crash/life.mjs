// One life of a router with a file store, to be killed: goes on where the one before stopped, and tells what it found and what it has flushed.
import { createHash } from 'node:crypto';
import { createRouterSync } from 'thompsonite';
import { openFileStore } from 'thompsonite/node';

export const OPTIONS = {
  models: Object.fromEntries(
    ['a', 'b', 'c', 'd', 'e'].map((id, i) => [
      id,
      { family: i < 3 ? 'x' : 'y', usdPerMillionInputTokens: i, usdPerMillionOutputTokens: 3 * i },
    ]),
  ),
  willingnessToPayUsd: 0.01,
  seed: 3,
  instanceId: 'life',
  maxPendingDecisions: 500,
  clock: () => 1000,
};

/** Small, so that many kills meet the making of a snapshot. */
const SNAPSHOT_EVERY_BYTES = 20_000;

/** Step n of every life: two decisions, then a report on each; each step counts one decision or one report more. */
export function step(router, n) {
  const number = 2 * Math.floor(n / 4) + (n % 2);
  if (n % 4 < 2) {
    router.select({ segment: `s${number % 7}`, promptTokens: n % 900 });
    return;
  }
  const outcome = { reward: (n % 11) / 10, ...(n % 2 === 0 && { costUsd: n / 1e7 }) };
  const { kind } = router.report(`${router.instanceId}-${number}`, outcome);
  if (kind !== 'accepted') throw new Error(`step ${n}: the report was ${kind}`);
}

/** Steps that a router has made. */
export function stepsOf(router) {
  const { decisions, evidenceVersion } = router.getStats();
  return decisions + evidenceVersion;
}

/** A hash of all beliefs, to the last bit, and of what is open. */
export function knowledgeOf(router) {
  const known = JSON.stringify([router.getPosteriors(), router.pendingDecisions]);
  return createHash('sha256').update(known).digest('hex');
}

async function live(folder) {
  const store = await openFileStore(folder, { snapshotEveryBytes: SNAPSHOT_EVERY_BYTES });
  const router = createRouterSync({ ...OPTIONS, store });
  let n = stepsOf(router);
  const { recovery } = router;
  const { unusedFiles, tornBytes } = store.health;
  tell({ steps: n, knowledge: knowledgeOf(router), recovery, unusedFiles, tornBytes });
  for (let turn = 0; ; turn++) {
    for (let i = 0; i < 1 + (turn % 23); i++) step(router, n++);
    if (turn % 3 === 0) {
      const before = n;
      await router.flush();
      tell({ flushed: before });
    } else await new Promise(setImmediate);
  }
}

function tell(what) {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}

if (process.argv[1] === import.meta.filename) await live(process.argv[2]);
