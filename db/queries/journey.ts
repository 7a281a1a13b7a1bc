/** Moves an application through its journey: the only place where a stage changes. */
import { type SqlBool, sql } from 'kysely';
import {
  type Actor,
  isEnding,
  refuseTransition,
  type Stage,
  type TransitionRefusal,
} from '../../domain/journey.ts';
import type { Tx, Queryable } from '../database.ts';
import type { Pending } from '../schema/apply.ts';

export interface Move {
  readonly applicationId: string;
  /** The stage the caller believes the application stands in; null takes whichever it is. */
  readonly from: Stage | null;
  readonly to: Stage;
  readonly actor: Actor;
  /** Coded reason, never personal data. */
  readonly reason: string;
  /** Business key of what happened; the same cause again changes nothing and gives the first answer. */
  readonly cause: string;
  /** The version the caller last saw; undefined where the newest is right, as for an ending. */
  readonly expectedVersion?: number;
  /** Versions of the rules that brought the move about. */
  readonly versions?: unknown;
  /** What the application waits for in its new stage. */
  readonly pending?: Pending | null;
}

/** Where an application stands. */
export interface Place {
  readonly stage: Stage;
  readonly version: number;
  readonly pending: Pending | null;
}

export type MoveResult =
  | {
      readonly ok: true;
      readonly version: number;
      readonly repeated: boolean;
      readonly from: Stage;
      /** Where the application stands now: further on than this move led, when more has happened since it was made. */
      readonly now: Place;
    }
  | {
      readonly ok: false;
      readonly refusal: TransitionRefusal | 'NOT_FOUND' | 'WRONG_STAGE' | 'STALE_VERSION';
      readonly stage: Stage | null;
      readonly version: number | null;
    };

interface Standing {
  stage: Stage;
  version: number;
  pending: Pending | null;
  event_number: number | null;
  event_from: Stage | null;
}

async function lockStanding(tx: Tx, move: Move): Promise<Standing | undefined> {
  return await tx
    .selectFrom('applications as a')
    .leftJoin('journey_events as e', (join) =>
      join.onRef('e.application_id', '=', 'a.id').on('e.cause', '=', move.cause),
    )
    .select([
      'a.stage',
      'a.version',
      'a.pending',
      'e.number as event_number',
      'e.from_stage as event_from',
    ])
    .where('a.id', '=', move.applicationId)
    .forUpdate('a')
    .executeTakeFirst();
}

function refuse(standing: Standing, move: Move): Extract<MoveResult, { ok: false }> | null {
  const { stage, version } = standing;
  if (move.from !== null && move.from !== stage)
    return { ok: false, refusal: 'WRONG_STAGE', stage, version };
  if (move.expectedVersion !== undefined && move.expectedVersion !== version) {
    return { ok: false, refusal: 'STALE_VERSION', stage, version };
  }
  const refusal = refuseTransition(stage, move.to, move.actor);
  return refusal === null ? null : { ok: false, refusal, stage, version };
}

/** The first answer to a cause that is recorded already. */
const repeated = (version: number, from: Stage, now: Place): MoveResult => ({
  ok: true,
  version,
  repeated: true,
  from,
  now: { stage: now.stage, version: now.version, pending: now.pending },
});

/**
 * Looks for the cause once more where a move is refused: a move that waited for the lock has seen the events as they were
 * before the wait, so the same cause in another transaction meanwhile would pass for a move that does not fit.
 */
async function refuseUnlessRecorded(
  tx: Tx,
  move: Move,
  now: Place,
  refusal: Extract<MoveResult, { ok: false }>,
): Promise<MoveResult> {
  const event = await tx
    .selectFrom('journey_events')
    .select(['number', 'from_stage'])
    .where('application_id', '=', move.applicationId)
    .where('cause', '=', move.cause)
    .executeTakeFirst();
  return event === undefined ? refusal : repeated(event.number, event.from_stage, now);
}

