/** What changes under a review or after it: more information, amended facts, clocks, conditions, and approvals taken back. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderContract } from '../../activities/contract/render.ts';
import { answerCondition, resolveCondition } from '../../activities/decide/conditions.ts';
import { voidReview } from '../../activities/decide/amend.ts';
import { requestMore, supplyMore } from '../../activities/decide/more.ts';
import { cancelReviews, remindReview } from '../../activities/decide/remind.ts';
import { claimReview, returnReview } from '../../activities/decide/review.ts';
import { undoApproval, type UndoAct } from '../../activities/decide/undo.ts';
import type { ConditionAsked } from '../../activities/decide/vote.ts';
import { answerOffer } from '../../activities/offer/answer.ts';
import { makeOffer } from '../../activities/offer/make.ts';
import { releasePayout } from '../../activities/disburse/release.ts';
import { readConditions } from '../../db/queries/conditions.ts';
import { latestOffer } from '../../db/queries/offer.ts';
import type { Actor } from '../../domain/journey.ts';
import { fen } from '../../domain/money.ts';
import { application as form } from '../domain/samples.ts';
import { payoutRow } from '../db/rows.ts';
import {
  act,
  AT,
  CHEN,
  codeOf,
  LI,
  person,
  referred,
  reviewOf,
  SUN,
  vote,
  WANG,
  ZHAO,
} from './review-desk.ts';
import { finalCode, openWorkplace, type Workplace } from './workplace.ts';

let place: Workplace;

beforeAll(async () => {
  place = await openWorkplace();
});
afterAll(() => place.close());

const OWNER = person('applicant', 'applicant');
const base = (id: string, actor: Actor) => ({
  applicationId: id,
  actor,
  cause: randomUUID(),
  at: AT,
});

async function standingOf(id: string) {
  return await place.owner
    .selectFrom('applications')
    .select(['stage', 'pending', 'round', 'referral', 'evidence_version'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
}

/** Li asks the applicant of a claimed task for something; gives the request's id. */
async function ask(id: string): Promise<string> {
  const asked = await act(place, id, LI);
  const { review } = await reviewOf(place, id);
  const cipher = await place.deps.vault.of(place.deps.db, id);
  const items = [{ code: 'INCOME_PROOF', text: 'A pay slip' }];
  const sealedItems = cipher
    .sealJson('information_requests.items', asked.cause, items)
    .toString('base64');
  const asking = await requestMore(place.deps, {
    ...asked,
    sealedItems,
    evidenceVersion: review.evidenceVersion,
  });
  expect(asking).toMatchObject({ ok: true, pending: 'INFORMATION' });
  const request = await place.owner
    .selectFrom('information_requests')
    .select(['id', 'sealed_items'])
    .where('application_id', '=', id)
    .where('state', '=', 'OPEN')
    .executeTakeFirstOrThrow();
  // What travelled sealed for the act is kept sealed for the row.
  const column = 'information_requests.sealed_items';
  expect(cipher.openJson(column, request.id, request.sealed_items, (v) => v)).toEqual(items);
  return request.id;
}

async function supply(id: string, requestId: string, pages: object) {
  const cipher = await place.deps.vault.of(place.deps.db, id);
  const sealedAnswer = cipher
    .sealJson('information_requests.sealed_answer', requestId, { answers: [], pages })
    .toString('base64');
  return await supplyMore(place.deps, { ...base(id, OWNER), requestId, sealedAnswer });
}

