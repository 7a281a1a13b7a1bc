/** A portfolio of five loans, every figure of which is counted by hand: closes of day, metrics, acts on bad loans, contacts. */
import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { carryOutLoanActs } from '../../activities/service/carry-out-acts.ts';
import { closeBooks, closeDay } from '../../activities/service/close-books.ts';
import { EVENT_KEY, post } from '../../activities/posting.ts';
import { createRulebookReader } from '../../activities/rulebooks.ts';
import { openCollection } from '../../db/queries/desk-tasks.ts';
import { findDifferences } from '../../db/queries/ledger-watch.ts';
import {
  decideLoanAct,
  endLoanAct,
  markWrittenOff,
  proposeLoanAct,
} from '../../db/queries/loan-acts.ts';
import { trialBalance } from '../../db/queries/reads/ledger.ts';
import { fen } from '../../domain/money.ts';
import { NO_PARTS } from '../../domain/service.ts';
import { refusal } from '../db/rows.ts';
import { lend, pay, type Small } from './portfolio.ts';
import { openWorld, type World } from './world.ts';

let world: World;
const tokens: Record<string, string> = {};
let late: Small;
let long: Small;
let dead: Small;
let slow: Small;
const YUAN = 100;

const deps = () => ({
  db: world.db,
  rulebooks: createRulebookReader(),
  log: pino({ level: 'silent' }),
});
const get = async (path: string, who = 'aud-1') =>
  await world.call('GET', path, { token: tokens[who] ?? '' });
const say = async (path: string, who: string, json: object, key?: string) =>
  await world.call('POST', path, { token: tokens[who] ?? '', json, ...(key ? { key } : {}) });
const codesOf = (body: Record<string, unknown>) =>
  (body['errors'] as { code: string }[]).map(({ code }) => code);
const monthEnds = () =>
  world.db
    .selectFrom('loan_month_ends')
    .selectAll()
    .orderBy('month_end')
    .orderBy('loan_id')
    .execute();
const changes = () => world.db.selectFrom('loan_class_changes').selectAll().orderBy('id').execute();

/** Written off on 15 September, when it owed 6,000 yuan of principal; 100 yuan come in on the 20th, 1 yuan of it too much. */
async function writeOffDead(): Promise<void> {
  const principalFen = fen(6_000 * YUAN);
  const actId = randomUUID();
  await world.db.transaction().execute(async (tx) => {
    const act = { kind: 'WRITE_OFF', event: null, toTier: null, reason: 'UNTRACEABLE' } as const;
    await proposeLoanAct(tx, { ...act, id: actId, loanId: dead.id, by: 'fin-1' });
    await decideLoanAct(tx, { id: actId, state: 'APPROVED', by: 'fin-2' });
    const booking = { loanId: dead.id, postedOn: '2026-09-15' };
    await post(
      tx,
      { kind: 'WRITTEN_OFF', parts: { ...NO_PARTS, principalFen } },
      { ...booking, eventKey: EVENT_KEY.writtenOff(dead.id) },
    );
    await markWrittenOff(tx, {
      loanId: dead.id,
      on: '2026-09-15',
      totalFen: principalFen,
      principalFen,
    });
    await endLoanAct(tx, actId, null);
  });
  const money = { number: 1, fen: 99 * YUAN, on: '2026-09-20', heldFen: fen(1 * YUAN) };
  await pay(world.db, dead, money);
}

beforeAll(async () => {
  world = await openWorld();
  const people = {
    'aud-1': 'auditor',
    'fin-1': 'finance-maker',
    'fin-2': 'finance-checker',
    'risk-1': 'risk-officer',
    'risk-2': 'risk-approver',
    'ops-1': 'operations',
    li: 'reviewer',
    wang: 'reviewer',
    somebody: 'applicant',
  };
  for (const [subject, role] of Object.entries(people))
    tokens[subject] = await world.token(subject, [role]);
  const { db } = world;
  // Paid as agreed, both times.
  const good = await lend(db, '2026-07-10', [
    ['2026-08-10', 500_000],
    ['2026-09-10', 500_000],
  ]);
  late = await lend(db, '2026-07-15', [
    ['2026-08-15', 500_000],
    ['2026-09-15', 500_000],
  ]);
  long = await lend(db, '2026-07-20', [['2027-07-20', 2_000_000]]);
  slow = await lend(db, '2026-08-05', [
    ['2026-09-05', 200_000],
    ['2027-01-05', 800_000],
  ]);
  dead = await lend(db, '2025-07-01', [['2025-08-01', 600_000]]);
  await pay(db, good, { number: 1, fen: 500_000, on: '2026-08-10' });
  await closeDay(deps(), '2026-08-31');
  await pay(db, good, { number: 2, fen: 500_000, on: '2026-09-10' });
  await writeOffDead();
  // The close of September runs after money of October has come: it must not see it.
  await pay(db, slow, { number: 1, fen: 200_000, on: '2026-10-01' });
  await closeDay(deps(), '2026-09-30');
  for (const loan of [late, long, slow, dead])
    await db.transaction().execute(async (tx) => {
      const { id: loanId, applicationId } = loan;
      const slaDueAt = new Date('2030-01-01T00:00:00Z');
      await openCollection(tx, { loanId, applicationId, roles: ['reviewer'], slaDueAt });
    });
});
afterAll(async () => await world?.close());

