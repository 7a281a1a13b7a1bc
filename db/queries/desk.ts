/** Reads and writes of reviews: a round is loaded under its lock as the pure desk knows it, and what changed is saved. */
import { sql } from 'kysely';
import { randomUUID } from 'node:crypto';
import type { MatrixConditions, StageSpec } from '../../domain/approval-matrix.ts';
import type { Ballot, Place, Review, Seat, Terms } from '../../domain/desk-review.ts';
import type { Fen } from '../../domain/money.ts';
import type { Queryable, Tx } from '../database.ts';

/** Why a row of the matrix did not fit; null for the one that did. */
export interface MatrixStep {
  readonly row: string;
  readonly misfit: keyof MatrixConditions | null;
}

/** What a review is opened under; it keeps this to its end. */
export interface ReviewBasis {
  readonly applicationId: string;
  readonly round: number;
  readonly matrixCode: string;
  readonly matrixVersion: number;
  /** The row that fitted, or the code of why nobody may approve. */
  readonly matrixRow: string;
  readonly stages: readonly StageSpec[];
  readonly why: readonly MatrixStep[];
  readonly exposureFen: Fen;
  readonly exceptions: number;
}

/** A review as it stands on the record. */
export interface StoredReview extends ReviewBasis {
  readonly openedAt: Date;
  readonly review: Review;
  /** Task of each seat. */
  readonly tasks: ReadonlyMap<SeatKey, string>;
}

/** Stage and seat. */
export type SeatKey = `${number}/${number}`;
const seatKey = ({ stage, seat }: Place): SeatKey => `${stage}/${seat}`;

/** Instants that a change of a review is written with. */
export interface ReviewClock {
  readonly at: Date;
  /** When a stage that opens with the change is due. */
  readonly slaDueAt: Date;
}

/** Opens a review with the seats of its first stage; the first opening of a round stands. */
export async function insertReview(
  tx: Tx,
  basis: ReviewBasis,
  review: Review,
  clock: ReviewClock,
): Promise<void> {
  await tx
    .insertInto('reviews')
    .values({
      application_id: basis.applicationId,
      round: basis.round,
      matrix_code: basis.matrixCode,
      matrix_version: basis.matrixVersion,
      matrix_row: basis.matrixRow,
      stages: JSON.stringify(basis.stages),
      why: JSON.stringify(basis.why),
      exposure_fen: basis.exposureFen,
      exceptions: basis.exceptions,
      // Whole fen of the decision and the product: the desk counts with them and makes no new ones.
      most_fen: review.mostFen as Fen,
      least_fen: review.leastFen as Fen,
      evidence_version: review.evidenceVersion,
      opened_at: clock.at,
    })
    .onConflict((oc) => oc.columns(['application_id', 'round']).doNothing())
    .execute();
  await insertSeats(tx, basis, review, review.seats, clock);
}

async function insertSeats(
  tx: Tx,
  { applicationId, round }: Pick<ReviewBasis, 'applicationId' | 'round'>,
  review: Review,
  seats: readonly Seat[],
  { slaDueAt }: ReviewClock,
): Promise<void> {
  if (seats.length === 0) return;
  await tx
    .insertInto('review_tasks')
    .values(
      seats.map(({ stage, seat }) => ({
        id: randomUUID(),
        application_id: applicationId,
        round,
        level: stage,
        seat,
        roles: [...(review.stages[stage - 1]?.roles ?? [])],
        state: 'OPEN' as const,
        evidence_version: review.evidenceVersion,
        sla_due_at: slaDueAt,
      })),
    )
    .onConflict((oc) =>
      oc
        .columns(['application_id', 'round', 'level', 'seat'])
        .where('kind', '=', 'REVIEW')
        .doNothing(),
    )
    .execute();
}

function selectReview(db: Queryable, applicationId: string, round: number) {
  return db
    .selectFrom('reviews')
    .selectAll()
    .where('application_id', '=', applicationId)
    .where('round', '=', round);
}

