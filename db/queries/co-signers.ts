/** Those who sign beside the borrower: who was named, and their turns under a contract. */
import { sql } from 'kysely';
import type { CoSignerRole, PartyState } from '../../domain/co-signing.ts';
import type { Queryable, Tx } from '../database.ts';

export interface NewCoSigner {
  readonly id: string;
  readonly applicationId: string;
  readonly ownerSubject: string;
  readonly position: number;
  readonly role: CoSignerRole;
  readonly subject: string;
  readonly sealedPerson: Buffer;
}

/** Names these in place of those named before. The database refuses it once the offer is accepted (`co_signers_before_contract`). */
export async function nameCoSigners(
  tx: Tx,
  applicationId: string,
  persons: readonly NewCoSigner[],
  now: Date,
): Promise<void> {
  await tx
    .updateTable('co_signers')
    .set({ dropped_at: now })
    .where('application_id', '=', applicationId)
    .where('dropped_at', 'is', null)
    .execute();
  for (const person of persons)
    await tx
      .insertInto('co_signers')
      .values({
        id: person.id,
        application_id: applicationId,
        owner_subject: person.ownerSubject,
        position: person.position,
        role: person.role,
        subject: person.subject,
        sealed_person: person.sealedPerson,
        named_at: now,
      })
      .execute();
}

/** Those who are named, in their order. */
export async function namedCoSigners(db: Queryable, applicationId: string) {
  return await db
    .selectFrom('co_signers')
    .select(['id', 'position', 'role', 'subject', 'sealed_person'])
    .where('application_id', '=', applicationId)
    .where('dropped_at', 'is', null)
    .orderBy('position')
    .execute();
}

/** Gives each co-signer a turn under a contract that is drawn; those that are there stay. */
export async function openParties(
  tx: Tx,
  parties: readonly {
    readonly id: string;
    readonly contractId: string;
    readonly coSignerId: string;
    readonly position: number;
    readonly role: CoSignerRole;
  }[],
): Promise<void> {
  for (const party of parties)
    await tx
      .insertInto('contract_parties')
      .values({
        id: party.id,
        contract_id: party.contractId,
        co_signer_id: party.coSignerId,
        position: party.position,
        role: party.role,
      })
      .onConflict((oc) => oc.doNothing())
      .execute();
}

/** The turns of a contract with who they are, in their order. */
export async function partiesOf(db: Queryable, contractId: string) {
  return await db
    .selectFrom('contract_parties as p')
    .innerJoin('co_signers as s', 's.id', 'p.co_signer_id')
    .select(['p.id', 'p.position', 'p.role', 'p.state', 'p.proved_at', 'p.answered_cause'])
    .select(['p.reminded_at', 's.id as co_signer_id', 's.subject', 's.sealed_person'])
    .where('p.contract_id', '=', contractId)
    .orderBy('p.position')
    .execute();
}

/** Says that it is somebody's turn. */
export async function markInvited(tx: Tx, partyId: string): Promise<void> {
  await tx
    .updateTable('contract_parties')
    .set({ state: 'INVITED', invited_at: sql<Date>`now()` })
    .where('id', '=', partyId)
    .where('state', '=', 'WAITING')
    .execute();
}

/** Records somebody's answer. */
export async function markAnswered(
  tx: Tx,
  partyId: string,
  state: Extract<PartyState, 'SIGNED' | 'DECLINED'>,
  cause: string,
): Promise<void> {
  await tx
    .updateTable('contract_parties')
    .set({ state, answered_at: sql<Date>`now()`, answered_cause: cause })
    .where('id', '=', partyId)
    .where('state', '=', 'INVITED')
    .execute();
}

/** Ends the turns of a contract that nobody signs any more. */
export async function expireTurns(tx: Queryable, applicationId: string): Promise<void> {
  await tx
    .updateTable('contract_parties')
    .set({ state: 'EXPIRED' })
    .where('contract_id', 'in', (eb) =>
      eb.selectFrom('contracts').select('id').where('application_id', '=', applicationId),
    )
    .where('state', 'in', ['WAITING', 'INVITED'])
    .execute();
}

/** Marks the reminder of whose turn it is; false when they were reminded before. */
export async function markReminded(tx: Tx, partyId: string): Promise<boolean> {
  const row = await tx
    .updateTable('contract_parties')
    .set({ reminded_at: sql<Date>`now()` })
    .where('id', '=', partyId)
    .where('state', '=', 'INVITED')
    .where('reminded_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

function selectTurns(db: Queryable) {
  return db
    .selectFrom('contract_parties as p')
    .innerJoin('co_signers as s', 's.id', 'p.co_signer_id')
    .select(['p.id', 'p.contract_id', 'p.position', 'p.role', 'p.state', 'p.invited_at'])
    .select(['p.proved_at', 'p.answered_at', 's.id as co_signer_id', 's.application_id'])
    .select(['s.subject', 's.owner_subject', 's.sealed_person']);
}

/** The turns of one co-signer that have come, newest first. */
export async function turnsOf(db: Queryable, subject: string) {
  return await selectTurns(db)
    .where('s.subject', '=', subject)
    .where('p.invited_at', 'is not', null)
    .orderBy('p.invited_at', 'desc')
    .limit(50)
    .execute();
}

/** One turn, or undefined. */
export async function readTurn(db: Queryable, partyId: string) {
  return await selectTurns(db).where('p.id', '=', partyId).executeTakeFirst();
}

/** Counts a try to prove who one is; false once there were too many. */
export async function countProof(db: Queryable, partyId: string, most: number): Promise<boolean> {
  const row = await db
    .updateTable('contract_parties')
    .set((eb) => ({ proof_tries: eb('proof_tries', '+', 1) }))
    .where('id', '=', partyId)
    .where('state', '=', 'INVITED')
    .where('proof_tries', '<', most)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Keeps that somebody proved who they are; the first time stands. */
export async function markProved(tx: Tx, partyId: string, now: Date): Promise<void> {
  await tx
    .updateTable('contract_parties')
    .set({ proved_at: now })
    .where('id', '=', partyId)
    .where('proved_at', 'is', null)
    .execute();
}
