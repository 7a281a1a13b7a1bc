/** A request by right as its person and compliance read it. */
import type { Queryable } from '../../db/database.ts';
import { readHeldFacts, type readRightsRequest } from '../../db/queries/rights.ts';
import { holdsAgainstErasure } from '../../domain/retention.ts';
import { iso, isoOrNull } from '../times.ts';

export type RightsRow = NonNullable<Awaited<ReturnType<typeof readRightsRequest>>>;

/** @param today the day in Shanghai */
export async function rightsViewOf(db: Queryable, row: RightsRow, today: string) {
  const erasing = row.kind === 'ERASURE' && (row.concluded_at === null || row.outcome === 'HELD');
  const holds = erasing
    ? holdsAgainstErasure((await readHeldFacts(db, row.application_id)).held, today)
    : [];
  return {
    id: row.id,
    applicationId: row.application_id,
    kind: row.kind,
    items: row.items,
    state: row.state,
    dueOn: row.due_on,
    overdue: row.state !== 'ANSWERED' && row.due_on < today,
    outcome: row.outcome,
    reason: row.reason,
    receivedAt: iso(row.received_at),
    answeredAt: isoOrNull(row.answered_at),
    concludedAt: isoOrNull(row.concluded_at),
    holds: [...holds],
  };
}