describe('more information', () => {
  it('stops the vote, resumes the same stage, and a decision on the evidence before it is told what changed', async () => {
    const { id } = await referred(place);
    await claimReview(place.deps, await act(place, id, LI));
    const seen = (await reviewOf(place, id)).review.evidenceVersion;
    const requestId = await ask(id);
    expect(codeOf(await vote(place, id, LI, { unclaimed: true }))).toBe('INFORMATION_PENDING');
    expect(await supply(id, requestId, {})).toMatchObject({ stage: 'REVIEW', pending: 'REVIEW' });
    expect(await vote(place, id, LI, { unclaimed: true, evidenceVersion: seen })).toEqual({
      ok: false,
      code: 'STALE_EVIDENCE',
      changed: ['ANSWER'],
    });
    expect(await vote(place, id, LI, { unclaimed: true })).toMatchObject({ stage: 'OFFER' });
  });

  it('that changes nothing of what was scored keeps the approval already given', async () => {
    const { id } = await referred(place, { amountFen: 120_000_00 });
    await vote(place, id, ZHAO);
    await claimReview(place.deps, await act(place, id, SUN, { stage: 2 }));
    const cipher = await place.deps.vault.of(place.deps.db, id);
    const asked = await act(place, id, SUN, { stage: 2 });
    const { review } = await reviewOf(place, id);
    await requestMore(place.deps, {
      ...asked,
      sealedItems: cipher
        .sealJson('information_requests.items', asked.cause, [{ code: 'OTHER', text: 'x' }])
        .toString('base64'),
      evidenceVersion: review.evidenceVersion,
    });
    const { id: requestId } = await place.owner
      .selectFrom('information_requests')
      .select('id')
      .where('application_id', '=', id)
      .executeTakeFirstOrThrow();
    // The same page once more is no change.
    const { work } = form();
    expect(await supply(id, requestId, { work })).toMatchObject({ pending: 'SECOND_REVIEW' });
    expect(await vote(place, id, SUN, { stage: 2, unclaimed: true })).toMatchObject({
      stage: 'OFFER',
    });
  });

  it('that changes what was scored voids the approvals, and the application is weighed again in a new round', async () => {
    const { id } = await referred(place, { amountFen: 120_000_00 });
    await vote(place, id, WANG);
    await claimReview(place.deps, await act(place, id, ZHAO, { stage: 2 }));
    const asked = await act(place, id, ZHAO, { stage: 2 });
    const cipher = await place.deps.vault.of(place.deps.db, id);
    await requestMore(place.deps, {
      ...asked,
      sealedItems: cipher
        .sealJson('information_requests.items', asked.cause, [{ code: 'OTHER', text: 'x' }])
        .toString('base64'),
      evidenceVersion: (await reviewOf(place, id)).review.evidenceVersion,
    });
    const { id: requestId } = await place.owner
      .selectFrom('information_requests')
      .select('id')
      .where('application_id', '=', id)
      .executeTakeFirstOrThrow();
    const work = { ...form().work, monthlyIncomeFen: fen(1_000_00) };
    expect(await supply(id, requestId, { work })).toMatchObject({ stage: 'SCORE', pending: null });
    expect(await standingOf(id)).toMatchObject({ stage: 'SCORE', round: 2 });
    expect((await reviewOf(place, id)).review).toMatchObject({ end: 'RETURNED', waiting: false });
    expect(codeOf(await vote(place, id, ZHAO, { stage: 2, unclaimed: true }))).toBe(
      'STAGE_DOES_NOT_FIT',
    );
    // The answer told again is the same answer.
    expect(await supply(id, requestId, { work })).toMatchObject({ ok: true, stage: 'SCORE' });
    expect((await standingOf(id)).round).toBe(2);
  });

  it('is asked for by the holder alone, on the newest evidence', async () => {
    const { id } = await referred(place);
    await claimReview(place.deps, await act(place, id, LI));
    const asked = await act(place, id, WANG);
    const cipher = await place.deps.vault.of(place.deps.db, id);
    const sealedItems = cipher
      .sealJson('information_requests.items', asked.cause, [{ code: 'OTHER', text: 'x' }])
      .toString('base64');
    const { evidenceVersion } = (await reviewOf(place, id)).review;
    const more = { ...asked, sealedItems, evidenceVersion };
    expect(codeOf(await requestMore(place.deps, more))).toBe('NOT_YOUR_TASK');
    const old = { ...more, actor: LI, evidenceVersion: evidenceVersion - 1 };
    expect(codeOf(await requestMore(place.deps, old))).toBe('STALE_EVIDENCE');
  });
});