describe('metrics', () => {
  it('of overdue loans are by balance, by count and by overdue amount what a hand counts', async () => {
    const august = await get('/v1/metrics/overdue?month=2026-08');
    expect(august.body, august.text).toMatchObject({
      monthEnd: '2026-08-31',
      loans: 5,
      principalFen: 5_100_000,
      nonPerforming: { loans: 1, principalFen: 600_000, byBalance: '11.7647' },
      buckets: [
        { bucket: 'C', loans: 3, principalFen: 3_500_000, overdueFen: 0, byBalance: '68.6275' },
        { bucket: 'M1', loans: 1, principalFen: 1_000_000, overdueFen: 500_000 },
        { bucket: 'M7_PLUS', loans: 1, principalFen: 600_000, overdueFen: 600_000 },
      ],
      tiers: [
        { tier: 'LOSS', principalFen: 600_000 },
        { tier: 'NORMAL', principalFen: 3_500_000 },
        { tier: 'SPECIAL_MENTION', principalFen: 1_000_000 },
      ],
    });
    const [any, m30] = august.body['rates'] as Record<string, unknown>[];
    expect(any).toEqual({
      moreThanDays: 0,
      loans: 2,
      principalFen: 1_600_000,
      overdueFen: 1_100_000,
      byBalance: '31.3725',
      byCount: '40.0000',
      byOverdueAmount: '21.5686',
    });
    expect(m30).toMatchObject({ moreThanDays: 30, loans: 1, byBalance: '11.7647' });

    const september = await get('/v1/metrics/overdue');
    expect(september.body).toMatchObject({
      monthEnd: '2026-09-30',
      loans: 3,
      principalFen: 4_000_000,
      nonPerforming: { loans: 0, byBalance: '0.0000' },
      chargeOff: {
        openingFen: 5_100_000,
        writtenOffFen: 600_000,
        recoveredFen: 9_900,
        percent: '11.7647',
      },
    });
    const [anyNow, m30Now] = september.body['rates'] as Record<string, unknown>[];
    expect(anyNow).toMatchObject({
      byBalance: '50.0000',
      byCount: '66.6667',
      byOverdueAmount: '30.0000',
    });
    expect(m30Now).toMatchObject({ loans: 1, byBalance: '25.0000', byOverdueAmount: '25.0000' });
  });

  it('of every month end add up over the buckets to the ledger’s principal', async () => {
    for (const day of ['2026-08-31', '2026-09-30']) {
      const rows = (await monthEnds()).filter((row) => row.month_end === day);
      const balance = (await trialBalance(world.db, day)).find(({ code }) => code === '1303');
      const booked = (balance?.debitFen ?? 0) - (balance?.creditFen ?? 0);
      expect(rows.reduce((sum, row) => sum + row.principal_fen, 0)).toBe(booked);
    }
    const open = await findDifferences(world.db, {
      accruedBefore: '2025-01-01',
      payoutPatienceSeconds: 60,
      most: 10,
    });
    expect(open).toEqual([]);
  });

  it('of rolls say what entered the next bucket, and of vintages keep the write-off in the numerator', async () => {
    const rolls = await get('/v1/metrics/roll-rates', 'fin-1');
    const rates = rolls.body['rates'] as { from: string; percent: string | null }[];
    expect(
      rates.map(({ from, percent }) => [from, percent]),
      rolls.text,
    ).toEqual([
      ['C', '28.5714'],
      ['M1', '100.0000'],
      ['M2', null],
      ['M3', null],
      ['M4', null],
      ['M5', null],
      ['M6', null],
    ]);
    expect(rolls.body['flows']).toContainEqual({
      from: 'M7_PLUS',
      to: 'WRITTEN_OFF',
      loans: 1,
      beforeFen: 600_000,
      nowFen: 0,
    });
    const vintage = await get('/v1/metrics/vintage?from=2025-07', 'ops-1');
    const cells = vintage.body['cells'] as Record<string, unknown>[];
    const line = (cell: Record<string, unknown>) =>
      ['cohort', 'mob', 'disbursedFen', 'current30', 'ever30', 'current90'].map(
        (name) => cell[name],
      );
    expect(cells.map(line)).toEqual([
      ['2025-07', 13, 600_000, '100.0000', '100.0000', '100.0000'],
      ['2025-07', 14, 600_000, '100.0000', '100.0000', '100.0000'],
      ['2026-07', 1, 4_000_000, '0.0000', '0.0000', '0.0000'],
      ['2026-07', 2, 4_000_000, '25.0000', '25.0000', '0.0000'],
      ['2026-08', 0, 1_000_000, '0.0000', '0.0000', '0.0000'],
      ['2026-08', 1, 1_000_000, '0.0000', '0.0000', '0.0000'],
    ]);
  });

  it('of first payments count only who has had the days, and of payouts every day of the books', async () => {
    const first = await get('/v1/metrics/first-payment-default', 'risk-1');
    const cells = first.body['cells'] as Record<string, unknown>[];
    const line = (cell: Record<string, unknown>) =>
      ['cohort', 'days', 'loans', 'defaulted', 'byCount', 'byAmount'].map((name) => cell[name]);
    expect(cells.map(line), first.text).toEqual([
      ['2025-07', 1, 1, 1, '100.0000', '100.0000'],
      ['2025-07', 7, 1, 1, '100.0000', '100.0000'],
      ['2025-07', 15, 1, 1, '100.0000', '100.0000'],
      ['2025-07', 30, 1, 1, '100.0000', '100.0000'],
      ['2026-07', 1, 2, 1, '50.0000', '50.0000'],
      ['2026-07', 7, 2, 1, '50.0000', '50.0000'],
      ['2026-07', 15, 2, 1, '50.0000', '50.0000'],
      ['2026-07', 30, 2, 1, '50.0000', '50.0000'],
      ['2026-08', 1, 1, 1, '100.0000', '100.0000'],
      ['2026-08', 7, 1, 1, '100.0000', '100.0000'],
      ['2026-08', 15, 1, 1, '100.0000', '100.0000'],
    ]);
    const days = await get('/v1/metrics/disbursement?from=2026-07-01&to=2026-08-31', 'fin-1');
    const paid = days.body['days'] as { day: string; principalFen: number }[];
    expect(
      paid.map(({ day, principalFen }) => [day, principalFen]),
      days.text,
    ).toEqual([
      ['2026-07-10', 1_000_000],
      ['2026-07-15', 1_000_000],
      ['2026-07-20', 2_000_000],
      ['2026-08-05', 1_000_000],
    ]);
    expect((await get('/v1/metrics/disbursement?from=2026-09-01&to=2026-08-31')).status).toBe(422);
    expect((await get('/v1/metrics/overdue?month=2026-07')).status).toBe(404);
    expect((await get('/v1/metrics/overdue', 'somebody')).status).toBe(403);
  });

  it('are the same when a day is closed once more, and an earlier day never undoes a later one', async () => {
    const [before, worsened] = [await monthEnds(), await changes()];
    await closeDay(deps(), '2026-09-30');
    await closeDay(deps(), '2026-08-31');
    expect(await monthEnds()).toEqual(before);
    expect(await changes()).toEqual(worsened);
    const close = await world.db
      .selectFrom('book_closes')
      .select(['times', 'differing', 'loans'])
      .where('day', '=', '2026-09-30')
      .executeTakeFirst();
    expect(close).toEqual({ times: 2, differing: 0, loans: 3 });
  });
});

