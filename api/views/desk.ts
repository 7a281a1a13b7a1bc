/** People at the desk, their limits, what they lend and their declared ties as answers show them. */
import type { listConflictEnds, listConflicts } from '../../db/queries/conflicts.ts';
import type {
  listAuthorityChanges,
  listDelegations,
  listDeskPeople,
} from '../../db/queries/desk-people.ts';
import { iso, isoOrNull } from '../times.ts';

type RowOf<T extends (...args: never[]) => Promise<readonly unknown[]>> = Awaited<
  ReturnType<T>
>[number];

export const personOf = (row: RowOf<typeof listDeskPeople>) => ({
  subject: row.subject,
  roles: row.roles,
  limitFen: row.limit_fen,
  capacity: row.capacity,
  load: row.load,
  onDesk: row.on_desk,
  awayFrom: isoOrNull(row.away_from),
  awayUntil: isoOrNull(row.away_until),
});

export const changeOf = (row: RowOf<typeof listAuthorityChanges>) => ({
  id: row.id,
  subject: row.subject,
  limitFen: row.limit_fen,
  capacity: row.capacity,
  reason: row.reason,
  state: row.state,
  proposedBy: row.proposed_by,
  decidedBy: row.decided_by,
  proposedAt: iso(row.proposed_at),
  decidedAt: isoOrNull(row.decided_at),
});

export const delegationOf = (row: RowOf<typeof listDelegations>) => ({
  id: row.id,
  from: row.from_subject,
  to: row.to_subject,
  role: row.role,
  limitFen: row.limit_fen,
  startsAt: iso(row.starts_at),
  endsAt: iso(row.ends_at),
  reason: row.reason,
  state: row.state,
  proposedBy: row.proposed_by,
  decidedBy: row.decided_by,
});

export const conflictOf = (row: RowOf<typeof listConflicts>) => ({
  id: row.id,
  relation: row.relation,
  declaredAt: iso(row.declared_at),
  endedAt: isoOrNull(row.ended_at),
  ending: row.ending,
});

export const conflictEndOf = (row: RowOf<typeof listConflictEnds>) => ({
  id: row.id,
  conflictId: row.conflict_id,
  subject: row.subject,
  relation: row.relation,
  reason: row.reason,
  state: row.state,
  proposedBy: row.proposed_by,
  decidedBy: row.decided_by,
  proposedAt: iso(row.proposed_at),
});
