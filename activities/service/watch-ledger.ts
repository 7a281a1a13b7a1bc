/** Looks whether the books and what they stand for agree: every loan, every paid payout, every journal. */
import { addDays } from '../../domain/calendar.ts';
import type { Tx } from '../../db/database.ts';
import { recordAudit } from '../../db/queries/audit.ts';
import {
  allowLongLook,
  type Difference,
  findDifferences,
  keepFindings,
} from '../../db/queries/ledger-watch.ts';
import { oweHouseNotice } from '../../db/queries/outbox.ts';
import { businessDate } from '../../platform/clock.ts';
import type { ActivityDeps } from '../deps.ts';
import { whileBeating } from '../heartbeat.ts';

export interface LedgerLook {
  /** What differs now; at most a thousand are named. */
  readonly differences: number;
  /** Of those, what no look had found before. */
  readonly fresh: number;
  /** What stood open and agrees again. */
  readonly gone: number;
}

const WATCHER = 'ledger-watch';
const MOST = 1_000;
/** A loan is opened a moment after its payout; a worker that was away for longer is somebody's concern. */
const PAYOUT_PATIENCE_SECONDS = 15 * 60;

const countsOf = (found: readonly Difference[]): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const { kind } of found) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
};

/** Tells people once of what is new: by kind and number, for the findings name the loans. */
async function tell(tx: Tx, found: readonly Difference[], fresh: number): Promise<void> {
  const counts = countsOf(found);
  await recordAudit(tx, {
    actor: WATCHER,
    role: null,
    via: 'worker',
    action: 'ledger.difference',
    subjectKind: 'ledger',
    subjectId: 'ledger',
    result: 'DONE',
    detail: { fresh, ...counts },
  });
  const kinds = Object.entries(counts).map(([kind, count]) => `${kind}=${count}`);
  await oweHouseNotice(tx, 'ledger.difference', { fresh: `${fresh}`, kinds: kinds.join(' ') });
}

/** A look takes as long as the book is large; it ends before its activity is given up. */
const LOOK_WITHIN_SECONDS = 18 * 60;

/**
 * One look. What differs stands open under its name until a later look finds that it agrees; finance and operations are
 * told once. Safe to repeat.
 */
export async function watchLedger(deps: Pick<ActivityDeps, 'db' | 'log'>): Promise<LedgerLook> {
  const look = await whileBeating(() => lookOnce(deps));
  if (look.differences > 0) deps.log.error(look, 'the ledger differs from the record');
  return look;
}

async function lookOnce({ db }: Pick<ActivityDeps, 'db'>): Promise<LedgerLook> {
  return await db.transaction().execute(async (tx) => {
    await allowLongLook(tx, LOOK_WITHIN_SECONDS);
    const found = await findDifferences(tx, {
      // What fell due before yesterday had a whole day to be accrued.
      accruedBefore: addDays(businessDate(new Date()), -1),
      payoutPatienceSeconds: PAYOUT_PATIENCE_SECONDS,
      most: MOST,
    });
    const { fresh, gone } = await keepFindings(tx, found, found.length < MOST);
    if (fresh > 0) await tell(tx, found, fresh);
    return { differences: found.length, fresh, gone };
  });
}
