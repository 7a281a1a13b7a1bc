/** Lets go what has outlived its retention: destroys the keys of persons whose clocks have all run out, and old reports. */
import { addMonthsClamped } from '../../domain/calendar.ts';
import { isPastClock, RETENTION } from '../../domain/retention.ts';
import { recordAudit } from '../../db/queries/audit.ts';
import { destroyPersonKeys } from '../../db/queries/keys.ts';
import { expiredPapers, forgetPaper } from '../../db/queries/prefill.ts';
import { dropReports, endedPersons } from '../../db/queries/retention.ts';
import { businessDate } from '../../platform/clock.ts';
import type { ActivityDeps } from '../deps.ts';
import { emptyAbandoned, type EmptyingDeps } from './abandoned.ts';

export interface RetentionInput {
  /** Where the batch before ended; null at the beginning. */
  readonly after: string | null;
  /** The moment whose clocks are read, ISO. */
  readonly at: string;
}

export interface RetentionBatch {
  readonly erased: number;
  readonly reports: number;
  /** Pictures of cards and licences that went. */
  readonly pictures: number;
  /** Where the next batch begins; null when this was the last. */
  readonly next: string | null;
}

const BATCH = 200;
/** Pictures taken by one round; the rest wait for the next. */
const PICTURES = 500;

const monthsBefore = (day: string, months: number): Date =>
  new Date(`${addMonthsClamped(day, -months)}T00:00:00+08:00`);

type RetentionDeps = EmptyingDeps;

async function eraseOne(
  deps: Pick<ActivityDeps, 'db'>,
  applicantId: string,
  at: Date,
): Promise<void> {
  await deps.db.transaction().execute(async (tx) => {
    const keys = await destroyPersonKeys(tx, applicantId, at);
    await recordAudit(tx, {
      actor: 'system',
      role: null,
      via: 'worker',
      action: 'retention.erase',
      subjectKind: 'applicant',
      subjectId: applicantId,
      result: 'DONE',
      detail: { keys },
    });
  });
}

/** The object first: a row without an object is found again, an object without a row never. */
async function dropPictures({ db, objects }: RetentionDeps, before: Date): Promise<number> {
  const papers = await expiredPapers(db, { before, most: PICTURES });
  for (const { id, objectKey } of papers) {
    await objects.delete(objectKey);
    await db.transaction().execute(async (tx) => {
      await forgetPaper(tx, id);
      await recordAudit(tx, {
        actor: 'system',
        role: null,
        via: 'worker',
        action: 'retention.drop-picture',
        subjectKind: 'document',
        subjectId: id,
        result: 'DONE',
        detail: {},
      });
    });
  }
  return papers.length;
}

/** One batch of persons; the reports and a batch of pictures go with the first. Again after a failure it finds what is left. */
export async function enforceRetention(
  deps: RetentionDeps,
  { after, at }: RetentionInput,
): Promise<RetentionBatch> {
  const now = new Date(at);
  const today = businessDate(now);
  const reports =
    after === null
      ? await dropReports(deps.db, {
          withoutLoan: monthsBefore(today, RETENTION.REPORT_WITHOUT_LOAN.months),
          withLoan: monthsBefore(today, RETENTION.REPORT_WITH_LOAN.months),
        })
      : 0;
  if (after === null) await emptyAbandoned(deps, now);
  const pictures =
    after === null
      ? await dropPictures(deps, monthsBefore(today, RETENTION.PAPER_PICTURE.months))
      : 0;
  const endedBefore = monthsBefore(today, RETENTION.APPLICATION.months);
  const persons = await endedPersons(deps.db, { after, endedBefore, most: BATCH });
  const past = persons.filter(({ held }) => isPastClock(held, today));
  for (const { applicantId } of past) await eraseOne(deps, applicantId, now);
  const last = persons.length < BATCH ? null : (persons.at(-1)?.applicantId ?? null);
  return { erased: past.length, reports, pictures, next: last };
}
