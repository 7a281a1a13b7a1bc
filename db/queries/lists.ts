/** The lists as their keepers see them: entries, what is proposed about entries and hits, and what was decided. */
import { sql } from 'kysely';
import type { Queryable, Tx } from '../database.ts';
import type { ListAct, ListKind, ListSubject, SecondFactor } from '../schema/lists.ts';

export interface NewListEntry {
  readonly id: string;
  readonly kind: ListKind;
  readonly subject: ListSubject;
  /** Keyed index of the value; null for names. */
  readonly valueIndex: Buffer | null;
  readonly name: string | null;
  readonly nameKeys: readonly string[];
  readonly birthDate: string | null;
  readonly sex: 'MALE' | 'FEMALE' | null;
  readonly source: string;
  readonly reason: string;
  readonly listedOn: string;
  readonly appeal: string;
  readonly expiresOn: string | null;
}

/** Writes an entry, which is in force once its addition is approved; the same id twice is one entry. */
export async function addListEntry(tx: Tx, entry: NewListEntry): Promise<void> {
  await tx
    .insertInto('list_entries')
    .values({
      id: entry.id,
      kind: entry.kind,
      subject: entry.subject,
      value_index: entry.valueIndex,
      name: entry.name,
      name_keys: [...entry.nameKeys],
      birth_date: entry.birthDate,
      sex: entry.sex,
      source: entry.source,
      reason: entry.reason,
      listed_on: entry.listedOn,
      appeal: entry.appeal,
      expires_on: entry.expiresOn,
    })
    .onConflict((oc) => oc.column('id').doNothing())
    .execute();
}

export interface NewListProposal {
  readonly id: string;
  readonly act: ListAct;
  readonly entryId: string | null;
  readonly hitId: string | null;
  readonly reason: string;
  readonly by: string;
}

/** One person proposes; the same id twice is one proposal. */
export async function proposeListAct(tx: Tx, proposal: NewListProposal): Promise<void> {
  await tx
    .insertInto('list_proposals')
    .values({
      id: proposal.id,
      act: proposal.act,
      entry_id: proposal.entryId,
      hit_id: proposal.hitId,
      reason: proposal.reason,
      proposed_by: proposal.by,
    })
    .onConflict((oc) => oc.column('id').doNothing())
    .execute();
}

export interface ListProposal {
  readonly id: string;
  readonly act: ListAct;
  readonly entryId: string | null;
  readonly hitId: string | null;
  readonly reason: string;
  readonly proposedBy: string;
  readonly proposedAt: Date;
  readonly outcome: 'APPROVED' | 'REFUSED' | null;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
}

const proposals = (db: Queryable) =>
  db
    .selectFrom('list_proposals as p')
    .leftJoin('list_decisions as d', 'd.proposal_id', 'p.id')
    .select([
      'p.id',
      'p.act',
      'p.entry_id as entryId',
      'p.hit_id as hitId',
      'p.reason',
      'p.proposed_by as proposedBy',
      'p.proposed_at as proposedAt',
      'd.outcome',
      'd.decided_by as decidedBy',
      'd.decided_at as decidedAt',
    ]);

export async function readListProposal(
  db: Queryable,
  id: string,
): Promise<ListProposal | undefined> {
  return await proposals(db).where('p.id', '=', id).executeTakeFirst();
}

/** What waits for a second person, the oldest first. */
export async function openListProposals(
  db: Queryable,
  most: number,
): Promise<readonly ListProposal[]> {
  return await proposals(db)
    .where('d.proposal_id', 'is', null)
    .orderBy('p.proposed_at')
    .orderBy('p.id')
    .limit(most)
    .execute();
}

/** Another person decides, once: false when somebody has. The table refuses the proposer. */
export async function decideListProposal(
  tx: Tx,
  decision: {
    readonly proposalId: string;
    readonly proposedBy: string;
    readonly outcome: 'APPROVED' | 'REFUSED';
    readonly by: string;
  },
): Promise<boolean> {
  const row = await tx
    .insertInto('list_decisions')
    .values({
      proposal_id: decision.proposalId,
      proposed_by: decision.proposedBy,
      outcome: decision.outcome,
      decided_by: decision.by,
    })
    .onConflict((oc) => oc.column('proposal_id').doNothing())
    .returning('proposal_id')
    .executeTakeFirst();
  return row !== undefined;
}

export interface ShownListEntry {
  readonly id: string;
  readonly kind: ListKind;
  readonly subject: ListSubject;
  readonly name: string | null;
  readonly birthDate: string | null;
  readonly sex: 'MALE' | 'FEMALE' | null;
  readonly source: string;
  readonly reason: string;
  readonly listedOn: string;
  readonly appeal: string;
  readonly expiresOn: string | null;
  readonly createdAt: Date;
  /** The same in PostgreSQL's own words, for the next page. */
  readonly at: string;
  readonly state: 'PROPOSED' | 'ACTIVE' | 'REFUSED' | 'ENDED' | 'EXPIRED';
}