describe('a class', () => {
  it('is worsened by one person, lifted by two and never by the clock', async () => {
    const worse = {
      kind: 'WORSEN',
      event: 'IMPAIRED',
      toTier: 'SPECIAL_MENTION',
      reason: 'LOST_WORK',
    };
    const said = await say(`/v1/loans/${long.id}/class-acts`, 'risk-1', worse);
    expect(said.body, said.text).toMatchObject({ state: 'APPROVED', kind: 'WORSEN' });
    expect(await carryOutLoanActs(deps())).toEqual({ done: 1, refused: 0 });
    expect((await get(`/v1/loans/${long.id}/collection`)).body).toMatchObject({
      tier: 'SUBSTANDARD',
    });
    await closeDay(deps(), '2026-12-31');
    expect((await get(`/v1/loans/${long.id}/collection`)).body).toMatchObject({
      tier: 'SUBSTANDARD',
    });

    const better = { kind: 'LIFT', toTier: 'NORMAL', reason: 'FOUND_WORK' };
    const proposed = await say(`/v1/loans/${long.id}/class-acts`, 'risk-1', better);
    const act = `/v1/class-acts/${String(proposed.body['id'])}/decide`;
    const yes = { decision: 'APPROVE', reason: 'SEEN_CONTRACT' };
    tokens['risk-1-both'] = await world.token('risk-1', ['risk-approver']);
    expect((await say(act, 'risk-1-both', yes)).body['code']).toBe('FOUR_EYES');
    expect((await say(act, 'risk-2', yes)).body).toMatchObject({ state: 'APPROVED' });
    expect((await say(act, 'risk-2', yes)).body['code']).toBe('ALREADY_DECIDED');
    expect(await carryOutLoanActs(deps())).toEqual({ done: 1, refused: 0 });
    expect(await carryOutLoanActs(deps())).toEqual({ done: 0, refused: 0 });
    expect((await get(`/v1/loans/${long.id}/collection`)).body).toMatchObject({ tier: 'NORMAL' });
    expect(
      await refusal(
        world.db
          .insertInto('loan_class_changes')
          .values({ loan_id: long.id, from_tier: 'LOSS', to_tier: 'NORMAL', on_day: '2026-11-24' })
          .execute(),
      ),
    ).toBe('loan_class_changes_worsen');
  });

  it('is not lifted while the loan is late, and the refusal is told', async () => {
    const better = { kind: 'LIFT', toTier: 'NORMAL', reason: 'PROMISED' };
    const proposed = await say(`/v1/loans/${late.id}/class-acts`, 'risk-1', better);
    const again = await say(`/v1/loans/${late.id}/class-acts`, 'risk-1', better);
    expect(again.body['code']).toBe('LOAN_ACT_OPEN');
    const id = String(proposed.body['id']);
    await say(`/v1/class-acts/${id}/decide`, 'risk-2', { decision: 'APPROVE', reason: 'TRUST' });
    expect(await carryOutLoanActs(deps())).toEqual({ done: 0, refused: 1 });
    const { acts } = (await get(`/v1/loans/${late.id}/collection`)).body as { acts: object[] };
    expect(acts).toContainEqual(
      expect.objectContaining({ id, state: 'REFUSED', refusal: 'IN_ARREARS' }),
    );
  });
});

