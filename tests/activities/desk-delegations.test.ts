/** Lent authority: for whom, in which role, up to how much and how long; and that it makes no second person. */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  decideAuthorityChange,
  decideDelegation,
  endDelegation,
  keepDeskPerson,
  proposeAuthorityChange,
  proposeDelegation,
  readDeskPerson,
} from '../../db/queries/desk-people.ts';
import { fen } from '../../domain/money.ts';
import { codeOf, LI, referred, reviewOf, SUN, vote, WANG, ZHAO } from './review-desk.ts';
import { openWorkplace, type Workplace } from './workplace.ts';

let place: Workplace;

beforeAll(async () => {
  place = await openWorkplace();
});
afterEach(async () => {
  await place.owner.deleteFrom('delegations').execute();
  await place.owner.deleteFrom('desk_people').execute();
  await place.owner.deleteFrom('conflict_declarations').execute();
});
afterAll(() => place.close());

const STARTS = '2026-11-24T02:00:00.000Z';
const ENDS = '2026-11-25T02:00:00.000Z';
const BEFORE = '2026-11-24T01:59:59.999Z';
const LAST = '2026-11-25T01:59:59.999Z';

/** Zhao, on the roster as a senior reviewer, lends Li that role up to an amount. */
async function lend(over: { limitFen?: number; approved?: boolean; roster?: boolean } = {}) {
  const id = randomUUID();
  if (over.roster !== false)
    await keepDeskPerson(place.owner, {
      subject: ZHAO.subject,
      roles: ['senior-reviewer'],
      onDesk: false,
    });
  await proposeDelegation(place.owner, {
    id,
    from: ZHAO.subject,
    to: LI.subject,
    role: 'senior-reviewer',
    limitFen: fen(over.limitFen ?? 80_000_00),
    startsAt: new Date(STARTS),
    endsAt: new Date(ENDS),
    reason: 'LEAVE',
    proposedBy: 'lead',
  });
  if (over.approved !== false) expect(await decide(id, SUN.subject)).toBe('DECIDED');
  return id;
}

const decide = async (id: string, by: string) =>
  await place.owner
    .transaction()
    .execute((tx) => decideDelegation(tx, { id, by, state: 'APPROVED' }));

/** Li decides a loan of 60,000 yuan in Zhao's name: above a reviewer's own authority. */
async function inHerName(at = STARTS, amountFen = 60_000_00): Promise<string> {
  const { id } = await referred(place, { amountFen });
  return codeOf(await vote(place, id, LI, { onBehalfOf: ZHAO.subject, at }));
}

