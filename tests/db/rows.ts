/** Puts the least rows into the database that a test of the record needs: an application at a stage, and what hangs on it. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Stage } from '../../domain/journey.ts';
import { fen } from '../../domain/money.ts';
import type { Db } from '../../db/database.ts';
import type { PayoutState } from '../../domain/disburse.ts';
import { createFieldCipher, type FieldCipher } from '../../platform/crypto/field-cipher.ts';

export const AMOUNT = fen(5_000_000);

export function newCipher(): FieldCipher {
  const keyring = { activeKeyId: 'k1', keys: new Map([['k1', randomBytes(32)]]) };
  return createFieldCipher(keyring, randomBytes(32));
}

export async function applicant(db: Db): Promise<string> {
  const id = randomUUID();
  await db
    .insertInto('applicants')
    .values({ id, kind: 'PERSON', identity_index: randomBytes(32) })
    .execute();
  return id;
}

export async function application(db: Db, stage: Stage = 'APPLY'): Promise<string> {
  const id = randomUUID();
  await db
    .insertInto('applications')
    .values({ id, owner_subject: 'tester', applicant_kind: 'PERSON', stage })
    .execute();
  return id;
}

export async function reviewTask(
  db: Db,
  applicationId: string,
  level = 1,
  round = 1,
): Promise<string> {
  const id = randomUUID();
  await db
    .insertInto('review_tasks')
    .values({
      id,
      application_id: applicationId,
      round,
      level,
      roles: ['reviewer'],
      state: 'OPEN',
      evidence_version: 1,
      sla_due_at: new Date('2030-01-01T00:00:00Z'),
    })
    .execute();
  return id;
}

export async function offer(db: Db, applicationId: string): Promise<string> {
  const id = randomUUID();
  await db
    .insertInto('offers')
    .values({
      id,
      application_id: applicationId,
      round: 1,
      product_code: 'PERSONAL_CREDIT',
      product_version: 1,
      amount_fen: AMOUNT,
      term_months: 12,
      method: 'EQUAL_INSTALMENT',
      annual_rate: '14.40',
      annualised_simple: '14.40',
      annualised_compound: '15.39',
      schedule: '{}',
      cap_rule: '{}',
      state: 'ACCEPTED',
      valid_until: new Date('2030-01-01T00:00:00Z'),
    })
    .execute();
  return id;
}

export async function contract(db: Db, applicationId: string): Promise<string> {
  const offerId = await offer(db, applicationId);
  const documentId = randomUUID();
  await db
    .insertInto('documents')
    .values({
      id: documentId,
      application_id: applicationId,
      kind: 'CONTRACT',
      object_key: 'k',
      sm3: 'h',
      size_bytes: 1,
      media_type: 'application/pdf',
    })
    .execute();
  const id = randomUUID();
  await db
    .insertInto('contracts')
    .values({
      id,
      application_id: applicationId,
      offer_id: offerId,
      number: `XD${id}`,
      document_id: documentId,
      sm3: 'h',
      state: 'READY',
    })
    .execute();
  return id;
}

/** A payout row as `createPayout` writes it. */
export function payoutRow(
  applicationId: string,
  contractId: string,
  over: {
    id?: string;
    attempt?: number;
    state?: PayoutState;
    retry?: readonly [string, string];
  } = {},
) {
  const id = over.id ?? randomUUID();
  const { state = 'READY', retry } = over;
  const isReleased = state !== 'READY' && state !== 'CANCELLED';
  const released = isReleased
    ? {
        first_released_by: 'finance-1',
        first_released_at: new Date('2026-01-05T02:00:00Z'),
        released_by: retry?.[1] ?? 'finance-2',
      }
    : {};
  return {
    id,
    application_id: applicationId,
    contract_id: contractId,
    attempt: over.attempt ?? 1,
    request_no: `XD${id}`,
    amount_fen: AMOUNT,
    sealed_account: Buffer.alloc(0),
    state,
    retry_proposed_by: retry?.[0] ?? null,
    retry_approved_by: retry?.[1] ?? null,
    ...released,
  };
}

/** PostgreSQL's name of the refusal: a constraint, or an SQLSTATE where there is none; null when nothing was refused. */
export async function refusal(act: Promise<unknown>): Promise<string | null> {
  try {
    await act;
    return null;
  } catch (error) {
    if (typeof error !== 'object' || error === null) throw error;
    if ('constraint' in error && typeof error.constraint === 'string') return error.constraint;
    if ('code' in error && typeof error.code === 'string') return error.code;
    throw error;
  }
}