/**
 * Checks a transition against the journey, the caller's stage and version, then writes the row, the journey event,
 * the audit entry and the outbox row together. Refusals are values; the caller's transaction decides what they mean.
 */
export async function advance(tx: Tx, move: Move): Promise<MoveResult> {
  const standing = await lockStanding(tx, move);
  if (standing === undefined)
    return { ok: false, refusal: 'NOT_FOUND', stage: null, version: null };
  if (standing.event_number !== null)
    return repeated(standing.event_number, standing.event_from ?? standing.stage, standing);
  const refusal = refuse(standing, move);
  if (refusal !== null) return await refuseUnlessRecorded(tx, move, standing, refusal);
  const version = standing.version + 1;
  await writeMove(tx, move, standing.stage, version);
  const now = { stage: move.to, version, pending: move.pending ?? null };
  return { ok: true, version, repeated: false, from: standing.stage, now };
}

/** One statement, because four round trips per stage would be half the cost of a loan. */
async function writeMove(tx: Tx, move: Move, from: Stage, version: number): Promise<void> {
  const { actor } = move;
  const ending = isEnding(move.to);
  const detail = JSON.stringify({ from, to: move.to, reason: move.reason, version });
  await sql`
    with moved as (
      update applications
         set stage = ${move.to}, version = ${version}, pending = ${move.pending ?? null}, updated_at = now(),
             ended_at = case when ${ending}::boolean then now() else ended_at end,
             end_reason = case when ${ending}::boolean then ${move.reason} else end_reason end
       where id = ${move.applicationId}
    ), event as (
      insert into journey_events (application_id, number, from_stage, to_stage, actor_kind, actor, actor_role, reason, cause, versions)
      values (${move.applicationId}, ${version}, ${from}, ${move.to}, ${actor.kind}, ${actor.subject}, ${actor.role},
              ${move.reason}, ${move.cause}, ${JSON.stringify(move.versions ?? {})}::jsonb)
    ), audit as (
      insert into audit_entries (actor, actor_role, action, subject_kind, subject_id, result, detail)
      values (${actor.subject}, ${actor.role}, 'application.advance', 'application', ${move.applicationId}, 'DONE', ${detail}::jsonb)
    )
    insert into outbox (id, topic, application_id, payload)
    values (gen_random_uuid(), 'journey', ${move.applicationId}, ${detail}::jsonb)
  `.execute(tx);
}

/** True when a move under this cause is recorded already. */
export async function readMove(
  db: Queryable,
  applicationId: string,
  cause: string,
): Promise<boolean> {
  const row = await db
    .selectFrom('journey_events')
    .select('number')
    .where('application_id', '=', applicationId)
    .where('cause', '=', cause)
    .executeTakeFirst();
  return row !== undefined;
}

/** Says on the record what the application waits for, without moving it. */
export async function setPending(
  tx: Queryable,
  applicationId: string,
  pending: Pending | null,
): Promise<void> {
  await tx
    .updateTable('applications')
    .set({ pending, updated_at: new Date() })
    .where('id', '=', applicationId)
    .where(sql<SqlBool>`pending is distinct from ${pending}`)
    .execute();
}

export interface TimelineEvent {
  readonly number: number;
  readonly from: Stage;
  readonly to: Stage;
  readonly actorKind: string;
  readonly actor: string;
  readonly role: string | null;
  readonly reason: string;
  readonly at: Date;
}

/** Every move of an application, oldest first. */
export async function readTimeline(
  db: Queryable,
  applicationId: string,
): Promise<readonly TimelineEvent[]> {
  return await db
    .selectFrom('journey_events')
    .select([
      'number',
      'from_stage as from',
      'to_stage as to',
      'actor_kind as actorKind',
      'actor',
      'actor_role as role',
      'reason',
      'at',
    ])
    .where('application_id', '=', applicationId)
    .orderBy('number')
    .execute();
}
