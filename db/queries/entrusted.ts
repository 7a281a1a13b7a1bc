/** Reads and writes of entrusted payees, and what a person was paid directly within the window that splitting is looked for in. */
import { sql } from 'kysely';
import type { Fen } from '../../domain/money.ts';
import type { Queryable, Tx } from '../database.ts';
import type { EntrustedPayeeRow } from '../schema/entrusted.ts';

export interface NewPayee {
  readonly id: string;
  readonly applicationId: string;
  readonly sealedPayee: Buffer;
  readonly evidenceKind: EntrustedPayeeRow['evidence_kind'];
  readonly evidenceSm3: string;
  readonly reason: string;
  readonly by: string;
}

/** Proposes a payee; false when one is proposed already. */
export async function proposePayee(tx: Tx, payee: NewPayee): Promise<boolean> {
  const stored = await tx
    .insertInto('entrusted_payees')
    .values({
      id: payee.id,
      application_id: payee.applicationId,
      sealed_payee: payee.sealedPayee,
      evidence_kind: payee.evidenceKind,
      evidence_sm3: payee.evidenceSm3,
      reason: payee.reason,
      proposed_by: payee.by,
    })
    .onConflict((oc) => oc.doNothing())
    .returning('id')
    .executeTakeFirst();
  return stored !== undefined;
}

/** The payee that waits for a second person, locked; undefined without one. */
export async function lockProposedPayee(tx: Tx, applicationId: string) {
  return await tx
    .selectFrom('entrusted_payees')
    .select(['id', 'sealed_payee', 'evidence_sm3', 'proposed_by'])
    .where('application_id', '=', applicationId)
    .where('state', '=', 'PROPOSED')
    .forUpdate()
    .executeTakeFirst();
}

/** Decides on a payee; one that is approved takes the place of the former. A constraint refuses the proposer. */
export async function decidePayee(
  tx: Tx,
  applicationId: string,
  decision: {
    readonly id: string;
    readonly state: 'APPROVED' | 'REJECTED';
    readonly by: string;
    readonly at: Date;
  },
): Promise<void> {
  if (decision.state === 'APPROVED')
    await tx
      .updateTable('entrusted_payees')
      .set({ state: 'REPLACED' })
      .where('application_id', '=', applicationId)
      .where('state', '=', 'APPROVED')
      .execute();
  await tx
    .updateTable('entrusted_payees')
    .set({ state: decision.state, decided_by: decision.by, decided_at: decision.at })
    .where('id', '=', decision.id)
    .execute();
}

/** Every payee of an application without name and account, newest first. */
export async function listPayees(db: Queryable, applicationId: string) {
  return await db
    .selectFrom('entrusted_payees')
    .select([
      'id',
      'evidence_kind as evidenceKind',
      'evidence_sm3 as evidenceSm3',
      'reason',
      'state',
      'proposed_by as proposedBy',
      'proposed_at as proposedAt',
      'decided_by as decidedBy',
      'decided_at as decidedAt',
    ])
    .where('application_id', '=', applicationId)
    .orderBy('proposed_at', 'desc')
    .execute();
}

export interface SealedPayee {
  readonly id: string;
  readonly sealed: Buffer;
}

/** Whom a payout goes to in the borrower's place: the payee it was sent to, or else the one that is approved now. */
export async function payeeOfPayout(
  db: Queryable,
  payoutId: string,
): Promise<SealedPayee | undefined> {
  return await db
    .selectFrom('payouts as p')
    .innerJoin('entrusted_payees as e', (join) =>
      join.on((eb) =>
        eb.or([
          eb('e.id', '=', eb.ref('p.payee_id')),
          eb.and([
            eb('p.payee_id', 'is', null),
            eb('p.state', 'in', ['READY', 'RELEASED']),
            eb('e.application_id', '=', eb.ref('p.application_id')),
            eb('e.state', '=', 'APPROVED'),
          ]),
        ]),
      ),
    )
    .select(['e.id', 'e.sealed_payee as sealed'])
    .where('p.id', '=', payoutId)
    .executeTakeFirst();
}

/** Says whom a payout is sent to; written with the mark that it is sent. */
export async function writePayee(tx: Tx, payoutId: string, payeeId: string): Promise<void> {
  await tx
    .updateTable('payouts')
    .set({ payee_id: payeeId })
    .where('id', '=', payoutId)
    .where('state', '=', 'SENT')
    .execute();
}

/**
 * What the person of an application was paid directly, or may have been, on other loans in the last `days` days, fen. Payouts of
 * one person are looked at one after the other, so that two that leave together see each other.
 */
export async function selfPaidWithin(tx: Tx, applicationId: string, days: number): Promise<Fen> {
  await sql`
    select pg_advisory_xact_lock(hashtextextended('self-paid ' || coalesce(applicant_id::text, id::text), 0))
      from applications where id = ${applicationId}`.execute(tx);
  const { rows } = await sql<{ total: Fen }>`
    select coalesce(sum(o.principal), 0)::bigint as total
      from applications self
      join applications a on a.applicant_id = self.applicant_id and a.id <> self.id
      join payouts p on p.application_id = a.id
      cross join lateral (
        select coalesce((select l.principal_fen from loans l where l.payout_id = p.id), p.amount_fen) as principal) o
     where self.id = ${applicationId} and p.payee_id is null
       and p.state in ('SENT','ACCEPTED','UNKNOWN','PAID')
       and p.sent_at > now() - make_interval(days => ${days})`.execute(tx);
  return rows[0]?.total ?? (0 as Fen);
}
