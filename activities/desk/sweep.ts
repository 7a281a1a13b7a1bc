/** Sweeps the review desk: idle claims and those of people who are away go back, and open tasks are given out. */
import { chooseAssignee, type Colleague } from '../../domain/desk-assign.ts';
import { isDeskRole } from '../../domain/desk-kinds.ts';
import { policyOf } from '../../domain/policy.ts';
import type { Tx } from '../../db/database.ts';
import { lockRoster } from '../../db/queries/desk-people.ts';
import {
  type Assignment,
  giveTasks,
  lapseClaims,
  lockOpenReviews,
  type OpenTask,
  readOpenTasks,
} from '../../db/queries/desk-sweep.ts';
import { businessDate } from '../../platform/clock.ts';
import type { ActivityDeps } from '../deps.ts';

/** Tasks taken by one sweep; the rest wait for the next. */
const MOST = 500;
const MINUTE_MS = 60_000;

export interface DeskSweepOutcome {
  readonly lapsed: number;
  readonly assigned: number;
}

/** Who gets which task, in the order of the tasks; everybody's load counts what they are given on the way. */
function shareOut(
  tasks: readonly OpenTask[],
  people: readonly Colleague[],
  now: Date,
): readonly Assignment[] {
  let roster = people;
  const seated = new Map<string, readonly string[]>();
  return tasks.flatMap(({ id, round, roles, barred }): readonly Assignment[] => {
    const fitting = roles.filter(isDeskRole);
    const subject = chooseAssignee(
      fitting,
      roster,
      new Set([...barred, ...(seated.get(round) ?? [])]),
    );
    const role = roster
      .find((one) => one.subject === subject)
      ?.roles.find((one) => roles.includes(one));
    if (subject === null || role === undefined) return [];
    seated.set(round, [...(seated.get(round) ?? []), subject]);
    roster = roster.map((one) =>
      one.subject === subject ? { ...one, load: one.load + 1, lastGivenAt: now.getTime() } : one,
    );
    return [{ taskId: id, subject, role }];
  });
}

async function assign(tx: Tx, now: Date): Promise<number> {
  const roster = await lockRoster(tx, now);
  if (roster.length === 0) return 0;
  const locked = await lockOpenReviews(tx, MOST);
  const tasks = await readOpenTasks(tx, locked, MOST);
  return await giveTasks(tx, shareOut(tasks, roster, now), now);
}

/**
 * One sweep. Lapsing and giving are two transactions, so that the second sees what others did meanwhile. A review that
 * somebody works on at this moment is left to the next sweep: the sweep waits for nobody.
 */
export async function sweepDesk(
  deps: Pick<ActivityDeps, 'db' | 'rulebooks' | 'log'>,
): Promise<DeskSweepOutcome> {
  const now = new Date();
  const policy = policyOf(await deps.rulebooks.newestPolicy(deps.db), businessDate(now), 'BANK');
  const idleBefore = new Date(now.getTime() - policy('review.claimIdleMinutes') * MINUTE_MS);
  const lapsed = await deps.db
    .transaction()
    .execute((tx) => lapseClaims(tx, { now, idleBefore, most: MOST }));
  const assigned = await deps.db.transaction().execute((tx) => assign(tx, now));
  if (lapsed.length > 0) deps.log.info({ lapsed: lapsed.length }, 'claims lapsed');
  return { lapsed: lapsed.length, assigned };
}
