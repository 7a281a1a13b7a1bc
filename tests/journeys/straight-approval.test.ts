/** The shortest road: approved by the machine, accepted, signed, released, paid, and handed to servicing. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectAftermath } from '../support/aftermath.ts';
import { type House, openHouse } from '../support/house.ts';
import { applyAs, driveTo, journeyOf, type Loan, loanIdOf, statesOf } from '../support/loan.ts';
import { readBooks, requestsOf, transfersTo } from '../support/outside.ts';

/** What one approved loan may cost (architecture.md, decision 5). */
const MOST_EVENTS = 110;
const MOST_BYTES = 64 * 1_024;

let house: House;
let loan: Loan;

beforeAll(async () => {
  house = await openHouse();
  loan = await driveTo(await applyAs(house, 'straight-approval'), 'SERVICE');
});
afterAll(async () => await house?.close());

it('moves through the whole journey, and only people submit, accept and sign', async () => {
  expect(await journeyOf(loan)).toEqual([
    'APPLY>VERIFY human SUBMITTED',
    'VERIFY>BUREAU system PASS',
    'BUREAU>FRAUD system REPORTS_RECEIVED',
    'FRAUD>SCORE system FRAUD_LOW',
    'SCORE>DECIDE system SCORED',
    'DECIDE>OFFER system APPROVED',
    'OFFER>CONTRACT human OFFER_ACCEPTED',
    'CONTRACT>SIGN system CONTRACT_READY',
    'SIGN>DISBURSE human CONTRACT_SIGNED',
    'DISBURSE>SERVICE system PAID',
  ]);
});

it('pays exactly what the contract says, once, and the bank books the same to the fen', async () => {
  const payout = await house.db
    .selectFrom('payouts')
    .selectAll()
    .where('application_id', '=', loan.id)
    .executeTakeFirstOrThrow();
  const card = loan.persona.application.loan.bankCardNumber;
  expect(payout.state).toBe('PAID');
  expect(payout.amount_fen).toBe(loan.persona.application.loan.amountFen);
  const transfers = await transfersTo(house, card);
  expect(transfers).toEqual([
    expect.objectContaining({
      requestNo: payout.request_no,
      status: 'PAID',
      amountFen: payout.amount_fen,
    }),
  ]);
  const books = await readBooks(house);
  const moved = books.entries.filter((entry) => entry.reference === payout.bank_reference);
  expect(moved.map(({ account, amountFen }) => `${account} ${amountFen}`).sort()).toEqual(
    [`${books.lenderAccount} -${payout.amount_fen}`, `${card} ${payout.amount_fen}`].sort(),
  );
});

it('signs the contract by both parties with time stamps before and after, and destroys the one-time key', async () => {
  const contract = await house.db
    .selectFrom('contracts')
    .selectAll()
    .where('application_id', '=', loan.id)
    .executeTakeFirstOrThrow();
  expect(contract.state).toBe('SIGNED');
  const of = contract.id;
  const [signatures, stamps, key] = await Promise.all([
    house.db.selectFrom('signatures').selectAll().where('contract_id', '=', of).execute(),
    house.db.selectFrom('timestamps').selectAll().where('contract_id', '=', of).execute(),
    house.db
      .selectFrom('signing_keys')
      .select('sealed_key')
      .where('contract_id', '=', of)
      .executeTakeFirstOrThrow(),
  ]);
  expect(signatures.map(({ party, digest_sm3 }) => `${party} ${digest_sm3}`).sort()).toEqual([
    `APPLICANT ${contract.sm3}`,
    `LENDER ${contract.sm3}`,
  ]);
  expect(stamps.map(({ moment }) => moment).sort()).toEqual(['AFTER', 'BEFORE']);
  expect(key.sealed_key).toBeNull();
});

it('pays for each bureau report once', async () => {
  const reports = (await requestsOf(house, loan.id)).filter(
    ({ operation }) => operation === 'report',
  );
  expect(reports.map(({ service, timesAsked }) => `${service} ${timesAsked}`).sort()).toEqual([
    'baihang 1',
    'pboc 1',
  ]);
});

it('opens a loan whose instalments conserve the principal', async () => {
  const instalments = await house.db
    .selectFrom('instalments')
    .select('principal_fen')
    .where('loan_id', '=', await loanIdOf(loan))
    .execute();
  const { amountFen, termMonths } = loan.persona.application.loan;
  expect(instalments).toHaveLength(termMonths);
  expect(instalments.reduce((sum, { principal_fen }) => sum + principal_fen, 0)).toBe(amountFen);
  expect(await statesOf(loan, 'authorisations')).toEqual(['AGREED']);
});

it('costs at most 110 history events and 64 KB', async () => {
  await expectAftermath(loan, { stage: 'SERVICE', decision: 'APPROVE' });
  const { events, bytes } = await house.historyOf(loan.id);
  expect(events.length).toBeLessThanOrEqual(MOST_EVENTS);
  expect(bytes.length).toBeLessThanOrEqual(MOST_BYTES);
});

it('leaves nothing open but servicing, and nothing personal in histories or logs', async () => {
  await expectAftermath(loan, { stage: 'SERVICE', decision: 'APPROVE' });
});
