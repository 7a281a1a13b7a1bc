/** A payout is checked once more right before its money, and what does not hold stops it before the bank is asked to pay. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { queryPayout, sendPayout } from '../../activities/disburse/pay.ts';
import { releasePayout } from '../../activities/disburse/release.ts';
import { resolvePayout } from '../../activities/disburse/resolve.ts';
import { fen } from '../../domain/money.ts';
import { OutsideFailure } from '../../activities/ports/answers.ts';
import { AMOUNT, refusal } from '../db/rows.ts';
import type { FakeOverrides } from '../ports/fakes/fake-ports.ts';
import { CARD, type Payable, payable } from './payable.ts';
import { openWorkplace, retryableCode, type Workplace } from './workplace.ts';

let place: Workplace;

beforeAll(async () => {
  place = await openWorkplace();
});
afterAll(() => place.close());

const found = <T>(data: T) => ({ kind: 'FOUND', charged: true, data }) as const;

async function standing({ payoutId, applicationId }: Payable) {
  const { owner } = place;
  const payout = await owner
    .selectFrom('payouts')
    .select(['state', 'failure_code'])
    .where('id', '=', payoutId)
    .executeTakeFirstOrThrow();
  const { pending } = await owner
    .selectFrom('applications')
    .select('pending')
    .where('id', '=', applicationId)
    .executeTakeFirstOrThrow();
  const checks = await owner
    .selectFrom('payout_checks')
    .select(['outcome', 'codes'])
    .where('payout_id', '=', payoutId)
    .orderBy('checked_at')
    .execute();
  return { ...payout, pending, checks };
}

/** Sends the payout into a world as given, and says what reached the bank. */
async function send(one: Payable, overrides: FakeOverrides = {}) {
  const { deps, ports } = place.with(overrides);
  const outcome = await sendPayout(deps, one);
  const transfers = ports.calls.filter(({ operation }) => operation === 'transfer').length;
  return { outcome, transfers };
}

const SPOILS: readonly (readonly [string, string, (one: Payable) => Promise<unknown>])[] = [
  [
    'the authorisation was withdrawn',
    'AUTHORISATION_NOT_IN_FORCE',
    (one) =>
      place.owner
        .updateTable('authorisations')
        .set({ state: 'WITHDRAWN', ended_at: new Date() })
        .where('id', '=', one.authorisationId)
        .execute(),
  ],
  [
    'the contract was voided',
    'CONTRACT_EVIDENCE_INCOMPLETE',
    (one) =>
      place.owner
        .updateTable('contracts')
        .set({ state: 'VOID' })
        .where('id', '=', one.contractId)
        .execute(),
  ],
  [
    'the bureaus were asked more than a month ago',
    'BUREAU_REPORT_TOO_OLD',
    (one) =>
      place.owner
        .updateTable('bureau_evidence')
        .set({ at: new Date(Date.now() - 32 * 86_400_000) })
        .where('application_id', '=', one.applicationId)
        .execute(),
  ],
  [
    'the person has meanwhile another loan on its way that fills the limit',
    'EXPOSURE_ABOVE_LIMIT',
    async (one) => {
      const other = await payable(place, 'READY');
      await place.owner
        .updateTable('applications')
        .set({ applicant_id: one.applicantId })
        .where('id', '=', other.applicationId)
        .execute();
      await place.owner
        .updateTable('offers')
        .set({ amount_fen: fen(299_000_00) })
        .where('application_id', '=', other.applicationId)
        .execute();
    },
  ],
];

