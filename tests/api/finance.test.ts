/** What finance asks of the books, the bank and the figures: bad days, months, amounts and decisions are refused by name, and nothing is written. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fen } from '../../domain/money.ts';
import { lend, type Small } from './portfolio.ts';
import { openWorld, type World } from './world.ts';

let world: World;
let loan: Small;
const tokens: Record<string, string> = {};
const PEOPLE = {
  maker: 'finance-maker',
  checker: 'finance-checker',
  operator: 'operations',
  reviewer: 'reviewer',
  auditor: 'auditor',
  owner: 'integrator',
};
type Who = keyof typeof PEOPLE;

beforeAll(async () => {
  world = await openWorld();
  for (const [subject, role] of Object.entries(PEOPLE))
    tokens[subject] = await world.token(subject, [role]);
  loan = await lend(world.db, '2026-01-05', [['2026-02-05', 100_000]]);
});
afterAll(async () => await world?.close());

const get = async (path: string, who: Who = 'auditor') =>
  await world.call('GET', path, { token: tokens[who] ?? '' });
const say = async (path: string, who: Who, json: unknown, key?: string) =>
  await world.call('POST', path, {
    token: tokens[who] ?? '',
    json,
    ...(key === undefined ? {} : { key }),
  });
const deeds = async () =>
  await world.db
    .selectFrom('audit_entries')
    .select('action')
    .where('result', '=', 'DONE')
    .where('actor', 'in', ['maker', 'checker'])
    .orderBy('id')
    .execute();

describe('a day or a month that is none', () => {
  it.each([
    ...['2026-02-30', '2026-13-01', '0000-01-01', '9999-12-31', '2026-1-1', ''].flatMap((day) => [
      `/v1/ledger/trial-balance?on=${day}`,
      `/v1/ledger/accounts/1303/lines?from=${day}`,
      `/v1/metrics/disbursement?to=${day}`,
      `/v1/reconciliation-cases?day=${day}`,
    ]),
    ...['2026-13', '2026-00', '2026-1', '0000-01', '9999-12', '2026-01-01'].flatMap((month) => [
      ...['overdue', 'roll-rates', 'vintage', 'first-payment-default'].map(
        (name) => `/v1/metrics/${name}?month=${month}`,
      ),
      `/v1/metrics/vintage?from=${month}`,
    ]),
  ])('is refused where it is asked for: %s', async (path) => {
    const answer = await get(path);
    expect([answer.status, answer.body['code']], answer.text).toEqual([422, 'VALIDATION_FAILED']);
  });

  it('names no month of the books and no statement of the bank', async () => {
    const before = await deeds();
    for (const month of ['2026-13', '0000-01', '9999-12', 'now'])
      for (const [verb, who] of [
        ['propose', 'maker'],
        ['close', 'checker'],
      ] as const)
        expect((await say(`/v1/ledger/periods/${month}/${verb}`, who, {})).status).toBe(404);
    for (const day of ['2026-02-30', '0000-01-01', '2026-11-25', '2999-01-01', 20261124]) {
      const answer = await say('/v1/reconciliations', 'maker', { day });
      expect([day, answer.status, answer.text.includes('/day')]).toEqual([day, 422, true]);
    }
    expect(world.loan.heard).toEqual([]);
    expect(await deeds()).toEqual(before);
  });

  it('is a span that ends before it begins, or is longer than a question may be', async () => {
    for (const path of [
      '/v1/ledger/accounts/1303/lines?from=2026-02-02&to=2026-02-01',
      '/v1/metrics/disbursement?from=2026-02-02&to=2026-02-01',
      '/v1/metrics/disbursement?from=2024-01-01&to=2026-01-01',
    ])
      expect([path, (await get(path)).body['code']]).toEqual([path, 'SPAN_INVALID']);
    for (const name of ['overdue', 'roll-rates', 'vintage', 'first-payment-default'])
      expect((await get(`/v1/metrics/${name}?month=2026-01`)).status).toBe(404);
  });
});

describe('the books', () => {
  it('stand at the end of the day that is asked for, and of a loan are read by finance and oversight alone', async () => {
    const before = await get('/v1/ledger/trial-balance?on=2026-01-04', 'maker');
    expect(before.body).toMatchObject({ debitFen: 0, creditFen: 0, balanced: true });
    const after = await get('/v1/ledger/trial-balance?on=2026-01-05', 'checker');
    expect(after.body).toMatchObject({ debitFen: 100_000, creditFen: 100_000, balanced: true });
    const path = `/v1/loans/${loan.id}/journals`;
    for (const who of ['maker', 'checker', 'auditor'] as const)
      expect((await get(path, who)).body).toMatchObject({ balances: { principalFen: 100_000 } });
    for (const who of ['owner', 'operator', 'reviewer'] as const)
      expect((await get(path, who)).body['code']).toBe('ROLE_MISSING');
    expect((await get(`/v1/loans/${randomUUID()}/journals`)).status).toBe(404);
    expect((await get('/v1/loans/1/journals')).status).toBe(404);
  });
});

describe('the statement of a day', () => {
  it('is fetched again when it is asked for again, and once when the same request comes twice', async () => {
    const key = randomUUID();
    const day = '2026-11-23';
    const first = await say('/v1/reconciliations', 'maker', { day }, key);
    expect(first.status, first.text).toBe(200);
    expect((await say('/v1/reconciliations', 'maker', { day }, key)).body).toEqual(first.body);
    const again = await say('/v1/reconciliations', 'maker', { day });
    expect(again.body['workflowId']).not.toBe(first.body['workflowId']);
    expect(world.loan.heard.filter(({ name }) => name === 'reconcile')).toHaveLength(2);
    for (const who of ['checker', 'operator', 'auditor', 'owner'] as const)
      expect((await say('/v1/reconciliations', who, { day })).body['code']).toBe('ROLE_MISSING');
  });

  it('leaves cases that nobody closes twice, alone, or in words that are none', async () => {
    const { id } = await world.db
      .insertInto('reconciliation_cases')
      .values({ day: '2026-01-31', kind: 'THEIRS_ONLY', key: randomUUID(), why: 'UNKNOWN' })
      .returning('id')
      .executeTakeFirstOrThrow();
    const path = (verb: string, of = id) => `/v1/reconciliation-cases/${of}/${verb}`;
    const said = { action: 'ACCEPTED', reason: 'BANK_SAYS_SO' };
    for (const wrong of [{ ...said, action: 'FOUND_LATER' }, { ...said, reason: 'ok' }, {}])
      expect((await say(path('propose'), 'maker', wrong)).status).toBe(422);
    expect((await say(path('propose', randomUUID()), 'maker', said)).status).toBe(404);
    expect((await say(path('propose'), 'maker', said)).status).toBe(200);
    expect((await say(path('propose'), 'maker', said)).body['code']).toBe('ALREADY_PROPOSED');
    expect((await say(path('approve'), 'maker', said)).body['code']).toBe('ROLE_MISSING');
  });
});

/** Money that came for no loan; gives the number of its notice. */
async function unmatched(): Promise<string> {
  const notice_id = `N${randomUUID()}`;
  const sealed_body = Buffer.from('sealed');
  const notice = { notice_id, kind: 'REPAYMENT', sealed_body, state: 'UNMATCHED' } as const;
  await world.db.insertInto('bank_notices').values(notice).execute();
  const money = { cause: 'NO_SUCH_LOAN', amount_fen: fen(100), bank_reference: notice_id } as const;
  await world.db
    .insertInto('unmatched_money')
    .values({ notice_id, ...money })
    .execute();
  return notice_id;
}

