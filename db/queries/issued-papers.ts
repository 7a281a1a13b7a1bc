/** What a decline notice and a settlement certificate state, and the papers that are there. */
import { sql } from 'kysely';
import type { Queryable } from '../database.ts';
import type { NewDocument } from './apply.ts';

/** Kinds of papers that are drawn when somebody asks for them. */
export type IssuedKind = Extract<
  NewDocument['kind'],
  'DECLINE_NOTICE' | 'SETTLEMENT_CERTIFICATE' | 'AUTHORISATION'
>;

/** The application of a declined person with the codes it was declined for; undefined when it is not declined. */
export async function readDeclined(db: Queryable, applicationId: string) {
  const { rows } = await sql<{
    submittedAt: Date;
    endedAt: Date;
    amountFen: number;
    productCode: string;
    automated: boolean | null;
    decidedCodes: string[] | null;
    reviewCodes: string[] | null;
    endReason: string | null;
  }>`
    select a.submitted_at as "submittedAt", a.ended_at as "endedAt", a.amount_fen as "amountFen",
           a.product_code as "productCode", a.end_reason as "endReason", d.outcome = 'DECLINE' as automated,
           case when d.outcome = 'DECLINE' then d.reasons end as "decidedCodes", r.reasons as "reviewCodes"
      from applications a
      left join lateral (select outcome, reasons from decisions where application_id = a.id order by round desc limit 1) d on true
      left join lateral (select reasons from review_actions where application_id = a.id and action = 'DECLINE'
                          order by at desc, id desc limit 1) r on true
     where a.id = ${applicationId} and a.stage = 'DECLINED' and a.submitted_at is not null and a.ended_at is not null`.execute(
    db,
  );
  return rows[0];
}

/** A settled loan with its contract's number and what was paid of it; undefined when it is not settled. */
export async function readSettled(db: Queryable, loanId: string) {
  const { rows } = await sql<{
    applicationId: string;
    number: string;
    contractNumber: string;
    principalFen: number;
    disbursedOn: string;
    settledAt: Date;
    principalPaidFen: number;
    interestPaidFen: number;
    feePaidFen: number;
    leftFen: number;
  }>`
    select l.application_id as "applicationId", l.number, c.number as "contractNumber", l.principal_fen as "principalFen",
           l.disbursed_on as "disbursedOn", l.settled_at as "settledAt",
           sum(i.paid_principal_fen)::bigint as "principalPaidFen", sum(i.paid_interest_fen)::bigint as "interestPaidFen",
           sum(i.paid_fee_fen)::bigint as "feePaidFen",
           sum(i.principal_fen + i.interest_fen + i.fee_fen - i.paid_principal_fen - i.paid_interest_fen - i.paid_fee_fen)::bigint as "leftFen"
      from loans l
      join payouts p on p.id = l.payout_id
      join contracts c on c.id = p.contract_id
      join instalments i on i.loan_id = l.id
     where l.id = ${loanId} and l.state = 'SETTLED' and l.settled_at is not null
     group by l.id, c.number`.execute(db);
  return rows[0];
}

/** A paper with the owner of its application, or undefined: where its bytes lie and what they are. */
export async function readIssuedPaper(db: Queryable, documentId: string) {
  return await db
    .selectFrom('documents as d')
    .innerJoin('applications as a', 'a.id', 'd.application_id')
    .select(['d.id', 'd.kind', 'd.object_key', 'd.media_type', 'd.sm3', 'd.application_id'])
    .select('a.owner_subject')
    .where('d.id', '=', documentId)
    .executeTakeFirst();
}

/** The paper of a kind that lies at a place, or undefined. @param objectKey by what the paper is of: a letter, a later note */
export async function readPaperAt(
  db: Queryable,
  applicationId: string,
  kind: IssuedKind,
  objectKey: string,
) {
  return await db
    .selectFrom('documents as d')
    .innerJoin('applications as a', 'a.id', 'd.application_id')
    .select(['d.id', 'd.object_key', 'd.media_type', 'd.application_id', 'a.owner_subject'])
    .where('d.application_id', '=', applicationId)
    .where('d.kind', '=', kind)
    .where('d.object_key', '=', objectKey)
    .executeTakeFirst();
}

/** The letter of authorisation that lies at a place, or undefined. @param objectKey of the letter, by its authorisation */
export const readLetterPaper = async (db: Queryable, applicationId: string, objectKey: string) =>
  await readPaperAt(db, applicationId, 'AUTHORISATION', objectKey);

/** Whether a loan is a note of a later part of its contract. */
export async function isLaterNote(db: Queryable, loanId: string): Promise<boolean> {
  const row = await db
    .selectFrom('loans')
    .select('tranche')
    .where('id', '=', loanId)
    .executeTakeFirst();
  return (row?.tranche ?? 1) > 1;
}

/** The newest paper of a kind of an application, or undefined; certificates of its later notes lie elsewhere. */
export async function newestIssuedPaper(db: Queryable, applicationId: string, kind: IssuedKind) {
  return await db
    .selectFrom('documents as d')
    .innerJoin('applications as a', 'a.id', 'd.application_id')
    .select(['d.id', 'd.object_key', 'd.media_type', 'd.application_id', 'a.owner_subject'])
    .where('d.application_id', '=', applicationId)
    .where('d.kind', '=', kind)
    .where('d.object_key', 'not like', 'papers/settlement-%')
    .orderBy('d.created_at', 'desc')
    .limit(1)
    .executeTakeFirst();
}