describe('a review that ends without a decision', () => {
  it('is sent back by its holder with a reason; the round grows and nothing of it can be decided', async () => {
    const { id } = await referred(place);
    await claimReview(place.deps, await act(place, id, LI));
    const { evidenceVersion } = (await reviewOf(place, id)).review;
    const back = { stage: 'BUREAU', reasons: ['REVIEW_INCONSISTENT'], evidenceVersion } as const;
    const other = { ...(await act(place, id, WANG)), ...back };
    expect(codeOf(await returnReview(place.deps, other))).toBe('NOT_YOUR_TASK');
    const mine = { ...(await act(place, id, LI)), ...back };
    expect(codeOf(await returnReview(place.deps, { ...mine, reasons: [] }))).toBe('REASON_MISSING');
    expect(await returnReview(place.deps, mine)).toMatchObject({ ok: true, stage: 'BUREAU' });
    expect(await returnReview(place.deps, mine)).toMatchObject({ ok: true, stage: 'BUREAU' });
    expect((await standingOf(id)).round).toBe(2);
    expect((await reviewOf(place, id)).review.end).toBe('RETURNED');
  });

  it('is void when the application is amended', async () => {
    const { id } = await referred(place, { amountFen: 120_000_00 });
    await vote(place, id, WANG);
    const voided = await place.deps.db
      .transaction()
      .execute((tx) =>
        voidReview(tx, { applicationId: id, round: 1, evidenceVersion: 9 }, new Date(AT)),
      );
    expect(voided).toBe(true);
    const { review } = await reviewOf(place, id);
    expect(review).toMatchObject({ end: 'RETURNED', evidenceVersion: 9 });
    expect(review.seats.map(({ state }) => state)).toEqual(['DECIDED', 'CANCELLED']);
    expect(codeOf(await vote(place, id, ZHAO, { stage: 2, unclaimed: true }))).toBe(
      'ALREADY_DECIDED',
    );
  });

  it('leaves no task and no question open when the story ends', async () => {
    const { id } = await referred(place);
    await claimReview(place.deps, await act(place, id, LI));
    await ask(id);
    await cancelReviews(place.deps, { applicationId: id });
    const { review } = await reviewOf(place, id);
    expect(review).toMatchObject({ end: 'CANCELLED', waiting: false });
    expect(review.seats.map(({ state }) => state)).toEqual(['CANCELLED']);
  });

  it('is left with its holder by an escalation while the applicant owes an answer', async () => {
    const { id } = await referred(place);
    await claimReview(place.deps, await act(place, id, LI));
    await ask(id);
    await remindReview(place.deps, { applicationId: id, step: 'ESCALATE', at: AT });
    const { review } = await reviewOf(place, id);
    expect(review).toMatchObject({ waiting: true });
    expect(review.seats[0]).toMatchObject({ state: 'CLAIMED', assignee: LI.subject });
  });

  it('is escalated to others by the clock, and a clock that comes late touches nothing', async () => {
    const { id } = await referred(place);
    await claimReview(place.deps, await act(place, id, LI));
    const remind = async (step: 'REMIND' | 'ESCALATE') => {
      await remindReview(place.deps, { applicationId: id, step, at: AT });
    };
    await remind('REMIND');
    expect((await reviewOf(place, id)).review.seats[0]?.state).toBe('CLAIMED');
    await remind('ESCALATE');
    expect((await reviewOf(place, id)).review.seats[0]).toMatchObject({
      state: 'OPEN',
      assignee: null,
      activeAt: null,
    });
    expect(codeOf(await vote(place, id, LI, { unclaimed: true }))).toBe('NOT_YOUR_TASK');
    await vote(place, id, WANG);
    const before = await place.owner.selectFrom('outbox').select('id').execute();
    await remind('ESCALATE');
    expect(await place.owner.selectFrom('outbox').select('id').execute()).toHaveLength(
      before.length,
    );
  });
});

