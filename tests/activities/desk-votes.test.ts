/** Deciding: who may, with which authority, on which terms and evidence; and how many must. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeOffer } from '../../activities/offer/make.ts';
import { keepDeskPerson } from '../../db/queries/desk-people.ts';
import { readExposure } from '../../db/queries/desk.ts';
import { MATRIX_V1 } from '../../domain/approval-matrix.ts';
import { fen } from '../../domain/money.ts';
import {
  AT,
  CHEN,
  codeOf,
  LI,
  matrixOf,
  person,
  publishMatrix,
  referred,
  reviewOf,
  SUN,
  vote,
  WANG,
  ZHAO,
} from './review-desk.ts';
import { application as form, syntheticId } from '../domain/samples.ts';
import { openWorkplace, type Workplace } from './workplace.ts';

let place: Workplace;

beforeAll(async () => {
  place = await openWorkplace();
});
afterAll(() => place.close());

const COMMITTEE = [
  { name: 'committee', roles: ['senior-reviewer', 'risk-officer'], seats: 3, quorum: 2 },
] as const;
const TERMS = { amountFen: 20_000_00, termMonths: 12, annualRate: '10.80' };

async function stageOf(id: string) {
  return await place.deps.db
    .selectFrom('applications')
    .select(['stage', 'pending'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
}

describe('one person’s decision', () => {
  it('approves, moves the application on and ends the review', async () => {
    const { id } = await referred(place);
    expect(await vote(place, id, LI)).toMatchObject({ ok: true, stage: 'OFFER', pending: null });
    const { review, matrixCode, matrixVersion, matrixRow } = await reviewOf(place, id);
    expect({ matrixCode, matrixVersion, matrixRow }).toEqual({
      matrixCode: 'HOUSE',
      matrixVersion: 1,
      matrixRow: 'M5',
    });
    expect(review).toMatchObject({ end: 'APPROVED', proposal: TERMS });
    expect(codeOf(await vote(place, id, WANG, { unclaimed: true }))).toBe('STAGE_DOES_NOT_FIT');
  });

  it('declines and ends the application', async () => {
    const { id } = await referred(place);
    const declined = await vote(place, id, LI, {
      decision: 'DECLINE',
      reasons: ['REVIEW_CAPACITY'],
    });
    expect(declined).toMatchObject({ ok: true, stage: 'DECLINED' });
    expect((await reviewOf(place, id)).review.end).toBe('DECLINED');
  });

  it.each([
    ['without a claim', LI, { unclaimed: true }, 'NOT_YOUR_TASK'],
    ['without a reason', LI, { reasons: [] }, 'REASON_MISSING'],
    ['for a reason that is none', LI, { reasons: ['BECAUSE'] }, 'REASON_MISSING'],
    ['without a comment', LI, { sealedComment: '' }, 'COMMENT_MISSING'],
    ['for more than was decided', LI, { amountFen: fen(20_000_01) }, 'ABOVE_DECIDED_AMOUNT'],
    ['for less than the product lends', LI, { amountFen: fen(999_00) }, 'ABOVE_DECIDED_AMOUNT'],
    ['for an amount between two steps', LI, { amountFen: fen(10_050_00) }, 'TERMS_OUT_OF_POLICY'],
    ['on older evidence', LI, { evidenceVersion: 1 }, 'STALE_EVIDENCE'],
    ['on evidence that is not there yet', LI, { evidenceVersion: 99 }, 'STALE_EVIDENCE'],
    [
      'with an unknown condition',
      LI,
      { conditions: [{ kind: 'X', gate: 'OFFER' }] },
      'CONDITION_UNKNOWN',
    ],
    [
      'behind an unknown gate',
      LI,
      { conditions: [{ kind: 'PURPOSE_PROOF', gate: 'X' }] },
      'CONDITION_UNKNOWN',
    ],
  ])('is refused %s, and nothing is recorded', async (_what, who, said, code) => {
    const { id } = await referred(place);
    // What the API's schema would not let through is said here as by somebody who goes round it.
    expect(codeOf(await vote(place, id, who, said as Parameters<typeof vote>[3]))).toBe(code);
    const { review } = await reviewOf(place, id);
    expect(review).toMatchObject({ end: null, ballots: [], proposal: null });
    expect(await stageOf(id)).toEqual({ stage: 'REVIEW', pending: 'REVIEW' });
  });

  it('is refused for what nobody’s role may approve, and for more than one’s own limit', async () => {
    const { id } = await referred(place, { amountFen: 60_000_00 });
    // The last stage is for those alone whose role covers the amount.
    expect(codeOf(await vote(place, id, LI))).toBe('ROLE_DOES_NOT_FIT');
    await keepDeskPerson(place.deps.db, { subject: CHEN.subject, roles: [], onDesk: false });
    const limit = async (limit_fen: number) =>
      await place.deps.db
        .updateTable('desk_people')
        .set({ limit_fen: fen(limit_fen) })
        .where('subject', '=', CHEN.subject)
        .execute();
    await limit(59_999_99);
    expect(codeOf(await vote(place, id, CHEN))).toBe('ABOVE_AUTHORITY');
    await limit(60_000_00);
    expect(codeOf(await vote(place, id, CHEN))).toBe('OK');
    await place.owner.deleteFrom('desk_people').execute();
  });
});

describe('a counter-offer', () => {
  it.each([
    ['a smaller amount', { ...TERMS, amountFen: 15_000_00 }],
    ['another term of the product', { ...TERMS, termMonths: 18 }],
    ['a lower price', { ...TERMS, annualRate: '9.00' }],
  ])('of %s is what the offer is made on', async (_what, terms) => {
    const { id } = await referred(place);
    expect(codeOf(await vote(place, id, LI, { terms }))).toBe('OK');
    const made = await makeOffer(place.deps, {
      applicationId: id,
      round: 1,
      today: '2026-11-24',
      validUntil: '2026-12-01T00:00:00Z',
    });
    expect(made.pending).toBe('OFFER_ANSWER');
    const offer = await place.deps.db
      .selectFrom('offers')
      .select(['amount_fen', 'term_months', 'annual_rate'])
      .where('application_id', '=', id)
      .executeTakeFirstOrThrow();
    expect(offer).toEqual({
      amount_fen: terms.amountFen,
      term_months: terms.termMonths,
      annual_rate: terms.annualRate,
    });
  });

  it.each([
    ['a term the product has not', { ...TERMS, termMonths: 13 }, 'TERM'],
    ['a price above the decided one', { ...TERMS, annualRate: '10.81' }, 'RATE_ABOVE_DECIDED'],
    ['a price below the product’s lowest', { ...TERMS, annualRate: '7.19' }, 'RATE_BELOW_PRODUCT'],
    ['no price', { ...TERMS, annualRate: '' }, 'RATE_MALFORMED'],
    ['a negative price', { ...TERMS, annualRate: '-1' }, 'RATE_MALFORMED'],
  ])('of %s is out of policy, and the answer says what is', async (_what, terms, fault) => {
    const { id } = await referred(place);
    expect(await vote(place, id, LI, { terms })).toEqual({
      ok: false,
      code: 'TERMS_OUT_OF_POLICY',
      changed: [fault],
    });
  });

  it('of another term is out of policy above the strategy’s limit for the grade, unless evidence is missing', async () => {
    const asked = { amountFen: 100_000_00, grade: 'C' };
    const terms = { amountFen: 100_000_00, termMonths: 24, annualRate: '10.80' };
    const { id } = await referred(place, asked);
    expect(await vote(place, id, ZHAO, { terms })).toMatchObject({
      changed: ['ABOVE_STRATEGY_LIMIT'],
    });
    expect(codeOf(await vote(place, id, ZHAO, { terms: { ...terms, amountFen: 80_000_00 } }))).toBe(
      'OK',
    );
    const gap = await referred(place, { ...asked, gaps: ['GAP_PBOC_REPORT'] });
    expect(codeOf(await vote(place, gap.id, ZHAO, { terms }))).toBe('OK');
  });

  it('of a term at whose end the applicant is too old is out of policy', async () => {
    const amountFen = fen(20_000_00);
    const filled = form({
      // Sixty-eight now: within the limit of seventy in a year, and not in three.
      identity: { idNumber: syntheticId('1958-01-15', '012') },
      loan: { amountFen, termMonths: 12 },
    });
    const { id } = await referred(place, { amountFen, filled });
    expect(await vote(place, id, LI, { terms: { ...TERMS, termMonths: 36 } })).toMatchObject({
      code: 'TERMS_OUT_OF_POLICY',
      changed: ['KNOCKED_OUT'],
    });
    expect(codeOf(await vote(place, id, LI, { terms: { ...TERMS, termMonths: 6 } }))).toBe('OK');
  });
});

describe('more than one person', () => {
  it('is asked for above the matrix’s amount: the second opens when the first has approved, and says that it waits', async () => {
    const { id } = await referred(place, { amountFen: 120_000_00 });
    expect(await vote(place, id, LI)).toMatchObject({ stage: 'REVIEW', pending: 'SECOND_REVIEW' });
    expect(await stageOf(id)).toEqual({ stage: 'REVIEW', pending: 'SECOND_REVIEW' });
    expect(codeOf(await vote(place, id, WANG, { stage: 2 }))).toBe('ROLE_DOES_NOT_FIT');
    const twice = person(LI.subject, 'senior-reviewer');
    expect(codeOf(await vote(place, id, twice, { stage: 2 }))).toBe('SAME_PERSON_TWICE');
    expect(await vote(place, id, ZHAO, { stage: 2 })).toMatchObject({ stage: 'OFFER' });
  });

  it('agrees to the same loan or to less of it, never to another', async () => {
    const { id } = await referred(place, { amountFen: 120_000_00 });
    await vote(place, id, LI, { amountFen: fen(110_000_00) });
    const second = async (terms: typeof TERMS) =>
      codeOf(await vote(place, id, ZHAO, { stage: 2, terms }));
    const agreed = { ...TERMS, amountFen: 110_000_00 };
    expect(await second({ ...agreed, amountFen: 110_100_00 })).toBe('TERMS_DIFFER');
    expect(await second({ ...agreed, termMonths: 24 })).toBe('TERMS_DIFFER');
    expect(await second({ ...agreed, amountFen: 105_000_00 })).toBe('OK');
    expect((await reviewOf(place, id)).review.proposal?.amountFen).toBe(105_000_00);
  });

  it('is asked for by the strategy where the matrix would let one decide', async () => {
    const approvals = [
      { level: 1, roles: ['reviewer', 'senior-reviewer', 'risk-officer'], final: false },
      { level: 2, roles: ['senior-reviewer', 'risk-officer'], final: true },
    ] as const;
    const { id } = await referred(place, { approvals });
    expect(await vote(place, id, LI)).toMatchObject({ pending: 'SECOND_REVIEW' });
    expect(await vote(place, id, SUN, { stage: 2 })).toMatchObject({ stage: 'OFFER' });
  });

  it('votes in a committee: two of three approve, one seat each, and one decline does not stop it', async () => {
    await publishMatrix(place, matrixOf(COMMITTEE));
    const { id } = await referred(place);
    expect(await vote(place, id, ZHAO, { seat: 1 })).toMatchObject({ pending: 'SECOND_REVIEW' });
    expect(codeOf(await vote(place, id, ZHAO, { seat: 2 }))).toBe('SAME_PERSON_TWICE');
    const against = { seat: 2, decision: 'DECLINE', reasons: ['REVIEW_CAPACITY'] } as const;
    expect(await vote(place, id, CHEN, against)).toMatchObject({
      stage: 'REVIEW',
      pending: 'SECOND_REVIEW',
    });
    expect(await vote(place, id, SUN, { seat: 3 })).toMatchObject({ stage: 'OFFER' });
    const { id: other } = await referred(place);
    expect(await vote(place, other, CHEN, against)).toMatchObject({ pending: 'REVIEW' });
    expect(await vote(place, other, SUN, { ...against, seat: 3 })).toMatchObject({
      stage: 'DECLINED',
    });
    const open = await place.deps.db
      .selectFrom('review_tasks')
      .select('state')
      .where('application_id', 'in', [id, other])
      .where('state', 'in', ['OPEN', 'CLAIMED'])
      .execute();
    expect(open).toEqual([]);
    await publishMatrix(place, MATRIX_V1);
  });

  it('at the same moment is counted once each, and the last vote alone moves the application', async () => {
    await publishMatrix(place, matrixOf(COMMITTEE));
    const { id } = await referred(place);
    const answers = await Promise.all([
      vote(place, id, ZHAO, { seat: 1 }),
      vote(place, id, CHEN, { seat: 2 }),
    ]);
    const heard = answers.map((one) => (one.ok ? one.pending : one.code));
    expect(new Set(heard)).toEqual(new Set(['SECOND_REVIEW', null]));
    expect((await reviewOf(place, id)).review.ballots).toHaveLength(2);
    await publishMatrix(place, MATRIX_V1);
  });

  it('cannot decide one seat twice, however close the second vote is', async () => {
    const { id } = await referred(place);
    await vote(place, id, LI, { reasons: [] });
    const answers = await Promise.all(
      [1, 2, 3].map(() => vote(place, id, LI, { unclaimed: true })),
    );
    expect(answers.map(codeOf).toSorted()).toEqual([
      'OK',
      'STAGE_DOES_NOT_FIT',
      'STAGE_DOES_NOT_FIT',
    ]);
    expect((await reviewOf(place, id)).review.ballots).toHaveLength(1);
  });
});

describe('the matrix', () => {
  it('that a review began under is kept while another comes into force', async () => {
    const { id } = await referred(place);
    await publishMatrix(place, matrixOf(COMMITTEE));
    expect(await vote(place, id, LI)).toMatchObject({ stage: 'OFFER' });
    await publishMatrix(place, MATRIX_V1);
  });

  it('counts what the person owes and has accepted, and the exceptions of the decision', async () => {
    const [first, { id, applicantId }] = [await referred(place), await referred(place)];
    await place.owner
      .updateTable('applications')
      .set({ applicant_id: applicantId, stage: 'SIGN' })
      .where('id', '=', first.id)
      .execute();
    await place.owner
      .insertInto('offers')
      .values({
        id: randomUUID(),
        application_id: first.id,
        round: 1,
        product_code: 'PERSONAL_CREDIT',
        product_version: 1,
        amount_fen: fen(490_000_00),
        term_months: 12,
        method: 'EQUAL_INSTALMENT',
        annual_rate: '10.80',
        annualised_simple: '10.80',
        annualised_compound: '11.35',
        schedule: '{}',
        cap_rule: '{}',
        state: 'ACCEPTED',
        valid_until: new Date(AT),
      })
      .execute();
    expect((await reviewOf(place, id)).exposureFen).toBe(20_000_00);
    const third = await referred(place, { gaps: ['GAP_PBOC_REPORT', 'GAP_MOBILE'] });
    expect(await reviewOf(place, third.id)).toMatchObject({ exceptions: 2, matrixRow: 'M5' });
    expect(await readExposure(place.deps.db, id)).toBe(490_000_00);
  });

  it.each([
    ['unreadable', { format: 9 }, 'MATRIX_UNUSABLE'],
    [
      'unable',
      { ...MATRIX_V1, authority: { reviewer: 1, 'senior-reviewer': 1, 'risk-officer': 1 } },
      'MATRIX_UNUSABLE',
    ],
  ])(
    'that is %s lets nobody approve; a decline or a return is still possible',
    async (_w, document, row) => {
      await publishMatrix(place, document);
      const { id } = await referred(place);
      expect(await reviewOf(place, id)).toMatchObject({ matrixRow: row });
      await publishMatrix(place, MATRIX_V1);
      expect(codeOf(await vote(place, id, LI))).toBe('ROLE_DOES_NOT_FIT');
      expect(codeOf(await vote(place, id, SUN, { amountFen: fen(20_000_00) }))).toBe(
        'NOBODY_MAY_APPROVE',
      );
      const declined = { decision: 'DECLINE', reasons: ['REVIEW_OTHER'], unclaimed: true } as const;
      expect(codeOf(await vote(place, id, SUN, declined))).toBe('OK');
    },
  );
});
