/** Puts rows of later chapters into the database as the activities would, for tests of the routes that read them. */
import { randomUUID } from 'node:crypto';
import { fen } from '../../domain/money.ts';
import type { Stage } from '../../domain/journey.ts';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
import { fillPages, newDraft } from './drafting.ts';
import type { World } from './world.ts';

export const AMOUNT = fen(50_000_00);
const LATER = new Date('2026-12-01T00:00:00Z');
/** What admission pins of the rules that a world publishes. */
const PINNED = {
  product: { code: 'PERSONAL_CREDIT', version: 1 },
  policy: { code: 'HOUSE', version: 1 },
  scorecard: { code: 'NONE', version: 1 },
  strategy: { code: 'NONE', version: 1 },
};
const VERSIONS = JSON.stringify({});

export async function standAt(world: World, id: string, stage: Stage): Promise<void> {
  await world.db.updateTable('applications').set({ stage }).where('id', '=', id).execute();
}

/** What is recorded of the decision unless a test wants it otherwise. */
interface DecisionGiven {
  readonly outcome: 'APPROVE' | 'DECLINE' | 'REFER';
  readonly reasons: string[];
  readonly gaps: string[];
}
const REFERRED: DecisionGiven = { outcome: 'REFER', reasons: [], gaps: ['GAP_PBOC_REPORT'] };

/** An application under review with a decision, a score, evidence and one open task. */
export async function underReview(world: World, token: string, given = REFERRED) {
  const id = await newDraft(world, token);
  await fillPages(world, token, id);
  await world.db
    .updateTable('applications')
    .set({ stage: 'REVIEW', product_code: 'PERSONAL_CREDIT', amount_fen: AMOUNT, term_months: 12 })
    .where('id', '=', id)
    .execute();
  const decisionId = randomUUID();
  await world.db
    .insertInto('decisions')
    .values({
      id: decisionId,
      application_id: id,
      round: 1,
      evidence_version: 4,
      ...given,
      grade: 'C',
      amount_fen: AMOUNT,
      annual_rate: '14.40',
      trace: JSON.stringify([{ rule: 'R1', fired: true }]),
      versions: VERSIONS,
      approvals: JSON.stringify([]),
    })
    .execute();
  await world.db
    .insertInto('verifications')
    .values({
      application_id: id,
      evidence_version: 4,
      kind: 'TWO_FACTOR',
      outcome: 'MATCH',
      detail: JSON.stringify({}),
    })
    .execute();
  const taskId = randomUUID();
  await world.db
    .insertInto('review_tasks')
    .values({
      id: taskId,
      application_id: id,
      round: 1,
      level: 1,
      roles: ['reviewer', 'senior-reviewer'],
      state: 'OPEN',
      evidence_version: 4,
      sla_due_at: LATER,
    })
    .execute();
  return { id, taskId, decisionId };
}

/** An application with an open offer. */
export async function offered(world: World, token: string) {
  const id = await newDraft(world, token);
  await standAt(world, id, 'OFFER');
  const offerId = randomUUID();
  await world.db
    .insertInto('offers')
    .values({
      id: offerId,
      application_id: id,
      round: 1,
      product_code: 'PERSONAL_CREDIT',
      product_version: 1,
      amount_fen: AMOUNT,
      term_months: 12,
      method: 'EQUAL_INSTALMENT',
      annual_rate: '14.40',
      annualised_simple: '14.40',
      annualised_compound: '15.39',
      schedule: JSON.stringify([{ number: 1, dueDate: '2026-12-24' }]),
      cap_rule: JSON.stringify({ ruleId: 'rate.cap' }),
      state: 'OPEN',
      valid_until: LATER,
    })
    .execute();
  return { id, offerId };
}

export const PDF = Buffer.from('%PDF-1.7 a contract /Type /Pages /Count 1');