const OFFERING = { round: 1, today: '2026-11-24', validUntil: '2026-12-01T00:00:00Z' };

async function approvedWith(conditions: readonly ConditionAsked[]): Promise<string> {
  const { id } = await referred(place);
  await vote(place, id, LI, { conditions });
  return id;
}

async function conditionOf(id: string): Promise<string> {
  const [condition] = await readConditions(place.deps.db, id, 1);
  if (condition === undefined) throw new Error('no condition was issued');
  return condition.id;
}

type Step = Parameters<typeof resolveCondition>[1]['step'];

async function resolve(id: string, actor: Actor, step: Step, reason = 'SEEN') {
  const conditionId = await conditionOf(id);
  return await resolveCondition(place.deps, { ...base(id, actor), conditionId, step, reason });
}

async function answer(id: string, actor: Actor = OWNER) {
  const conditionId = await conditionOf(id);
  const cipher = await place.deps.vault.of(place.deps.db, id);
  const sealedAnswer = cipher
    .sealJson('loan_conditions.sealed_answer', conditionId, { text: 'attached' })
    .toString('base64');
  return await answerCondition(place.deps, { ...base(id, actor), conditionId, sealedAnswer });
}

describe('a condition before the offer', () => {
  const asked = [{ kind: 'INCOME_PROOF', gate: 'OFFER' }] as const;

  it('keeps the offer back until it is answered and cleared', async () => {
    const id = await approvedWith(asked);
    expect(await standingOf(id)).toMatchObject({ stage: 'OFFER', pending: 'CONDITIONS' });
    const make = () => makeOffer(place.deps, { applicationId: id, ...OFFERING });
    expect(await finalCode(make())).toBe('CONDITION_OPEN');
    expect(codeOf(await resolve(id, WANG, 'CLEAR'))).toBe('CONDITION_NOT_ANSWERED');
    expect(codeOf(await answer(id, person('stranger', 'applicant')))).toBe('ROLE_DOES_NOT_FIT');
    expect(await answer(id)).toMatchObject({ ok: true, pending: 'CONDITIONS' });
    expect(codeOf(await resolve(id, OWNER, 'CLEAR'))).toBe('ROLE_DOES_NOT_FIT');
    expect(codeOf(await resolve(id, person('applicant', 'reviewer'), 'CLEAR'))).toBe(
      'SELF_APPROVAL',
    );
    expect(codeOf(await resolve(id, WANG, 'CLEAR', 'looks fine to me'))).toBe('REASON_MISSING');
    expect(await resolve(id, WANG, 'REJECT')).toMatchObject({ pending: 'CONDITIONS' });
    expect(codeOf(await resolve(id, WANG, 'CLEAR'))).toBe('CONDITION_NOT_ANSWERED');
    await answer(id);
    expect(await resolve(id, WANG, 'CLEAR')).toMatchObject({ stage: 'OFFER', pending: null });
    expect(codeOf(await answer(id))).toBe('CONDITION_CLOSED');
    expect((await make()).pending).toBe('OFFER_ANSWER');
  });

  it('is waived by two people, and the first hears that a second is waited for', async () => {
    const id = await approvedWith(asked);
    expect(codeOf(await resolve(id, WANG, 'APPROVE_WAIVER'))).toBe('NO_PROPOSAL');
    expect(await resolve(id, WANG, 'PROPOSE_WAIVER')).toMatchObject({ pending: 'WAIVER_APPROVAL' });
    expect(codeOf(await resolve(id, WANG, 'APPROVE_WAIVER'))).toBe('FOUR_EYES');
    expect(await resolve(id, ZHAO, 'REFUSE_WAIVER')).toMatchObject({ pending: 'CONDITIONS' });
    await resolve(id, WANG, 'PROPOSE_WAIVER');
    expect(await resolve(id, ZHAO, 'APPROVE_WAIVER')).toMatchObject({ pending: null });
    const row = await place.owner
      .selectFrom('loan_conditions')
      .select(['state', 'proposed_by', 'closed_by', 'reason'])
      .where('application_id', '=', id)
      .executeTakeFirstOrThrow();
    expect(row).toEqual({
      state: 'WAIVED',
      proposed_by: 'reviewer-wang',
      closed_by: 'senior-zhao',
      reason: 'SEEN',
    });
  });
});