describe('lent authority', () => {
  it('counts from the instant it starts until the instant it ends, and no longer', async () => {
    await lend();
    expect(await inHerName(BEFORE)).toBe('DELEGATION_NOT_IN_FORCE');
    expect(await inHerName(STARTS)).toBe('OK');
    expect(await inHerName(LAST)).toBe('OK');
    expect(await inHerName(ENDS)).toBe('DELEGATION_NOT_IN_FORCE');
  });

  it('names both people on the record, in the role that was lent', async () => {
    await lend();
    const { id } = await referred(place, { amountFen: 60_000_00 });
    await vote(place, id, LI, { onBehalfOf: ZHAO.subject });
    expect((await reviewOf(place, id)).review.ballots).toMatchObject([
      { subject: LI.subject, onBehalfOf: ZHAO.subject },
    ]);
    const row = await place.owner
      .selectFrom('review_actions')
      .select(['actor_role', 'on_behalf_of', 'terms'])
      .where('application_id', '=', id)
      .where('action', '=', 'APPROVE')
      .executeTakeFirstOrThrow();
    expect(row).toEqual({
      actor_role: 'senior-reviewer',
      on_behalf_of: ZHAO.subject,
      terms: { amountFen: 60_000_00, termMonths: 12, annualRate: '10.80' },
    });
  });

  it('counts only when somebody else approved it, while nobody ended it, and for the borrower alone', async () => {
    const id = await lend({ approved: false });
    expect(await inHerName()).toBe('DELEGATION_NOT_IN_FORCE');
    for (const by of ['lead', ZHAO.subject, LI.subject])
      expect(await decide(id, by)).toBe('FOUR_EYES');
    await decide(id, SUN.subject);
    expect(await inHerName()).toBe('OK');
    const other = await referred(place, { amountFen: 60_000_00 });
    expect(codeOf(await vote(place, other.id, WANG, { onBehalfOf: ZHAO.subject }))).toBe(
      'DELEGATION_NOT_IN_FORCE',
    );
    expect(codeOf(await vote(place, other.id, LI, { onBehalfOf: LI.subject }))).toBe(
      'DELEGATION_NOT_IN_FORCE',
    );
    await endDelegation(place.owner, id, new Date(STARTS));
    expect(await inHerName()).toBe('DELEGATION_NOT_IN_FORCE');
  });

  it('counts for no role that the lender does not hold', async () => {
    await lend({ roster: false });
    expect(await inHerName()).toBe('DELEGATION_NOT_IN_FORCE');
    await keepDeskPerson(place.owner, {
      subject: ZHAO.subject,
      roles: ['reviewer'],
      onDesk: false,
    });
    expect(await inHerName()).toBe('DELEGATION_NOT_IN_FORCE');
  });

  it('reaches as far as what was lent and what the lender may do, whichever is less', async () => {
    await lend({ limitFen: 59_999_99 });
    expect(await inHerName()).toBe('ABOVE_AUTHORITY');
    await place.owner.deleteFrom('delegations').execute();
    await lend();
    await place.owner
      .updateTable('desk_people')
      .set({ limit_fen: fen(59_999_99) })
      .execute();
    expect(await inHerName()).toBe('ABOVE_AUTHORITY');
  });

  it('ends where the lender has a tie to the applicant', async () => {
    await lend();
    const { id, applicantId } = await referred(place, { amountFen: 60_000_00 });
    const { identity_index } = await place.owner
      .selectFrom('applicants')
      .select('identity_index')
      .where('id', '=', applicantId)
      .executeTakeFirstOrThrow();
    await place.owner
      .insertInto('conflict_declarations')
      .values({ id: randomUUID(), subject: ZHAO.subject, identity_index, relation: 'RELATIVE' })
      .execute();
    expect(codeOf(await vote(place, id, LI, { onBehalfOf: ZHAO.subject }))).toBe(
      'CONFLICT_OF_INTEREST',
    );
  });

  it('makes no second person: lender and borrower are one approval', async () => {
    await lend({ limitFen: 200_000_00 });
    const { id } = await referred(place, { amountFen: 120_000_00 });
    await vote(place, id, LI);
    const name = { stage: 2, onBehalfOf: ZHAO.subject };
    expect(codeOf(await vote(place, id, LI, name))).toBe('SAME_PERSON_TWICE');
    const other = await referred(place, { amountFen: 120_000_00 });
    await vote(place, other.id, LI, { onBehalfOf: ZHAO.subject });
    expect(codeOf(await vote(place, other.id, ZHAO, { stage: 2 }))).toBe('SAME_PERSON_TWICE');
  });
});

describe('a limit of one’s own', () => {
  it('changes by two people, neither of them the person', async () => {
    const id = randomUUID();
    await proposeAuthorityChange(place.owner, {
      id,
      subject: LI.subject,
      limitFen: fen(10_000_00),
      capacity: 7,
      reason: 'NEW',
      proposedBy: 'lead',
    });
    const answerOf = async (by: string) =>
      await place.owner
        .transaction()
        .execute((tx) => decideAuthorityChange(tx, { id, by, state: 'APPROVED' }));
    expect(await answerOf('lead')).toBe('FOUR_EYES');
    expect(await answerOf(LI.subject)).toBe('FOUR_EYES');
    expect(await answerOf(SUN.subject)).toBe('DECIDED');
    expect(await answerOf(SUN.subject)).toBe('NOTHING_TO_DECIDE');
    expect(await readDeskPerson(place.owner, LI.subject)).toMatchObject({
      limitFen: 10_000_00,
      capacity: 7,
    });
    const { id: loan } = await referred(place);
    expect(codeOf(await vote(place, loan, LI))).toBe('ABOVE_AUTHORITY');
  });
});
