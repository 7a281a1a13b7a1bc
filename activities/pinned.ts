/** Loads an application together with the rules it has pinned and the business day it was submitted on. */
import type { Fen } from '../domain/money.ts';
import type { Queryable, Tx } from '../db/database.ts';
import { type ApplicationRecord, lockApplication, readApplication } from '../db/queries/apply.ts';
import type { PinnedVersions } from '../db/schema/apply.ts';
import { businessDate } from '../platform/clock.ts';
import type { ActivityDeps } from './deps.ts';
import { finalFailure } from './failures.ts';
import type { Rules } from './rulebooks.ts';

export interface Pinned {
  readonly application: ApplicationRecord & {
    readonly pinned: PinnedVersions;
    readonly applicant_id: string;
    readonly amount_fen: Fen;
    readonly term_months: number;
  };
  readonly rules: Rules;
  /** Business date of the submission: the day whose policy holds for this loan. */
  readonly day: string;
}

/** Throws a final failure for an application that was never admitted. */
export async function pinnedOf(
  deps: ActivityDeps,
  db: Queryable,
  applicationId: string,
): Promise<Pinned> {
  return await withRules(deps, db, await readApplication(db, applicationId));
}

/** The same, with the application locked: what is recorded next rests on the stage as it is. */
export async function lockPinned(
  deps: ActivityDeps,
  tx: Tx,
  applicationId: string,
): Promise<Pinned> {
  return await withRules(deps, tx, await lockApplication(tx, applicationId));
}

async function withRules(
  deps: ActivityDeps,
  db: Queryable,
  application: ApplicationRecord | undefined,
): Promise<Pinned> {
  if (application === undefined) throw finalFailure('NOT_FOUND');
  const { pinned, applicant_id, amount_fen, term_months, submitted_at } = application;
  if (
    pinned === null ||
    applicant_id === null ||
    amount_fen === null ||
    term_months === null ||
    submitted_at === null
  ) {
    throw finalFailure('NOT_ADMITTED');
  }
  const rules = await deps.rulebooks.read(db, pinned);
  return {
    application: { ...application, pinned, applicant_id, amount_fen, term_months },
    rules,
    day: businessDate(submitted_at),
  };
}
