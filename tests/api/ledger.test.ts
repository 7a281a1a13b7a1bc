/** The books over the API: finance and oversight read them, and two people close a month that nothing stands against. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { accrueDue, EVENT_KEY, post } from '../../activities/posting.ts';
import { businessDate } from '../../platform/clock.ts';
import { fen, ZERO_FEN } from '../../domain/money.ts';
import { AMOUNT, application, contract, payoutRow } from '../db/rows.ts';
import { openWorld, type World } from './world.ts';

let world: World;
let maker: string;
let checker: string;
let auditor: string;
let loanId: string;
const payoutId = randomUUID();

beforeAll(async () => {
  world = await openWorld();
  maker = await world.token('fin-1', ['finance-maker']);
  checker = await world.token('fin-2', ['finance-checker']);
  auditor = await world.token('aud-1', ['auditor']);
  loanId = await paidLoan();
});
afterAll(async () => await world.close());

const get = (path: string, token = auditor) => world.call('GET', path, { token });
const act = (month: string, verb: 'propose' | 'close', token: string) =>
  world.call('POST', `/v1/ledger/periods/${month}/${verb}`, { token, json: {} });

/** A loan paid out in January whose first instalment fell due in February; nothing of it is on the books. */
async function paidLoan(): Promise<string> {
  const { db } = world;
  const applicationId = await application(db, 'SERVICE');
  const contractId = await contract(db, applicationId);
  await db
    .insertInto('payouts')
    .values({
      ...payoutRow(applicationId, contractId, { id: payoutId, state: 'PAID' }),
      settled_at: new Date(Date.now() - 3_600_000),
    })
    .execute();
  const id = randomUUID();
  const terms = { annual_rate: '12', term_months: 1, method: 'BULLET' };
  await db
    .insertInto('loans')
    .values({
      id,
      application_id: applicationId,
      payout_id: payoutId,
      number: `L${id}`,
      principal_fen: AMOUNT,
      ...terms,
      disbursed_on: '2026-01-05',
      state: 'ACTIVE',
    })
    .execute();
  const due = { number: 1, due_date: '2026-02-05', fee_fen: ZERO_FEN };
  await db
    .insertInto('instalments')
    .values({ loan_id: id, ...due, principal_fen: AMOUNT, interest_fen: fen(50_000) })
    .execute();
  return id;
}

const codesOf = (body: Record<string, unknown>) =>
  (body['errors'] as { code: string }[]).map(({ code }) => code);

it('refuses to close a month while the books do not agree, and says everything that stands against it', async () => {
  const refused = await act('2026-02', 'propose', maker);
  expect(refused.status, refused.text).toBe(409);
  expect(refused.body['code']).toBe('MONTH_NOT_CLOSABLE');
  expect(codesOf(refused.body).sort()).toEqual([
    'ACCRUAL_LATE',
    'LOAN_DIFFERS',
    'LOAN_NOT_POSTED',
    'PAYOUT_NOT_POSTED',
  ]);
  const running = await act(businessDate(new Date()).slice(0, 7), 'propose', maker);
  expect(codesOf(running.body)).toEqual(['MONTH_RUNNING']);
  expect((await act('2026-13', 'propose', maker)).status).toBe(404);
  await world.db.transaction().execute(async (tx) => {
    await post(
      tx,
      { kind: 'DISBURSED', principalFen: AMOUNT, deductedFeeFen: ZERO_FEN },
      { eventKey: EVENT_KEY.disbursed(payoutId), loanId, postedOn: '2026-01-05' },
    );
    await accrueDue(tx, { loanId, today: '2026-02-05', paidAhead: [] });
  });
  expect(codesOf((await act('2026-02', 'propose', maker)).body)).toEqual(['EARLIER_MONTH_OPEN']);
  const open = { day: '2026-01-31', kind: 'THEIRS_ONLY', key: 'k', why: 'UNKNOWN' } as const;
  const opened = await world.db.insertInto('reconciliation_cases').values(open).execute();
  expect(opened).toHaveLength(1);
  expect(codesOf((await act('2026-01', 'propose', maker)).body)).toEqual(['RECONCILIATION_OPEN']);
  await world.db
    .updateTable('reconciliation_cases')
    .set({ state: 'RESOLVED', action: 'FOUND_LATER', reason: 'LATER', resolved_at: new Date() })
    .execute();
});

it('shows the trial balance, the lines of an account page by page, and the journals of a loan', async () => {
  const balance = await get('/v1/ledger/trial-balance?on=2026-01-31');
  expect(balance.body).toMatchObject({
    on: '2026-01-31',
    debitFen: AMOUNT,
    creditFen: AMOUNT,
    balanced: true,
  });
  const lines = '/v1/ledger/accounts/113201/lines?from=2026-02-01&to=2026-02-28&limit=1';
  const page = await get(lines);
  expect(page.body, page.text).toMatchObject({
    openingFen: 0,
    closingFen: 50_000,
    items: [{ event: 'INTEREST_ACCRUED', loanId, amountFen: 50_000, postedOn: '2026-02-05' }],
    next: null,
  });
  expect((await get('/v1/ledger/accounts/9999/lines')).status).toBe(404);
  expect((await get(`${lines}&cursor=x`)).body['code']).toBe('CURSOR_INVALID');
  const journals = await get(`/v1/loans/${loanId}/journals`, maker);
  expect(journals.body, journals.text).toMatchObject({
    balances: { principalFen: AMOUNT, interestFen: 50_000, feeFen: 0, unappliedFen: 0 },
    journals: [{ event: 'DISBURSED' }, { event: 'INTEREST_ACCRUED' }],
  });
  expect((await get('/v1/ledger/findings')).body).toEqual({ items: [] });
  const owner = await world.token('owner-1', ['applicant']);
  expect((await get('/v1/ledger/trial-balance', owner)).status).toBe(403);
});

it('closes a month by a second person, once, with the trail of both', async () => {
  expect((await act('2026-01', 'close', checker)).body['code']).toBe('NO_PROPOSAL');
  expect((await act('2026-01', 'propose', checker)).status).toBe(403);
  const proposed = await act('2026-01', 'propose', maker);
  expect(proposed.body, proposed.text).toMatchObject({ state: 'PROPOSED', proposedBy: 'fin-1' });
  const both = await world.token('fin-1', ['finance-checker']);
  expect((await act('2026-01', 'close', both)).body['code']).toBe('FOUR_EYES');
  const closed = await act('2026-01', 'close', checker);
  expect(closed.body, closed.text).toMatchObject({ state: 'CLOSED', closedBy: 'fin-2' });
  expect((await act('2026-01', 'close', checker)).status).toBe(200);
  const third = await world.token('fin-3', ['finance-checker']);
  expect((await act('2026-01', 'close', third)).body['code']).toBe('MONTH_CLOSED');
  expect((await get('/v1/ledger/periods')).body['items']).toMatchObject([{ month: '2026-01' }]);
  const trail = await world.db
    .selectFrom('audit_entries')
    .select(['action', 'actor'])
    .where('subject_kind', '=', 'ledger-period')
    .where('result', '=', 'DONE')
    .orderBy('id')
    .execute();
  expect(trail).toEqual([
    { action: 'ledger-period.propose', actor: 'fin-1' },
    { action: 'ledger-period.close', actor: 'fin-2' },
  ]);
});
