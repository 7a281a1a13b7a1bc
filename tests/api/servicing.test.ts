/** Money of a loan over the API: quotes, prepayments, new schedules and refunds, in the words of their refusals, and none of a loan that is over. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ApiProblem } from '../../api/problem-response.ts';
import type { ProblemCode } from '../../api/problems.ts';
import { openCollection } from '../../db/queries/desk-tasks.ts';
import { publishRulebook } from '../../db/queries/rulebooks.ts';
import { POLICY_ROWS } from '../../domain/policy-rows.ts';
import { fen } from '../../domain/money.ts';
import { PAGES } from './drafting.ts';
import { inService } from './story.ts';
import { openWorld, STANDING, type World } from './world.ts';

let world: World;
let loan: Awaited<ReturnType<typeof inService>>;
const tokens: Record<string, string> = {};
const PEOPLE = {
  owner: 'integrator',
  stranger: 'integrator',
  maker: 'finance-maker',
  checker: 'finance-checker',
  reviewer: 'reviewer',
  officer: 'risk-officer',
  approver: 'risk-approver',
  operator: 'operations',
  auditor: 'auditor',
};
type Who = keyof typeof PEOPLE;

beforeAll(async () => {
  world = await openWorld();
  for (const [subject, role] of Object.entries(PEOPLE))
    tokens[subject] = await world.token(subject, [role]);
  // The house of this test lets loans be given back within a week.
  const document = POLICY_ROWS.map((row) =>
    row.ruleId === 'sign.coolingOffDays' ? { ...row, value: 7 } : row,
  );
  const policy = { kind: 'POLICY', code: 'HOUSE', version: 2, document } as const;
  const effectiveFrom = new Date('2026-01-02T00:00:00Z');
  await publishRulebook(world.db, { ...policy, documentSm3: 'h', effectiveFrom });
  loan = await serviced();
});
afterAll(async () => await world?.close());
beforeEach(() => {
  world.loan.answer = () => STANDING;
  world.loan.heard.length = 0;
});

/** A loan in service under the policy of this test, on the desk of collection. */
async function serviced() {
  const made = await inService(world, tokens['owner'] ?? '');
  const { db } = world;
  const rules = { code: 'NONE', version: 1 };
  const product = { code: 'PERSONAL_CREDIT', version: 1 };
  const pinned = { product, policy: { code: 'HOUSE', version: 2 }, scorecard: rules };
  await db
    .updateTable('applications')
    .set({ pinned: JSON.stringify({ ...pinned, strategy: rules }) })
    .where('id', '=', made.id)
    .execute();
  const { loanId, id: applicationId } = made;
  const slaDueAt = new Date('2030-01-01T00:00:00Z');
  await db.transaction().execute(async (tx) => {
    await openCollection(tx, { loanId, applicationId, roles: ['reviewer'], slaDueAt });
  });
  return made;
}

const get = async (path: string, who: Who = 'owner') =>
  await world.call('GET', path, { token: tokens[who] ?? '' });
const say = async (path: string, who: Who, json: unknown, key?: string) =>
  await world.call('POST', path, {
    token: tokens[who] ?? '',
    ...(typeof json === 'string'
      ? { body: json, headers: { 'Content-Type': 'application/json' } }
      : { json }),
    ...(key === undefined ? {} : { key }),
  });
const quote = (query: string, who: Who = 'owner') =>
  get(`/v1/loans/${loan.loanId}/quote?${query}`, who);
const act = (path: string) => `/v1/loans/${loan.loanId}/${path}`;
const refuse = (code: ProblemCode) => {
  world.loan.answer = () => {
    throw new ApiProblem(code);
  };
};
/** Fields that an answer finds fault with, each once. */
const pointersOf = (body: Record<string, unknown>) => [
  ...new Set((body['errors'] as { pointer: string }[]).map(({ pointer }) => pointer)),
];

/** Amounts that are none: with parts of a fen, below nothing, nothing, and beyond what a number holds exactly. */
const NO_AMOUNTS = ['100.5', '-1', '0', '9007199254740993', '1e400'];

