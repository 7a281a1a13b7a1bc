/** Taking a task: one holder at a time, whoever may sit there, and nobody with a tie to the applicant. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claimReview, releaseReview, stealReview } from '../../activities/decide/review.ts';
import { keepDeskPerson } from '../../db/queries/desk-people.ts';
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
import { openWorkplace, type Workplace } from './workplace.ts';

let place: Workplace;

beforeAll(async () => {
  place = await openWorkplace();
});
afterAll(() => place.close());

const LATER = '2026-11-24T02:30:00.000Z';

async function holderOf(id: string): Promise<string | null> {
  return (await reviewOf(place, id)).review.seats[0]?.assignee ?? null;
}

async function actions(id: string) {
  return await place.deps.db
    .selectFrom('review_actions')
    .select(['action', 'actor', 'reasons'])
    .where('application_id', '=', id)
    .orderBy('at')
    .execute();
}

async function audited(id: string): Promise<readonly string[]> {
  const rows = await place.owner
    .selectFrom('audit_entries')
    .select('action')
    .where('subject_id', '=', id)
    .orderBy('id')
    .execute();
  return rows.map(({ action }) => action);
}

describe('claiming', () => {
  it('gives a task to one person, and the same act again changes nothing', async () => {
    const { id } = await referred(place);
    const claim = await act(place, id, LI);
    expect(await claimReview(place.deps, claim)).toMatchObject({ ok: true, pending: 'REVIEW' });
    expect(await claimReview(place.deps, claim)).toMatchObject({ ok: true });
    expect(codeOf(await claimReview(place.deps, await act(place, id, WANG)))).toBe(
      'ALREADY_CLAIMED',
    );
    expect(await holderOf(id)).toBe('reviewer-li');
    expect(await actions(id)).toHaveLength(1);
    expect(await audited(id)).toEqual(['review.claim']);
  });

  it('gives it to exactly one of several who claim at the same moment', async () => {
    const { id } = await referred(place);
    const claims = await Promise.all(
      [LI, WANG, ZHAO, CHEN].map(async (who) => await act(place, id, who)),
    );
    const answers = await Promise.all(claims.map((one) => claimReview(place.deps, one)));
    expect(answers.map(codeOf).toSorted()).toEqual([
      'ALREADY_CLAIMED',
      'ALREADY_CLAIMED',
      'ALREADY_CLAIMED',
      'OK',
    ]);
    expect(await actions(id)).toHaveLength(1);
  });

  it.each(['finance-maker', 'operations', 'auditor', 'applicant'])(
    'is refused to the role %s',
    async (role) => {
      const { id } = await referred(place);
      const claim = await act(place, id, person('somebody', role));
      expect(codeOf(await claimReview(place.deps, claim))).toBe('ROLE_DOES_NOT_FIT');
    },
  );

  it('is refused for a task of another application or of a round that is over', async () => {
    const [one, other] = [await referred(place), await referred(place)];
    const claim = await act(place, one.id, LI);
    expect(codeOf(await claimReview(place.deps, { ...claim, applicationId: other.id }))).toBe(
      'NO_SUCH_TASK',
    );
    await place.owner
      .updateTable('applications')
      .set({ round: 2 })
      .where('id', '=', one.id)
      .execute();
    expect(codeOf(await claimReview(place.deps, claim))).toBe('ALREADY_DECIDED');
  });
});

describe('a tie to the applicant', () => {
  const index = async (applicantId: string) =>
    await place.owner
      .selectFrom('applicants')
      .select('identity_index')
      .where('id', '=', applicantId)
      .executeTakeFirstOrThrow();

  it('keeps away whoever filed the application', async () => {
    const { id } = await referred(place);
    const claim = await act(place, id, person('applicant', 'risk-officer'));
    expect(codeOf(await claimReview(place.deps, claim))).toBe('SELF_APPROVAL');
  });

  it('keeps away the same person who filed another application under an account of their own', async () => {
    const { id, applicantId } = await referred(place);
    const other = await referred(place);
    await place.owner
      .updateTable('applications')
      .set({ applicant_id: applicantId, owner_subject: 'reviewer-li' })
      .where('id', '=', other.id)
      .execute();
    expect(codeOf(await claimReview(place.deps, await act(place, id, LI)))).toBe(
      'CONFLICT_OF_INTEREST',
    );
  });

  it('keeps away whoever declared one, also after they had claimed, until the declaration ends', async () => {
    const { id, applicantId } = await referred(place);
    await claimReview(place.deps, await act(place, id, LI));
    const { identity_index } = await index(applicantId);
    const tie = randomUUID();
    await place.owner
      .insertInto('conflict_declarations')
      .values({ id: tie, subject: LI.subject, identity_index, relation: 'RELATIVE' })
      .execute();
    expect(codeOf(await vote(place, id, LI, { unclaimed: true }))).toBe('CONFLICT_OF_INTEREST');
    const endsIt = async () =>
      await place.owner
        .updateTable('conflict_declarations')
        .set({ ended_at: new Date() })
        .where('id', '=', tie)
        .execute();
    await expect(endsIt()).rejects.toThrow('ended by two people');
    await place.owner
      .insertInto('conflict_endings')
      .values({
        id: randomUUID(),
        conflict_id: tie,
        subject: LI.subject,
        reason: 'DIVORCED',
        state: 'APPROVED',
        proposed_by: 'compliance-he',
        decided_by: 'compliance-tang',
        decided_at: new Date(),
      })
      .execute();
    await endsIt();
    expect(codeOf(await vote(place, id, LI, { unclaimed: true }))).toBe('OK');
  });
});

describe('giving a task back and taking it over', () => {
  it('is up to its holder, and it is free afterwards', async () => {
    const { id } = await referred(place);
    const release = await act(place, id, LI);
    expect(codeOf(await releaseReview(place.deps, release))).toBe('NOT_YOUR_TASK');
    await claimReview(place.deps, await act(place, id, LI));
    expect(codeOf(await releaseReview(place.deps, await act(place, id, WANG)))).toBe(
      'NOT_YOUR_TASK',
    );
    expect(codeOf(await releaseReview(place.deps, release))).toBe('OK');
    // Told again after it was done, it is done.
    expect(codeOf(await releaseReview(place.deps, release))).toBe('OK');
    expect(await holderOf(id)).toBeNull();
    expect(codeOf(await claimReview(place.deps, await act(place, id, WANG)))).toBe('OK');
  });

  it('needs a coded reason, somebody who holds it, and somebody else who fits', async () => {
    const { id } = await referred(place);
    const steal = async (who: typeof LI, reason = 'ABSENT') =>
      codeOf(
        await stealReview(place.deps, { ...(await act(place, id, who, { at: LATER })), reason }),
      );
    expect(await steal(WANG)).toBe('NOBODY_HOLDS_IT');
    await claimReview(place.deps, await act(place, id, LI));
    expect(await steal(LI)).toBe('OWN_TASK');
    expect(await steal(WANG, '')).toBe('REASON_MISSING');
    expect(await steal(WANG, 'because Li is ill')).toBe('REASON_MISSING');
    expect(await steal(person('ops-1', 'operations'))).toBe('ROLE_DOES_NOT_FIT');
    expect(await steal(WANG)).toBe('OK');
    expect(await holderOf(id)).toBe('reviewer-wang');
    expect((await actions(id)).map(({ action, reasons }) => [action, ...reasons])).toEqual([
      ['CLAIM'],
      ['STEAL', 'ABSENT'],
    ]);
    expect(codeOf(await vote(place, id, LI, { unclaimed: true }))).toBe('NOT_YOUR_TASK');
  });
});

describe('assignment when a review opens', () => {
  it('gives the task to whoever fits, is there and has least to do, and leaves it in the queue otherwise', async () => {
    await place.deps.db.transaction().execute(async (tx) => {
      await keepDeskPerson(tx, { subject: 'away', roles: ['reviewer'], onDesk: true });
      await keepDeskPerson(tx, { subject: 'off', roles: ['reviewer'], onDesk: false });
      await keepDeskPerson(tx, { subject: 'busy', roles: ['reviewer'], onDesk: true });
      await keepDeskPerson(tx, { subject: 'free', roles: ['reviewer'], onDesk: true });
      await keepDeskPerson(tx, { subject: 'applicant', roles: ['risk-officer'], onDesk: true });
    });
    await place.deps.db
      .updateTable('desk_people')
      .set({ away_from: new Date(AT), away_until: new Date(LATER) })
      .where('subject', '=', 'away')
      .execute();
    const held = await referred(place, { at: LATER });
    await place.deps.db
      .updateTable('review_tasks')
      .set({ assignee: 'busy' })
      .where('application_id', '=', held.id)
      .execute();
    const { id } = await referred(place, { at: AT });
    expect(await holderOf(id)).toBe('free');
    // Somebody who is back at the end of the absence is given work again.
    const third = await referred(place, { at: LATER });
    expect(await holderOf(third.id)).toBe('away');
    expect(await audited(id)).toEqual(['review.assign']);
    await place.deps.db.updateTable('desk_people').set({ on_desk: false }).execute();
    const { id: queued } = await referred(place);
    expect(await holderOf(queued)).toBeNull();
    expect(codeOf(await claimReview(place.deps, await act(place, queued, SUN)))).toBe('OK');
  });
});