describe('a write-off', () => {
  it('takes two people and the tier of the policy, leaves the books in balance and turns later money into recovery', async () => {
    const gone = await lend(world.db, '2025-06-01', [['2025-07-01', 300_000]]);
    await closeBooks(deps());
    const propose = `/v1/loans/${gone.id}/write-offs`;
    const proposed = await say(propose, 'fin-1', { reason: 'UNTRACEABLE' });
    const decide = `/v1/write-offs/${String(proposed.body['id'])}/decide`;
    const yes = { decision: 'APPROVE', reason: 'AGREED' };
    expect((await say(decide, 'fin-1', yes)).status).toBe(403);
    expect((await say(decide, 'fin-2', yes)).body).toMatchObject({ state: 'APPROVED' });
    expect(await carryOutLoanActs(deps())).toEqual({ done: 1, refused: 0 });
    await pay(world.db, gone, { number: 1, fen: 40_000, on: '2026-11-24', heldFen: fen(500) });
    const journals = await get(`/v1/loans/${gone.id}/journals`);
    const events = (journals.body['journals'] as { event: string }[]).map(({ event }) => event);
    expect(events.toSorted(), journals.text).toEqual([
      'DISBURSED',
      'RECOVERED',
      'REPAYMENT_RECEIVED',
      'WRITTEN_OFF',
    ]);
    expect(journals.body['balances']).toMatchObject({ principalFen: 0, unappliedFen: 500 });
    const open = await findDifferences(world.db, {
      accruedBefore: '2025-01-01',
      payoutPatienceSeconds: 60,
      most: 10,
    });
    expect(open).toEqual([]);

    const second = await say(propose, 'fin-1', { reason: 'AGAIN' });
    await say(`/v1/write-offs/${String(second.body['id'])}/decide`, 'fin-2', yes);
    const third = await say(`/v1/loans/${slow.id}/write-offs`, 'fin-1', { reason: 'EARLY' });
    await say(`/v1/write-offs/${String(third.body['id'])}/decide`, 'fin-2', yes);
    expect(await carryOutLoanActs(deps())).toEqual({ done: 0, refused: 2 });
    const refused = await world.db
      .selectFrom('loan_acts')
      .select('refusal')
      .where('kind', '=', 'WRITE_OFF')
      .where('state', '=', 'REFUSED')
      .orderBy('proposed_at')
      .execute();
    expect(refused.map((row) => row.refusal)).toEqual(['WRITTEN_OFF_BEFORE', 'TIER_TOO_GOOD']);
  });
});