describe('right before the money', () => {
  it.each(SPOILS)('%s: held back as %s, and no money moves', async (_, code, spoil) => {
    const one = await payable(place, 'RELEASED');
    await spoil(one);
    expect(await send(one)).toEqual({ outcome: { state: 'STOPPED' }, transfers: 0 });
    expect(await standing(one)).toEqual({
      state: 'STOPPED',
      failure_code: code,
      pending: 'PAYOUT_RETRY',
      checks: [{ outcome: 'STOPPED', codes: [code] }],
    });
  });

  it('the register lists the person now: held back, and neither sending again nor asking pays it', async () => {
    const one = await payable(place, 'RELEASED');
    const sanctions = async () => found([{ list: 'UN', reason: 'listed' }]);
    expect(await send(one, { registry: { sanctions } })).toEqual({
      outcome: { state: 'STOPPED' },
      transfers: 0,
    });
    expect(await send(one)).toEqual({ outcome: { state: 'STOPPED' }, transfers: 0 });
    const { deps, ports } = place.with({});
    expect(await queryPayout(deps, one)).toEqual({ state: 'STOPPED' });
    expect(ports.calls).toEqual([]);
    expect(await standing(one)).toMatchObject({ state: 'STOPPED', failure_code: 'SANCTIONED' });
  });

  it('two people who try again are held back again while the reason stands, and paid once it is gone', async () => {
    const one = await payable(place, 'RELEASED');
    const sanctions = async () => found([{ list: 'UN', reason: 'listed' }]);
    await send(one, { registry: { sanctions } });
    const again = async (payoutId: string) => {
      let next: string | null = null;
      for (const [step, subject, role] of [
        ['PROPOSE', 'finance-qian', 'finance-maker'],
        ['APPROVE', 'finance-zhou', 'finance-checker'],
      ] as const) {
        const resolved = await resolvePayout(place.deps, {
          applicationId: one.applicationId,
          payoutId,
          step,
          action: 'RETRY',
          reason: 'CHECKED_AGAIN',
          actor: { kind: 'human', subject, role },
          cause: `${step}-${payoutId}`,
          at: '2026-11-24T04:00:00.000Z',
        });
        if (!resolved.ok) throw new Error(resolved.code);
        next = resolved.nextPayoutId;
      }
      return { ...one, payoutId: next ?? '' };
    };
    const second = await again(one.payoutId);
    const held = await send(second, { registry: { sanctions } });
    expect(held).toEqual({ outcome: { state: 'STOPPED' }, transfers: 0 });
    const third = await again(second.payoutId);
    expect(await send(third)).toEqual({ outcome: { state: 'PAID' }, transfers: 1 });
    expect((await standing(third)).checks).toEqual([{ outcome: 'PASSED', codes: [] }]);
  });

  it.each([
    [{ match: false, open: true }, 'ACCOUNT_NOT_OWN'],
    [{ match: true, open: false }, 'ACCOUNT_NOT_OPEN'],
  ])('the bank says of the account %o: held back as %s', async (said, code) => {
    const one = await payable(place, 'RELEASED');
    const held = await send(one, { bank: { account: async () => found(said) } });
    expect(held).toEqual({ outcome: { state: 'STOPPED' }, transfers: 0 });
    expect(await standing(one)).toMatchObject({ failure_code: code });
  });

  it('a register that does not answer lets the payout wait as it is, and it goes out when it answers', async () => {
    const one = await payable(place, 'RELEASED');
    const down = async () => {
      throw new OutsideFailure('registry', 'sanctions', 'UNREACHABLE');
    };
    const { deps, ports } = place.with({ registry: { sanctions: down } });
    expect(await retryableCode(sendPayout(deps, one))).toBe('registry.UNREACHABLE');
    expect(ports.calls.map(({ operation }) => operation)).not.toContain('transfer');
    expect(await standing(one)).toMatchObject({ state: 'RELEASED', checks: [] });
    expect(await send(one)).toMatchObject({ outcome: { state: 'PAID' } });
  });

  it('two attempts at once send once, and the check is on record once', async () => {
    const one = await payable(place, 'RELEASED');
    const { deps, ports } = place.with({});
    await Promise.all([sendPayout(deps, one), sendPayout(deps, one)]);
    expect(ports.calls.filter(({ operation }) => operation === 'transfer')).toHaveLength(1);
    expect((await standing(one)).checks).toHaveLength(1);
  });
});

/** Another loan of the same person that was paid out directly so many days ago. */
async function paidBefore(one: Payable, amountFen: number, daysAgo: number): Promise<void> {
  const { owner } = place;
  const other = await payable(place, 'SENT');
  await owner
    .updateTable('applications')
    .set({ applicant_id: one.applicantId, stage: 'SERVICE' })
    .where('id', '=', other.applicationId)
    .execute();
  await owner
    .updateTable('payouts')
    .set({
      state: 'PAID',
      amount_fen: fen(amountFen),
      bank_reference: `BK${other.payoutId}`,
      sent_at: new Date(Date.now() - daysAgo * 86_400_000),
    })
    .where('id', '=', other.payoutId)
    .execute();
}

const PAYEE = { name: '上海样例装修有限公司', card: '6217001234567890999' };

/** A payee that two people have registered, or one alone. */
async function register(one: Payable, payee: typeof PAYEE, decidedBy: string | null) {
  const { deps, owner } = place;
  const id = randomUUID();
  const cipher = await deps.vault.ofHouse(deps.db);
  await owner
    .insertInto('entrusted_payees')
    .values({
      id,
      application_id: one.applicationId,
      sealed_payee: cipher.sealJson('entrusted_payees.sealed_payee', id, payee),
      evidence_kind: 'INVOICE',
      evidence_sm3: 'a'.repeat(64),
      reason: 'INVOICE_SEEN',
      proposed_by: 'finance-qian',
      state: decidedBy === null ? 'PROPOSED' : 'APPROVED',
      decided_by: decidedBy,
      decided_at: decidedBy === null ? null : new Date(),
    })
    .execute();
  return id;
}