/** An application whose contract waits for its signature. */
export async function toSign(world: World, token: string) {
  const { id, offerId } = await offered(world, token);
  await standAt(world, id, 'SIGN');
  await world.db
    .updateTable('applications')
    .set({ pinned: JSON.stringify(PINNED), submitted_at: new Date('2026-11-23T00:00:00Z') })
    .where('id', '=', id)
    .execute();
  const documentId = randomUUID();
  const objectKey = `applications/${id}/contract/${documentId}.pdf`;
  const { sm3, size } = await world.deps.objects.put(
    objectKey,
    PDF,
    await world.deps.vault.of(world.db, id),
  );
  await world.db
    .insertInto('documents')
    .values({
      id: documentId,
      application_id: id,
      kind: 'CONTRACT',
      object_key: objectKey,
      sm3,
      size_bytes: size,
      media_type: 'application/pdf',
    })
    .execute();
  const contractId = randomUUID();
  await world.db
    .insertInto('contracts')
    .values({
      id: contractId,
      application_id: id,
      offer_id: offerId,
      number: `C-${contractId}`,
      document_id: documentId,
      sm3,
      state: 'READY',
    })
    .execute();
  return { id, contractId, digestSm3: sm3Hex(PDF) };
}

/** An application whose payout waits for release. */
export async function toPay(world: World, token: string) {
  const { id, contractId } = await toSign(world, token);
  await standAt(world, id, 'DISBURSE');
  const payoutId = randomUUID();
  const requestNo = `P${payoutId.replaceAll('-', '')}`;
  await world.db
    .insertInto('payouts')
    .values({
      id: payoutId,
      application_id: id,
      contract_id: contractId,
      attempt: 1,
      request_no: requestNo,
      amount_fen: AMOUNT,
      sealed_account: Buffer.from('sealed'),
      state: 'READY',
    })
    .execute();
  return { id, contractId, payoutId, requestNo };
}

/** A paid-out loan of two instalments, the first half paid. */
export async function paidOut(world: World, token: string) {
  const { id, payoutId, requestNo } = await toPay(world, token);
  await standAt(world, id, 'SERVICE');
  const loanId = randomUUID();
  const number = `L-${loanId}`;
  await world.db
    .insertInto('loans')
    .values({
      id: loanId,
      application_id: id,
      payout_id: payoutId,
      number,
      principal_fen: fen(1000_00),
      annual_rate: '12.00',
      term_months: 2,
      method: 'EQUAL_PRINCIPAL',
      disbursed_on: '2026-11-24',
      state: 'ACTIVE',
    })
    .execute();
  await world.db
    .insertInto('instalments')
    .values(
      [1, 2].map((n) => ({
        loan_id: loanId,
        number: n,
        due_date: `2027-0${n}-24`,
        principal_fen: fen(500_00),
        interest_fen: fen(10_00),
        fee_fen: fen(0),
        paid_interest_fen: fen(n === 1 ? 10_00 : 0),
        paid_principal_fen: fen(n === 1 ? 200_00 : 0),
      })),
    )
    .execute();
  return { id, loanId, number, requestNo };
}

/** A paid-out loan whose servicing has begun, so that its account can be quoted. */
export async function inService(world: World, token: string) {
  const paid = await paidOut(world, token);
  const { db } = world;
  const loan = { loan_id: paid.loanId, version: 1, effective_on: '2026-11-24' };
  await db
    .insertInto('schedule_versions')
    .values({ ...loan, reason: 'ORIGINATED', state: 'ACTIVE', cause: `service.open:${paid.id}` })
    .execute();
  await db
    .updateTable('loans')
    .set({ serviced_to: '2026-11-24' })
    .where('id', '=', paid.loanId)
    .execute();
  await db
    .updateTable('payouts')
    .set({ amount_fen: fen(1000_00) })
    .where('application_id', '=', paid.id)
    .execute();
  return paid;
}

/** A loan parked for operations. */
export async function parked(world: World, token: string) {
  const id = await newDraft(world, token);
  await standAt(world, id, 'CONTRACT');
  const caseId = randomUUID();
  await world.db
    .insertInto('operator_cases')
    .values({
      id: caseId,
      application_id: id,
      step: 'contract.render',
      failure_code: 'GLYPH_MISSING',
      cause: `${id}:contract.render:1`,
      state: 'OPEN',
    })
    .execute();
  return { id, caseId };
}
