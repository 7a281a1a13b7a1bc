/** Chains audit entries soon after they are committed: one chainer at a time, any number of workers. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  addLinks,
  chainIsFromElsewhere,
  lastLink,
  type Link,
  settledAfterRestore,
  settledEntries,
  takeChainLock,
} from '../../db/queries/audit-chain.ts';
import type { Db, Tx } from '../../db/database.ts';
import type { ActivityDeps } from '../deps.ts';
import { linksOf } from './link.ts';

const BATCH = 500;
/** An entry waits for the next round and for the transactions that began before it ended. */
const IDLE_MS = 500;
const START = { entryXid: '0', entryId: 0 };

async function nextEntries(tx: Tx, last: Link | undefined) {
  if (last !== undefined && (await chainIsFromElsewhere(tx, last))) {
    return await settledAfterRestore(tx, BATCH);
  }
  return await settledEntries(tx, last ?? START, BATCH);
}

/** One round. Gives how many entries were chained; none when another process holds the chain. */
export async function chainOnce(db: Db): Promise<number> {
  return await db.transaction().execute(async (tx) => {
    if (!(await takeChainLock(tx))) return 0;
    const last = await lastLink(tx);
    const links = linksOf(last, await nextEntries(tx, last));
    if (links.length > 0) await addLinks(tx, links);
    return links.length;
  });
}

/** Chains whatever is settled now. */
export async function chainAll(db: Db): Promise<number> {
  let total = 0;
  for (;;) {
    const chained = await chainOnce(db);
    total += chained;
    if (chained < BATCH) return total;
  }
}

/** Chains until it is stopped. A failing database is logged and tried again: entries wait unchained, and verify names them. */
export function startAuditChainer(deps: Pick<ActivityDeps, 'db' | 'log'>): {
  stop(): Promise<void>;
} {
  const stopping = new AbortController();
  const pause = (ms: number): Promise<void> =>
    sleep(ms, undefined, { signal: stopping.signal }).catch(() => undefined);
  const running = (async () => {
    while (!stopping.signal.aborted) {
      try {
        await chainAll(deps.db);
        await pause(IDLE_MS);
      } catch (error) {
        deps.log.error({ err: error }, 'audit chainer failed');
        await pause(IDLE_MS * 10);
      }
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