const decided = (act: ListAct, outcome: 'APPROVED' | 'REFUSED') => sql<boolean>`exists (
  select 1 from list_proposals p join list_decisions d on d.proposal_id = p.id
   where p.entry_id = e.id and p.act = ${sql.lit(act)} and d.outcome = ${sql.lit(outcome)})`;

const STATE = sql<ShownListEntry['state']>`
  case when ${decided('END', 'APPROVED')} then 'ENDED'
       when ${decided('ADD', 'REFUSED')} then 'REFUSED'
       when not ${decided('ADD', 'APPROVED')} then 'PROPOSED'
       when e.expires_on <= (now() at time zone 'Asia/Shanghai')::date then 'EXPIRED'
       else 'ACTIVE' end`;

const entries = (db: Queryable) =>
  db
    .selectFrom('list_entries as e')
    .select([
      'e.id',
      'e.kind',
      'e.subject',
      'e.name',
      'e.birth_date as birthDate',
      'e.sex',
      'e.source',
      'e.reason',
      'e.listed_on as listedOn',
      'e.appeal',
      'e.expires_on as expiresOn',
      'e.created_at as createdAt',
      sql<string>`e.created_at::text`.as('at'),
      STATE.as('state'),
    ]);

export async function readListEntry(
  db: Queryable,
  id: string,
): Promise<ShownListEntry | undefined> {
  return await entries(db).where('e.id', '=', id).executeTakeFirst();
}

/** Entries of a list, the newest first, from behind the given one. */
export async function readListEntries(
  db: Queryable,
  kind: ListKind,
  page: {
    readonly after: { readonly at: string; readonly id: string } | null;
    readonly most: number;
  },
): Promise<readonly ShownListEntry[]> {
  let query = entries(db).where('e.kind', '=', kind);
  if (page.after !== null) {
    const { at, id } = page.after;
    query = query.where(sql<boolean>`(e.created_at, e.id) < (${at}::timestamptz, ${id}::uuid)`);
  }
  return await query
    .orderBy('e.created_at', 'desc')
    .orderBy('e.id', 'desc')
    .limit(page.most)
    .execute();
}

export interface ShownListHit {
  readonly id: string;
  readonly applicationId: string;
  readonly entryId: string;
  readonly listedName: string | null;
  readonly source: string;
  readonly similarity: string;
  readonly secondFactor: SecondFactor;
  readonly foundAt: Date;
  /** What two people found; null while they have not. */
  readonly disposition: 'TRUE_MATCH' | 'FALSE_MATCH' | null;
}

const hits = (db: Queryable) =>
  db
    .selectFrom('list_hits as h')
    .innerJoin('list_entries as e', 'e.id', 'h.entry_id')
    .select([
      'h.id',
      'h.application_id as applicationId',
      'h.entry_id as entryId',
      'e.name as listedName',
      'e.source',
      'h.similarity',
      'h.second_factor as secondFactor',
      'h.found_at as foundAt',
      sql<ShownListHit['disposition']>`(
        select p.act from list_proposals p join list_decisions d on d.proposal_id = p.id
         where p.hit_id = h.id and d.outcome = 'APPROVED' order by d.decided_at desc limit 1)`.as(
        'disposition',
      ),
    ]);

export async function readListHit(db: Queryable, id: string): Promise<ShownListHit | undefined> {
  return await hits(db).where('h.id', '=', id).executeTakeFirst();
}

/** Hits of one application, or of all those that are not disposed of when `applicationId` is null; the oldest first. */
export async function readListHits(
  db: Queryable,
  applicationId: string | null,
  most: number,
): Promise<readonly ShownListHit[]> {
  const query =
    applicationId === null
      ? hits(db).where(sql<boolean>`not exists (
          select 1 from list_proposals p join list_decisions d on d.proposal_id = p.id
           where p.hit_id = h.id and d.outcome = 'APPROVED')`)
      : hits(db).where('h.application_id', '=', applicationId);
  return await query.orderBy('h.found_at').orderBy('h.id').limit(most).execute();
}

/** Whether something about an entry or a hit waits for a second person. */
export async function hasOpenProposal(
  db: Queryable,
  about: { readonly entryId: string } | { readonly hitId: string },
): Promise<boolean> {
  let query = proposals(db).where('d.proposal_id', 'is', null);
  query =
    'entryId' in about
      ? query.where('p.entry_id', '=', about.entryId)
      : query.where('p.hit_id', '=', about.hitId);
  return (await query.limit(1).executeTakeFirst()) !== undefined;
}
