/** Automatic decisions that a person asked another person to look at again (PIPL art. 24). */
import { sql } from 'kysely';
import type { Queryable, Tx } from '../database.ts';
import type { DecisionReviewRow } from '../schema/rules.ts';
import { isKilled } from './rule-switches.ts';

export interface NewDecisionReview {
  readonly id: string;
  readonly decisionId: string;
  readonly applicationId: string;
  readonly ownerSubject: string;
  readonly dueOn: string;
  /** What the person says of it, sealed under their key; null when they say nothing. */
  readonly sealedStatement: Buffer | null;
  readonly requestedAt: Date;
}

/** Keeps a request; a decision has one review, and asking again changes nothing. */
export async function keepDecisionReview(tx: Queryable, review: NewDecisionReview): Promise<void> {
  await tx
    .insertInto('decision_reviews')
    .values({
      id: review.id,
      decision_id: review.decisionId,
      application_id: review.applicationId,
      owner_subject: review.ownerSubject,
      due_on: review.dueOn,
      sealed_statement: review.sealedStatement,
      requested_at: review.requestedAt,
    })
    .onConflict((oc) => oc.doNothing())
    .execute();
}

/** What everybody who may see a review sees of it. */
const SUMMARY = [
  'id',
  'decision_id',
  'application_id',
  'owner_subject',
  'state',
  'due_on',
  'outcome',
  'reasons',
  'requested_at',
  'decided_at',
] as const;

/** The review of a decision as its person sees it, or undefined. */
export async function readReviewOfDecision(db: Queryable, decisionId: string) {
  return await db
    .selectFrom('decision_reviews')
    .select(SUMMARY)
    .where('decision_id', '=', decisionId)
    .executeTakeFirst();
}

export async function readDecisionReview(db: Queryable, id: string) {
  return await db
    .selectFrom('decision_reviews')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
}

/** The same row, locked until the transaction ends. */
export async function lockDecisionReview(tx: Tx, id: string) {
  return await tx
    .selectFrom('decision_reviews')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
}

/** Reviews in these states by the day they are due; of one assignee where one is named. */
export async function listDecisionReviews(
  db: Queryable,
  filter: {
    readonly states: readonly DecisionReviewRow['state'][] | readonly string[];
    readonly assignee: string | null;
  },
  most: number,
) {
  let query = db
    .selectFrom('decision_reviews')
    .select(SUMMARY)
    .select(['assignee', 'overdue_at'])
    .where(sql<boolean>`state = any(${[...filter.states]}::text[])`);
  if (filter.assignee !== null) query = query.where('assignee', '=', filter.assignee);
  return await query.orderBy('due_on').orderBy('id').limit(most).execute();
}

export interface ReviewVerdict {
  readonly outcome: 'UPHELD' | 'OVERTURNED';
  readonly reasons: readonly string[];
  readonly sealedComment: Buffer;
  readonly decidedBy: string;
  readonly at: Date;
}

export async function decideDecisionReview(
  tx: Tx,
  id: string,
  verdict: ReviewVerdict,
): Promise<void> {
  await tx
    .updateTable('decision_reviews')
    .set({
      state: 'DECIDED',
      outcome: verdict.outcome,
      reasons: [...verdict.reasons],
      sealed_comment: verdict.sealedComment,
      decided_by: verdict.decidedBy,
      decided_at: verdict.at,
    })
    .where('id', '=', id)
    .execute();
}

/** Marks what the clock has said of a review; false when it was marked before or is decided. */
export async function markReviewClock(
  tx: Queryable,
  id: string,
  step: 'reminded_at' | 'overdue_at',
  at: Date,
): Promise<boolean> {
  const row = await tx
    .updateTable('decision_reviews')
    .set({ [step]: at })
    .where('id', '=', id)
    .where('state', '<>', 'DECIDED')
    .where(step, 'is', null)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Owes the person the notice that their decision was looked at, once. */
export async function answerDecisionReview(tx: Tx, id: string, at: Date): Promise<boolean> {
  const { rows } = await sql<{ id: string }>`
    with answered as (
      update decision_reviews set answered_at = ${at}
       where id = ${id} and state = 'DECIDED' and answered_at is null
      returning application_id, outcome
    )
    insert into outbox (id, topic, application_id, payload)
    select gen_random_uuid(), 'decision.reviewed', application_id, jsonb_build_object('outcome', outcome)
      from answered returning id`.execute(tx);
  return rows.length > 0;
}

/** How long a decision that was overturned sends the person's next applications to people. */
const OVERTURNED_HOLDS_DAYS = 90;

/** Why people must decide an application whatever its strategy says, most important first. */
export async function standingReferrals(
  db: Queryable,
  applicationId: string,
): Promise<readonly ('REFER_KILL_SWITCH' | 'REFER_UNDONE' | 'REFER_HUMAN_REVIEW')[]> {
  const killed = await isKilled(db);
  const { rows } = await sql<{ overturned: boolean; referral: string | null }>`
    select (select referral from applications where id = ${applicationId}) as referral, exists (
      select from decision_reviews r
        join applications former on former.id = r.application_id
        join applications a on a.applicant_id = former.applicant_id
       where a.id = ${applicationId} and former.id <> a.id and r.outcome = 'OVERTURNED'
         and r.decided_at > now() - make_interval(days => ${OVERTURNED_HOLDS_DAYS})
    ) as overturned`.execute(db);
  return [
    ...(killed ? (['REFER_KILL_SWITCH'] as const) : []),
    // Whatever code stands there, people decide.
    ...(rows[0]?.referral == null ? [] : (['REFER_UNDONE'] as const)),
    ...(rows[0]?.overturned === true ? (['REFER_HUMAN_REVIEW'] as const) : []),
  ];
}