describe('unmatched money', () => {
  const refund = {
    action: 'REFUND',
    name: '王某',
    account: '6217 0012 3456 7890',
    reason: 'ASKED',
  };

  it('is refused where it is said to be whose it cannot be, and stays on the desk', async () => {
    const id = await unmatched();
    const path = `/v1/unmatched-money/${id}`;
    const assign = { action: 'ASSIGN', loanId: loan.id, reason: 'SAME_NAME' };
    for (const wrong of [
      { ...assign, loanId: 'L1' },
      { ...assign, action: 'KEEP' },
      { ...assign, reason: '同名' },
      { ...refund, account: '12' },
      { ...refund, name: '王\u0000某' },
      { ...refund, loanId: loan.id },
    ])
      expect((await say(`${path}/propose`, 'maker', wrong)).status).toBe(422);
    const nobody = { ...assign, loanId: randomUUID() };
    expect((await say(`${path}/propose`, 'maker', nobody)).status).toBe(404);
    expect((await say('/v1/unmatched-money/N0/propose', 'maker', refund)).status).toBe(404);
    const decide = { decision: 'APPROVE', action: 'ASSIGN', reason: 'COMPARED' };
    expect((await say(`${path}/decide`, 'checker', decide)).body['code']).toBe('NO_PROPOSAL');
    for (const who of ['checker', 'operator', 'auditor', 'owner'] as const)
      expect((await say(`${path}/propose`, who, assign)).body['code']).toBe('ROLE_MISSING');
    const { items } = (await get('/v1/unmatched-money', 'operator')).body as { items: object[] };
    expect(items).toContainEqual(
      expect.objectContaining({ noticeId: id, state: 'OPEN', action: null, proposedBy: null }),
    );
  });

  it('is decided once, as it was proposed, and lies on the desk again after a rejection', async () => {
    const id = await unmatched();
    const path = `/v1/unmatched-money/${id}`;
    expect((await say(`${path}/propose`, 'maker', refund)).body['state']).toBe('PROPOSED');
    const twice = await say(`${path}/propose`, 'maker', refund);
    expect([twice.status, twice.body['code']]).toEqual([409, 'ALREADY_PROPOSED']);
    const decide = (decision: string, action: string) =>
      say(`${path}/decide`, 'checker', { decision, action, reason: 'COMPARED' });
    expect((await decide('APPROVE', 'ASSIGN')).body['code']).toBe('ACTION_DIFFERS');
    expect((await decide('REJECT', 'REFUND')).body['state']).toBe('OPEN');
    expect((await decide('APPROVE', 'REFUND')).body['code']).toBe('NO_PROPOSAL');
    await say(`${path}/propose`, 'maker', refund);
    expect((await decide('APPROVE', 'REFUND')).body['state']).toBe('APPROVED');
    expect((await decide('APPROVE', 'REFUND')).body['code']).toBe('ALREADY_DECIDED');
    expect((await say(`${path}/propose`, 'maker', refund)).body['code']).toBe('ALREADY_DECIDED');
    const trail = await world.db
      .selectFrom('audit_entries')
      .select(['action', 'actor'])
      .where('subject_id', '=', id)
      .where('result', '=', 'DONE')
      .orderBy('id')
      .execute();
    expect(trail.map(({ action, actor }) => `${action} ${actor}`)).toEqual([
      'unmatched.propose maker',
      'unmatched.reject checker',
      'unmatched.propose maker',
      'unmatched.approve checker',
    ]);
  });
});
