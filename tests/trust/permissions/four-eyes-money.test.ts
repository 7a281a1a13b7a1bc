/** No way round the second person of the money: over the API, in the activities that act on a loan, and in the tables. */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { releasePayout } from '../../../activities/disburse/release.ts';
import type { Recorded } from '../../../activities/outcomes.ts';
import { refundHeld } from '../../../activities/service/refund.ts';
import { rescheduleLoan } from '../../../activities/service/reschedule.ts';
import { storeLoan } from '../../../db/queries/service.ts';
import { fen } from '../../../domain/money.ts';
import { codeOf, person } from '../../activities/review-desk.ts';
import { admitted, openWorkplace, type Workplace } from '../../activities/workplace.ts';
import { openWorld, type World } from '../../api/world.ts';
import { AMOUNT, contract, payoutRow, refusal } from '../../db/rows.ts';
import { lateLoan, MONEY_SECONDS } from './money-seconds.ts';
import { put, refusedByTable, refusedOverApi } from './seconds.ts';

let world: World;
let place: Workplace;
beforeAll(async () => {
  [world, place] = await Promise.all([openWorld(), openWorkplace()]);
});
afterAll(async () => {
  await world?.close();
  await place?.close();
});

const TODAY = '2026-11-24';
const MAKER = 'finance-qian';

describe('the maker as the checker of money', () => {
  it.each(MONEY_SECONDS)('is refused by $route', async (second) => {
    await refusedOverApi(world, second);
  });

  it.each(MONEY_SECONDS)('is refused by the table of $route, whoever writes it', async (second) => {
    await refusedByTable(world.db, second);
  });
});

/** A payout of an admitted application. */
async function payoutAt(stage: 'DISBURSE' | 'SERVICE') {
  const { id: applicationId } = await admitted(place.deps, stage);
  const contractId = await contract(place.owner, applicationId);
  const state = stage === 'SERVICE' ? 'PAID' : 'READY';
  const payout = payoutRow(applicationId, contractId, { state });
  await place.owner.insertInto('payouts').values(payout).execute();
  return { applicationId, payoutId: payout.id };
}

/** A loan in service, nothing of it due, with money held for its borrower. */
async function serviced() {
  const { applicationId, payoutId } = await payoutAt('SERVICE');
  const loanId = randomUUID();
  const half = fen(AMOUNT / 2);
  const line = { principalFen: half, interestFen: fen(100), feeFen: fen(0) };
  const instalments = [
    { ...line, number: 1, dueDate: '2026-12-24', paymentFen: fen(half + 100), balanceFen: half },
    { ...line, number: 2, dueDate: '2027-01-24', paymentFen: fen(half + 100), balanceFen: fen(0) },
  ];
  await place.owner.transaction().execute(async (tx) => {
    const named = { id: loanId, applicationId, payoutId, number: `L${loanId}` };
    const terms = { annualRate: '12', termMonths: 2, method: 'EQUAL_INSTALMENT' };
    await storeLoan(
      tx,
      { ...named, ...terms, principalFen: AMOUNT, disbursedOn: TODAY },
      { instalments },
    );
    await tx
      .updateTable('loans')
      .set({ unapplied_fen: fen(500) })
      .where('id', '=', loanId)
      .execute();
  });
  return { applicationId, loanId };
}

type Step = 'PROPOSE' | 'APPROVE' | 'REJECT';
const roleFor = (step: Step) => (step === 'PROPOSE' ? 'finance-maker' : 'finance-checker');

/** One proposes; the same person may neither approve nor reject; another may. */
async function takesTwo(say: (step: Step, subject: string) => Promise<Recorded>): Promise<void> {
  expect(codeOf(await say('PROPOSE', MAKER))).toBe('OK');
  expect(codeOf(await say('APPROVE', MAKER))).toBe('FOUR_EYES');
  expect(codeOf(await say('REJECT', MAKER))).toBe('FOUR_EYES');
}

