/** Closes a business day: how late every loan is, which class that asks for, and at a month's end what each loan was. */
import { addDays, addMonthsClamped } from '../../domain/calendar.ts';
import { TIERS } from '../../domain/classification.ts';
import { policyOf } from '../../domain/policy.ts';
import type { Tx } from '../../db/database.ts';
import {
  type Agreement,
  agreementAt,
  agreementNow,
  closeStandings,
  lockCloses,
  readClose,
  storeClose,
  takeMonthEnd,
} from '../../db/queries/book-close.ts';
import { allowLongLook } from '../../db/queries/ledger-watch.ts';
import { recordAudit } from '../../db/queries/audit.ts';
import { oweHouseNotice } from '../../db/queries/outbox.ts';
import { businessDate } from '../../platform/clock.ts';
import type { ActivityDeps } from '../deps.ts';
import { tierAt } from './carry-out-acts.ts';

export interface DayClosed {
  readonly day: string;
  /** Loans that stand in a worse class than before. */
  readonly worsened: number;
  /** Whether record, figures and books agree to the fen. */
  readonly agrees: boolean;
}

type CloseDeps = Pick<ActivityDeps, 'db' | 'rulebooks' | 'log'>;

/** A whole book of loans may take so long; nobody waits for it. */
const PATIENCE_SECONDS = 240;

/** True for the last day of a month. */
export const isMonthEnd = (day: string): boolean => addDays(day, 1).endsWith('-01');

/** The last day of the month before the month of a day. */
export const monthEndBefore = (day: string): string => addDays(`${day.slice(0, 7)}-01`, -1);

const agrees = (found: Agreement): boolean =>
  found.principalFen === found.ledgerPrincipalFen && found.differing === 0;

/** Tells people of a day that does not agree: a metric of it is shown to nobody until it does. */
async function tell(tx: Tx, day: string, found: Agreement): Promise<void> {
  const figures = {
    differing: found.differing,
    principalFen: found.principalFen,
    ledgerPrincipalFen: found.ledgerPrincipalFen,
  };
  await recordAudit(tx, {
    actor: 'book-close',
    role: null,
    via: 'worker',
    action: 'books.close',
    subjectKind: 'day',
    subjectId: day,
    result: 'FAILED',
    detail: figures,
  });
  await oweHouseNotice(tx, 'ledger.difference', { fresh: '1', kinds: `CLOSE_DIFFERS=${day}` });
}

/** Closes one day. The same day again gives the same figures; a month's end is taken anew. */
export async function closeDay(deps: CloseDeps, day: string): Promise<DayClosed> {
  const closed = await deps.db.transaction().execute(async (tx) => {
    await lockCloses(tx);
    await allowLongLook(tx, PATIENCE_SECONDS);
    const policy = policyOf(await deps.rulebooks.newestPolicy(tx), day, 'BANK');
    const graceDays = policy('service.graceDays');
    const worsened = await closeStandings(tx, {
      day,
      graceDays,
      tiers: TIERS,
      dpdFloors: policy('classification.dpdFloors'),
      rescheduledFloor: tierAt(policy('classification.eventFloors').RESCHEDULED),
      observedAfter: addMonthsClamped(day, -policy('classification.observationMonths')),
    });
    const monthEnd = isMonthEnd(day);
    const buckets = policy('service.dpdBuckets');
    if (monthEnd)
      await takeMonthEnd(tx, {
        day,
        graceDays,
        before: monthEndBefore(day),
        buckets,
      });
    const now = await agreementNow(tx);
    const found = monthEnd ? { ...now, ...(await agreementAt(tx, day)) } : now;
    const before = await readClose(tx, day);
    await storeClose(tx, { day, monthEnd, buckets, ...found });
    const told = before !== undefined && before.principal_fen !== before.ledger_principal_fen;
    if (!agrees(found) && !told) await tell(tx, day, found);
    return { day, worsened, agrees: agrees(found) };
  });
  if (!closed.agrees)
    deps.log.error(closed, 'a day was closed whose figures differ from the books');
  return closed;
}

/** Whether a month's end is to be taken again: nobody has, or the books of that day have moved since. */
async function isStale(deps: CloseDeps, day: string): Promise<boolean> {
  if ((await readClose(deps.db, day)) === undefined) return true;
  const { principalFen, ledgerPrincipalFen } = await agreementAt(deps.db, day);
  return principalFen !== ledgerPrincipalFen;
}

/** Closes yesterday when nobody has, and the last month's end when its books have moved since. Safe to repeat. */
export async function closeBooks(deps: CloseDeps): Promise<readonly DayClosed[]> {
  const yesterday = addDays(businessDate(new Date()), -1);
  const monthEnd = isMonthEnd(yesterday) ? yesterday : monthEndBefore(yesterday);
  const closed: DayClosed[] = [];
  if (await isStale(deps, monthEnd)) closed.push(await closeDay(deps, monthEnd));
  if (monthEnd !== yesterday && (await readClose(deps.db, yesterday)) === undefined)
    closed.push(await closeDay(deps, yesterday));
  return closed;
}
