/** Messages of a program with a Temporal client of its own: without the seal of the API they change nothing, and the trail tells of them. */
import { randomBytes, randomUUID } from 'node:crypto';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ActName, type ActSeal, SEAL_STANDS_MS } from '../../domain/acts.ts';
import type { Actor } from '../../domain/journey.ts';
import { createActSealer } from '../../platform/act-seal.ts';
import { acceptOffer, sign } from '../../tools/teller/applicant.ts';
import { APPROVE, openTask, payoutOf, release, review } from '../../tools/teller/staff.ts';
import { data } from '../../tools/teller/world.ts';
import { loanWorkflowId } from '../../workflows/ids.ts';
import { expectAftermath } from '../support/aftermath.ts';
import { type House, openHouse } from '../support/house.ts';
import { applyAs, driveTo, type Loan, reach } from '../support/loan.ts';
import { sealerOf, sealOf } from '../support/sealed.ts';

let house: House;

beforeAll(async () => {
  house = await openHouse();
});
afterAll(async () => await house?.close());

const human = (subject: string, role: string): Actor => ({ kind: 'human', subject, role });
const LI = human('senior-zhao', 'senior-reviewer');

interface Message {
  readonly actor: Actor;
  readonly key: string;
  readonly seal?: ActSeal;
  readonly [member: string]: unknown;
}

/** Sends an update as anybody could who reaches Temporal; the code of its refusal, or null when it was taken. */
async function send({ id }: Loan, name: ActName, input: Message): Promise<string | null> {
  const handle = house.client.workflow.getHandle(loanWorkflowId(id));
  try {
    await handle.executeUpdate(name, { args: [input], updateId: randomUUID() });
    return null;
  } catch (error) {
    if (!(error instanceof WorkflowUpdateFailedError)) throw error;
    return error.cause instanceof ApplicationFailure ? (error.cause.type ?? '') : error.name;
  }
}

/** Everything of the loan that an act could have changed. */
async function recordOf({ id }: Loan): Promise<unknown> {
  const tables = ['journey_events', 'review_actions', 'review_tasks', 'offers', 'payouts'];
  const kept = tables.map(async (table) => {
    const { rows } = await sql`
      select * from ${sql.table(table)} where application_id = ${id} order by 1`.execute(house.db);
    return [table, rows];
  });
  const application = await house.db
    .selectFrom('applications')
    .select(['stage', 'version', 'pending', 'round', 'evidence_version'])
    .where('id', '=', id)
    .executeTakeFirst();
  return [application, ...(await Promise.all(kept))];
}

/** What the trail tells of refused acts, as `act fault`. */
async function toldOf({ id }: Loan): Promise<readonly string[]> {
  const { rows } = await sql<{ told: string }>`
    select (detail ->> 'act') || ' ' || (detail ->> 'fault') as told from audit_entries
     where subject_id = ${id} and action = 'act.refuse' and result = 'DENIED'
       and reason = 'ACT_NOT_SEALED' order by id`.execute(house.db);
  return rows.map(({ told }) => told);
}

const says = (actor: Actor, said: Readonly<Record<string, unknown>>): Message => ({
  ...said,
  actor,
  key: randomUUID(),
});

/** An act of a loan in review with the seal the API would set on it. */
async function sealedDecision(loan: Loan) {
  const task = await openTask(house.world, loan.id);
  await data(house.world.as('senior-reviewer', 'senior-zhao').reviews.claim(task.id));
  const input = says(LI, {
    taskId: task.id,
    decision: 'APPROVE',
    reasons: ['REVIEW_POSITIVE'],
    sealedComment: 'AAAA',
    amountFen: task.amountFen ?? 0,
    evidenceVersion: task.evidenceVersion,
  });
  const seal = sealOf(sealerOf(house), 'decideReview', loan.id, input);
  return { task, input, seal };
}