describe('a quote', () => {
  it('says by part what is owed on a day, what a payment of it takes, and until when the loan may be given back', async () => {
    const due = await quote('on=2027-01-24');
    expect(due.body, due.text).toMatchObject({
      kind: 'DUE',
      owed: { principalFen: 300_00, interestFen: 0, feeFen: 0, penaltyFen: 0 },
      toPayFen: 300_00,
      paymentFen: 300_00,
      allocations: [{ number: 1, principalFen: 300_00 }],
      coolingOffUntil: '2026-12-01',
    });
    const looked = await quote('on=2027-01-24&paymentFen=30100');
    expect(looked.body).toMatchObject({ toPayFen: 300_00, paymentFen: 301_00, unappliedFen: 1_00 });
    const settled = await quote('on=2026-12-24&kind=SETTLE');
    expect(settled.body, settled.text).toMatchObject({ owed: { principalFen: 800_00 } });
  });

  it('of a day that is gone, of a cooling-off that is over and of too little or too much is refused by its name', async () => {
    const codes: Readonly<Record<string, string>> = {
      'on=2026-11-23': 'DATE_PASSED',
      'on=2026-12-24&kind=PARTIAL&amountFen=1': 'AMOUNT_TOO_SMALL',
      'on=2026-12-24&kind=PARTIAL&amountFen=9007199254740991': 'AMOUNT_PAYS_ALL',
      'on=2026-12-02&kind=COOLING_OFF': 'COOLING_OFF_OVER',
    };
    for (const [query, code] of Object.entries(codes)) {
      const answer = await quote(query);
      expect([query, answer.status, answer.body['code']], answer.text).toEqual([query, 409, code]);
    }
    const over = await quote('on=2026-12-02&kind=COOLING_OFF');
    expect(over.text).toContain('2026-12-01');
    expect((await quote('on=2026-12-01&kind=COOLING_OFF')).status).toBe(200);
  });

  it.each([
    ['', '/on'],
    ['on=2026-02-30', '/on'],
    ['on=2027-02-29', '/on'],
    ['on=2026-13-01', '/on'],
    ['on=0001-01-01', '/on'],
    ['on=9999-12-31', '/on'],
    ['on=tomorrow', '/on'],
    ['on=2026-12-24&kind=ALL', '/kind'],
    ['on=2026-12-24&kind=PARTIAL', '/amountFen'],
    ['on=2026-12-24&kind=PARTIAL&amountFen=1&choice=NONE', '/choice'],
    ...[...NO_AMOUNTS, '1e3', '0x10', '%20100', '', '９９'].flatMap((amount) => [
      [`on=2026-12-24&kind=PARTIAL&amountFen=${amount}`, '/amountFen'],
      [`on=2026-12-24&paymentFen=${amount}`, '/paymentFen'],
    ]),
  ])('asked for with "%s" is refused at %s', async (query, pointer) => {
    const answer = await quote(query);
    expect([answer.status, answer.body['code']], answer.text).toEqual([422, 'VALIDATION_FAILED']);
    expect(pointersOf(answer.body)).toEqual([pointer]);
  });
});

describe('a wish to prepay', () => {
  it.each([
    ['{"kind":"ALL"}', '/kind'],
    ['{"kind":"SETTLE","amountFen":1}', '/amountFen'],
    ['{"kind":"PARTIAL","amountFen":100}', '/choice'],
    ...NO_AMOUNTS.map((amount) => [
      `{"kind":"PARTIAL","amountFen":${amount},"choice":"SHORTER_TERM"}`,
      '/amountFen',
    ]),
    ['{"kind":"PARTIAL","amountFen":"100","choice":"SHORTER_TERM"}', '/amountFen'],
  ])('that says %s is refused at %s and no loan hears of it', async (body, pointer) => {
    const answer = await say(act('prepayments'), 'owner', body);
    expect([answer.status, answer.body['code']], answer.text).toEqual([422, 'VALIDATION_FAILED']);
    expect(pointersOf(answer.body)).toEqual([pointer]);
    expect(world.loan.heard).toEqual([]);
  });

  it('is heard by its loan once in the owner’s name, and refused with the last day of the cooling-off', async () => {
    const wish = { kind: 'PARTIAL', amountFen: 100_00, choice: 'LOWER_PAYMENT' };
    const key = randomUUID();
    const first = await say(act('prepayments'), 'owner', wish, key);
    expect(first.status, first.text).toBe(200);
    expect((await say(act('prepayments'), 'owner', wish, key)).body).toEqual(first.body);
    const { loanId, id: applicationId } = loan;
    const actor = { kind: 'human', subject: 'owner', role: 'integrator' };
    expect(world.loan.heard).toMatchObject([
      {
        to: `servicing/${loanId}`,
        name: 'requestPrepayment',
        input: { ...wish, loanId, applicationId, actor },
      },
    ]);
    refuse('COOLING_OFF_OVER');
    const over = await say(act('prepayments'), 'owner', { kind: 'COOLING_OFF' });
    expect([over.status, over.body['code']]).toEqual([409, 'COOLING_OFF_OVER']);
    expect(over.text).toContain('2026-12-01');
  });
});

