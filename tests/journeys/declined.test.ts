/** What the machine declines by itself: by a knockout rule, and by an identity that does not hold. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fastForward } from '../../platform/temporal/fast-forward.ts';
import { data } from '../../tools/teller/world.ts';
import { expectAftermath } from '../support/aftermath.ts';
import { type House, openHouse } from '../support/house.ts';
import { applyAs, eventually, journeyOf, reach, statesOf } from '../support/loan.ts';
import { requestsOf } from '../support/outside.ts';
import { issuedPaperWorkflowId, queueName } from '../../workflows/ids.ts';
import type { issuedPaper } from '../../workflows/issued-paper.ts';

let house: House;

beforeAll(async () => {
  house = await openHouse();
});
afterAll(async () => await house?.close());

describe.concurrent('the machine declines', () => {
  it('three overdue in a row and six in all, with the rules that fired on the record', async () => {
    const loan = await applyAs(house, 'overdue-three-six');
    await reach(loan, 'DECLINED');
    const decision = await house.db
      .selectFrom('decisions')
      .select(['outcome', 'reasons', 'versions'])
      .where('application_id', '=', loan.id)
      .executeTakeFirstOrThrow();
    expect(decision.outcome).toBe('DECLINE');
    expect(decision.reasons).toEqual(
      expect.arrayContaining(['KO_CONSECUTIVE_OVERDUE', 'KO_CUMULATIVE_OVERDUE']),
    );
    expect(decision.versions.policy).toEqual({ code: 'HOUSE', version: 1 });
    expect((await journeyOf(loan)).at(-1)).toMatch(/^DECIDE>DECLINED system KO_/);
    await expectAftermath(loan, { stage: 'DECLINED', decision: 'DECLINE' });
    expect(await statesOf(loan, 'authorisations')).toEqual(['EXPIRED']);
  });

  it('an identity that does not match, before any bureau is paid', async () => {
    const loan = await applyAs(house, 'identity-mismatch');
    await reach(loan, 'DECLINED');
    expect((await journeyOf(loan)).at(-1)).toMatch(/^VERIFY>DECLINED system /);
    const asked = await requestsOf(house, loan.id);
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.filter(({ service }) => ['pboc', 'baihang'].includes(service))).toEqual([]);
    await expectAftermath(loan, { stage: 'DECLINED', decision: 'DECLINE' });
  });

  it('somebody on a sanctions list, without telling why', async () => {
    const loan = await applyAs(house, 'sanctioned');
    const { decisionId } = await reach(loan, 'DECLINED');
    const { applications, decisions } = loan.client;
    const text = JSON.stringify([
      await decisions.get(decisionId ?? ''),
      await applications.get(loan.id),
      await applications.list(),
      await applications.timeline(loan.id),
    ]);
    expect(text).not.toMatch(/SANCTION|KO_/);
    // The written notice is drawn by the worker, says no more than the answers do, and asking twice draws it once.
    await data(applications.askDeclineNotice(loan.id));
    await data(applications.askDeclineNotice(loan.id));
    const notice = await eventually('the notice', async () => {
      const answer = await applications.declineNoticePdf(loan.id);
      return answer.ok ? answer.data : null;
    });
    expect(Buffer.from(notice).subarray(0, 5).toString()).toBe('%PDF-');
    const kept = house.db
      .selectFrom('documents')
      .select(['kind', 'template'])
      .where('application_id', '=', loan.id)
      .where('kind', '=', 'DECLINE_NOTICE');
    expect(await kept.execute()).toEqual([
      { kind: 'DECLINE_NOTICE', template: 'DECLINE_NOTICE@1' },
    ]);
    await expectAftermath(loan, { stage: 'DECLINED', decision: 'DECLINE' });
  });

  it('and a paper that cannot be drawn is a case of operations and tried again, with the application left as it is', async () => {
    const loan = await applyAs(house, 'identity-mismatch');
    await reach(loan, 'DECLINED');
    // Not due for a loan that never was: the failure stands for any that does not pass by itself.
    const kind = 'SETTLEMENT_CERTIFICATE';
    const workflowId = issuedPaperWorkflowId(kind, loan.id);
    const { client } = house;
    const paper = await client.workflow.start<typeof issuedPaper>('issuedPaper', {
      workflowId,
      taskQueue: queueName(house.config.temporal.taskQueuePrefix, 'loan'),
      args: [{ kind, applicationId: loan.id, loanId: null, authorisationId: null }],
    });
    const cases = async () =>
      await house.db
        .selectFrom('operator_cases')
        .select(['step', 'failure_code', 'state'])
        .where('application_id', '=', loan.id)
        .execute();
    const named = {
      step: 'paper.settlement_certificate',
      failure_code: 'PAPER_NOT_DUE',
      state: 'OPEN',
    };
    await eventually('the case', async () => ((await cases()).length > 0 ? true : null));
    await fastForward(client, workflowId, 16 * 60_000);
    const { events } = await paper.fetchHistory();
    const attempts = events?.filter((one) => one.activityTaskFailedEventAttributes) ?? [];
    expect(attempts.length).toBeGreaterThanOrEqual(3);
    expect(await cases()).toEqual([named]);
    expect((await paper.describe()).status.name).toBe('RUNNING');
    await paper.terminate('the test is over');
    const standing = house.db.selectFrom('applications').select(['stage', 'pending']);
    expect(await standing.where('id', '=', loan.id).execute()).toEqual([
      { stage: 'DECLINED', pending: null },
    ]);
  });
});