/** The review of a round, locked until the transaction ends: every act of a person or a clock takes this lock. */
export async function lockReview(
  tx: Tx,
  applicationId: string,
  round: number,
): Promise<StoredReview | undefined> {
  const row = await selectReview(tx, applicationId, round).forUpdate().executeTakeFirst();
  return row === undefined ? undefined : await assemble(tx, row);
}

/** The same without the lock, for those who only look. */
export async function readReview(
  db: Queryable,
  applicationId: string,
  round: number,
): Promise<StoredReview | undefined> {
  const row = await selectReview(db, applicationId, round).executeTakeFirst();
  return row === undefined ? undefined : await assemble(db, row);
}

type ReviewSelected = NonNullable<
  Awaited<ReturnType<ReturnType<typeof selectReview>['executeTakeFirst']>>
>;

async function readSeats(db: Queryable, applicationId: string, round: number) {
  return await db
    .selectFrom('review_tasks')
    .select(['id', 'level', 'seat', 'state', 'assignee', 'active_at'])
    .where('application_id', '=', applicationId)
    .where('round', '=', round)
    .where('kind', '=', 'REVIEW')
    .orderBy('level')
    .orderBy('seat')
    .execute();
}

/** The votes of a round, oldest first. */
async function readBallots(
  db: Queryable,
  applicationId: string,
  round: number,
): Promise<readonly Ballot[]> {
  const rows = await db
    .selectFrom('review_actions as action')
    .innerJoin('review_tasks as task', 'task.id', 'action.task_id')
    .select([
      'task.level as stage',
      'task.seat',
      'action.actor as subject',
      'action.on_behalf_of as onBehalfOf',
      'action.action',
      'action.terms',
      'action.evidence_version as evidenceVersion',
    ])
    .where('action.application_id', '=', applicationId)
    .where('action.round', '=', round)
    .where('action.action', 'in', ['APPROVE', 'DECLINE'])
    .where('task.kind', '=', 'REVIEW')
    .orderBy('action.at')
    .orderBy('action.id')
    .execute();
  return rows.map(({ action, ...row }) => ({
    ...row,
    verdict: action === 'APPROVE' ? ('APPROVE' as const) : ('DECLINE' as const),
  }));
}

async function assemble(db: Queryable, row: ReviewSelected): Promise<StoredReview> {
  const seats = await readSeats(db, row.application_id, row.round);
  return {
    applicationId: row.application_id,
    round: row.round,
    matrixCode: row.matrix_code,
    matrixVersion: row.matrix_version,
    matrixRow: row.matrix_row,
    stages: row.stages,
    why: row.why,
    exposureFen: row.exposure_fen,
    exceptions: row.exceptions,
    openedAt: row.opened_at,
    tasks: new Map(seats.map((one) => [seatKey({ stage: one.level, seat: one.seat }), one.id])),
    review: {
      stages: row.stages,
      seats: seats.map((one) => ({
        stage: one.level,
        seat: one.seat,
        state: one.state,
        assignee: one.assignee,
        activeAt: one.active_at === null ? null : one.active_at.getTime(),
      })),
      ballots: await readBallots(db, row.application_id, row.round),
      waiting: row.waiting,
      evidenceVersion: row.evidence_version,
      mostFen: row.most_fen,
      leastFen: row.least_fen,
      proposal: row.proposal,
      end: row.ended,
    },
  };
}

const sameTerms = (one: Terms | null, other: Terms | null): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

function changedSeats(before: Review, after: Review): readonly Seat[] {
  return after.seats.filter((seat) => {
    const former = before.seats.find((one) => one.stage === seat.stage && one.seat === seat.seat);
    return (
      former !== undefined &&
      (former.state !== seat.state ||
        former.assignee !== seat.assignee ||
        former.activeAt !== seat.activeAt)
    );
  });
}