describe('acts on a loan’s money', () => {
  it('a new schedule is not its proposer’s to decide, in the activity and in the table', async () => {
    const loan = await serviced();
    const rescheduleId = randomUUID();
    const say = async (step: Step, subject: string) =>
      await rescheduleLoan(place.deps, {
        ...loan,
        rescheduleId,
        step,
        ...(step === 'PROPOSE' ? { kind: 'DEFER', months: 1 } : {}),
        reason: 'ILLNESS',
        actor: person(subject, roleFor(step)),
        cause: randomUUID(),
        today: TODAY,
      });
    await takesTwo(say);
    const alone = sql`update reschedules set state = 'REJECTED', decided_by = proposed_by where id = ${rescheduleId}`;
    expect(await refusal(alone.execute(place.owner))).toBe('reschedules_two_people');
    expect(codeOf(await say('APPROVE', 'finance-zhou'))).toBe('OK');
  });

  it('a refund is not its proposer’s to decide, in the activity and in the table', async () => {
    const loan = await serviced();
    const requestNo = `XD${randomUUID()}`;
    const say = async (step: Step, subject: string) =>
      await refundHeld(place.deps, {
        ...loan,
        requestNo,
        step,
        ...(step === 'PROPOSE' ? { amountFen: fen(500) } : {}),
        reason: 'ASKED_FOR',
        actor: person(subject, roleFor(step)),
        cause: randomUUID(),
        today: TODAY,
      });
    await takesTwo(say);
    const alone = (by: string) =>
      sql`update bank_orders set state = 'READY', decided_by = ${by} where request_no = ${requestNo}`;
    expect(await refusal(alone(MAKER).execute(place.owner))).toBe('bank_orders_two_people');
    const nobody = sql`update bank_orders set state = 'READY' where request_no = ${requestNo}`;
    expect(await refusal(nobody.execute(place.owner))).toBe('bank_orders_refund_decided');
    expect(codeOf(await say('APPROVE', 'finance-zhou'))).toBe('OK');
  });

  it('a release is not confirmed by who made it, and no payout leaves the desk with one name or none', async () => {
    const { applicationId, payoutId } = await payoutAt('DISBURSE');
    const say = async (subject: string, role: string) =>
      await releasePayout(place.deps, {
        applicationId,
        payoutId,
        actor: person(subject, role),
        cause: randomUUID(),
        at: '2026-11-24T02:00:00.000Z',
        awaitsChecker: true,
      });
    expect(codeOf(await say('finance-zhou', 'finance-checker'))).toBe('NO_PROPOSAL');
    expect(codeOf(await say(MAKER, 'finance-maker'))).toBe('OK');
    expect(codeOf(await say(MAKER, 'finance-checker'))).toBe('FOUR_EYES');
    const written = async (set: string) =>
      await refusal(
        sql`update payouts set ${sql.raw(set)} where id = ${payoutId}`.execute(place.owner),
      );
    expect(await written(`state = 'SENT'`)).toBe('payouts_released');
    const twice = `state = 'RELEASED', released_by = '${MAKER}'`;
    expect(await written(twice)).toBe('payouts_two_releases');
    expect(codeOf(await say('finance-zhou', 'finance-checker'))).toBe('OK');
  });

  it('no table lets one person lift a class or write a loan off, not even under an act that only worsens', async () => {
    const { id: loan_id } = await lateLoan(world.db);
    const act = { loan_id, reason: 'R1', proposed_by: MAKER };
    const worsen = { ...act, kind: 'WORSEN', event: 'MANUAL', to_tier: 'NORMAL' };
    const act_id = await put(world.db, 'loan_acts', { ...worsen, state: 'APPROVED' });
    const lift = sql`insert into loan_class_changes (loan_id, from_tier, to_tier, act_id, on_day)
                     values (${loan_id}, 'LOSS', 'NORMAL', ${act_id}, ${TODAY})`;
    expect(await refusal(lift.execute(world.db))).toBe('loan_class_changes_worsen');
    await sql`insert into loan_standings (loan_id, tier, tier_since, closed_on)
              values (${loan_id}, 'LOSS', ${TODAY}, ${TODAY})`.execute(world.db);
    const stand = async (set: string) =>
      await refusal(
        sql`update loan_standings set ${sql.raw(set)} where loan_id = ${loan_id}`.execute(world.db),
      );
    expect(await stand(`tier = 'NORMAL'`)).toBe('loan_standings_worsen');
    const off = `written_off_on = '${TODAY}', written_off_fen = 100, written_off_principal_fen = 100`;
    expect(await stand(off)).toBe('loan_standings_written_off');
    // Proposed is not approved: the second person has not spoken.
    await put(world.db, 'loan_acts', { ...act, kind: 'WRITE_OFF' });
    expect(await stand(off)).toBe('loan_standings_written_off');
  });
});