describe('a contact', () => {
  const call = {
    channel: 'CALL',
    target: 'DEBTOR',
    line: 'MOBILE',
    purpose: 'COLLECT',
    recorded: true,
  };

  it('is written down before it is made, and refused with every rule after the sixth that nobody answered', async () => {
    const path = `/v1/loans/${late.id}/contacts`;
    const key = randomUUID();
    const first = await say(path, 'li', call, key);
    expect(first.status, first.text).toBe(200);
    expect((await say(path, 'li', call, key)).body).toEqual(first.body);
    const outcome = `/v1/contacts/${String(first.body['id'])}/outcome`;
    expect((await say(outcome, 'wang', { outcome: 'REACHED' })).body['code']).toBe('NOT_YOUR_TASK');
    expect((await say(outcome, 'li', { outcome: 'NOT_REACHED' })).status).toBe(200);
    expect((await say(outcome, 'li', { outcome: 'REACHED' })).body['code']).toBe('ALREADY_DECIDED');
    for (let more = 1; more < 6; more += 1) expect((await say(path, 'li', call)).status).toBe(200);
    const seventh = await say(path, 'wang', { ...call, script: '再不还就让你坐牢' });
    expect(seventh.body['code']).toBe('CONTACT_REFUSED');
    expect(codesOf(seventh.body)).toEqual(['TOO_MANY_UNANSWERED', 'FORBIDDEN_PHRASE']);
    const denied = await world.db
      .selectFrom('audit_entries')
      .select(['actor', 'result'])
      .where('action', '=', 'collection.contact')
      .where('result', '=', 'DENIED')
      .execute();
    expect(denied).toEqual([{ actor: 'wang', result: 'DENIED' }]);
    const kept = world.db
      .selectFrom('contact_attempts')
      .select('id')
      .where('loan_id', '=', late.id);
    expect(await kept.execute()).toHaveLength(6);
  });

  it('of two at once is allowed to one only when one more is allowed', async () => {
    const path = `/v1/loans/${slow.id}/contacts`;
    for (let more = 0; more < 5; more += 1) await say(path, 'li', call);
    const both = await Promise.all([say(path, 'li', call), say(path, 'wang', call)]);
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
  });

  it('stops for a dispute until another person lifts it, and is not made at night', async () => {
    const stops = `/v1/loans/${long.id}/contact-stops`;
    const stopped = await say(stops, 'li', { cause: 'DISPUTED', reason: 'AMOUNT_DISPUTED' });
    expect((await say(stops, 'wang', { cause: 'DISPUTED', reason: 'X2' })).body['code']).toBe(
      'CONTACT_STOPPED',
    );
    const path = `/v1/loans/${long.id}/contacts`;
    expect(codesOf((await say(path, 'wang', call)).body)).toEqual(['DISPUTED']);
    const lift = `/v1/contact-stops/${String(stopped.body['id'])}/lift`;
    expect((await say(lift, 'li', { reason: 'SETTLED' })).body['code']).toBe('FOUR_EYES');
    expect((await say(lift, 'wang', { reason: 'SETTLED' })).status).toBe(200);
    const noon = world.clock.now;
    world.clock.now = new Date('2026-11-24T14:00:00Z');
    expect(codesOf((await say(path, 'wang', call)).body)).toEqual(['NIGHT_HOURS']);
    world.clock.now = noon;
    expect((await say(path, 'wang', call)).status).toBe(200);
  });
});

it('shows no metric of a month whose figures are not the books’', async () => {
  await world.db.transaction().execute(async (tx) => {
    const interest = {
      kind: 'RESCHEDULED',
      feeFen: fen(0),
      penaltyFen: fen(0),
      interestFen: fen(1),
    } as const;
    await post(tx, interest, { eventKey: 'test:stray', loanId: long.id, postedOn: '2026-09-30' });
  });
  for (const name of ['overdue', 'roll-rates', 'vintage', 'first-payment-default'])
    expect((await get(`/v1/metrics/${name}?month=2026-09`)).body['code']).toBe('METRICS_DISAGREE');
  expect((await closeDay(deps(), '2026-09-30')).agrees).toBe(false);
  expect((await get('/v1/metrics/overdue?month=2026-09')).body['code']).toBe('METRICS_DISAGREE');
});
