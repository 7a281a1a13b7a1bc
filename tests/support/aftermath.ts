/** What must hold after every journey, however it ended: nothing left open, nothing left to undo, nothing personal told. */
import { expect } from 'vitest';
import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/client';
import { findDifferences } from '../../db/queries/ledger-watch.ts';
import { parseCrl } from '../../platform/crypto/x509.ts';
import { loanWorkflowId, servicingWorkflowId } from '../../workflows/ids.ts';
import type { loanOrigination } from '../../workflows/loan-origination.ts';
import {
  DecisionOutcome,
  LoanStage,
  NeedsHuman,
  ProductCode,
  SlaDueAt,
} from '../../workflows/search-attributes.ts';
import { eventually, type Loan, statesOf } from './loan.ts';
import type { RawHistory } from './raw-history.ts';

/** A workflow that has not ended this long after its last step is left open. */
const CLOSED_WITHIN_MS = 30_000;

export interface Ending {
  /** The stage that operations see; also the workflow's own answer. */
  readonly stage: string;
  readonly decision?: string;
}

/** Checks everything that holds after a journey that has ended or gone into servicing. */
export async function expectAftermath(loan: Loan, ending: Ending): Promise<void> {
  const { house, id } = loan;
  const handle = house.client.workflow.getHandle<typeof loanOrigination>(loanWorkflowId(id));
  const result = await house.client.withDeadline(Date.now() + CLOSED_WITHIN_MS, () =>
    handle.result(),
  );
  expect(result).toEqual({ stage: ending.stage });
  expect(await servicingStatus(loan)).toBe(ending.stage === 'SERVICE' ? 'RUNNING' : null);
  await expectSearchAttributes(house.client, loan, ending);
  for (const state of await statesOf(loan, 'review_tasks'))
    expect(['DECIDED', 'CANCELLED']).toContain(state);
  for (const state of await statesOf(loan, 'operator_cases')) expect(state).toBe('RESOLVED');
  if (ending.stage !== 'SERVICE') await expectUndone(loan);
  await expectBooksAgree(loan);
  await expectNothingPersonal(loan);
}

async function servicingStatus({ house, id }: Loan): Promise<string | null> {
  const loan = await house.db
    .selectFrom('loans')
    .select('id')
    .where('application_id', '=', id)
    .executeTakeFirst();
  if (loan === undefined) return null;
  try {
    const handle = house.client.workflow.getHandle(servicingWorkflowId(loan.id));
    return (await handle.describe()).status.name;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

async function expectSearchAttributes(client: Client, loan: Loan, ending: Ending): Promise<void> {
  const { typedSearchAttributes: shown } = await client.workflow
    .getHandle(loanWorkflowId(loan.id))
    .describe();
  expect(shown.get(LoanStage)).toBe(ending.stage);
  expect(shown.get(ProductCode)).toBe('PERSONAL_CREDIT');
  expect(shown.get(NeedsHuman) ?? false).toBe(false);
  expect(shown.get(SlaDueAt)).toBeUndefined();
  expect(shown.get(DecisionOutcome)).toBe(ending.decision);
}

/** Every loan of the house is on the books as its schedule and repayments say, and every paid payout is there. */
async function expectBooksAgree({ house }: Loan): Promise<void> {
  const look = { accruedBefore: '0001-01-01', payoutPatienceSeconds: 60, most: 10 };
  expect(await findDifferences(house.db, look)).toEqual([]);
}

/** A story that ended without a loan leaves no consent, offer, contract, payout or certificate in force. */
async function expectUndone(loan: Loan): Promise<void> {
  const { house, id } = loan;
  const inForce = {
    authorisations: ['SHOWN', 'AGREED'],
    offers: ['OPEN', 'ACCEPTED'],
    contracts: ['READY', 'SIGNED'],
    payouts: ['READY', 'RELEASED', 'SENT', 'ACCEPTED', 'UNKNOWN', 'PAID'],
  } as const;
  for (const table of ['authorisations', 'offers', 'contracts', 'payouts'] as const) {
    const left = (await statesOf(loan, table)).filter((state) =>
      (inForce[table] as readonly string[]).includes(state),
    );
    expect(left, `${table} still in force`).toEqual([]);
  }
  const certificates = await house.db
    .selectFrom('certificates')
    .innerJoin('contracts', 'contracts.id', 'certificates.contract_id')
    .select(['certificates.serial', 'certificates.state'])
    .where('contracts.application_id', '=', id)
    .execute();
  const revoked = await revokedSerials(loan);
  for (const { serial, state } of certificates) {
    expect(state).toBe('REVOKED');
    expect(revoked).toContain(serial.toLowerCase());
  }
}

/** Serials on the authority's own list. */
export async function revokedSerials({ house }: Loan): Promise<readonly string[]> {
  const answer = await fetch(`${house.sandbox.url}/ca/v1/crl`);
  const crl = parseCrl(new Uint8Array(await answer.arrayBuffer()));
  return crl.revoked.map(({ serial }) => serial.toLowerCase());
}

/** What nobody but the applicant and the lender's own tables may hold. */
function secretsOf({ persona }: Loan): readonly string[] {
  const { identity, loan } = persona.application;
  const { name, idNumber, mobile } = identity;
  return [name, idNumber, mobile, loan.bankCardNumber, ...loan.contacts.map((one) => one.mobile)];
}

/** The histories that Temporal holds and every log line are without personal data, and every payload is sealed. */
export async function expectNothingPersonal(loan: Loan): Promise<void> {
  const { house, id } = loan;
  const histories = [await house.historyOf(id)];
  const opened = await house.db
    .selectFrom('loans')
    .select('id')
    .where('application_id', '=', id)
    .executeTakeFirst();
  if (opened !== undefined) {
    const started = async () => (await servicingStatus(loan)) !== null;
    await eventually('servicing started', started);
    histories.push(await house.servicingHistoryOf(opened.id));
  }
  const log = house.logged.join('\n');
  for (const secret of secretsOf(loan)) {
    for (const { bytes } of histories)
      expect(Buffer.from(bytes).includes(secret), 'personal data in a history').toBe(false);
    expect(log.includes(secret), 'personal data in a log line').toBe(false);
  }
  for (const history of histories) expect(openPayloads(history)).toEqual([]);
}

/**
 * What is written in plain text by its nature: search attributes, the SDK's own note of which local activity a marker
 * stands for (the activity's result stands beside it, sealed) or which patch of the code it follows, and the server's word
 * that an activity was cancelled between two attempts.
 */
const PLAIN =
  /\.searchAttributes\.|\.markerRecordedEventAttributes\.details\.(data|patch-data)\.|\.activityTaskCanceledEventAttributes\.details\./;

/** Where a history holds a payload that is neither sealed nor plain by its nature. */
function openPayloads(history: RawHistory): readonly string[] {
  const found: string[] = [];
  const walk = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return;
    if ('metadata' in value && 'data' in value) {
      const encoding = encodingOf(value.metadata);
      const sealed = encoding === 'binary/encrypted';
      if (encoding !== null && !sealed && !PLAIN.test(path)) found.push(`${path}: ${encoding}`);
      return;
    }
    for (const [key, inner] of Object.entries(value)) walk(inner, `${path}.${key}`);
  };
  for (const [number, event] of history.events.entries()) walk(event, String(number + 1));
  return found;
}

function encodingOf(metadata: unknown): string | null {
  if (typeof metadata !== 'object' || metadata === null || !('encoding' in metadata)) return null;
  const { encoding } = metadata;
  return encoding instanceof Uint8Array ? Buffer.from(encoding).toString('utf8') : null;
}