describe('a later condition', () => {
  it('before the contract lets the offer be made and accepted, and no contract be drawn up', async () => {
    const id = await approvedWith([{ kind: 'PURPOSE_PROOF', gate: 'CONTRACT' }]);
    await makeOffer(place.deps, { applicationId: id, ...OFFERING });
    const offer = await latestOffer(place.deps.db, id);
    await answerOffer(place.deps, {
      ...base(id, OWNER),
      offerId: offer?.id ?? '',
      answer: 'ACCEPT',
    });
    const input = { applicationId: id, expectedVersion: 2, on: '2026-11-24', at: AT };
    expect(await finalCode(renderContract(place.deps, input))).toBe('CONDITION_OPEN');
    await answer(id);
    await resolve(id, WANG, 'CLEAR');
    // Past the gate the next thing that is missing here stops it.
    expect(await finalCode(renderContract(place.deps, input))).toBe('AUTHORISATION_MISSING');
  });

  it('before the money lets nobody release the payout', async () => {
    const id = await approvedWith([{ kind: 'SETTLE_OTHER_LOAN', gate: 'MONEY' }]);
    const payoutId = await payoutOf(id, 'READY');
    const release = async () =>
      codeOf(
        await releasePayout(place.deps, {
          ...base(id, person('finance-qian', 'finance-maker')),
          payoutId,
        }),
      );
    expect(await release()).toBe('CONDITION_OPEN');
    await answer(id);
    await resolve(id, WANG, 'CLEAR');
    expect(await release()).toBe('OK');
  });
});

/** An application that stands before its payout, as far as the record of an undo needs it. */
async function payoutOf(id: string, state: 'READY' | 'RELEASED'): Promise<string> {
  await makeOffer(place.deps, { applicationId: id, ...OFFERING });
  const offer = await latestOffer(place.deps.db, id);
  const [documentId, contractId] = [randomUUID(), randomUUID()];
  await place.owner
    .insertInto('documents')
    .values({
      id: documentId,
      application_id: id,
      kind: 'CONTRACT',
      object_key: 'k',
      sm3: 'h',
      size_bytes: 1,
      media_type: 'application/pdf',
    })
    .execute();
  await place.owner
    .insertInto('contracts')
    .values({
      id: contractId,
      application_id: id,
      offer_id: offer?.id ?? '',
      number: `XD${contractId}`,
      document_id: documentId,
      sm3: 'h',
      state: 'SIGNED',
    })
    .execute();
  const row = payoutRow(id, contractId, { state });
  await place.owner.insertInto('payouts').values(row).execute();
  await place.owner
    .updateTable('applications')
    .set({ stage: 'DISBURSE', pending: 'PAYOUT_RELEASE' })
    .where('id', '=', id)
    .execute();
  return row.id;
}

