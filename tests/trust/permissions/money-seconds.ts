/** The second person of the money: every act on payouts, loans and books that one of finance or risk proposes and another decides. */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Db } from '../../../db/database.ts';
import { openCollection } from '../../../db/queries/desk-tasks.ts';
import { fen } from '../../../domain/money.ts';
import { lend, type Small } from '../../api/portfolio.ts';
import { application, contract, payoutRow } from '../../db/rows.ts';
import { decided, put, type Second } from './seconds.ts';

/** A loan that is late and lies on the desk of collection, so that risk has it in sight. */
export async function lateLoan(db: Db): Promise<Small> {
  const loan = await lend(db, '2026-01-05', [['2026-02-05', 100_000]]);
  const { id: loanId, applicationId } = loan;
  await db.transaction().execute(async (tx) => {
    const slaDueAt = new Date('2030-01-01T00:00:00Z');
    await openCollection(tx, { loanId, applicationId, roles: ['reviewer'], slaDueAt });
  });
  return loan;
}

/** Months that are over, each given out once. */
let monthsBack = 0;
const freshMonth = (): string => {
  monthsBack += 1;
  return new Date(Date.UTC(2024, -monthsBack, 1)).toISOString().slice(0, 7);
};

const loanAct = (kind: 'LIFT' | 'WRITE_OFF', toTier: string | null) => async (db: Db, by: string) =>
  await put(db, 'loan_acts', {
    loan_id: (await lateLoan(db)).id,
    kind,
    to_tier: toTier,
    reason: 'R1',
    proposed_by: by,
  });

const APPROVED = { decision: 'APPROVE', reason: 'LOOKED_AT' };
const PAYEE = { name: '供应商', account: '6222021234567890128', evidenceSm3: '0'.repeat(64) };

export const MONEY_SECONDS: readonly Second[] = [
  {
    route: 'POST /v1/unmatched-money/{id}/decide',
    propose: async (db, maker) => {
      const sealed_body = Buffer.from('sealed');
      const notice = { kind: 'REPAYMENT', sealed_body, state: 'UNMATCHED' };
      const notice_id = await put(db, 'bank_notices', notice, 'notice_id');
      await db
        .insertInto('unmatched_money')
        .values({
          notice_id,
          cause: 'NO_SUCH_LOAN',
          amount_fen: fen(100),
          bank_reference: notice_id,
          state: 'PROPOSED',
          action: 'ASSIGN',
          assigned_loan_id: (await lend(db, '2026-01-05', [['2026-02-05', 100_000]])).id,
          reason: 'R1',
          proposed_by: maker,
          proposed_at: new Date(),
        })
        .execute();
      return notice_id;
    },
    role: 'finance-checker',
    body: { ...APPROVED, action: 'ASSIGN' },
    table: { name: 'unmatched_money', set: decided, key: 'notice_id' },
  },
  {
    route: 'POST /v1/class-acts/{id}/decide',
    propose: loanAct('LIFT', 'NORMAL'),
    role: 'risk-approver',
    body: APPROVED,
    table: { name: 'loan_acts', set: decided },
  },
  {
    route: 'POST /v1/write-offs/{id}/decide',
    propose: loanAct('WRITE_OFF', null),
    role: 'finance-checker',
    body: APPROVED,
    table: { name: 'loan_acts', set: decided },
  },
  {
    route: 'POST /v1/payouts/{id}/payees/decide',
    propose: async (db, maker) => {
      const application_id = await application(db, 'DISBURSE');
      const payout = payoutRow(application_id, await contract(db, application_id));
      await db.insertInto('payouts').values(payout).execute();
      await put(db, 'entrusted_payees', {
        application_id,
        sealed_payee: Buffer.from('sealed'),
        evidence_kind: 'INVOICE',
        evidence_sm3: PAYEE.evidenceSm3,
        reason: 'R1',
        proposed_by: maker,
      });
      return payout.id;
    },
    role: 'finance-checker',
    body: { ...APPROVED, ...PAYEE },
    table: {
      name: 'entrusted_payees',
      set: decided,
      key: '(select p.id from payouts p where p.application_id = entrusted_payees.application_id)',
    },
  },
  {
    route: 'POST /v1/reconciliation-cases/{id}/approve',
    propose: async (db, maker) =>
      await put(db, 'reconciliation_cases', {
        day: '2026-01-31',
        kind: 'THEIRS_ONLY',
        key: randomUUID(),
        why: 'UNKNOWN',
        state: 'PROPOSED',
        action: 'ACCEPTED',
        reason: 'R1',
        proposed_by: maker,
        proposed_at: new Date(),
      }),
    role: 'finance-checker',
    body: { action: 'ACCEPTED', reason: 'LOOKED_AT' },
    table: {
      name: 'reconciliation_cases',
      set: (by) =>
        `state = 'RESOLVED', approved_by = '${by}', approved_at = now(), resolved_at = now()`,
    },
  },
  {
    route: 'POST /v1/ledger/periods/{month}/close',
    propose: async (db, maker) => {
      const month = freshMonth();
      await sql`insert into ledger_periods (month, proposed_by) values (${`${month}-01`}, ${maker})`.execute(
        db,
      );
      return month;
    },
    role: 'finance-checker',
    body: {},
    table: {
      name: 'ledger_periods',
      set: (by) => `closed_by = '${by}', closed_at = now()`,
      key: `to_char(month, 'YYYY-MM')`,
    },
  },
  {
    route: 'POST /v1/contact-stops/{id}/lift',
    propose: async (db, maker) =>
      await put(db, 'contact_stops', {
        loan_id: (await lateLoan(db)).id,
        cause: 'DISPUTED',
        reason: 'R1',
        stopped_by: maker,
      }),
    role: 'reviewer',
    body: { reason: 'LOOKED_AT' },
    table: {
      name: 'contact_stops',
      set: (by) => `lifted_by = '${by}', lifted_reason = 'R2', lifted_at = now()`,
    },
  },
];

/** Acts on a loan's money: the API passes them on, and the activity that records them refuses; four-eyes-money.test.ts tries each. */
export const MONEY_ON_A_LOAN = [
  'POST /v1/loans/{id}/reschedules/decide',
  'POST /v1/loans/{id}/refunds/decide',
  'POST /v1/payouts/{id}/confirm',
] as const;