describe('a payout above what a borrower may be paid', () => {
  const SELF_PAY_MOST = 300_000_00;

  it('cut in parts is held back within the days of the policy, also with a payee that one person has registered', async () => {
    const one = await payable(place, 'RELEASED');
    await paidBefore(one, SELF_PAY_MOST - AMOUNT + 1, 29);
    await register(one, PAYEE, null);
    expect(await send(one)).toEqual({ outcome: { state: 'STOPPED' }, transfers: 0 });
    expect(await standing(one)).toMatchObject({ failure_code: 'ENTRUSTED_PAYMENT_NEEDED' });
  });

  it('goes to the borrower at the limit, and when the other payout lies further back', async () => {
    const one = await payable(place, 'RELEASED');
    await paidBefore(one, SELF_PAY_MOST - AMOUNT, 29);
    await paidBefore(one, SELF_PAY_MOST, 31);
    expect(await send(one)).toEqual({ outcome: { state: 'PAID' }, transfers: 1 });
  });

  it('goes to the payee whom two people have registered: asked about and paid under that name, and on record', async () => {
    const one = await payable(place, 'RELEASED');
    await paidBefore(one, SELF_PAY_MOST, 1);
    const payeeId = await register(one, PAYEE, 'finance-zhou');
    const heard: unknown[] = [];
    const { deps } = place.with({
      bank: {
        account: async ({ card, holderName }) => {
          heard.push({ card, name: holderName });
          return found({ match: true, open: true });
        },
        transfer: async ({ toCard, holderName }) => {
          heard.push({ card: toCard, name: holderName });
          return found({ status: 'PAID', bankReference: `BK${one.payoutId}` } as const);
        },
      },
    });
    expect(await sendPayout(deps, one)).toEqual({ state: 'PAID' });
    expect(heard).toEqual([PAYEE, PAYEE]);
    const row = await place.owner
      .selectFrom('payouts')
      .select('payee_id')
      .where('id', '=', one.payoutId)
      .executeTakeFirstOrThrow();
    expect(row.payee_id).toBe(payeeId);
  });

  it('is held back when the payee has the account of the borrower', async () => {
    const one = await payable(place, 'RELEASED');
    await register(one, { ...PAYEE, card: CARD }, 'finance-zhou');
    expect(await send(one)).toMatchObject({ outcome: { state: 'STOPPED' } });
    expect(await standing(one)).toMatchObject({ failure_code: 'ENTRUSTED_PAYMENT_NEEDED' });
  });

  it('cannot have a payee that one person has registered alone', async () => {
    const one = await payable(place, 'RELEASED');
    expect(await refusal(register(one, PAYEE, 'finance-qian'))).toBe('entrusted_payees_two_people');
  });
});

describe('the release', () => {
  const act = (one: Payable, subject: string, role: string) =>
    releasePayout(place.deps, {
      applicationId: one.applicationId,
      payoutId: one.payoutId,
      actor: { kind: 'human', subject, role },
      cause: `${subject}-${one.payoutId}`,
      at: '2026-11-24T04:00:00.000Z',
      awaitsChecker: true,
    });

  it('waits for a second person, who is another one, and sends nothing before', async () => {
    const one = await payable(place, 'READY');
    expect(await act(one, 'finance-zhou', 'finance-checker')).toMatchObject({
      code: 'NO_PROPOSAL',
    });
    const first = await act(one, 'finance-qian', 'finance-maker');
    expect(first).toMatchObject({ ok: true, pending: 'PAYOUT_CONFIRMATION' });
    expect(await standing(one)).toMatchObject({ state: 'READY', pending: 'PAYOUT_CONFIRMATION' });
    // The same act again is the same act; another maker adds nothing, and nobody is both.
    expect(await act(one, 'finance-qian', 'finance-maker')).toMatchObject({ ok: true });
    expect(await act(one, 'finance-sun', 'finance-maker')).toMatchObject({
      code: 'ALREADY_PROPOSED',
    });
    expect(await act(one, 'finance-qian', 'finance-checker')).toMatchObject({ code: 'FOUR_EYES' });
    expect(await act(one, 'applicant', 'finance-checker')).toMatchObject({ code: 'SELF_APPROVAL' });
    expect(await act(one, 'finance-zhou', 'finance-checker')).toMatchObject({
      ok: true,
      pending: 'BANK',
    });
    expect(await send(one)).toMatchObject({ outcome: { state: 'PAID' } });
  });

  it('by one person twice is refused by the database too', async () => {
    const one = await payable(place, 'READY');
    await act(one, 'finance-qian', 'finance-maker');
    const alone = place.owner
      .updateTable('payouts')
      .set({ state: 'RELEASED', released_by: 'finance-qian' })
      .where('id', '=', one.payoutId)
      .execute();
    expect(await refusal(alone)).toBe('payouts_two_releases');
  });
});