describe('a new schedule, and a refund', () => {
  it.each([
    ['reschedules', { kind: 'DEFER', months: 0, reason: 'ILLNESS' }, '/months'],
    ['reschedules', { kind: 'DEFER', months: 121, reason: 'ILLNESS' }, '/months'],
    ['reschedules', { kind: 'DEFER', months: 1.5, reason: 'ILLNESS' }, '/months'],
    ['reschedules', { kind: 'FORGIVE', months: 1, reason: 'ILLNESS' }, '/kind'],
    ['reschedules', { kind: 'DEFER', months: 1, reason: '因病' }, '/reason'],
    ['refunds', { amountFen: 0.5, reason: 'ASKED_FOR' }, '/amountFen'],
    ['refunds', { amountFen: -1, reason: 'ASKED_FOR' }, '/amountFen'],
    ['refunds', { amountFen: 2 ** 53, reason: 'ASKED_FOR' }, '/amountFen'],
    ['refunds', { amountFen: 100 }, '/reason'],
  ])('proposed to %s as %j is refused at %s', async (path, body, pointer) => {
    const answer = await say(act(path), 'maker', body);
    expect([answer.status, answer.body['code']], answer.text).toEqual([422, 'VALIDATION_FAILED']);
    expect(pointersOf(answer.body)).toEqual([pointer]);
    expect(world.loan.heard).toEqual([]);
  });

  it('is proposed by a maker and decided by a checker, each under the number of the proposal, and never by others', async () => {
    const schedule = { kind: 'DEFER', months: 1, reason: 'ILLNESS' };
    const refund = { amountFen: 100, reason: 'ASKED_FOR' };
    for (const [path, body] of [
      ['reschedules', schedule],
      ['refunds', refund],
    ] as const) {
      for (const who of ['owner', 'checker', 'officer', 'operator', 'auditor'] as const)
        expect([path, who, (await say(act(path), who, body)).status]).toEqual([path, who, 403]);
      expect((await say(act(path), 'maker', body)).status).toBe(200);
    }
    const [proposed, paid] = world.loan.heard.map(({ input }) => input);
    const { rescheduleId } = proposed ?? {};
    const { requestNo } = paid ?? {};
    const yes = { decision: 'APPROVE', reason: 'LOOKED_AT' };
    for (const [path, body] of [
      ['reschedules/decide', { ...yes, rescheduleId }],
      ['refunds/decide', { ...yes, requestNo }],
    ] as const) {
      expect((await say(act(path), 'maker', body)).body['code']).toBe('ROLE_MISSING');
      expect((await say(act(path), 'checker', body)).status).toBe(200);
    }
    expect(world.loan.heard.slice(2).map(({ name, input }) => [name, input['step']])).toEqual([
      ['rescheduleLoan', 'APPROVE'],
      ['refundHeld', 'APPROVE'],
    ]);
    for (const code of ['FOUR_EYES', 'NO_SUCH_REFUND', 'NOT_HELD'] as const) {
      refuse(code);
      const refused = await say(act('refunds/decide'), 'checker', { ...yes, requestNo });
      expect(refused.body['code']).toBe(code);
    }
  });

  it('of a member of staff’s own loan is refused to them', async () => {
    const own = await world.token('owner', ['finance-maker']);
    const json = { amountFen: 100, reason: 'ASKED_FOR' };
    const answer = await world.call('POST', act('refunds'), { token: own, json });
    expect([answer.status, answer.body['code']]).toEqual([403, 'SELF_APPROVAL']);
    expect(world.loan.heard).toEqual([]);
  });
});