describe.concurrent('a message sent straight to Temporal', () => {
  it('of whatever kind, without a seal, changes nothing in review and is told in the trail', async () => {
    const loan = await applyAs(house, 'refer-one', 1);
    await reach(loan, 'REVIEW/REVIEW');
    const { id: taskId, amountFen, evidenceVersion } = await openTask(house.world, loan.id);
    const before = await recordOf(loan);
    const reasons = ['REVIEW_POSITIVE'];
    const acts: readonly (readonly [ActName, Message])[] = [
      ['claimReview', says(LI, { taskId })],
      ['releaseReview', says(LI, { taskId })],
      ['stealReview', says(LI, { taskId, reason: 'AWAY' })],
      [
        'decideReview',
        says(LI, {
          taskId,
          decision: 'APPROVE',
          reasons,
          sealedComment: 'AAAA',
          amountFen,
          evidenceVersion,
        }),
      ],
      ['requestMore', says(LI, { taskId, sealedItems: 'AAAA', evidenceVersion })],
      ['returnTo', says(LI, { taskId, stage: 'SCORE', reasons, evidenceVersion })],
      ['withdraw', says(human(loan.subject, 'applicant'), { reason: 'NO_LONGER_NEEDED' })],
    ];
    for (const [name, input] of acts) expect(await send(loan, name, input)).toBe('ACT_NOT_SEALED');
    expect(await recordOf(loan)).toEqual(before);
    expect(await toldOf(loan)).toEqual(acts.map(([name]) => `${name} MISSING`));

    await review(house.world, loan.id, 'senior-reviewer', 'senior-zhao', APPROVE);
    await driveTo(loan, 'SERVICE');
    await expectAftermath(loan, { stage: 'SERVICE', decision: 'APPROVE' });
  });

  it('does not move the money, accept the offer or sign, and the withdrawal it speaks of stops nothing', async () => {
    const loan = await driveTo(await applyAs(house, 'straight-approval', 1), 'OFFER');
    const applicant = human(loan.subject, 'applicant');
    const { offerId } = await data(loan.client.applications.get(loan.id));
    expect(await send(loan, 'answerOffer', says(applicant, { offerId, answer: 'ACCEPT' }))).toBe(
      'ACT_NOT_SEALED',
    );
    expect(await send(loan, 'undoApproval', says(LI, { step: 'PROPOSE', reason: 'MISTAKE' }))).toBe(
      'ACT_NOT_SEALED',
    );
    await acceptOffer(loan.client, loan.id);
    await reach(loan, 'SIGN/SIGNATURE');
    const contract = { contractId: randomUUID(), digestSm3: '0'.repeat(64) };
    expect(await send(loan, 'signContract', says(applicant, contract))).toBe('ACT_NOT_SEALED');
    await sign(loan.client, loan.id);
    await reach(loan, 'DISBURSE/PAYOUT_RELEASE');
    const payout = await payoutOf(house.world, loan.id, 'READY');
    const before = await recordOf(loan);
    const finance = human('finance-qian', 'finance-maker');
    expect(await send(loan, 'releasePayout', says(finance, { payoutId: payout.id }))).toBe(
      'ACT_NOT_SEALED',
    );
    const reason = 'NO_LONGER_NEEDED';
    expect(await send(loan, 'withdraw', says(applicant, { reason }))).toBe('ACT_NOT_SEALED');
    expect(await recordOf(loan)).toEqual(before);
    await release(house.world, loan.id);
    await reach(loan, 'SERVICE');
    await expectAftermath(loan, { stage: 'SERVICE', decision: 'APPROVE' });
  });

  it('with the seal of another act, person, application, evidence, terms, key, hour or house is refused, and with its own is taken', async () => {
    const loan = await applyAs(house, 'refer-one', 2);
    const other = await applyAs(house, 'refer-one', 3);
    await reach(loan, 'REVIEW/REVIEW');
    await reach(other, 'REVIEW/REVIEW');
    const { input, seal, task } = await sealedDecision(loan);
    const before = await recordOf(loan);
    const sealer = sealerOf(house);
    const hours = (from: number) => new Date(Date.now() + from).toISOString();
    const at = (from: number) => sealOf(sealer, 'decideReview', loan.id, input, hours(from));
    const foreign = createActSealer(randomBytes(32));
    const terms = { amountFen: 1_000_00, termMonths: 12, annualRate: '8' };
    const forged: readonly (readonly [string, Message])[] = [
      ['no seal', input],
      ['an empty one', { ...input, seal: { issuedAt: seal.issuedAt, mac: '' } }],
      ['another time on it', { ...input, seal: { ...seal, issuedAt: hours(1_000) } }],
      ['of another act', { ...input, seal: sealOf(sealer, 'returnTo', loan.id, input) }],
      [
        'of another application',
        { ...input, seal: sealOf(sealer, 'decideReview', other.id, input) },
      ],
      ['of another house', { ...input, seal: sealOf(foreign, 'decideReview', loan.id, input) }],
      ['for another person', { ...input, seal, actor: human('risk-sun', 'risk-officer') }],
      ['for another role', { ...input, seal, actor: { ...LI, role: 'risk-officer' } }],
      ['for another key', { ...input, seal, key: randomUUID() }],
      ['on other evidence', { ...input, seal, evidenceVersion: task.evidenceVersion + 1 }],
      ['for another amount', { ...input, seal, amountFen: (task.amountFen ?? 0) - 100 }],
      ['with terms', { ...input, seal, terms }],
      [
        'with a condition',
        { ...input, seal, conditions: [{ kind: 'INCOME_PROOF', gate: 'MONEY' }] },
      ],
      ['on behalf of somebody', { ...input, seal, onBehalfOf: 'risk-sun' }],
      ['declining', { ...input, seal, decision: 'DECLINE' }],
      ['of yesterday', { ...input, seal: at(-SEAL_STANDS_MS - 1_000) }],
      ['of tomorrow', { ...input, seal: at(3_600_000) }],
    ];
    for (const [what, message] of forged)
      expect([what, await send(loan, 'decideReview', message)]).toEqual([what, 'ACT_NOT_SEALED']);
    expect(await recordOf(loan)).toEqual(before);
    const told = await toldOf(loan);
    expect(told).toHaveLength(forged.length);
    expect(told.slice(-2)).toEqual(['decideReview STALE', 'decideReview FUTURE']);

    expect(await send(loan, 'decideReview', { ...input, seal })).toBeNull();
    expect((await reach(loan, 'OFFER')).stage).toBe('OFFER');
  });
});