async function writeSeat(tx: Tx, taskId: string, seat: Seat, taken: boolean, at: Date) {
  const closed = seat.state === 'DECIDED' || seat.state === 'CANCELLED';
  await tx
    .updateTable('review_tasks')
    .set({
      state: seat.state,
      assignee: seat.assignee,
      active_at: seat.activeAt === null ? null : new Date(seat.activeAt),
      ...(seat.state === 'OPEN' ? { claimed_at: null } : {}),
      ...(taken ? { claimed_at: at } : {}),
      ...(closed ? { closed_at: at } : {}),
    })
    .where('id', '=', taskId)
    .execute();
}

/** Writes what an act made of a locked review, and nothing that it left as it was. */
export async function saveReview(
  tx: Tx,
  stored: StoredReview,
  after: Review,
  clock: ReviewClock,
): Promise<void> {
  const { review: before, tasks } = stored;
  for (const seat of changedSeats(before, after)) {
    const taskId = tasks.get(seatKey(seat));
    if (taskId === undefined) throw new Error('a seat of a review has no task');
    const former = before.seats.find((one) => one.stage === seat.stage && one.seat === seat.seat);
    const taken = seat.state === 'CLAIMED' && former?.assignee !== seat.assignee;
    await writeSeat(tx, taskId, seat, taken, clock.at);
  }
  const opened = after.seats.filter((seat) => !tasks.has(seatKey(seat)));
  await insertSeats(tx, stored, after, opened, clock);
  const moved =
    before.waiting !== after.waiting ||
    before.evidenceVersion !== after.evidenceVersion ||
    before.end !== after.end ||
    !sameTerms(before.proposal, after.proposal);
  if (!moved) return;
  await tx
    .updateTable('reviews')
    .set({
      waiting: after.waiting,
      evidence_version: after.evidenceVersion,
      proposal: after.proposal === null ? null : JSON.stringify(after.proposal),
      ended: after.end,
      ...(after.end === null ? {} : { ended_at: clock.at }),
    })
    .where('application_id', '=', stored.applicationId)
    .where('round', '=', stored.round)
    .execute();
}

/** What the person owes and is about to owe us, without the application itself, in fen. */
export async function readExposure(db: Queryable, applicationId: string): Promise<Fen> {
  const { rows } = await sql<{ exposure: Fen }>`
    select (coalesce((
        select sum(i.principal_fen - i.paid_principal_fen)
          from applications a
          join loans l on l.application_id = a.id and l.state <> 'SETTLED'
          join instalments i on i.loan_id = l.id
         where a.applicant_id = self.applicant_id and a.id <> self.id), 0)
      + coalesce((
        select sum(o.amount_fen)
          from applications a
          join offers o on o.application_id = a.id and o.state = 'ACCEPTED'
         where a.applicant_id = self.applicant_id and a.id <> self.id
           and a.stage in ('CONTRACT','SIGN','DISBURSE')), 0)
      + coalesce((
        select sum(t.principal_fen)
          from applications a
          join tranches t on t.application_id = a.id and t.state in ('PLANNED','DRAWING')
         where a.applicant_id = self.applicant_id and a.id <> self.id), 0))::bigint as exposure
      from applications self where self.id = ${applicationId}`.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error('no such application');
  return row.exposure;
}

/** Something that changed in an application after it was submitted, under the evidence version it brought. */
export interface EvidenceChange {
  readonly version: number;
  readonly what: string;
  readonly at: Date;
}

/** What changed since a version of the evidence, oldest first. */
export async function readChangesSince(
  db: Queryable,
  applicationId: string,
  version: number,
): Promise<readonly EvidenceChange[]> {
  return await db
    .selectFrom('evidence_changes')
    .select(['version', 'what', 'at'])
    .where('application_id', '=', applicationId)
    .where('version', '>', version)
    .orderBy('version')
    .execute();
}