describe('a loan in sight', () => {
  it('is its owner’s and the staff’s who have part in it, and not there for anybody else', async () => {
    for (const path of ['', '/quote?on=2026-12-24'])
      for (const [who, status] of [
        ['owner', 200],
        ['stranger', 404],
        ['maker', 200],
        ['operator', 200],
        ['reviewer', 200],
        ['auditor', 200],
      ] as const)
        expect([who, (await get(`/v1/loans/${loan.loanId}${path}`, who)).status]).toEqual([
          who,
          status,
        ]);
    // Nobody of risk has had this one under review, nor has it come to the desk of collection.
    const other = await inService(world, tokens['owner'] ?? '');
    const path = `/v1/loans/${other.loanId}`;
    for (const read of ['', '/quote?on=2026-12-24', '/collection'])
      expect([read, (await get(path + read, 'reviewer')).status]).toEqual([read, 404]);
    const worse = { kind: 'WORSEN', event: 'FRAUD', toTier: 'LOSS', reason: 'FORGED' };
    expect((await say(`${path}/class-acts`, 'officer', worse)).status).toBe(404);
    expect((await get(`${path}/servicing`, 'owner')).body['code']).toBe('ROLE_MISSING');
  });

  it('names nobody on any read of money, in whichever role', async () => {
    const { identity, loan: asked } = PAGES;
    const payee = { name: '上海样例装修有限公司', account: '6217001234567890999' };
    const { id: payoutId } = await world.db
      .selectFrom('payouts')
      .select('id')
      .where('application_id', '=', loan.id)
      .executeTakeFirstOrThrow();
    const evidence = { evidenceKind: 'INVOICE', evidenceSm3: 'a'.repeat(64), reason: 'SEEN' };
    const put = await say(`/v1/payouts/${payoutId}/payees`, 'maker', { ...payee, ...evidence });
    expect(put.status, put.text).toBe(200);
    const secrets = [identity.name, identity.idNumber, identity.mobile, ...Object.values(payee)];
    const personal = [...secrets, asked.bankCardNumber];
    let read = 0;
    for (const path of [
      `/v1/loans/${loan.loanId}`,
      `/v1/loans/${loan.loanId}/quote?on=2026-12-24`,
      ...['servicing', 'journals', 'collection'].map(act),
      `/v1/payouts/${payoutId}/payees`,
      ...['payouts', 'unmatched-money', 'reconciliations', 'reconciliation-cases'].map(
        (list) => `/v1/${list}`,
      ),
    ])
      for (const who of Object.keys(PEOPLE) as Who[]) {
        const answer = await get(path, who);
        if (answer.status !== 200) continue;
        read += 1;
        expect(personal.filter((word) => answer.text.includes(word))).toEqual([]);
      }
    expect(read).toBeGreaterThan(40);
  });
});

describe('a loan that is over', () => {
  it('takes no money, wish or act of collection, and says so by its name', async () => {
    const { loanId } = await serviced();
    const path = `/v1/loans/${loanId}`;
    const lift = { kind: 'LIFT', toTier: 'NORMAL', reason: 'PAID' };
    const proposed = await say(`${path}/class-acts`, 'officer', lift);
    expect(proposed.status, proposed.text).toBe(200);
    const decide = `/v1/class-acts/${String(proposed.body['id'])}/decide`;
    const notice_id = `N${loanId}`;
    const sealed = Buffer.from('sealed');
    const notice = {
      notice_id,
      kind: 'REPAYMENT',
      sealed_body: sealed,
      state: 'UNMATCHED',
    } as const;
    await world.db.insertInto('bank_notices').values(notice).execute();
    await world.db
      .insertInto('unmatched_money')
      .values({ notice_id, cause: 'LOAN_CLOSED', amount_fen: fen(100), bank_reference: notice_id })
      .execute();
    const call = { channel: 'CALL', target: 'DEBTOR', line: 'MOBILE', purpose: 'COLLECT' };
    const assign = { action: 'ASSIGN', loanId, reason: 'SAME_NAME' };
    for (const state of ['SETTLED', 'RETURNED'] as const) {
      await world.db.updateTable('loans').set({ state }).where('id', '=', loanId).execute();
      refuse('AFTER_ENDING');
      const answers = await Promise.all([
        get(`${path}/quote?on=2026-12-24&kind=SETTLE`),
        say(`${path}/prepayments`, 'owner', { kind: 'SETTLE' }),
        say(`${path}/reschedules`, 'maker', { kind: 'DEFER', months: 1, reason: 'ILLNESS' }),
        say(`${path}/refunds`, 'maker', { amountFen: 1, reason: 'ASKED_FOR' }),
        say(`${path}/class-acts`, 'officer', { ...lift, kind: 'WORSEN', event: 'MANUAL' }),
        say(`${path}/write-offs`, 'maker', { reason: 'UNTRACEABLE' }),
        say(`${path}/contacts`, 'reviewer', { ...call, recorded: true }),
        say(`/v1/unmatched-money/${notice_id}/propose`, 'maker', assign),
        say(decide, 'approver', { decision: 'APPROVE', reason: 'AGREED' }),
      ]);
      for (const answer of answers)
        expect([answer.status, answer.body['code']], answer.text).toEqual([409, 'LOAN_SETTLED']);
    }
    expect(
      (await say(decide, 'approver', { decision: 'REJECT', reason: 'OVER' })).body,
    ).toMatchObject({ state: 'REJECTED' });
    // A loan that is open and does not answer has not paid: what its servicing says is told as it is.
    const open = await say(act('prepayments'), 'owner', { kind: 'SETTLE' });
    expect(open.body['code']).toBe('AFTER_ENDING');
  });
});