describe('an approval taken back', () => {
  const undo = async (id: string, actor: Actor, step: UndoAct['step'], reason = 'WRONG_INCOME') =>
    await undoApproval(place.deps, { ...base(id, actor), step, reason });

  it('needs two people, a coded reason and a role that decides; then people decide again in a new round', async () => {
    const id = await approvedWith([]);
    await makeOffer(place.deps, { applicationId: id, ...OFFERING });
    expect(codeOf(await undo(id, ZHAO, 'APPROVE'))).toBe('NO_PROPOSAL');
    expect(codeOf(await undo(id, person('fin', 'finance-maker'), 'PROPOSE'))).toBe(
      'ROLE_DOES_NOT_FIT',
    );
    expect(codeOf(await undo(id, person('applicant', 'reviewer'), 'PROPOSE'))).toBe(
      'SELF_APPROVAL',
    );
    expect(codeOf(await undo(id, LI, 'PROPOSE', 'my mistake'))).toBe('REASON_MISSING');
    expect(await undo(id, ZHAO, 'PROPOSE')).toMatchObject({
      stage: 'OFFER',
      pending: 'UNDO_APPROVAL',
    });
    expect(await standingOf(id)).toMatchObject({ stage: 'OFFER', round: 1 });
    expect(codeOf(await undo(id, CHEN, 'PROPOSE'))).toBe('ALREADY_PROPOSED');
    expect(codeOf(await undo(id, ZHAO, 'APPROVE'))).toBe('FOUR_EYES');
    expect(codeOf(await undo(id, WANG, 'APPROVE'))).toBe('ROLE_DOES_NOT_FIT');
    const second = { ...base(id, CHEN), step: 'APPROVE', reason: 'WRONG_INCOME' } as const;
    expect(await undoApproval(place.deps, second)).toMatchObject({ stage: 'SCORE', pending: null });
    expect(await undoApproval(place.deps, second)).toMatchObject({ ok: true, stage: 'SCORE' });
    expect(await standingOf(id)).toMatchObject({
      stage: 'SCORE',
      round: 2,
      referral: 'REFER_UNDONE',
    });
    const offer = await latestOffer(place.deps.db, id);
    const entries = await place.owner
      .selectFrom('audit_entries')
      .select(['action', 'actor', 'reason', 'detail'])
      .where('subject_id', '=', id)
      .where('action', 'like', 'approval.undo%')
      .orderBy('id')
      .execute();
    expect(entries).toMatchObject([
      { action: 'approval.undo-propose', actor: 'senior-zhao', reason: 'WRONG_INCOME' },
      {
        action: 'approval.undo-approve',
        actor: 'senior-chen',
        detail: { round: 1, approvedBy: ['reviewer-li'], offers: [offer?.id] },
      },
    ]);
  });

  it('that a second person rejects leaves everything as it was, and can be proposed again', async () => {
    const id = await approvedWith([]);
    await undo(id, LI, 'PROPOSE');
    expect(codeOf(await undo(id, LI, 'REJECT'))).toBe('FOUR_EYES');
    expect(await undo(id, ZHAO, 'REJECT')).toMatchObject({ ok: true, stage: 'OFFER' });
    expect(await undo(id, LI, 'PROPOSE')).toMatchObject({ pending: 'UNDO_APPROVAL' });
  });

  it('is possible until a payout is released and not afterwards', async () => {
    const early = await approvedWith([]);
    await payoutOf(early, 'READY');
    await undo(early, LI, 'PROPOSE');
    expect(await undo(early, ZHAO, 'APPROVE')).toMatchObject({ stage: 'SCORE' });
    const late = await approvedWith([]);
    await payoutOf(late, 'RELEASED');
    expect(codeOf(await undo(late, LI, 'PROPOSE'))).toBe('TOO_LATE_TO_UNDO');
  });

  it('races with the release of the payout, and exactly one of the two happens', async () => {
    const id = await approvedWith([]);
    const payoutId = await payoutOf(id, 'READY');
    await undo(id, LI, 'PROPOSE');
    const [undone, released] = await Promise.all([
      undo(id, ZHAO, 'APPROVE'),
      releasePayout(place.deps, {
        ...base(id, person('finance-qian', 'finance-maker')),
        payoutId,
      }),
    ]);
    expect([undone.ok, released.ok].filter(Boolean)).toHaveLength(1);
  });

  it('is not for a review that is still under way', async () => {
    const { id } = await referred(place);
    expect(codeOf(await undo(id, LI, 'PROPOSE'))).toBe('STAGE_DOES_NOT_FIT');
  });
});
